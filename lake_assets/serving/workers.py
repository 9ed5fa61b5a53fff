"""Where queries run: a few threads, a short line, and an end to every query."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import polars as pl
from polars.lazyframe.in_process import InProcessQuery

from lake_assets.errors import OverloadedError, QueryTimeoutError
from lake_assets.serving.limits import Limits
from lake_assets.serving.refusals import EnginePanicError

T = TypeVar("T")


class Deadline:
    """When a piece of work must be done, and the way to run queries that end by then."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends = time.monotonic() + seconds
        self._query: InProcessQuery | None = None

    def end(self) -> None:
        """Nobody waits any more: let the work end as soon as it can."""
        self._ends = 0.0
        if (query := self._query) is not None:
            query.cancel()

    @property
    def missed(self) -> QueryTimeoutError:
        """What is raised of work that is late."""
        return QueryTimeoutError(
            f"the query took longer than {self._seconds:g} s and was interrupted; "
            "ask for fewer columns, or a shorter span"
        )

    def check(self) -> None:
        """Stop work that is late.

        Raises:
            QueryTimeoutError: it is.
        """
        if time.monotonic() >= self._ends:
            raise self.missed

    def collect(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Run a query; it is cancelled when time is up.

        Raises:
            QueryTimeoutError: time is up.
        """
        self.check()
        query = self._query = rows.collect(background=True)
        timer = threading.Timer(self._ends - time.monotonic(), query.cancel)
        timer.start()
        try:
            found = query.fetch_blocking()
        except pl.exceptions.PolarsError:
            self.check()
            raise
        finally:
            timer.cancel()
            self._query = None
        self.check()
        return found


class Workers:
    """Runs work beside the event loop, which itself never waits for a disk or a query."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.threads, thread_name_prefix="query")
        self._lock = threading.Lock()
        self.held = 0  # in work and in line
        self.timed_out = 0
        self.full = 0  # refused, since the line was

    async def run(
        self,
        work: Callable[[Deadline], T],
        *,
        gone: Callable[[], Coroutine[None, None, None]] | None = None,
    ) -> T:
        """The result of work that takes a deadline; ``gone`` ends when nobody waits for it.

        Raises:
            OverloadedError: too much is in work and in line already.
            QueryTimeoutError: it did not end in time, or nobody waits; its thread is free when
                it ends, and work that has not begun never does.
        """
        deadline = Deadline(self._limits.query_s)
        self._enter()
        future = self._pool.submit(_contained, work, deadline)
        future.add_done_callback(lambda _: self._leave())
        watch = asyncio.ensure_future(gone()) if gone is not None else None
        result: asyncio.Future[T] = asyncio.wrap_future(future)
        try:
            awaited: list[asyncio.Future[Any]] = [result, *([watch] if watch else [])]
            await asyncio.wait(
                awaited, timeout=self._limits.query_s, return_when=asyncio.FIRST_COMPLETED
            )
            if result.done():
                return result.result()
            deadline.end()
            self.timed_out += watch is None or not watch.done()
            raise deadline.missed
        finally:
            result.cancel()
            if watch is not None:
                watch.cancel()

    def close(self) -> None:
        """Take no more work."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _enter(self) -> None:
        with self._lock:
            if self.held >= self._limits.waiting:
                self.full += 1
                raise OverloadedError(f"{self.held} requests are waiting; ask again in a second")
            self.held += 1

    def _leave(self) -> None:
        with self._lock:
            self.held -= 1


def _contained(work: Callable[[Deadline], T], deadline: Deadline) -> T:
    """Do the work; what a Rust panic raises is no ``Exception``, and would end the thread."""
    deadline.check()
    try:
        return work(deadline)
    except (Exception, SystemExit, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise EnginePanicError(f"{type(error).__name__}: {error}") from error

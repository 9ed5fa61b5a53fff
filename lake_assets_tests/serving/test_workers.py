"""Work beside the event loop: bounded, ended in time, and never the end of its thread."""

import asyncio
import threading
import time

import polars as pl
import pytest

from lake_assets.errors import OverloadedError, QueryTimeoutError
from lake_assets.serving.limits import Limits
from lake_assets.serving.refusals import EnginePanicError, refusal_of
from lake_assets.serving.workers import Deadline, Workers


def endless():
    """A query of so many steps that it takes a minute; it is interrupted between two of them."""
    rows = pl.LazyFrame({"a": range(1_000_000)})
    for seed in range(300):
        rows = rows.sort(pl.col("a").hash(seed)).with_columns(pl.col("a") + pl.int_range(pl.len()))
    return rows.select(pl.col("a").last())


async def forever():
    await asyncio.Event().wait()


def test_a_query_that_is_late_is_cancelled():
    start = time.process_time()
    with pytest.raises(QueryTimeoutError, match=r"took longer than 0\.2 s and was interrupted"):
        Deadline(0.2).collect(endless())
    assert time.process_time() - start < 20


def test_work_that_is_late_raises_and_its_thread_is_free_again():
    workers = Workers(Limits(query_s=0.2, threads=1))

    async def both():
        with pytest.raises(QueryTimeoutError):
            await workers.run(lambda deadline: deadline.collect(endless()))
        while True:
            try:  # the query ends between two of its steps
                return await workers.run(lambda _: 7)
            except QueryTimeoutError:
                continue

    assert asyncio.run(both()) == 7
    workers.close()


def test_work_nobody_waits_for_is_ended():
    workers, ended = Workers(Limits(query_s=60, threads=1)), threading.Event()

    def work(deadline):
        try:
            deadline.collect(endless())
        finally:
            ended.set()

    async def left():
        pass

    async def ask():
        with pytest.raises(QueryTimeoutError):
            await workers.run(work, gone=left)
        return await workers.run(lambda _: 7, gone=forever)

    assert asyncio.run(ask()) == 7
    # either it never began, or it was cancelled: one thread has answered since
    assert not ended.is_set() or ended.wait(0)
    workers.close()


def test_a_full_line_refuses():
    workers = Workers(Limits(threads=1, waiting=1))
    held = threading.Event()

    async def two():
        first = asyncio.create_task(workers.run(lambda _: held.wait(20)))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError, match="1 requests are waiting"):
            await workers.run(lambda _: None)
        held.set()
        return await first

    assert asyncio.run(two()) is True
    workers.close()


def test_a_panic_of_the_engine_is_told_apart_and_ends_no_thread():
    workers = Workers(Limits(threads=1))

    def panic(_):
        raise pl.exceptions.PanicException(
            "called `Option::unwrap()` on a `None` value: /rust/x.rs"
        )

    async def after():
        with pytest.raises(EnginePanicError) as caught:
            await workers.run(panic)
        return caught.value, await workers.run(lambda _: 7)

    error, answer = asyncio.run(after())
    workers.close()
    assert answer == 7
    told = refusal_of(error)
    assert told.status_code == 503
    assert b"/rust" not in told.body
    assert b'"kind":"panic"' in told.body


def test_what_nobody_foresaw_tells_a_stranger_nothing():
    told = refusal_of(FileNotFoundError(2, "No such file", "/home/someone/lake"))
    assert told.status_code == 500
    assert b"/home" not in told.body

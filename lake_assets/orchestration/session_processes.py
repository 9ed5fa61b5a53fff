"""Sessions in processes of their own, where the death of one costs its own session alone.

It imports nothing of Dagster or the lake: what a process needs is imported there.
"""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Final, TypeVar

_INTERRUPTED: Final = 130  # what shells make of SIGINT

T = TypeVar("T")


def in_processes(
    work: Callable[[str], T], names: Sequence[str], *, workers: int
) -> Iterator[tuple[str, T | None]]:
    """Do the work of each name in another process, and tell each result when it is there.

    Args:
        work: a function of a module, called with a name; what it returns is pickled.
        names: sessions, taken in their order.
        workers: processes at a time, each with one name at a time.

    Yields:
        A name and what the work returned; None if its process died, which no other name notices.

    Raises:
        Exception: what the work raised, whatever it is.
    """
    waiting, idle = deque(names), list[ProcessPoolExecutor]()
    busy = dict[Future[T], tuple[str, ProcessPoolExecutor]]()
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                name, process = waiting.popleft(), idle.pop() if idle else _process()
                try:
                    busy[process.submit(work, name)] = name, process
                except BrokenProcessPool:  # it died while it had nothing to do
                    waiting.appendleft(name)
            for job in wait(busy, return_when=FIRST_COMPLETED).done:
                name, process = busy.pop(job)
                died = isinstance(job.exception(), BrokenProcessPool)
                if not died:
                    idle.append(process)
                yield name, None if died else job.result()
    finally:
        for process in (*idle, *(process for _, process in busy.values())):
            process.shutdown()


def _process() -> ProcessPoolExecutor:
    """A pool of one: a pool of several ends all of its work when one of them dies.

    Spawned, since a forked child would share SQLite handles and thread pools with its parent.
    """
    return ProcessPoolExecutor(1, get_context("spawn"), _leave_when_interrupted)


def _leave_when_interrupted() -> None:
    """Have Ctrl-C, which a terminal sends to parent and children, end this one without a word."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))

"""Sessions in processes of their own, each of which ends before its memory has grown.

It imports nothing of Dagster or the lake: what a process needs is imported there.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Final, TypeVar

SESSIONS_OF_A_PROCESS: Final = 16  # memory in pieces, which nothing gives back, grows with more

T = TypeVar("T")


def in_processes(
    work: Callable[[str], T],
    names: Sequence[str],
    *,
    workers: int,
    most: int = SESSIONS_OF_A_PROCESS,
) -> Iterator[tuple[str, T | None]]:
    """Do the work of each name in another process, and tell each result when it is there.

    Args:
        work: a function of a module, called with a name; what it returns is pickled.
        names: sessions, taken in their order.
        workers: processes at a time, each with one name at a time.
        most: names of one process; another process takes the next.

    Yields:
        A name and what the work returned; None if its process died, which no other name notices.

    Raises:
        Exception: what the work raised, whatever it is.
    """
    waiting, idle = deque(names), list[_Process]()
    busy = dict[Future[T], tuple[str, _Process]]()
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                process, name = idle.pop() if idle else _Process(most), waiting.popleft()
                busy[process.begin(work, name)] = name, process
            for job in wait(busy, return_when=FIRST_COMPLETED).done:
                name, process = busy.pop(job)
                died = isinstance(job.exception(), BrokenProcessPool)
                if process.left and not died:
                    idle.append(process)
                else:
                    process.end()
                yield name, None if died else job.result()
    finally:
        for process in (*idle, *(process for _, process in busy.values())):
            process.end()


class _Process:
    """A process and how many names it may still be given."""

    def __init__(self, most: int) -> None:
        self.left = most
        # Spawn: a forked child would share SQLite handles and thread pools with its parent.
        self._pool = ProcessPoolExecutor(1, get_context("spawn"))

    def begin(self, work: Callable[[str], T], name: str) -> Future[T]:
        self.left -= 1
        return self._pool.submit(work, name)

    def end(self) -> None:
        """Let it go after what it is at; nobody waits, but the interpreter does at its own end."""
        self._pool.shutdown(wait=False)

"""The audit log: every query leaves its lines, in one chain over all days, or returns nothing.

Lines are appended under one lock by any number of threads and processes. A line's day is the UTC
day of the injected clock; a file older than the newest is never written again, so a clock that
goes back cannot fork the chain.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from lake_assets.errors import AuditUnavailableError
from lake_assets.lake.durability import write_text
from lake_assets.lake.lines import last_lines, open_to_append, turn, write_whole
from lake_assets.lake.sealed import seal
from lake_assets.retrieval.audit_record import Entry, Link, line_after, link_of
from lake_assets.retrieval.vocabulary import AuditEvent

Clock = Callable[[], datetime]

FILE_NAME: Final = "sql_retrieval_audit.log"
LOCK_NAME: Final = "audit.lock"


def log_folder(home: Path) -> Path:
    """Where a lake home keeps the log, one folder a day."""
    return home / "logs" / "Parquet_Query"


def log_days(folder: Path) -> list[str]:
    """Days that have a folder, oldest first."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - Path objects of every day cost more
    except FileNotFoundError:
        return []
    return sorted(name for name in names if name[:1].isdigit())


@dataclass(frozen=True, slots=True)
class _Tail:
    """A file as it was last seen; ``repairs`` are to be recorded of what was cut from it."""

    size: int
    link: Link | None
    repairs: tuple[Entry, ...] = ()


@dataclass(slots=True)
class AuditLog:
    """The log of one lake home; ``heads`` is where days' last hashes are kept apart from it."""

    home: Path
    heads: Path
    clock: Clock
    wait_s: float = 5.0  # for other writers
    _seen: tuple[Path, _Tail] | None = field(default=None, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    def append(self, *entries: Entry, sync: bool = False) -> None:
        """Write the entries in one write; with ``sync`` they, and all before, are on the disk.

        Raises:
            AuditUnavailableError: they are not written, or not known to be on the disk.
        """
        try:
            descriptor = self._append(entries)
            try:
                if sync:
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except (OSError, ValueError, TypeError) as error:
            raise AuditUnavailableError(
                f"the audit log cannot be written ({type(error).__name__}); no number is returned"
            ) from error

    def publish_head(self) -> None:
        """Keep the newest day's last hash apart from the log, so that a cut tail shows.

        Raises:
            AuditUnavailableError: it cannot be kept.
        """
        self.append(sync=True)
        try:
            with self._lock():
                self._before("~")  # which is later than any day
        except (OSError, ValueError) as error:
            raise AuditUnavailableError("the head of the audit log cannot be kept") from error

    @property
    def _folder(self) -> Path:
        return log_folder(self.home)

    def _append(self, entries: tuple[Entry, ...]) -> int:
        with self._lock():
            now = self.clock().astimezone(UTC)
            days = log_days(self._folder)
            day = max([f"{now:%Y-%m-%d}", *days[-1:]])
            path = self._folder / day / FILE_NAME
            descriptor = open_to_append(path)
            try:
                self._write(descriptor, path, entries, now)
            except BaseException:
                os.close(descriptor)
                raise
            return descriptor

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Threads of this process take turns, then processes."""
        deadline = time.monotonic() + self.wait_s
        if not self._turn.acquire(timeout=self.wait_s):
            raise TimeoutError
        try:
            left = deadline - time.monotonic()
            with turn(self._folder / LOCK_NAME, wait_s=left):
                yield
        finally:
            self._turn.release()

    def _write(
        self, descriptor: int, path: Path, entries: tuple[Entry, ...], now: datetime
    ) -> None:
        """Append to an open file what it lacks: its first line, a repair, the entries."""
        seen = self._seen
        if seen and seen[0] == path and seen[1].size == os.fstat(descriptor).st_size:
            tail = seen[1]
        else:
            tail = _repaired(descriptor, path)
        lines, link, all_entries = [], tail.link, (*tail.repairs, *entries)
        if link is None:
            before, previous_file = self._before(path.parent.name)
            all_entries = (*before.repairs, *all_entries)
            genesis = Entry(AuditEvent.GENESIS, {"previous_file": previous_file})
            line, link = line_after(before.link, genesis, now)
            lines.append(line)
        for entry in all_entries:
            line, link = line_after(link, entry, now)
            lines.append(line)
        self._seen = path, _Tail(write_whole(descriptor, b"".join(lines), tail.size), link)

    def _before(self, day: str) -> tuple[_Tail, str | None]:
        """The end of the newest file before a day, and its name; its head is kept apart."""
        for earlier in reversed([name for name in log_days(self._folder) if name < day]):
            path = self._folder / earlier / FILE_NAME
            with suppress(FileNotFoundError):
                tail = self._sealed_tail(path)
                if tail.link is not None:
                    self._keep_head(earlier, tail.link)
                    return tail, _name(path)
        return _Tail(0, None), None

    def _sealed_tail(self, path: Path) -> _Tail:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            tail = _repaired(descriptor, path)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return tail

    def _keep_head(self, day: str, link: Link) -> None:
        target = self.heads / f"{day}.json"
        text = seal({"day": day, "seq": link.seq, "hash": link.hash})
        write_text(target, text, draft=target.with_suffix(".draft"))


def _name(path: Path) -> str:
    """A file of the log as its lines call it: day and name."""
    return f"{path.parent.name}/{path.name}"


def _repaired(descriptor: int, path: Path) -> _Tail:
    """The end of a file, cut back to its last whole line.

    Raises:
        ValueError: more than the last line is no record: that is no torn write, and stays.
    """
    size = os.fstat(descriptor).st_size
    complete, torn = last_lines(descriptor, size)
    link = link_of(complete[-1]) if complete else None
    if complete and link is None:
        torn = complete.pop() + b"\n" + torn
        link = link_of(complete[-1]) if complete else None
        if complete and link is None:
            raise ValueError(f"{_name(path)} ends in lines that are no records")
    if not torn:
        return _Tail(size, link)
    os.ftruncate(descriptor, size - len(torn))
    cut = {"file": _name(path), "bytes": len(torn), "sha256": sha256(torn).hexdigest()}
    return _Tail(size - len(torn), link, (Entry(AuditEvent.TAIL_REPAIRED, cut),))

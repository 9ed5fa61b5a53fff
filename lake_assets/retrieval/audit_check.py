"""Whether the audit log is as it was written, and what it says of a citation."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.sealed import unseal
from lake_assets.retrieval.audit import FILE_NAME, LOCK_NAME, log_days, log_folder
from lake_assets.retrieval.audit_record import NO_HASH, Link, is_as_written, parse_line
from lake_assets.retrieval.vocabulary import AuditEvent


@dataclass(frozen=True, slots=True)
class Fault:
    """One place where the log is not as it was written; ``line`` counts from 0."""

    file: str
    line: int
    sentence: str


def check_log(home: Path, heads: Path) -> list[Fault]:
    """Every fault of a lake home's log, in order; an empty list is a sound log."""
    return list(_faults(log_folder(home), heads))


def find_citation(home: Path, citation_id: str) -> dict[str, Any] | None:
    """Data of the newest CITATION line with an id; null when no sound line has it."""
    wanted = citation_id.encode("utf-8", "backslashreplace")
    for day in reversed(log_days(log_folder(home))):
        for line in reversed(_lines(log_folder(home) / day / FILE_NAME)):
            if wanted not in line:
                continue
            record = parse_line(line)
            if record is not None and _cites(record, citation_id) and is_as_written(line, record):
                data: dict[str, Any] = record["data"]
                return data
    return None


def _cites(record: dict[str, Any], citation_id: str) -> bool:
    data = record.get("data")
    return (
        record.get("event") == AuditEvent.CITATION
        and isinstance(data, dict)
        and data.get("citation_id") == citation_id
    )


def _lines(path: Path) -> list[bytes]:
    """Lines of a file, the last one empty unless the file is torn."""
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []


def _faults(folder: Path, heads: Path) -> Iterator[Fault]:
    before: Link | None = None
    days = [day for day in log_days(folder) if any(_lines(folder / day / FILE_NAME))]
    for day in days:
        links: list[Link] = []
        name = f"{day}/{FILE_NAME}"
        yield from _file_faults(name, _lines(folder / day / FILE_NAME), before, links)
        yield from _head_faults(name, heads / f"{day}.json", links, is_newest=day == days[-1])
        before = links[-1] if links else before
    for head in sorted(heads.glob("*")):
        if head.stem not in days or head.suffix != ".json":
            is_head = head.suffix == ".json"
            why = "the file is gone; its head was kept" if is_head else "no head is called so"
            yield Fault(f"{head.stem}/{FILE_NAME}", 0, why)
    known = {folder / LOCK_NAME, *(folder / day / FILE_NAME for day in log_days(folder))}
    for path in sorted(p for p in folder.rglob("*") if not p.is_dir() and p not in known):
        yield Fault(path.relative_to(folder).as_posix(), 0, "the log writes no such file")


def _file_faults(
    name: str, lines: list[bytes], before: Link | None, links: list[Link]
) -> Iterator[Fault]:
    """Faults of one file; its links are put into ``links``."""
    *whole, torn = lines
    if torn:
        yield Fault(name, len(whole), "the last line is torn")
    expected = NO_HASH if before is None else before.hash
    for at, line in enumerate(whole):
        record = parse_line(line) or {}
        if not is_as_written(line, record):
            yield Fault(name, at, "the line was changed")
        if record.get("prev") != expected:
            yield Fault(name, at, "the line does not follow the one before")
        if record.get("seq") != at or (at == 0) != (record.get("event") == AuditEvent.GENESIS):
            yield Fault(name, at, "the line is out of its place")
        expected = str(record.get("hash"))
        links.append(Link(at, expected))


def _head_faults(name: str, head: Path, links: list[Link], *, is_newest: bool) -> Iterator[Fault]:
    try:
        kept = unseal(head.read_text(encoding="utf-8"), name)
    except FileNotFoundError:
        if not is_newest:
            yield Fault(name, len(links), "the head that was kept is gone")
        return
    except (DamagedPartitionError, UnicodeDecodeError):
        yield Fault(name, len(links), "the head that was kept was changed")
        return
    link = Link(kept["seq"], kept["hash"])
    if link not in links:
        yield Fault(name, link.seq, "the line that was the head is gone")
    elif not is_newest and link != links[-1]:
        yield Fault(name, link.seq, "lines follow the head that was kept")

"""One line of the audit log: a canonical record that hashes itself and names the line before."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final

from lake_assets.lake.sealed import canonical
from lake_assets.retrieval.vocabulary import AuditEvent, Level

NO_HASH: Final = "0" * 64  # what the very first line follows

_LEVELS: Final = {
    AuditEvent.TAIL_REPAIRED: Level.WARNING,
    AuditEvent.UNSUPPORTED_METRICS: Level.WARNING,
    AuditEvent.EMPTY_TICKERS: Level.WARNING,
    AuditEvent.TICKER_CAP: Level.WARNING,
    AuditEvent.EXECUTION_ERROR: Level.ERROR,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded; ``level`` is the event's own unless said."""

    event: AuditEvent
    data: Mapping[str, object]
    query_id: str | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """Where a file of the log ends: its last line's number and hash."""

    seq: int
    hash: str


def _bytes(value: object) -> bytes:
    # A lone surrogate is no UTF-8, but a question may hold one: it is written as its JSON escape.
    return canonical(value).encode("utf-8", "backslashreplace")


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def stamp(moment: datetime) -> str:
    """A moment as the log spells it: UTC, milliseconds."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
    )


def line_after(link: Link | None, entry: Entry, moment: datetime) -> tuple[bytes, Link]:
    """The line that follows one, and where the file then ends; a GENESIS follows None.

    Raises:
        ValueError, TypeError: JSON cannot hold the entry's data.
    """
    seq = 0 if link is None or entry.event is AuditEvent.GENESIS else link.seq + 1
    record = {
        "seq": seq,
        "ts": stamp(moment),
        "event": entry.event,
        "level": entry.level or _LEVELS.get(entry.event, Level.INFO),
        "query_id": entry.query_id,
        "data": _plain(entry.data),
        "prev": NO_HASH if link is None else link.hash,
    }
    own = hash_of(record)
    return _bytes({**record, "hash": own}) + b"\n", Link(seq, own)


def hash_of(record: Mapping[str, object]) -> str:
    """Hash of a record without its own."""
    return sha256(_bytes({k: v for k, v in record.items() if k != "hash"})).hexdigest()


def parse_line(line: bytes) -> dict[str, Any] | None:
    """The record of a line; null when it is no JSON object."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def link_of(line: bytes) -> Link | None:
    """The link a line gives to the next; null when it is no record, whatever its hash is worth."""
    record = parse_line(line) or {}
    seq, own = record.get("seq"), record.get("hash")
    return Link(seq, own) if isinstance(seq, int) and isinstance(own, str) else None


def is_as_written(line: bytes, record: Mapping[str, object]) -> bool:
    """Whether a line is its record's canonical text and its hash is that of the rest."""
    return _bytes(record) == line and record.get("hash") == hash_of(record)

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


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"the log cannot hold {type(value).__name__}")


# As `canonical`, for days and read-only mappings too.
_encode: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False, default=_plain
).encode


def _bytes(text: str) -> bytes:
    # A lone surrogate is no UTF-8, but a question may hold one: it is written as its JSON escape.
    return text.encode("utf-8", "backslashreplace")


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
    # Keys in their order, so that the data, which are long, are spelled once: see `hash_of`.
    head = _bytes(f'{{"data":{_encode(entry.data)},"event":"{entry.event}",')
    rest = {
        "level": entry.level or _LEVELS.get(entry.event, Level.INFO),
        "prev": NO_HASH if link is None else link.hash,
        "query_id": entry.query_id,
        "seq": seq,
        "ts": stamp(moment),
    }
    tail = _bytes(_encode(rest)[1:])
    own = sha256(head + tail).hexdigest()
    return head + f'"hash":"{own}",'.encode() + tail + b"\n", Link(seq, own)


def hash_of(record: Mapping[str, object]) -> str:
    """Hash of a record's canonical text without its own hash."""
    text = canonical({key: value for key, value in record.items() if key != "hash"})
    return sha256(_bytes(text)).hexdigest()


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
    return _bytes(canonical(record)) == line and record.get("hash") == hash_of(record)

"""The vendor's answers, each checked to be one before it is believed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Final

from lake_assets.downloads.products import PARENT, Request, parse_stamp

# Names become paths: letters, digits, and marks that lead nowhere.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_SHA256: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
DATA_SUFFIX: Final = ".dbn.zst"

DONE: Final = "done"
BEING_MADE: Final = frozenset({"received", "queued", "processing"})
"""States of a job; any other is of one whose data will not come."""


@dataclass(frozen=True, slots=True)
class Job:
    """A batch job as the vendor tells of it; what it does not know yet is None."""

    job_id: str
    state: str
    cost_usd: Decimal | None
    records: int | None
    facts: Mapping[str, object]

    def is_of(self, request: Request) -> bool:
        """Whether the job gives exactly what a request asks for, or is going to."""
        facts, feed = self.facts, request.feed
        symbols = facts.get("symbols")
        told = symbols.split(",") if isinstance(symbols, str) else symbols
        return (
            (self.state == DONE or self.state in BEING_MADE)
            and (facts.get("dataset"), facts.get("schema")) == (feed.dataset, feed.schema)
            and isinstance(told, list)
            and [str(each).strip() for each in told] == [feed.symbols]
            and (facts.get("stype_in"), facts.get("stype_out")) == (PARENT, "instrument_id")
            and parse_stamp(str(facts.get("start"))) == request.interval.opens
            and parse_stamp(str(facts.get("end"))) == request.interval.closes
            and (facts.get("encoding"), facts.get("compression")) == ("dbn", "zstd")
            and facts.get("split_duration") == "day"
            and not facts.get("limit")
            and not facts.get("split_symbols")
        )


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file of a finished job, as its manifest lists it."""

    name: str
    size: int
    sha256: str
    url: str

    @property
    def is_data(self) -> bool:
        """Whether it holds records."""
        return self.name.endswith(DATA_SUFFIX)


def count_of(answer: object) -> int:
    """A number of things."""
    if isinstance(answer, bool) or not isinstance(answer, int) or answer < 0:
        raise ValueError(f"{answer!r} is no number of things")
    return answer


def dollars_of(answer: object) -> Decimal:
    """A price; one below zero would make room under the cap."""
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        raise TypeError(f"{answer!r} is no price")
    if not isfinite(answer) or answer < 0:
        raise ValueError(f"{answer!r} is no price")
    return Decimal(str(answer))


def conditions_of(answer: object) -> dict[date, str]:
    """The condition of each day that is listed."""
    return {
        date.fromisoformat(str(each["date"])): str(each["condition"]) for each in _objects(answer)
    }


def job_ids_of(answer: object) -> list[str]:
    """Ids of listed jobs, the newest first."""
    return [_name(each["id"]) for each in _objects(answer)][::-1]


def job_of(answer: object) -> Job:
    """A job's details."""
    if not isinstance(answer, dict):
        raise TypeError(f"{type(answer).__name__} is no job")
    cost, records = answer.get("cost_usd"), answer.get("record_count")
    return Job(
        job_id=_name(answer["id"]),
        state=str(answer["state"]),
        cost_usd=None if cost is None else dollars_of(cost),
        records=None if records is None else count_of(records),
        facts=answer,
    )


def files_of(answer: object) -> list[ListedFile]:
    """Files of a job, at least one with records, each under a name of its own."""
    listed = [_file(each) for each in _objects(answer)]
    if len({each.name for each in listed}) != len(listed):
        raise ValueError("two files of one name")
    if not any(each.is_data for each in listed):
        raise ValueError(f"{len(listed)} files, none with records")
    return listed


def _file(told: Mapping[str, object]) -> ListedFile:
    found, urls = _SHA256.fullmatch(str(told["hash"])), told["urls"]
    if found is None or not isinstance(urls, dict):
        raise ValueError(f"{told.get('filename')!r} without a SHA-256 and an address")
    return ListedFile(_name(told["filename"]), count_of(told["size"]), found[1], str(urls["https"]))


def _objects(answer: object) -> Sequence[Mapping[str, object]]:
    if not isinstance(answer, list) or not all(isinstance(each, dict) for each in answer):
        raise TypeError(f"{type(answer).__name__} is no list of objects")
    return answer


def _name(told: object) -> str:
    if not isinstance(told, str) or not _NAME.fullmatch(told):
        raise ValueError(f"{told!r} is no name")
    return told

"""What a request asks of time, and what it may reach: partitions, and the jobs' own account."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from lake_assets.retrieval.vocabulary import Knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request says of time; ``today`` is the injected clock's day."""

    today: date
    time_window: str | None = None
    as_of: date | None = None
    knowledge: Knowledge = Knowledge.STRICT


@dataclass(frozen=True, slots=True, order=True)
class Vintage:
    """One published monthly file: its month ``YYYY-MM``, its day, its newest observed month."""

    month: str
    retrieval_date: date
    newest: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Materialized:
    """Partitions whose manifests verify, in any order: sessions, retrieval dates, vintages."""

    options: Sequence[date] = ()
    macro: Sequence[date] = ()
    gpr: Sequence[Vintage] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Newest run of each collecting job; null where the file does not say."""

    options_daily: date | None = None
    macro_trading_daily: date | None = None
    gpr_monthly: str | None = None


NO_STATE: Final = State()


@dataclass(slots=True)
class StateFile:
    """The state on disk, parsed again only when its size or time of change is another."""

    path: Path
    _seen: tuple[tuple[int, int], State] | None = field(default=None, init=False)

    def read(self) -> State:
        """The state now; `NO_STATE` when the file is absent or unreadable."""
        try:
            status = self.path.stat()
            stamp = (status.st_size, status.st_mtime_ns)
            seen = self._seen
            if seen is None or seen[0] != stamp:
                seen = stamp, parse_state(self.path.read_text(encoding="utf-8"))
                self._seen = seen
        except (OSError, UnicodeDecodeError):
            return NO_STATE
        return seen[1]


def parse_state(text: str) -> State:
    """The state a text tells; a key that is absent or no date is null."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return NO_STATE
    keys = body.get("last_run_keys") if isinstance(body, dict) else None
    if not isinstance(keys, dict):
        return NO_STATE
    return State(
        options_daily=_day(keys.get("options_daily")),
        macro_trading_daily=_day(keys.get("macro_trading_daily")),
        gpr_monthly=_month(keys.get("gpr_monthly")),
    )


def _day(key: object) -> date | None:
    """The day of ``YYYY-MM-DD``; other spellings of a day are no key of ours."""
    try:
        day = date.fromisoformat(str(key))
    except ValueError:
        return None
    return day if day.isoformat() == key else None


def _month(key: object) -> str | None:
    return None if _day(f"{key}-01") is None else str(key)

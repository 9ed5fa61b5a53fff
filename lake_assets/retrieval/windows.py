"""Where a request stands in time: the one place of retrieval that computes a date.

Both ends of a window belong to it. No clock is read here: ``today`` is handed in, and used only
to log a window over a dataset that holds nothing.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, model_validator

from lake_assets.market.sessions import regular_days
from lake_assets.retrieval.metrics import source_type
from lake_assets.retrieval.state import NO_STATE, Asked, Materialized, State, Vintage
from lake_assets.retrieval.vocabulary import (
    AnchorSource,
    Family,
    Granularity,
    Knowledge,
    Note,
    Reason,
    SourceType,
    TimeWindow,
    WidenReason,
)

# Calendar days; ``all`` is a ceiling.
TIME_WINDOW_DAYS: Final[Mapping[TimeWindow, int]] = MappingProxyType(
    {
        TimeWindow.TODAY: 1,
        TimeWindow.YESTERDAY: 2,
        TimeWindow.PAST_WEEK: 7,
        TimeWindow.PAST_MONTH: 30,
        TimeWindow.PAST_SIX_MONTHS: 180,
        TimeWindow.ALL: 365,
    }
)
_PUT_CALL_DAYS: Final = 5  # of put/call ratios without a time word
_MONTHLY_FLOOR_DAYS: Final = 35  # a month and its publication
_DEFAULT: Final = "default"  # label of a window nobody asked for by word


class TimePredicate(BaseModel):
    """The window one source is read over, as it goes into the log.

    ``known_at``: nothing retrieved later is read. ``time_signal``: the request named a window.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: SourceType
    label: str
    granularity: Granularity
    start_date: date
    end_date: date
    window_days: int
    widened: bool = False
    widen_reason: WidenReason | None = None
    known_at: date
    anchor_source: AnchorSource
    time_signal: bool

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if self.start_date > self.end_date:
            raise ValueError(f"expected start {self.start_date} no later than end {self.end_date}")
        if self.window_days != (self.end_date - self.start_date).days:
            raise ValueError(f"expected window_days of end - start, found {self.window_days}")
        if self.widened != (self.widen_reason is not None):
            raise ValueError("expected a widen_reason exactly when widened")
        return self

    def to_dict(self) -> dict[str, Any]:
        """Plain values, dates as ISO text; `from_dict` gives the same predicate back."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "TimePredicate":
        """As `to_dict` wrote it."""
        return cls.model_validate(dict(plain))


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A window, and why nothing can be read over it; null when something can."""

    predicate: TimePredicate
    reason: Reason | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Newest day that may be read, and what is known then; ``cap`` is null when nothing limits."""

    end: date
    known_at: date
    source: AnchorSource
    cap: date | None
    found: bool
    note: Note | None


def time_signal(text: str | None) -> TimeWindow | None:
    """The window a time word names; null for none and for an unknown one."""
    word = (text or "").strip().lower()
    return TimeWindow(word) if word in TIME_WINDOW_DAYS else None


def place(
    family: Family,
    asked: Asked,
    materialized: Materialized,
    state: State = NO_STATE,
    given: TimePredicate | None = None,
) -> Placed:
    """The window a family is answered over; a ``given`` one is only ever lowered."""
    source = source_type(family)
    anchor = _anchor(source, asked, materialized, state)
    reason = None if anchor.found else Reason.NO_PARTITIONS
    notes = (anchor.note,) if anchor.note else ()
    if given is None:
        return Placed(predicate=_window(family, asked, anchor), reason=reason, notes=notes)
    if anchor.cap is not None and anchor.cap < given.start_date:
        return Placed(predicate=given, reason=reason or Reason.OUTSIDE_WINDOW, notes=notes)
    return Placed(predicate=_lowered(given, anchor.cap), reason=reason, notes=notes)


def _anchor(source: SourceType, asked: Asked, materialized: Materialized, state: State) -> _Anchor:
    if source is SourceType.GPR:
        return _monthly_anchor(asked, sorted(materialized.gpr), state.gpr_monthly)
    if source is SourceType.MACRO_HISTORY:
        if asked.knowledge is Knowledge.LATEST_VINTAGE:
            return _latest_anchor(asked, max(materialized.macro, default=None))
        return _daily_anchor(asked, sorted(materialized.macro), state.macro_trading_daily)
    return _daily_anchor(asked, sorted(materialized.options), state.options_daily)


def _daily_anchor(asked: Asked, held: Sequence[date], key: date | None) -> _Anchor:
    """Strict: the newest partition no later than the moment asked about and the state."""
    if not held:
        return _nothing(asked, _note(key, ahead=True))
    ahead = key is not None and key > held[-1]
    key, note = (None if ahead else key), _note(key, ahead=ahead)
    cap, source = _cap(asked.as_of, key)
    newest = held[-1] if cap is None else _newest(held, cap)
    reach = newest or cap or held[-1]
    return _Anchor(session_up_to(reach), reach, source, cap, newest is not None, note)


def _monthly_anchor(asked: Asked, held: Sequence[Vintage], key: str | None) -> _Anchor:
    """Strict: the newest vintage retrieved by then, of a month the state has seen."""
    newest_of_all = held[-1] if held else None
    if newest_of_all is None:
        return _nothing(asked, _note(key, ahead=True))
    if asked.knowledge is Knowledge.LATEST_VINTAGE:
        return _latest_anchor(asked, newest_of_all.retrieval_date, session=False)
    ahead = key is not None and key > newest_of_all.month
    key, note = (None if ahead else key), _note(key, ahead=ahead)
    cap, source = _cap(asked.as_of, None if key is None else _last_of_month(key))
    known = [
        vintage
        for vintage in held
        if (asked.as_of is None or vintage.retrieval_date <= asked.as_of)
        and (key is None or vintage.month <= key)
    ]
    if not known:
        reach = cap or newest_of_all.retrieval_date
        return _Anchor(reach, reach, source, cap, found=False, note=note)
    return _Anchor(known[-1].newest, known[-1].retrieval_date, source, cap, found=True, note=note)


def _latest_anchor(asked: Asked, newest: date | None, *, session: bool = True) -> _Anchor:
    """Latest vintage: known as of the newest retrieval of all, read up to the moment asked."""
    if newest is None:
        return _nothing(asked, None)
    end = asked.as_of or newest
    source = AnchorSource.AS_OF if asked.as_of else AnchorSource.MANIFEST
    return _Anchor(
        session_up_to(end) if session else end, newest, source, asked.as_of, found=True, note=None
    )


def _nothing(asked: Asked, note: Note | None) -> _Anchor:
    today = session_up_to(asked.today)
    return _Anchor(today, today, AnchorSource.CLOCK, None, found=False, note=note)


def _note(key: object | None, *, ahead: bool) -> Note | None:
    if key is None:
        return Note.STATE_UNAVAILABLE
    return Note.STATE_AHEAD_OF_DATA if ahead else None


def _cap(as_of: date | None, key: date | None) -> tuple[date | None, AnchorSource]:
    if as_of is not None and (key is None or as_of <= key):
        return as_of, AnchorSource.AS_OF
    return key, AnchorSource.MANIFEST if key is None else AnchorSource.STATE


def _window(family: Family, asked: Asked, anchor: _Anchor) -> TimePredicate:
    source, signal = source_type(family), time_signal(asked.time_window)
    monthly = source is SourceType.GPR
    start, widen_reason = (_monthly_start if monthly else _daily_start)(
        anchor.end, signal, _base_days(family, signal)
    )
    fallback = _DEFAULT if family is Family.PUT_CALL_RATIO else TimeWindow.PAST_SIX_MONTHS.value
    return TimePredicate(
        source=source,
        label=signal.value if signal else fallback,
        granularity=Granularity.MONTHLY if monthly else Granularity.DAILY,
        start_date=start,
        end_date=anchor.end,
        window_days=(anchor.end - start).days,
        widened=widen_reason is not None,
        widen_reason=widen_reason,
        known_at=anchor.known_at,
        anchor_source=anchor.source,
        time_signal=signal is not None,
    )


def _base_days(family: Family, signal: TimeWindow | None) -> int:
    if signal is not None:
        return TIME_WINDOW_DAYS[signal]
    if family is Family.PUT_CALL_RATIO:
        return _PUT_CALL_DAYS
    return TIME_WINDOW_DAYS[TimeWindow.PAST_SIX_MONTHS]


def _daily_start(
    end: date, signal: TimeWindow | None, base_days: int
) -> tuple[date, WidenReason | None]:
    if signal is TimeWindow.TODAY:
        return end, None
    if signal is TimeWindow.YESTERDAY:
        return session_before(end), WidenReason.PREVIOUS_SESSION
    return days_before(end, base_days), None


def _monthly_start(
    end: date, _signal: TimeWindow | None, base_days: int
) -> tuple[date, WidenReason | None]:
    if base_days >= _MONTHLY_FLOOR_DAYS:
        return days_before(end, base_days), None
    return min(days_before(end, _MONTHLY_FLOOR_DAYS), end.replace(day=1)), WidenReason.MONTHLY_FLOOR


def _lowered(given: TimePredicate, cap: date | None) -> TimePredicate:
    if cap is None:
        return given
    end = min(given.end_date, cap)
    return given.model_copy(
        update={
            "end_date": end,
            "window_days": (end - given.start_date).days,
            "known_at": min(given.known_at, cap),
        }
    )


def _newest(held: Sequence[date], cap: date) -> date | None:
    return held[at - 1] if (at := bisect_right(held, cap)) else None


def _last_of_month(month: str) -> date:
    first = date.fromisoformat(f"{month}-01")
    return first.replace(day=monthrange(first.year, first.month)[1])


@cache
def _sessions() -> Sequence[date]:
    return tuple(regular_days())


def session_up_to(day: date) -> date:
    """The day itself if it is a session, else the last one before; before the calendar, the day."""
    return _newest(_sessions(), day) or day


def session_before(day: date) -> date:
    """The last session before a day; where the calendar has none, the day before."""
    at = bisect_left(_sessions(), day)
    return _sessions()[at - 1] if at else days_before(day, 1)


def sessions_after(day: date, until: date) -> int:
    """How many sessions lie in ``(day, until]``."""
    return max(0, bisect_right(_sessions(), until) - bisect_right(_sessions(), day))


def days_before(day: date, days: int) -> date:
    """A day so many calendar days earlier; the calendar's first day where there is none."""
    return date.fromordinal(max(1, day.toordinal() - days))

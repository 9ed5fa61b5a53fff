"""Whether a number is older than its reader would expect."""

from datetime import date
from typing import Final

from lake_assets.retrieval.state import NO_STATE, Asked, Materialized, State
from lake_assets.retrieval.vocabulary import Family, Frequency, Reason, SourceType
from lake_assets.retrieval.windows import TimePredicate, days_before, place, sessions_after

_OPTION_AGE_SESSIONS: Final = 1
_DAILY_MACRO_AGE_SESSIONS: Final = 3
_MONTHLY_MACRO_AGE_DAYS: Final = 75
_GPR_AGE_DAYS: Final = 65


def reference_day(asked: Asked, materialized: Materialized, state: State = NO_STATE) -> date | None:
    """Day that ages are counted to: as asked, else the newest end over all datasets."""
    if asked.as_of is not None:
        return asked.as_of
    placed = [place(family, asked, materialized, state) for family in Family]
    return max((p.predicate.end_date for p in placed if p.reason is None), default=None)


def is_stale(
    observed: date, predicate: TimePredicate, reference: date, *, frequency: Frequency | None = None
) -> bool:
    """Whether a number observed on a day is older than its window or its age allows.

    ``frequency`` is the macro series' own; weekly and quarterly ones have no age limit.
    """
    source = predicate.source
    if source is SourceType.GPR:
        return observed < days_before(reference, _GPR_AGE_DAYS)
    if source is SourceType.OPTIONS:
        aged = sessions_after(observed, reference) > _OPTION_AGE_SESSIONS
        return aged or observed < predicate.start_date
    if frequency is Frequency.DAILY:
        aged = sessions_after(observed, reference) > _DAILY_MACRO_AGE_SESSIONS
        return aged or observed < predicate.start_date
    return frequency is Frequency.MONTHLY and observed < days_before(
        reference, _MONTHLY_MACRO_AGE_DAYS
    )


def skipped_session(observed: date, newest: date) -> Reason | None:
    """Why a picked session is stale though newer ones of its symbol lie in reach."""
    return Reason.OLDER_THAN_SNAPSHOT if observed < newest else None


def why_nothing(as_of: date | None, oldest: date | None, lag_days: int) -> Reason:
    """Why there is no row to answer from.

    ``oldest`` is the oldest observation of any vintage, published ``lag_days`` after its day: had
    it been public by ``as_of``, a reader of today's vintage would find it.
    """
    if as_of is None or oldest is None or oldest > days_before(as_of, lag_days):
        return Reason.NO_PARTITIONS
    return Reason.NOT_KNOWN_AT_AS_OF

"""Where a command works: the lake, its assets, the sessions it was asked for."""

import os
from collections.abc import Sequence
from datetime import date, timedelta

from lake_assets.catalog import DATASETS, RETRIEVAL_TABLES
from lake_assets.catalog.dataset import Cut, Dataset, day_of
from lake_assets.definitions import lake_assets
from lake_assets.errors import UnknownSessionError
from lake_assets.market.sessions import Calendar, session_on, sessions_between
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.arrivals import sessions_with_trades
from lake_assets.orchestration.resources import LakeResource, lake_from, parameters_from
from lake_assets.orchestration.runs import use_instance_beside
from lake_assets.orchestration.survey import Survey
from lake_assets.sources.landed import LANDED, landed_partitions
from lake_assets.sources.option_books import book_days


def open_lake() -> LakeResource:
    """The lake the environment names, with its run history beside it."""
    source = lake_from(os.environ)
    use_instance_beside(source.home)
    return source


def open_survey(source: LakeResource) -> Survey:
    """A look at every dataset of the lake under the parameters in force."""
    recipes = [asset.recipe for asset in lake_assets()]
    return Survey(recipes, source, parameters_from(os.environ))


def parse_day(text: str) -> date:
    """A date as YYYY-MM-DD.

    Raises:
        UnknownSessionError: it is no date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnknownSessionError(f"{text!r} is no date; write YYYY-MM-DD") from error


def parse_sessions(text: str, calendar: Calendar = Calendar.NEW_YORK) -> list[str]:
    """Sessions of ``first..last``, both included, or of one date.

    Raises:
        UnknownSessionError: a date is malformed, the one date is no session, or the range is empty.
    """
    first, dots, last = text.partition("..")
    if not dots:
        return [session_on(parse_day(first), calendar).day.isoformat()]
    found = sessions_between(parse_day(first), parse_day(last), calendar)
    if not found:
        raise UnknownSessionError(f"{text} holds no session; is the first date before the last?")
    return [session.day.isoformat() for session in found]


def parse_partitions(text: str, cut: Calendar | Cut) -> list[str]:
    """Partitions of ``first..last``, both included, or the one named; months as 2026-05.

    Raises:
        UnknownSessionError: as `parse_sessions`.
    """
    if isinstance(cut, Calendar):
        return parse_sessions(text, cut)
    first, _, last = text.partition("..")
    opens, closes = _named_day(first, cut), _named_day(last or first, cut)
    days = [opens + timedelta(days=n) for n in range((closes - opens).days + 1)]
    if not days:
        raise UnknownSessionError(f"{text} holds no date; is the first before the last?")
    if cut is Cut.DAY:
        return [day.isoformat() for day in days]
    return sorted({f"{day:%Y-%m}" for day in days})


def _named_day(text: str, cut: Cut) -> date:
    """A date; for a month's partition a month will do."""
    named = day_of(text) if cut is Cut.MONTH else None
    return named or parse_day(text)


def sessions_in_sight(source: LakeResource, datasets: Sequence[Dataset] = DATASETS) -> list[str]:
    """Sessions, dates and months with raw files or a partition of the datasets, oldest first."""
    cut = [dataset for dataset in datasets if not dataset.is_whole]
    made = {name for dataset in cut for name in source.lake.partitions(dataset)}
    raw: set[date] = set()
    others = [dataset for dataset in cut if dataset not in RETRIEVAL_TABLES]
    if any(dataset.underlying is None for dataset in others):
        raw |= {session.day for session in sessions_with_trades(source.inventory)}
    for name in {dataset.underlying for dataset in cut if dataset.underlying}:
        raw |= set(book_days(source.inventory, underlying_named(name)))
    landed = {
        name
        for dataset in cut
        if dataset.name in LANDED
        for name in landed_partitions(source.inventory, dataset.name)
    }
    return sorted(made | landed | {day.isoformat() for day in raw})

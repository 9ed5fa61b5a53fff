"""Where a command works: the lake, its assets, the sessions it was asked for."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset
from lake_assets.definitions import lake_assets
from lake_assets.errors import UnknownSessionError
from lake_assets.market.sessions import Calendar, session_on, sessions_between
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.arrivals import sessions_with_trades
from lake_assets.orchestration.resources import LakeResource, lake_from, parameters_from
from lake_assets.orchestration.runs import use_instance_beside
from lake_assets.orchestration.survey import Survey
from lake_assets.sources.option_books import book_days


def open_lake() -> LakeResource:
    """The lake the environment names, with its run history beside it."""
    source = lake_from(os.environ)
    use_instance_beside(Path(source.root))
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


def sessions_in_sight(source: LakeResource, datasets: Sequence[Dataset] = DATASETS) -> list[str]:
    """Sessions that have raw files or a materialized partition of the datasets, oldest first."""
    daily = [dataset for dataset in datasets if dataset.calendar is not None]
    made = {name for dataset in daily for name in source.lake.partitions(dataset)}
    raw: set[date] = set()
    if any(dataset.underlying is None for dataset in daily):
        raw |= {session.day for session in sessions_with_trades(source.inventory)}
    for name in {dataset.underlying for dataset in daily if dataset.underlying}:
        raw |= set(book_days(source.inventory, underlying_named(name)))
    return sorted(made | {day.isoformat() for day in raw})

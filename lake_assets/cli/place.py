"""Where a command works: the lake, its assets, the sessions it was asked for."""

import os
from datetime import date
from pathlib import Path

from lake_assets.definitions import lake_assets
from lake_assets.errors import UnknownSessionError
from lake_assets.market.sessions import session_on, sessions_between
from lake_assets.orchestration.jobs import sessions_with_trades
from lake_assets.orchestration.resources import LakeResource, lake_from, parameters_from
from lake_assets.orchestration.runs import use_instance_beside
from lake_assets.orchestration.survey import Survey


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


def parse_sessions(text: str) -> list[str]:
    """Sessions of ``first..last``, both included, or of one date.

    Raises:
        UnknownSessionError: a date is malformed, the one date is no session, or the range is empty.
    """
    first, dots, last = text.partition("..")
    if not dots:
        return [session_on(parse_day(first)).day.isoformat()]
    found = sessions_between(parse_day(first), parse_day(last))
    if not found:
        raise UnknownSessionError(f"{text} holds no session; is the first date before the last?")
    return [session.day.isoformat() for session in found]


def sessions_in_sight(source: LakeResource) -> list[str]:
    """Sessions that have raw ES trades or a materialized partition, oldest first."""
    lake = source.lake
    made = {
        name
        for asset in lake_assets()
        if asset.recipe.dataset.calendar is not None
        for name in lake.partitions(asset.recipe.dataset)
    }
    raw = {session.day.isoformat() for session in sessions_with_trades(source.inventory)}
    return sorted(made | raw)

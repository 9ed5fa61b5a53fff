"""Simulated sessions are alive: in twenty of them everything a feature can say is said."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from lake_assets.catalog import SIGNALS
from lake_assets.catalog.schema import Role
from lake_assets.market.sessions import sessions_between
from lake_assets.market.vocabulary import LevelKind
from lake_assets.physics.contract import choose_front
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.audits import MINUTE, RECIPES
from lake_assets_tests.orchestration.in_memory import bronze_from, tables_from

SESSIONS = [s for s in sessions_between(date(2025, 11, 17), date(2025, 12, 17)) if s.rth][:20]
BUSY, NO_NIGHT, QUIET, DICTATED, NO_STRIKES, ALL_KINDS = range(6)
FEATURES = SIGNALS.having(Role.FEATURE)
SETS = {name: kind for name, kind in SIGNALS.dtypes.items() if isinstance(kind, pl.Enum)}


def changed(bronze, place, session):
    """Bronze of a session in which something is rare, by its place among the twenty."""
    at, opens = pl.col("ts_event_ns"), session.rth.opens
    kept = pl.lit(value=True)
    if place == NO_NIGHT:
        kept = at >= opens
    if place == QUIET:
        kept = ~at.is_between(opens + 100 * MINUTE, opens + 102 * MINUTE)
    return bronze | {"es_trades": bronze["es_trades"].filter(kept)}


def recipes(place):
    """The lake's, and for one session a dated override of the front contract."""
    if place != DICTATED:
        return RECIPES

    def dictated(es_trades, session, params):
        return choose_front(es_trades, session, params, overrides={session.day: "ESZ5"})

    name = "front_contract"
    return [replace(r, make=dictated) if r.dataset.name == name else r for r in RECIPES]


def parameters(place):
    """Two sessions look for other obstacles: a wall stands on a strike, a strike on a dollar."""
    strikes = [LevelKind.ROUND.value, LevelKind.STRIKE.value]
    return {
        NO_STRIKES: {"runway_excluded_kinds": strikes},
        ALL_KINDS: {"runway_excluded_kinds": []},
    }.get(place, {})


def research_table(place, session, raw):
    """The research table of one of the twenty; one in ten is busy."""
    busy = place % 10 == BUSY
    params = SimulationParams(
        seed=100 + place,
        book_records=400_000 if busy else 60_000,
        trades=66_000 if busy else None,
    )
    simulate_session(session, raw, params)
    bronze = changed(bronze_from(raw, session), place, session)
    return tables_from(bronze, session, recipes(place), **parameters(place))["signals"]


@pytest.fixture(scope="module")
def twenty(tmp_path_factory):
    """The research tables of twenty sessions, one below the other."""

    def build(folder):
        tables = [
            research_table(place, session, folder / f"raw-{place}")
            for place, session in enumerate(SESSIONS)
        ]
        pl.concat(tables).write_ipc(folder / "signals.arrow")

    return pl.read_ipc(filled_once(tmp_path_factory, "twenty", build) / "signals.arrow")


def test_twenty_sessions_are_twenty(twenty):
    assert twenty["date"].n_unique() == len(SESSIONS) == 20


@pytest.mark.parametrize("name", SETS)
def test_every_member_of_a_closed_set_occurs(twenty, name):
    assert set(twenty[name].drop_nulls().unique()) == set(SETS[name].categories)


def test_no_feature_is_constant(twenty):
    assert [name for name in FEATURES if twenty[name].drop_nulls().n_unique() < 2] == []


def test_the_flow_of_options_has_one_sided_episodes(twenty):
    sided = twenty.group_by("date").agg(
        dealers_short=(pl.col("fuel_flow_z") <= -2).mean(), long=(pl.col("fuel_flow_z") >= 2).mean()
    )
    assert (sided["dealers_short"] > 0).sum() > 10
    assert (sided["long"] > 0).sum() > 10

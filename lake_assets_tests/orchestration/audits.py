"""Audits of a test lake, and assets that read the future on purpose."""

from dataclasses import replace
from datetime import date

import polars as pl

from lake_assets.catalog import SIGNALS
from lake_assets.definitions import lake_assets
from lake_assets.market.sessions import session_on
from lake_assets.orchestration.audit import Audit
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.rebuild import Rebuild
from lake_assets.orchestration.rebuild import bronze_in as bronze_of_session
from lake_assets.orchestration.recipe import is_of_touches

MADE = [a.recipe for a in lake_assets() if a.recipe.dataset.calendar and not a.recipe.raw]
RECIPES = [recipe for recipe in MADE if is_of_touches(recipe)]
MINUTE = 60_000_000_000


def rebuild_of(lake, day, recipes=RECIPES, **parameters):
    """How a session of a lake is made again in memory."""
    made_from = lake.in_force(SIGNALS, day).fingerprint
    session = session_on(date.fromisoformat(day))
    return Rebuild(recipes, session, LakeParams(**parameters), made_from)


def audit_of(lake, day, **parameters):
    """Every Silver and Gold table of a session, as published, beside its Bronze."""
    published = {r.dataset.name: lake.read(r.dataset, day) for r in RECIPES}
    return Audit(rebuild_of(lake, day, **parameters), bronze_in(lake, day), published)


def bronze_in(lake, day):
    """A session's Bronze."""
    return bronze_of_session(lake, RECIPES, day)


def leaking_audit(lake, day, name, leak):
    """The audit of a session whose table of a name was made by a function that reads ahead."""
    recipes = [replace(r, make=leak(r.make)) if r.dataset.name == name else r for r in RECIPES]
    rebuild, bronze = rebuild_of(lake, day, recipes), bronze_in(lake, day)
    published = rebuild.from_bronze(bronze, rebuild.session.hours.closes).tables
    return Audit(rebuild, bronze, published)


def final_sma(make):
    """Levels whose SMA_200 is the one of the session's last bars."""

    def levels(**given):
        made, bars = make(**given), given["ohlcv_2m"]
        final = bars.tail(200)["close_ticks"].cast(pl.Int64).sum() * 250 // 200
        return _moved(made, "SMA_200", pl.lit(final))

    return levels


def high_of_the_minute(make):
    """Levels whose session high counts the minute that has only begun."""

    def levels(**given):
        made, trades = make(**given), given["es_trades"]
        highs = trades.group_by(
            minute_ns=pl.col("ts_event_ns") - pl.col("ts_event_ns") % MINUTE
        ).agg(high_e=pl.col("price_ticks").max().cast(pl.Int64) * 250)
        with_high = made.join(highs.collect(), on="minute_ns", how="left", maintain_order="left")
        seen = pl.max_horizontal("level_e", "high_e")
        return _moved(with_high, "SESSION_HIGH", seen).select(made.columns)

    return levels


def _moved(levels, kind, level_e):
    """The levels of a kind put elsewhere in ES scale."""
    moved = pl.when(pl.col("kind") == kind).then(level_e).otherwise("level_e")
    basis = pl.col("level_e") - pl.col("level_u")
    return levels.with_columns(level_e=moved, level_u=moved - basis).with_columns(
        level_price=pl.col("level_u") / 10_000.0
    )


def gamma_of_the_day(make):
    """Fuel that knows all the day's option flow from its first minute."""

    def fuel(touches, option_flow, params):
        final = option_flow.filter(pl.col("end_ns") == pl.col("end_ns").max()).drop("end_ns")
        ends = option_flow.select(pl.col("end_ns").unique().sort())
        whole = ends.join(final, how="cross").select(option_flow.columns)
        return make(touches=touches, option_flow=whole, params=params)

    return fuel


def scaled_by_the_day(make):
    """Tape whose imbalance is told in deviations of all the session's touches."""

    def tape(**given):
        made = make(**given)
        rank = pl.col("tape_imbalance").rank() / pl.len()
        return made.with_columns(tape_imbalance=rank.cast(pl.Float64))

    return tape

"""What a session adds: on its own, small, and the same whatever others are there."""

import polars as pl
import pytest

from lake_assets.errors import ComputationRefusedError
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.truth_day import EVENTS, observe_day, put_together, stack_events
from lake_assets.seconds.truth_means import Span
from lake_assets.seconds.truth_microstructure import MEASURES
from lake_assets.seconds.truth_slices import NAMES, seeds_of
from lake_assets_tests.seconds.truths import Drawn, tables

NIFTY = underlying_named("NIFTY")
MARKET = Drawn(days=3, seconds=90, bursts=4, events=30)
DRAWN = tables(MARKET)
WHOLE = NAMES.index(("all", "all", "all"))


def session(place):
    return {table: days[place][1].lazy() for table, days in DRAWN.items()}


@pytest.fixture(scope="module")
def added():
    return [observe_day(session(place), NIFTY) for place in range(MARKET.days)]


def test_sums_are_those_of_the_values_kept(added):
    for frames in added:
        names, values = frames["sums"].columns, frames["values"]
        for place, rows in values.group_by("place"):
            name = names[place[0]]
            assert frames["counts"][name][WHOLE] == rows.height
            assert frames["sums"][name][WHOLE] == pytest.approx(rows["value"].sum(), rel=1e-12)


def test_values_of_the_book_are_sorted_and_no_null_is_among_them(added):
    frames = added[0]
    for at, name in enumerate(frames["sums"].columns):
        if name in MEASURES:
            kept = frames["values"].filter(pl.col("place") == at)["value"]
            assert kept.is_sorted()
            assert kept.is_finite().all()


def test_together_each_session_is_its_own_column(added):
    seen, span = put_together(added), Span(MARKET.days, seeds_of("NIFTY"))
    for name, observations in seen.items():
        sums, counts = observations.tallied(span)
        for day, frames in enumerate(added):
            assert sums[:, day].tolist() == frames["sums"][name].to_list()
            assert counts[:, day].tolist() == frames["counts"][name].to_list()
        if observations.value.size:
            assert observations.value.size == counts[WHOLE].sum()


def test_events_come_as_they_are_with_the_place_of_their_session(added):
    for table in EVENTS:
        stacked = stack_events(added, table)
        for day, (_, rows) in enumerate(DRAWN[table]):
            assert stacked.filter(day=day).drop("day").equals(rows)


def test_regimes_of_other_seconds_are_refused():
    other = {**session(0), "regimes": session(1)["regimes"]}
    with pytest.raises(ComputationRefusedError, match="NIFTY are not of the same seconds"):
        observe_day(other, NIFTY)

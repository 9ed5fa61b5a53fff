"""Responses to small and large moves, of the contract the window starts with."""

import polars as pl
import pytest

from lake_assets.market.option_vocabulary import Regime
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.truth_convexity import COLUMNS, of_convexity, see_convexity
from lake_assets.seconds.truth_means import Span
from lake_assets.seconds.truth_slices import NAMES, seeds_of
from lake_assets_tests.seconds.truths import Drawn, tables

NIFTY = underlying_named("NIFTY")
WHOLE = NAMES.index(("all", "all", "all"))
STATE = tables(Drawn(days=1, seconds=20))["option_state"][0][1].select(COLUMNS).head(2)
SLOTS = ("_m2", "_m1", "", "_p1", "_p2")


def ends(spot, *, mids=(100.0, 102.0), roll=0, seen=True):
    """One window: spot at both ends, the call pinned at the start, the money rolled by strikes."""
    cells = {"spot_price": pl.Series(spot), "spot_observed": pl.lit(value=True)}
    for leg in ("ce", "pe"):
        for at, slot in enumerate(SLOTS):
            strikes = [24_000 + 50 * (at - 2), 24_000 + 50 * (at - 2 + roll)]
            mid = [mids[0], mids[1] if strikes[1] == 24_000 else 999.0]
            cells[f"{leg}_strike{slot}"] = pl.Series(strikes, dtype=pl.Int32)
            cells[f"{leg}_mid{slot}"] = pl.Series(mid)
            cells[f"{leg}_observed{slot}"] = pl.Series([True, seen])
    regime = pl.Series(["normal"] * 2, dtype=pl.Enum(Regime))
    return STATE.with_columns(**cells, regime=regime, day=pl.lit(0, pl.Int64))


def responses(rows):
    found = of_convexity(see_convexity(rows, NIFTY), Span(1, seeds_of("NIFTY")))
    return {f.measure.name: f.value[WHOLE] for f in found if f.n[WHOLE]}


@pytest.mark.parametrize(
    ("spot", "told"),
    [
        ([24_000.0, 24_004.0], {"ce_response_small": 0.5}),
        ([24_000.0, 24_003.95], {}),
        ([24_000.0, 24_012.0], {"ce_response_large": 2.0 / 12.0}),
        ([24_004.0, 24_000.0], {"pe_response_small": 0.5}),
        ([24_000.0, 24_007.0], {}),
    ],
    ids=["small, to the fifth", "just too small", "large", "a fall is the put's", "between"],
)
def test_a_move_within_a_fifth_counts(spot, told):
    assert responses(ends(spot)) == told


@pytest.mark.parametrize("roll", [-2, -1, 1, 2])
def test_the_contract_is_followed_when_the_money_rolls(roll):
    assert responses(ends([24_000.0, 24_005.0], roll=roll)) == {"ce_response_small": 0.4}


def test_a_contract_out_of_the_slots_or_unseen_does_not_count():
    assert responses(ends([24_000.0, 24_005.0], roll=3)) == {}
    assert responses(ends([24_000.0, 24_005.0], seen=False)) == {}

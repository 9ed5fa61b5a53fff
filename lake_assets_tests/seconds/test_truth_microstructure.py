"""Seconds enter only if spot and the leg they are of were observed in them."""

import polars as pl

from lake_assets.seconds.truth_means import Span
from lake_assets.seconds.truth_microstructure import MEASURES, of_microstructure, see_microstructure
from lake_assets.seconds.truth_slices import NAMES, seeds_of
from lake_assets_tests.seconds.truths import Drawn, tables

WHOLE = NAMES.index(("all", "all", "all"))
DRAWN = tables(Drawn(days=1, seconds=60))
SECONDS = DRAWN["option_state"][0][1].with_columns(
    DRAWN["regimes"][0][1]["regime"], day=pl.lit(0, pl.Int64)
)


def counts(**cells):
    rows = SECONDS.with_columns(**cells)
    span = Span(1, seeds_of("NIFTY"))
    found = of_microstructure(see_microstructure(rows, span), span)
    return {f.measure.name: int(f.n[WHOLE]) for f in found}


def test_a_filled_leg_is_left_out_of_its_own_measures_only():
    usual = counts()
    blind = counts(ce_observed=pl.lit(value=False))
    for name in MEASURES:
        assert blind[name] == (usual[name] if name.startswith("pe_") else 0)


def test_nothing_counts_without_spot():
    assert set(counts(spot_observed=pl.lit(value=False)).values()) == {0}

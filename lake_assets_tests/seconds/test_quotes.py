"""Ticks, mid and spread: whole ticks decide, stored prices stay as they were sent."""

import polars as pl
import pytest

from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.quotes import in_spot_units, in_ticks, quote

NIFTY = underlying_named("NIFTY")


@pytest.mark.parametrize(
    ("bid", "ask", "mid", "spread"),
    [
        (100.0, 100.5, 100.25, 0.5),
        (100.0, 100.0, 100.0, None),
        (100.05, 100.0, None, None),
        (None, 100.0, None, None),
        (100.0, None, None, None),
        (0.1 + 0.2, 0.3, 0.3, None),
    ],
    ids=["open", "locked", "crossed", "no bid", "no ask", "locked but for a bit"],
)
def test_mid_and_spread(bid, ask, mid, spread):
    frame = pl.DataFrame(
        {"bp0": [bid], "sp0": [ask]}, schema={"bp0": pl.Float64, "sp0": pl.Float64}
    )
    found = frame.select(*quote(NIFTY)).row(0, named=True)
    assert found["mid"] == (None if mid is None else pytest.approx(mid, rel=1e-12))
    assert found["spread"] == spread


@pytest.mark.parametrize("ticks", [1, 3, 58, 2_001, 19_999, 400_001])
def test_every_price_on_a_tick_is_its_own_tick(ticks):
    for underlying in (NIFTY, underlying_named("SPY")):
        tick = underlying.option_tick
        price = round(ticks * tick, 2)
        assert pl.select(in_ticks(pl.lit(price), underlying)).item() == ticks


@pytest.mark.parametrize(
    ("underlying", "spot", "units"),
    [("NIFTY", 24_024.95, 2_402_495), ("NIFTY", 55_049.99, 5_504_999), ("SPY", 630.5, 6_305_000)],
)
def test_spot_in_its_smallest_unit(underlying, spot, units):
    assert pl.select(in_spot_units(pl.lit(spot), underlying_named(underlying))).item() == units

"""What counts as liquid, and as executable; every limit is inclusive, and null is neither."""

from datetime import date, timedelta

import pytest

from lake_assets.daily.parameters import ChainParams
from lake_assets.daily.snapshots import snapshot_chains
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets_tests.daily.chains import DAY, SESSION, chain, contract

TIERS = LiquidityTiers([{"symbol": "SPY", "tier": "tier1"}, {"symbol": "GLD", "tier": "tier3"}])


def judged(**said):
    row = snapshot_chains(chain(contract(**said)), SESSION, TIERS, ChainParams()).batches
    return tuple(row.select("is_liquid_basic", "is_liquid", "is_executable_liquid").row(0))


ALL, BASIC, NONE = (True, True, True), (True, True, False), (False, False, False)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"volume": 50, "open_interest": 100}, ALL),
        ({"volume": 49}, NONE),
        ({"open_interest": 99}, NONE),
        ({"bid": 0.0}, NONE),
        ({"volume": None}, NONE),
        ({"open_interest": None}, NONE),
        ({"bid": None}, NONE),
        ({"bid": 0.47, "ask": 0.5}, ALL),
        ({"bid": 0.47, "ask": 0.49}, BASIC),
        ({"bid": 1.85, "ask": 2.15}, ALL),
        ({"bid": 1.84, "ask": 2.16}, BASIC),
        ({"expiration": DAY + timedelta(days=7)}, ALL),
        ({"expiration": DAY + timedelta(days=6)}, BASIC),
        ({"expiration": DAY + timedelta(days=60)}, ALL),
        ({"expiration": date(2026, 7, 29)}, BASIC),
        ({"strike": 575.0}, ALL),
        ({"strike": 575.5}, BASIC),
        ({"strike": 425.0}, ALL),
        ({"symbol": "GLD", "strike": 550.0}, ALL),
        ({"symbol": "GLD", "strike": 550.5}, BASIC),
        ({"symbol": "ZZZ", "strike": 550.5}, BASIC),
        ({"underlying_price": None}, BASIC),
    ],
)
def test_liquidity(said, found):
    assert judged(**said) == found

"""Tables people keep: the shipped ones, a lake's own, and what is refused."""

import pytest

from lake_assets.errors import WrongContentError
from lake_assets.market.liquidity_tiers import LiquidityTiers, Tier
from lake_assets.market.macro_series import MacroRegistry
from lake_assets.market.macro_vocabulary import Frequency, MacroUnit


def own(home, file, text):
    (home / "config").mkdir(exist_ok=True)
    (home / "config" / file).write_text(text)
    return home


@pytest.mark.parametrize(
    ("symbol", "tier", "band"),
    [("SPY", Tier.TIER1, 0.15), ("AMD", Tier.TIER2, 0.10), ("GLD", Tier.TIER3, 0.10)],
)
def test_the_shipped_tiers(symbol, tier, band):
    tiers = LiquidityTiers.load()
    assert (tiers.tier(symbol), tiers.band(symbol)) == (tier, band)


def test_a_symbol_that_is_not_listed_is_unknown():
    assert LiquidityTiers.load().tier("ZZZ") is Tier.UNKNOWN
    assert LiquidityTiers.load().band("ZZZ") == 0.10


def test_the_first_tier_is_as_dictated():
    tiers = LiquidityTiers.load().by_symbol
    first = {symbol for symbol, tier in tiers.items() if tier is Tier.TIER1}
    assert first == {"SPY", "QQQ", "IWM", "AAPL", "MSFT", "NVDA", "TSLA"}


def test_a_lakes_own_table_replaces_the_shipped_one(tmp_path):
    own(tmp_path, "liquidity_tiers.csv", "symbol,tier\nabc,tier3\n")
    tiers = LiquidityTiers.load(tmp_path)
    assert (tiers.tier("ABC"), tiers.tier("SPY")) == (Tier.TIER3, Tier.UNKNOWN)
    assert tiers.digest != LiquidityTiers.load().digest


def test_order_of_the_lines_changes_no_digest(tmp_path):
    own(tmp_path, "liquidity_tiers.csv", "symbol,tier\nA,tier1\nB,tier2\n")
    before = LiquidityTiers.load(tmp_path).digest
    own(tmp_path, "liquidity_tiers.csv", "symbol,tier\nB,tier2\nA,tier1\n")
    assert LiquidityTiers.load(tmp_path).digest == before


HEAD = "symbol,name,asset_class,unit,frequency,is_rate,publication_lag_days,source_id\n"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (LiquidityTiers, "symbol,class\nSPY,tier1\n"),
        (LiquidityTiers, "symbol,tier\nSPY,best\n"),
        (MacroRegistry, HEAD + "A,a,x,points,Hourly,false,0,\n"),
        (MacroRegistry, HEAD + "A,a,x,points,Daily,perhaps,0,\n"),
        (MacroRegistry, HEAD + "A,a,x,points,Daily,false,-1,\n"),
        (MacroRegistry, HEAD + "A,a,x,points,Daily,false,0,S\nB,b,x,points,Daily,false,0,S\n"),
    ],
    ids=["columns", "tier", "frequency", "rate", "lag", "two of one name"],
)
def test_a_table_that_cannot_be_is_refused(tmp_path, kind, text):
    own(tmp_path, kind.file, text)
    with pytest.raises(WrongContentError, match=kind.file):
        kind.load(tmp_path)


def test_a_series_is_found_by_every_name_files_give_it():
    registry = MacroRegistry.load()
    fact = registry.by_source["SP500"]
    assert fact is registry.by_symbol["^GSPC"]
    assert (fact.unit, fact.frequency, fact.is_rate) == (MacroUnit.POINTS, Frequency.DAILY, False)
    assert registry.by_symbol["UNRATE"].is_rate

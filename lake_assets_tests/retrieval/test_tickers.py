"""Tickers: spelled, held, within the cap; nothing is matched by likeness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.retrieval.tickers import ALIASES, allow_list, choose, is_ticker, macro_symbol
from lake_assets.retrieval.vocabulary import MacroAlias, Reason
from lake_assets_tests.retrieval.fuzz import mangled

HELD = allow_list(["SPY", "QQQ", "IWM", "AAPL", "NVDA", "TSLA", "^GSPC", "UNRATE"])


def test_v11_tickers():
    asked = [" spy", "SPY", "QQQ", "IWM", "AAPL", "NVDA", "TSLA", "SPYY", "SP*"]
    found = choose(asked, HELD, 5)
    assert found.run == ("SPY", "QQQ", "IWM", "AAPL", "NVDA")
    assert found.capped == ("TSLA",)
    assert found.refused == {"SPYY": Reason.UNKNOWN_TICKER, "SP*": Reason.BAD_TICKER}


@pytest.mark.parametrize(
    "text", ["SPY", "A", "^VIX", "BRK.B", "BRK-B", "ES1", "BF.B-W", "A" * 15, "X.1234"]
)
def test_tickers(text):
    assert is_ticker(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1SPY",
        "^",
        "^VIX9",
        "^" + "A" * 9,
        "A" * 16,
        "SPY.",
        "A.B.C.D",
        "A.12345",
        "SPY\n",
        "$SPY",
        "SPY'; DROP",
        "../SPY",
        "ÄPL",
    ],
)
def test_no_tickers(text):
    assert not is_ticker(text)


def test_a_letter_that_only_becomes_one_is_none():
    assert "ſpy".upper() == "SPY"  # noqa: RUF001 - the long s is what this is about
    assert choose(["ſpy"], HELD, 5).run == ()  # noqa: RUF001


def test_refused_tickers_do_not_use_up_the_cap():
    assert choose(["NOPE", "?", "TSLA"], HELD, 1).run == ("TSLA",)


def test_what_stands_for_an_index_may_be_asked_about():
    assert "VIXY" in HELD
    assert choose(["VIXY", "GLD"], HELD, 5).refused == {"GLD": Reason.UNKNOWN_TICKER}


@pytest.mark.parametrize(("ticker", "index"), list(ALIASES.items()))
def test_an_alias_is_told_and_can_be_turned_off(ticker, index):
    assert macro_symbol(ticker, MacroAlias.ALWAYS) == (index, index)
    assert macro_symbol(ticker, MacroAlias.NEVER) == (ticker, None)


@pytest.mark.parametrize("ticker", ["GLD", "SLV", "^GSPC", "UNRATE"])
def test_others_stand_for_themselves(ticker):
    assert macro_symbol(ticker, MacroAlias.ALWAYS) == (ticker, None)


def test_no_ticker_raises():
    asked = mangled(["SPY", "^GSPC", "BRK.B", "QQQ", "spy", ""], 5000)
    for cap in (1, 5, 50):
        found = choose(asked, HELD, cap)
        assert set(found.run) <= HELD
        assert len(found.run) <= cap
        assert set(found.refused.values()) == {Reason.BAD_TICKER, Reason.UNKNOWN_TICKER}


@given(st.permutations(["SPY", "QQQ", "IWM", "NOPE", "?"]))
def test_under_the_cap_the_order_decides_nothing(asked):
    found = choose(asked, HELD, 5)
    assert set(found.run) == {"SPY", "QQQ", "IWM"}
    assert dict(found.refused) == {"NOPE": Reason.UNKNOWN_TICKER, "?": Reason.BAD_TICKER}

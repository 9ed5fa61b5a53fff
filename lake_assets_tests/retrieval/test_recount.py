"""Every number of a random market equals the one recounted from its rows in plain Python."""

from datetime import UTC, datetime, timedelta

import pytest

from lake_assets.lake.lake import Lake
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.tool import SilverTool
from lake_assets_tests.retrieval import recount
from lake_assets_tests.retrieval.market import random_market

TIERS = {"SPY": "tier1", "QQQ": "tier1", "AAPL": "tier1"}
EVERYTHING = (
    "put_call_ratio",
    "options_analysis",
    "iv_rank",
    "liquidity_analysis",
    "executable_option_volume",
    "executable_open_interest",
    "executable_avg_spread_pct",
    "executable_contracts",
    "pricing_spread",
    "macro_analysis",
    "geopolitical_analysis",
)


@pytest.fixture(scope="module", params=[0, 1])
def market_and_tool(request, tmp_path_factory):
    market = random_market(request.param)
    lake = market.publish(Lake(tmp_path_factory.mktemp("market") / "lake"))
    clock = datetime(2026, 6, 3, tzinfo=UTC)
    return market, SilverTool(lake, clock=lambda: clock, environ={})


def answers(tool, symbol, as_of, window="past_week"):
    query = MetricQuery(
        metrics=EVERYTHING, tickers=(symbol,), time_window=window, as_of=as_of, expand_family=True
    )
    found = tool.query(query).answers
    return {a.metric: a.value if a.text is None else a.text for a in found}


def compare(told, recounted):
    for metric, value in (recounted or {}).items():
        if metric in told:
            assert told[metric] == value, metric


@pytest.mark.parametrize("symbol", ["SPY", "QQQ", "AAPL"])
@pytest.mark.parametrize("back", [0, 1, 4, 7])
def test_option_families(market_and_tool, symbol, back):
    market, tool = market_and_tool
    end = market.days[-1 - back]
    told = answers(tool, symbol, end)
    rows = market.option_rows
    start = end - timedelta(days=7)
    put_call = recount.put_call(rows, symbol, start=start, end=end)
    compare(told, put_call or dict.fromkeys(("pcr_volume", "pcr_open_interest", "pcr_status")))
    compare(told, recount.liquidity(rows, symbol, end=end, tier=TIERS[symbol]))
    compare(told, recount.pricing(rows, symbol, end=end))
    vol = recount.implied_vol(rows, symbol, since=end - timedelta(days=180), end=end)
    if vol and vol["session"] >= start:
        compare(told, vol)
    else:
        assert told["atm_iv"] is None


def test_macro(market_and_tool):
    market, tool = market_and_tool
    rows = [row for vintage in market.macro.values() for row in vintage]
    for end in market.days:
        row = recount.macro(rows, "^GSPC", end=end, known_at=end)
        told = answers(tool, "SPY", end)
        assert told["macro_last_value"] == row["value"]
        change = recount.rounded(row["daily_change_pct"], 2)
        assert told["macro_daily_change_pct"] == change
        rate = recount.macro(rows, "UNRATE", end=end, known_at=end)
        told = answers(tool, "UNRATE", end)
        assert told["macro_last_value"] == rate["value"]
        assert told["macro_mom_change_level"] == recount.rounded(rate["mom_change_level"], 2)


def test_gpr(market_and_tool):
    market, tool = market_and_tool
    rows = [
        row | {"retrieval_date": retrieved}
        for retrieved, vintage in market.gpr.items()
        for row in vintage
    ]
    for end in [market.days[-1] - timedelta(days=back) for back in range(0, 60, 7)]:
        row = recount.gpr(rows, end=end, known_at=end)
        told = answers(tool, "SPY", end)
        assert told["gpr_index_level"] == recount.rounded(row["gpr"], 2)
        assert told["gpr_percentile"] == recount.rounded(row["gpr_percentile"], 2)
        change = row["gpr_mom_pct"]
        trend = ["Unknown", "Flat", "Rising", "Falling"]
        at = 0 if change is None else (change > 0) * 2 + (change < 0) * 3 or 1
        assert told["gpr_trend"] == trend[at]

"""Real chains, landed and materialized, answer as a plain Python recount of their rows does."""

import shutil
from datetime import date, timedelta

import dagster as dg
import pytest

from lake_assets.catalog import OPTION_CHAINS, OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.vocabulary import Verdict
from lake_assets_tests.orchestration.lakes import lake_at
from lake_assets_tests.retrieval import recount
from lake_assets_tests.retrieval.conftest import tool_over
from lake_assets_tests.retrieval.test_recount import EVERYTHING

CHAINS = {"2024-01-04": "spy-chain-20240104", "2024-01-05": "spy-chain-20240105"}
CAPTURED = "2026-08-13"  # three symbols with open interest; the folder is named a day early
DAYS = (*CHAINS, CAPTURED)


@pytest.fixture
def real_lake(market_data, tmp_path, monkeypatch):
    landed = tmp_path / "raw" / "option_chains"
    for day, name in CHAINS.items():
        (landed / day).mkdir(parents=True)
        shutil.copy(market_data / "chains" / f"{name}.parquet", landed / day / "SPY.parquet")
    shutil.copytree(market_data / "options" / "yfinance" / "2026-08-12", landed / CAPTURED)
    lake = lake_at(tmp_path / "lake", tmp_path / "raw")
    for name, value in lake.environ.items():
        monkeypatch.setenv(name, value)
    for day in DAYS:
        keys = [dg.AssetKey(d.key) for d in (OPTION_CHAINS, OPTION_SNAPSHOTS, OPTION_DAILY)]
        assert lake.run(day, select=keys).error is None
    return lake.lake


def test_real_questions_equal_a_recount(real_lake):
    rows = real_lake.read(OPTION_SNAPSHOTS, DAYS).to_dicts()
    tool = tool_over(real_lake)
    found = 0
    for day, symbol in [(d, "SPY") for d in DAYS] + [(CAPTURED, "QQQ"), (CAPTURED, "IWM")]:
        end = date.fromisoformat(day)
        result = tool.query(
            MetricQuery(metrics=EVERYTHING, tickers=(symbol,), as_of=end, time_window="today")
        )
        told = {a.metric: a.value if a.text is None else a.text for a in result.answers}
        expected = {
            **recount.put_call(rows, symbol, start=end, end=end),
            **recount.liquidity(rows, symbol, end=end, tier="tier1"),
            **(recount.pricing(rows, symbol, end=end) or {}),
            **(recount.implied_vol(rows, symbol, since=end - timedelta(days=180), end=end) or {}),
        }
        asked = {metric: expected[metric] for metric in told if metric in expected}
        assert asked == {metric: told[metric] for metric in asked}
        found += sum(value is not None for value in asked.values())
        cited = [answer for answer in result.answers if answer.citation_id]
        assert {tool.verify(answer).verdict for answer in cited} == {Verdict.VERIFIED}
    assert found > 60

"""Real files, landed and materialized, answer as a plain Python recount of them does."""

import csv
import json
import shutil
from datetime import date, timedelta

import dagster as dg
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from lake_assets.catalog import (
    OPTION_CHAINS,
    OPTION_DAILY,
    OPTION_SNAPSHOTS,
    RETRIEVAL_TABLES,
)
from lake_assets.catalog.dataset import Cut
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


RETRIEVED = "2025-11-26"  # the day after the files' last row
RISK = {
    "2024-04": ("gpr-vintage-2024-03.csv", "2024-04-01"),
    "2026-01": ("gpr-vintage-2025-12.xls", "2026-01-02"),
}


@pytest.fixture
def real_series(market_data, tmp_path, monkeypatch):
    """Consumer prices and unemployment as they stand at the vendor's, and risk in two vintages."""
    raw = tmp_path / "raw"
    (raw / "macro" / RETRIEVED).mkdir(parents=True)
    for series in ("cpiaucsl", "unrate"):
        shutil.copy(market_data / "macro" / f"fred-{series}.parquet", raw / "macro" / RETRIEVED)
    (raw / "gpr").mkdir()
    for name, retrieved in RISK.values():
        shutil.copy(market_data / "macro" / name, raw / "gpr" / name)
        (raw / "gpr" / f"{name}.json").write_text(json.dumps({"retrieved_on": retrieved}))
    lake = lake_at(tmp_path / "lake", raw)
    for name, value in lake.environ.items():
        monkeypatch.setenv(name, value)
    keys = {cut: [dg.AssetKey(d.key) for d in RETRIEVAL_TABLES if d.cut is cut] for cut in Cut}
    assert lake.run(RETRIEVED, select=keys[Cut.DAY]).error is None
    for month in RISK:
        assert lake.run(month, select=keys[Cut.MONTH]).error is None
    return lake.lake


def told_of(tool, as_of, *metrics, tickers=()):
    result = tool.query(
        MetricQuery(metrics=metrics, tickers=tickers, as_of=as_of, expand_family=False)
    )
    cited = [answer for answer in result.answers if answer.citation_id]
    assert {tool.verify(answer).verdict for answer in cited} == {Verdict.VERIFIED}
    return {a.metric: a.value if a.text is None else a.text for a in result.answers}


def first_of_months(path):
    """The vendor's file, a value a month: the first of its weekdays, and none that are lost."""
    found = {}
    for row in pl.read_parquet(path).sort("date").iter_rows(named=True):
        day = row["date"] if isinstance(row["date"], date) else row["date"].date()
        if row["value"] is not None:
            found.setdefault((day.year, day.month), row["value"])
    return found


@pytest.mark.parametrize(("series", "symbol"), [("cpiaucsl", "CPIAUCSL"), ("unrate", "UNRATE")])
def test_prices_and_unemployment_equal_the_vendors_file(real_series, market_data, series, symbol):
    months = first_of_months(market_data / "macro" / f"fred-{series}.parquet")
    newest = max(months)
    before = (newest[0], newest[1] - 1) if newest[1] > 1 else (newest[0] - 1, 12)
    change = "macro_mom_change_level" if symbol == "UNRATE" else "macro_mom_change_pct"
    told = told_of(
        tool_over(real_series), date(2025, 11, 28), "macro_last_value", change, tickers=[symbol]
    )
    assert told["macro_last_value"] == months[newest]
    expected = months[newest] - months[before]
    if symbol == "CPIAUCSL":
        expected = 100 * expected / months[before]
    assert told[change] == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("as_of", "column"), [("2024-04-15", "GPR"), ("2026-01-15", "GPR")])
def test_risk_is_what_its_vintage_says(real_series, market_data, as_of, column):
    name = max((month, name) for month, (name, _) in RISK.items() if month <= as_of[:7])[1]
    path = market_data / "macro" / name
    rows = (
        CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
        if path.suffix == ".xls"
        else list(csv.reader(path.read_text().splitlines()))
    )
    at = [str(head).upper() for head in rows[0]].index(column)
    levels = [float(row[at]) for row in rows[1:] if str(row[at]).strip()]
    last = levels[-1]
    told = told_of(
        tool_over(real_series),
        date.fromisoformat(as_of),
        "gpr_index_level",
        "gpr_percentile",
        "gpr_trend",
    )
    less, equal = sum(v < last for v in levels), sum(v == last for v in levels)
    assert told["gpr_index_level"] == pytest.approx(last, abs=0.005)
    assert told["gpr_percentile"] == pytest.approx(
        100 * (less + (equal + 1) / 2) / len(levels), abs=0.005
    )
    assert told["gpr_trend"] == ("Rising" if last > levels[-2] else "Falling")

"""What holds for every request: the future, row order, threads and neighbours change nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from random import Random

import pytest

from lake_assets.catalog import OPTION_SNAPSHOTS
from lake_assets.lake.lake import Lake
from lake_assets.retrieval.metrics import BUNDLES, METRICS
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.vocabulary import Knowledge, Status
from lake_assets_tests.retrieval import silver
from lake_assets_tests.retrieval.conftest import tool_over
from lake_assets_tests.retrieval.market import random_chain, random_vintage

FAMILIES = tuple(bundle for bundle in BUNDLES if bundle != "price_change")
WINDOWS = (None, "today", "yesterday", "past_week", "past_month", "past_six_months", "all", "odd")


def dice(seed):
    """The same throws in every run."""
    return Random(seed)  # noqa: S311 - a seed is the point


def everything(as_of=None, **more):
    return MetricQuery(
        **{
            "metrics": tuple(METRICS)[:41],
            "tickers": ("SPY", "QQQ", "AAPL", "^GSPC", "UNRATE"),
            "time_window": "past_week",
            "as_of": as_of,
        }
        | more
    )


def random_query(rng, market):
    return MetricQuery(
        metrics=tuple(rng.sample([*METRICS, *FAMILIES], 3)),
        tickers=tuple(rng.sample(["SPY", "QQQ", "AAPL", "^GSPC", "UNRATE", "NONE"], 2)),
        time_window=rng.choice(WINDOWS),
        as_of=rng.choice([None, *market.days, market.days[0] - timedelta(days=30)]),
        knowledge=rng.choice(list(Knowledge)),
        expand_family=rng.random() < 0.5,
    )


def test_later_partitions_change_nothing(market, tmp_path):
    cut = market.days[4]
    lake = market.publish(Lake(tmp_path / "lake"), until=cut)
    queries = [everything(cut), everything(cut, knowledge=Knowledge.STRICT, time_window="all")]
    before = [tool_over(lake).query(query).model_dump_json() for query in queries]
    later = market.days[5:]
    for day in later:
        silver.publish_options(lake, day, wild(market.options[day]))
        silver.publish_macro(lake, day, wild(market.macro[day]))
    for day, rows in market.gpr.items():
        if day > cut:
            silver.publish_gpr(lake, day, wild(rows))
    assert [tool_over(lake).query(query).model_dump_json() for query in queries] == before


def wild(rows):
    """The same rows with every number out of all proportion."""
    big = {"volume": 10**12, "open_interest": 10**12, "value": 1e9, "gpr": 1e9, "iv": 4.99}
    spread = {"spread_pct": 150.0, "bid": 1e6, "ask": 2e6}
    return [
        row | {k: v for k, v in (big | spread).items() if row.get(k) is not None} for row in rows
    ]


def test_another_ticker_in_the_same_session_changes_no_value(market, lake):
    rng, query = dice(3), everything(tickers=("SPY", "QQQ"), as_of=market.days[-1])
    before = values(tool_over(lake).query(query))
    for day in market.days[-3:]:
        rows = [*market.options[day], *random_chain(rng, "ZZZZ", day, 20)]
        silver.publish_options(lake, day, rows)
    assert values(tool_over(lake).query(query)) == before


def values(result):
    return {
        (a.metric, a.entity): (a.value, a.text, a.status, a.preferred_anchor, a.observed_at)
        for a in result.answers
    }


def test_the_order_of_rows_changes_nothing(market, lake, tmp_path):
    other = market.publish(Lake(tmp_path / "shuffled"), shuffle=5)
    queries = [everything(market.days[-1]), everything(market.days[3], time_window="all")]
    for query in queries:
        told = [tool_over(each).query(query).model_dump_json() for each in (lake, other)]
        assert told[0] == told[1]


def test_the_order_of_a_request_changes_no_answer(tool):
    tickers, metrics = ("SPY", "QQQ", "AAPL"), ("pcr_volume", "atm_iv", "macro_analysis")
    told = [
        {a.model_dump_json() for a in tool.query(everything(metrics=m, tickers=t)).answers}
        for m in permutations(metrics)
        for t in permutations(tickers)
    ]
    assert all(each == told[0] for each in told)


@pytest.mark.parametrize("threads", ["1", "2", "4"])
def test_threads_of_the_engine_change_nothing(still_lake, market, threads):
    told = tool_over(still_lake, SILVER_DUCKDB_THREADS=threads).query(everything(market.days[-1]))
    alone = tool_over(still_lake).query(everything(market.days[-1]))
    assert told.model_dump_json() == alone.model_dump_json()


def test_two_tickers_keep_their_own_values(tool):
    query = everything(tickers=("SPY", "QQQ"), metrics=FAMILIES)
    both = tool.query(query)
    for ticker in ("SPY", "QQQ"):
        alone = tool.query(query.model_copy(update={"tickers": (ticker,)}))
        mine = {key: v for key, v in values(both).items() if key[1] in {ticker, "GLOBAL"}}
        assert mine == values(alone)
    assert both.values["SPY_pcr_volume"] != both.values["QQQ_pcr_volume"]
    assert "pcr_volume" not in both.values


def test_a_short_window_binds_ratios_and_volatility_alike(market, lake):
    day = market.days[-1]
    silver.publish_options(lake, day, random_chain(dice(1), "QQQ", day, 5))
    told = values(tool_over(lake).query(everything(day, tickers=("SPY",), time_window="today")))
    for metric in ("pcr_volume", "atm_iv"):
        assert told[metric, "SPY"][2] is Status.NO_DATA


def test_threads_of_the_caller_get_the_serial_answers(still_lake, market):
    tool, rng = tool_over(still_lake), dice(2)
    queries = [random_query(rng, market) for _ in range(24)]
    serial = [tool.query(query).model_dump_json() for query in queries]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda q: tool.query(q).model_dump_json(), queries * 4))
    assert told == serial * 4


def test_later_vintages_change_nothing_known_before(market, lake):
    cut = market.days[2]
    before = tool_over(lake).query(everything(cut, metrics=("macro_analysis",)))
    silver.publish_macro(lake, market.days[-1], wild(random_vintage(dice(9), market.days[-1])))
    after = tool_over(lake).query(everything(cut, metrics=("macro_analysis",)))
    assert after.model_dump_json() == before.model_dump_json()


def test_every_symbol_of_a_snapshot_is_asked_alone(market, still_lake):
    told = tool_over(still_lake).query(everything(market.days[-1], metrics=("open_interest",)))
    for answer in told.answers:
        if answer.metric == "open_interest" and answer.value is not None:
            (file,) = answer.replay.inputs
            rows = still_lake.read(OPTION_SNAPSHOTS, answer.observed_at.isoformat())
            mine = rows.filter(symbol=answer.entity)
            assert mine.height == answer.replay.rows_read
            assert file.path.endswith(f"{answer.observed_at}.parquet")

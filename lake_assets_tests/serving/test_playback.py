"""What a page draws: everything is there, and says when it is known."""

import polars as pl
import pytest

from lake_assets.catalog import (
    BURSTS,
    ES_MBP10,
    ES_TRADES,
    FRONT_CONTRACT,
    LEVELS,
    OHLCV_1M,
    OPTION_FLOW,
    OPTION_STATE,
    SIGNALS,
)
from lake_assets.catalog.schema import Role
from lake_assets_tests.oracles import blocks as oracle
from lake_assets_tests.serving.servers import DAY, NIFTY, QUIET

MINUTE = 60 * 10**9
STRETCH = {"start": "2025-12-17T15:00:00Z", "end": "2025-12-17T15:02:00Z"}
SPAN = (1_765_983_600 * 10**9, 1_765_983_720 * 10**9)


def played(client, path, **query):
    """The head and tables of a playback."""
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/vnd.lake.blocks"
    return oracle.unpack(answer.content)


@pytest.fixture(scope="module")
def session(client):
    return played(client, f"/v1/signals/{DAY}/playback")


@pytest.fixture(scope="module")
def market(client):
    return played(client, f"/v1/day/{NIFTY}/{DAY}/playback")


def test_a_session_says_whose_it_is_and_when_it_was(session, served):
    head, _ = session
    assert head["symbol"] == "SPY"
    assert head["front"] == served.read(FRONT_CONTRACT, DAY)["raw_symbol"].item()
    assert head["time_zone"] == "America/New_York"
    assert head["origin_ns"] == head["session"]["opens_ns"] == "1765926000000000000"
    assert head["regular"] == {
        "opens_ns": "1765981800000000000",
        "closes_ns": "1766005200000000000",
    }
    assert head["provenance"] == "simulated"
    assert head["sha256"]["gold/signals"] == served.in_force(SIGNALS, DAY).sha256


def test_every_table_says_when_its_rows_are_known(session, market):
    known = {name: t["known_at"] for name, t in session[0]["tables"].items()}
    assert known == {
        "bars": {"column": "end_ns", "included": False},
        "levels": {"column": "minute_ns", "included": False},
        "touches": {"column": "ts_event_ns", "included": True},
        "flow": {"column": "end_ns", "included": False},
        "basis": {"column": "minute_ns", "included": False},
    }
    for table in market[0]["tables"].values():
        assert table["known_at"] == {"column": "known_at", "included": False}
    for head, tables in (session, market):
        for name, table in head["tables"].items():
            assert all(row[table["known_at"]["column"]] is not None for row in tables[name])


def test_labels_are_told_apart_with_the_moment_they_are_known(session, served):
    head, tables = session
    told = head["tables"]["touches"]["labels"]
    assert told["known_at"] == {"column": "label_horizon_end_ns", "included": True}
    # how unique a label is depends on labels that end later still: it is not sent at all
    assert set(told["columns"]) == set(SIGNALS.having(Role.LABEL)) - {"avg_uniqueness"}
    kept = served.read(SIGNALS, DAY)
    assert [row["event_id"] for row in tables["touches"]] == kept["event_id"].to_list()
    assert [row["outcome"] for row in tables["touches"]] == kept["outcome"].to_list()
    assert all(row["label_horizon_end_ns"] > row["ts_event_ns"] for row in tables["touches"])


def test_bars_of_a_second_add_up_to_the_candles_of_the_lake(session, served):
    bars = pl.DataFrame(session[1]["bars"], infer_schema_length=None)
    candles = bars.group_by((pl.col("start_ns") // MINUTE * MINUTE), maintain_order=True).agg(
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum().cast(pl.Int64),
        pl.col("trades").sum().cast(pl.Int64),
    )
    kept = served.read(OHLCV_1M, DAY)
    assert candles["start_ns"].to_list() == kept["start_ns"].to_list()
    for name in ("open", "high", "low", "close"):
        assert candles[name].to_list() == kept[f"{name}_spy"].to_list()
    for name in ("volume", "trades"):
        assert candles[name].to_list() == kept[name].to_list()
    assert (bars["end_ns"] - bars["start_ns"] == 10**9).all()


def test_levels_and_flow_are_those_of_the_lake(session, served):
    levels, flow = served.read(LEVELS, DAY), served.read(OPTION_FLOW, DAY)
    assert [row["level_price"] for row in session[1]["levels"]] == levels["level_price"].to_list()
    assert [row["known_at_ns"] for row in session[1]["levels"]] == levels["known_at_ns"].to_list()
    assert [row["volume"] for row in session[1]["flow"]] == flow["volume"].to_list()
    strikes = [row["strike"] for row in session[1]["flow"]]
    assert strikes == [units / 10_000 for units in flow["strike_u"]]


def test_seconds_of_a_market_carry_their_regime(market, served):
    head, tables = market
    state = served.read(OPTION_STATE.of(NIFTY), DAY)
    assert head["symbol"] == NIFTY
    assert head["strike_step"] == 50
    assert [row["spot_price"] for row in tables["seconds"]] == state["spot_price"].to_list()
    assert {row["regime"] for row in tables["seconds"]} >= {None, "normal", "burst", "chop"}
    bursts = served.read(BURSTS.of(NIFTY), DAY)
    assert [row["event_id"] for row in tables["bursts"]] == bursts["event_id"].to_list()
    assert all(row["known_at"] > row["end_time"] for row in tables["bursts"])


def test_a_market_of_no_events_plays_too(client):
    head, tables = played(client, f"/v1/day/{NIFTY}/{QUIET}/playback")
    assert tables["bursts"] == tables["fear"] == []
    assert head["tables"]["seconds"]["count"] == 22_501


def test_the_ladder_of_a_second_is_the_last_before_it(client, served):
    _, tables = played(client, f"/v1/signals/{DAY}/depth", **STRETCH, format="blocks")
    front = served.read(FRONT_CONTRACT, DAY)["raw_symbol"].item()
    book = served.scan(ES_MBP10, DAY).filter(
        pl.col("raw_symbol") == front, pl.col("flags") & 128 > 0
    )
    states = book.select("ts_event_ns", "bid_ticks_0", "ask_ticks_0", "ask_size_9").collect()
    rows = tables["rows"]
    assert [row["at_ns"] for row in rows] == list(range(*SPAN, 10**9))
    for row in rows[::10]:
        last = states.filter(pl.col("ts_event_ns") < row["at_ns"]).row(-1, named=True)
        assert row["bid_ticks_0"] == last["bid_ticks_0"] < row["ask_ticks_0"]
        assert row["ask_size_9"] == last["ask_size_9"]
        assert row["age_s"] > 0


def test_the_tape_of_a_stretch_is_the_fronts_prints_in_both_scales(client, served):
    _, tables = played(client, f"/v1/signals/{DAY}/tape", **STRETCH, format="blocks")
    front = served.read(FRONT_CONTRACT, DAY)["raw_symbol"].item()
    kept = served.scan(ES_TRADES, DAY).filter(
        pl.col("raw_symbol") == front,
        pl.col("ts_event_ns").is_between(*SPAN, closed="left"),
    )
    prints = kept.collect()
    assert prints.height > 0
    assert [row["price_ticks"] for row in tables["rows"]] == prints["price_ticks"].to_list()
    assert [row["size"] for row in tables["rows"]] == prints["size"].to_list()
    basis = {row["minute_ns"]: row["basis_u"] for row in oracle_basis(client)}
    for row in tables["rows"]:
        units = row["price_ticks"] * 250 - basis[row["ts_event_ns"] // MINUTE * MINUTE]
        assert row["price"] == units / 10_000


def oracle_basis(client):
    return played(client, f"/v1/signals/{DAY}/playback")[1]["basis"]


def test_a_stretch_without_a_record_is_seconds_without_a_ladder(client):
    span = {"start": "2025-12-17T22:30:00Z", "end": "2025-12-17T22:30:02Z"}
    answer = client.get(f"/v1/signals/{DAY}/depth", params=span).json()
    assert [row["age_s"] for row in answer["rows"]] == [None, None]
    assert client.get(f"/v1/signals/{DAY}/tape", params=span).json()["rows"] == []

"""Every route answers with what the lake holds."""

import io

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from lake_assets.catalog import (
    BURSTS,
    CHOP_POCKETS,
    DATASETS,
    FEAR_SPIKES,
    LEVELS,
    LIQUIDITY_EVENTS,
    OHLCV_1M,
    OPTION_FLOW,
    OPTION_STATE,
    REGIMES,
    SIGNALS,
    TRUTH_TABLES,
)
from lake_assets.catalog.dataset import WHOLE
from lake_assets_tests.serving.servers import DAY, NIFTY, QUIET

OF_A_DAY = {
    "bursts": BURSTS,
    "liquidity": LIQUIDITY_EVENTS,
    "fear": FEAR_SPIKES,
    "chop": CHOP_POCKETS,
    "regimes": REGIMES,
}
OF_SIGNALS = {"": SIGNALS, "/levels": LEVELS, "/candles": OHLCV_1M, "/flow": OPTION_FLOW}


def arrow(client, path, **query):
    """A table as polars reads it from Arrow."""
    answer = client.get(path, params={**query, "format": "arrow"})
    assert answer.status_code == 200, answer.text
    return pl.read_ipc_stream(io.BytesIO(answer.content))


def words(frame):
    """Closed sets as text: formats keep the words, not who declared them."""
    closed = pl.selectors.by_dtype(pl.Categorical) | pl.selectors.enum()
    return frame.with_columns(closed.cast(pl.String))


@pytest.mark.parametrize("name", OF_A_DAY)
def test_events_of_a_day_are_those_of_its_file(client, served, name):
    found = arrow(client, f"/v1/day/{NIFTY}/{DAY}/{name}")

    assert found.height > 0
    assert_frame_equal(words(found), words(served.read(OF_A_DAY[name].of(NIFTY), DAY)))


@pytest.mark.parametrize("path", OF_SIGNALS)
def test_tables_of_a_session_are_those_of_its_files(client, served, path):
    found = arrow(client, f"/v1/signals/{DAY}{path}")

    assert found.height > 0
    assert_frame_equal(words(found), words(served.read(OF_SIGNALS[path], DAY)))


@pytest.mark.parametrize("table", ["signals", "levels", "front_contract"])
def test_any_table_of_the_catalog_can_be_read(client, served, table):
    dataset = next(d for d in DATASETS if d.name == table)
    found = arrow(client, f"/v1/datasets/{table}/{DAY}")
    assert_frame_equal(words(found), words(served.read(dataset, DAY)))


def test_a_table_of_one_per_underlying_names_it_in_the_path(client, served):
    found = arrow(client, f"/v1/datasets/option_books/{DAY}/{NIFTY}", limit=100)
    kept = next(d for d in DATASETS if d.name == "option_books_NIFTY")
    assert_frame_equal(words(found), words(served.read(kept, DAY).head(100)))


def test_features_are_the_state_with_the_regime_of_the_second(client, served):
    found = arrow(client, f"/v1/day/{NIFTY}/{DAY}/features")

    state = served.read(OPTION_STATE.of(NIFTY), DAY)
    regimes = served.read(REGIMES.of(NIFTY), DAY)
    assert found.columns[: state.width] == state.columns
    assert_frame_equal(
        words(found.select("timestamp", "regime", "in_burst", "burst_id")),
        words(regimes.select("timestamp", "regime", "in_burst", "burst_id")),
    )
    # neither half of a row is known before the whole of it is shown
    assert (found["known_at"] >= state["known_at"]).all()
    assert (found["known_at"] >= regimes["known_at"]).all()


def test_a_slice_of_time_is_half_open(client, served):
    path, at = f"/v1/day/{NIFTY}/{DAY}/features", "2025-12-17T04:00:00Z"
    end = "2025-12-17T04:00:03Z"
    for format_ in ("json", "csv", "arrow", "parquet", "blocks"):
        answer = client.get(path, params={"start": at, "end": end, "format": format_})
        assert answer.status_code == 200
    found = arrow(client, path, start=at, end=end, columns="timestamp,spot_price")
    state = served.read(OPTION_STATE.of(NIFTY), DAY)
    inside = state.filter(pl.col("local_time").is_in(["09:30:00", "09:30:01", "09:30:02"]))
    assert_frame_equal(found, inside.select("timestamp", "spot_price"))


def test_moments_may_be_nanoseconds_or_iso(client):
    path = f"/v1/signals/{DAY}/levels"
    both = [
        client.get(path, params={"start": start, "limit": 3}).json()["rows"]
        for start in ("2025-12-17T15:00:00Z", "2025-12-17T10:00:00-05:00", "1765983600000000000")
    ]
    assert both[0]
    assert both[0] == both[1] == both[2]


def test_every_format_says_the_same(client):
    path = f"/v1/day/{NIFTY}/{DAY}/bursts"
    query = {"columns": "event_id,size_points,direction,end_reason,censored"}
    raw = {f: client.get(path, params={**query, "format": f}).content for f in ("parquet", "csv")}
    table = words(arrow(client, path, **query))
    listed = client.get(path, params=query).json()["rows"]

    assert_frame_equal(words(pl.read_parquet(raw["parquet"])), table)
    assert_frame_equal(pl.read_csv(raw["csv"], schema=table.schema), table)
    assert pl.DataFrame(listed, schema=table.schema).equals(table)


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        ("application/vnd.apache.arrow.stream", "application/vnd.apache.arrow.stream"),
        ("text/csv;q=0.5, application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("text/*", "text/csv"),
        ("text/html, */*;q=0.1", "application/json"),
        ("", "application/json"),
    ],
)
def test_the_best_of_what_is_accepted_is_sent(client, accept, sent):
    answer = client.get(f"/v1/day/{NIFTY}/{DAY}/fear", headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith(sent)
    assert answer.headers["Vary"] == "Accept, Authorization"


def test_columns_come_in_the_order_they_are_asked_for(client):
    path = f"/v1/day/{NIFTY}/{DAY}/bursts"
    first = client.get(path, params={"columns": "direction,event_id", "limit": 1}).json()
    assert list(first["rows"][0]) == ["direction", "event_id"]


@pytest.mark.parametrize("name", ["bursts", "liquidity", "fear", "chop"])
def test_a_day_without_events_is_an_empty_list(client, name):
    answer = client.get(f"/v1/day/{NIFTY}/{QUIET}/{name}")
    assert answer.status_code == 200
    assert answer.json()["rows"] == []
    assert answer.json()["count"] == 0


def test_a_window_keeps_extremes_and_says_when_they_are_known(client, served):
    path = f"/v1/day/{NIFTY}/{DAY}/window"
    found = arrow(client, path, points=200, columns="timestamp,known_at,spot_price,in_burst")
    state = served.read(OPTION_STATE.of(NIFTY), DAY)

    assert found.height == 200
    assert found["spot_price"].max() == state["spot_price"].max()
    assert found["spot_price"].min() == state["spot_price"].min()
    assert found["in_burst"].any()
    assert (found["known_at"] > found["timestamp"]).all()
    assert found["timestamp"].is_sorted()


def test_a_window_of_few_rows_is_those_rows(client):
    span = {"start": "2025-12-17T04:00:00Z", "end": "2025-12-17T04:01:00Z"}
    whole = arrow(client, f"/v1/day/{NIFTY}/{DAY}/features", **span)
    thin = arrow(client, f"/v1/day/{NIFTY}/{DAY}/window", points=60, **span)
    assert_frame_equal(thin, whole)


def test_a_summary_counts_what_the_tables_hold(client, served):
    found = client.get(f"/v1/day/{NIFTY}/{DAY}/summary").json()
    state = served.read(OPTION_STATE.of(NIFTY), DAY)
    liquidity = served.read(LIQUIDITY_EVENTS.of(NIFTY), DAY)
    bursts = served.read(BURSTS.of(NIFTY), DAY)

    assert found["seconds"] == sum(found["regime_seconds"].values()) == 22_501
    assert found["spot_high"] == state["spot_price"].max()
    assert found["bursts_up"] + found["bursts_down"] == bursts.height
    assert found["largest_burst_points"] == bursts["size_points"].max()
    assert sum(found["liquidity_events"].values()) == liquidity.height
    assert found["chop_pockets"] == served.read(CHOP_POCKETS.of(NIFTY), DAY).height


def test_a_summary_of_a_day_without_rows_has_no_prices(client):
    found = client.get(f"/v1/day/{NIFTY}/{QUIET}/summary").json()
    assert found["spot_open"] is None
    assert found["bursts_up"] == found["fear_spikes"] == found["chop_seconds"] == 0
    assert found["regime_seconds"]["unknown"] == found["seconds"]


def test_truth_is_filtered_by_slice(client, served):
    query = {"underlying": NIFTY, "dte_bucket": "all", "subject": "burst", "statistic": "count"}
    found = client.get("/v1/truth", params=query).json()
    table = words(served.read(TRUTH_TABLES, WHOLE))
    kept = table.filter(pl.col(name) == value for name, value in query.items())
    assert found["count"] == kept.height > 0
    assert [row["n"] for row in found["rows"]] == kept["n"].to_list()


def test_days_are_listed_by_pipeline_and_underlying(client):
    found = client.get("/v1/days").json()
    assert found["provenance"] == "simulated"
    assert found["signals"]["dates"] == [DAY]
    days = {each["underlying"]: each["dates"] for each in found["market_truth"]}
    assert days == {"NIFTY": [DAY, QUIET], "BANKNIFTY": [], "SPY": []}


def test_the_catalog_lists_every_table_once(client, served):
    found = {each["name"]: each for each in client.get("/v1/datasets").json()["datasets"]}
    assert set(found) == {dataset.table for dataset in DATASETS}
    assert found["bursts"]["underlyings"] == ["NIFTY", "BANKNIFTY", "SPY"]
    assert found["bursts"]["partitions"] == 2
    newest = found["signals"]["newest"]
    assert [each["sha256"] for each in newest] == [served.in_force(SIGNALS, DAY).sha256]
    assert [each["stale"] for each in newest] == [[]]


def test_a_table_is_told_with_units_and_partitions(client, served):
    found = client.get("/v1/datasets/bursts").json()
    units = {column["name"]: column["unit"] for column in found["columns"]}
    assert units["size_points"] == "points of the underlying"
    assert [(h["underlying"], h["date"]) for h in found["holdings"]] == [
        (NIFTY, DAY),
        (NIFTY, QUIET),
    ]
    assert found["rows"] == served.in_force(BURSTS.of(NIFTY), DAY).rows


def test_a_lake_in_order_is_ready(client):
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {
        "status": "ready",
        "provenance": "simulated",
        "degraded": [],
    }


def test_head_is_get_without_its_body(client):
    path = f"/v1/day/{NIFTY}/{DAY}/fear"
    whole, head = client.get(path), client.head(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert head.headers["ETag"] == whole.headers["ETag"]

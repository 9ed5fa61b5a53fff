"""The tool answers with statuses, leaves a trail, and lets no exception and no odd word out."""

import asyncio
import json
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest

from lake_assets.catalog import OPTION_SNAPSHOTS
from lake_assets.errors import AuditUnavailableError, UnknownNameError
from lake_assets.lake.lake import Lake
from lake_assets.retrieval.audit import FILE_NAME, log_folder
from lake_assets.retrieval.request import MetadataExtraction, MetricQuery
from lake_assets.retrieval.vocabulary import Reason, RequestError, Status, Verdict
from lake_assets_tests.retrieval import silver
from lake_assets_tests.retrieval.conftest import NOW, tool_over
from lake_assets_tests.retrieval.test_properties import FAMILIES, dice, everything


def events(lake):
    path = log_folder(lake.root) / f"{NOW:%Y-%m-%d}" / FILE_NAME
    return [json.loads(line) for line in path.read_text().splitlines()]


def ask(tool, *metrics, **more):
    return tool.query(MetricQuery(**{"metrics": metrics, "tickers": ("SPY",)} | more))


def by_metric(result):
    return {(answer.metric, answer.entity): answer for answer in result.answers}


# What is answered


def test_v11_tickers(tool, lake):
    tickers = (" spy", "SPY", "QQQ", "IWM", "AAPL", "^GSPC", "UNRATE", "VOO", "SPYY", "SP*")
    result = ask(tool, "pcr_volume", tickers=tickers, expand_family=False)
    found = {answer.entity: (answer.status, answer.reason) for answer in result.answers}
    assert set(found) == {t.strip().upper() for t in tickers}
    assert [t for t, (status, _) in found.items() if status is Status.CAPPED] == ["UNRATE", "VOO"]
    assert found["SPYY"] == (Status.UNSUPPORTED, Reason.UNKNOWN_TICKER)
    assert found["SP*"] == (Status.UNSUPPORTED, Reason.BAD_TICKER)
    assert result.status.dropped_tickers == ("UNRATE", "VOO")
    assert "TICKER_CAP" in [event["event"] for event in events(lake)]


def test_the_cap_is_read_at_each_query(lake):
    environ = {"SILVER_MAX_TICKERS": "1"}
    tool = tool_over(lake, **environ)
    assert ask(tool, "pcr_volume", tickers=("SPY", "QQQ")).status.dropped_tickers == ("QQQ",)
    with pytest.raises(UnknownNameError):
        tool_over(lake, SILVER_MAX_TICKERS="0")


def test_without_a_ticker_only_the_world_is_answered(tool, lake):
    result = ask(tool, "gpr_index_level", "pcr_volume", tickers=(), expand_family=False)
    found = by_metric(result)
    assert found["gpr_index_level", "GLOBAL"].value is not None
    assert found["pcr_volume", "GLOBAL"].reason is Reason.NO_TICKER
    assert result.status.error is None
    assert "EMPTY_TICKERS" in [event["event"] for event in events(lake)]


def test_nothing_runnable_says_so(tool):
    assert ask(tool, "pcr_volume", tickers=()).status.error is RequestError.NO_TICKERS
    result = ask(tool, "Greeks", "nonsense")
    assert result.status.error is RequestError.NO_SUPPORTED_METRICS
    assert result.status.unsupported_metrics == ("Greeks", "nonsense")
    assert by_metric(result)["Greeks", "GLOBAL"].reason is Reason.RESERVED
    assert result.values == {}


def test_the_state_file_lowers_the_end(tool, lake, market):
    day = market.days[-3]
    state = lake.root / "config" / "runtime" / "collect_data_state.json"
    state.parent.mkdir(parents=True)
    keys = {"options_daily": day.isoformat()}
    state.write_text(json.dumps({"last_run_keys": keys, "updated_at": "x"}))
    result = ask(tool, "open_interest", expand_family=False)
    assert result.answers[0].observed_at == day


def test_an_old_number_is_stale(tool, market):
    late = market.days[-1] + timedelta(days=10)
    result = ask(tool, "open_interest", as_of=late, expand_family=False)
    assert result.answers[0].status is Status.STALE
    assert result.answers[0].value is not None


def test_a_session_without_liquid_contracts_leaves_an_older_price(market, lake):
    day = market.days[-1]
    rows = [row | {"is_liquid": False} for row in market.options[day]]
    silver.publish_options(lake, day, rows)
    result = ask(tool_over(lake), "underlying_price", as_of=day, expand_family=False)
    (answer,) = result.answers
    assert answer.status is Status.STALE
    assert answer.reason is Reason.OLDER_THAN_SNAPSHOT
    assert answer.observed_at < day


def test_a_given_window_is_used(tool, market):
    predicate = tool.explain(MetricQuery(metrics=("put_call_ratio",), tickers=("SPY",))).plan[0]
    given = predicate.predicate.model_copy(
        update={
            "start_date": market.days[1],
            "end_date": market.days[2],
            "window_days": (market.days[2] - market.days[1]).days,
        }
    )
    extraction = MetadataExtraction(metrics=("put_call_ratio",), tickers=("SPY",))
    result = tool.query_parquet_by_metadata(extraction, [given])
    assert {answer.observed_at for answer in result.answers} == {market.days[2]}


def test_explain_reads_nothing(tool, lake):
    for path in (lake.root / "silver").rglob("*.parquet"):
        path.write_bytes(b"")
    result = tool.explain(everything(metrics=FAMILIES, tickers=("SPY",)))
    assert {work.template for work in result.plan} == {
        "put_call@1", "implied_vol@1", "liquidity@1", "pricing@1", "macro@1", "gpr@1",
    }  # fmt: skip
    assert all(answer.value is None for answer in result.answers)


def test_an_empty_lake_answers_no_data(tmp_path):
    tool = tool_over(Lake(tmp_path / "empty"))
    result = ask(tool, *FAMILIES)
    assert {a.reason for a in result.answers} == {Reason.NO_PARTITIONS}
    assert {a.status for a in result.answers} == {Status.NO_DATA}


def test_async_answers_the_same(tool):
    query = everything(metrics=("pcr_volume",))
    assert asyncio.run(tool.query_async(query)) == tool.query(query)


def test_what_can_be_asked_is_told(tool):
    cards = {card.id: card for card in tool.list_metrics()}
    assert cards["pcr_volume"].unit == "ratio"
    assert "pcr_volume" in cards["put_call_ratio"].members
    assert isinstance(tool.metric_dispatcher, MappingProxyType)
    assert tool.metric_dispatcher["Put/Call Ratio (Volume)"] == "put_call_ratio"


def test_claims_are_held_against_the_answers(tool):
    result = ask(tool, "pcr_volume")
    answer = by_metric(result)["pcr_volume", "SPY"]
    text = f"The ratio was {answer.display} [Silver: {answer.preferred_anchor}#pcr_volume]."
    (claim,) = tool.check_claims(text, result.answers).claims
    assert claim.verdict == "verified"


# The trail


def test_the_trail_of_a_query(tool, lake):
    ask(tool, "Put/Call Raito", "Options Volume Change", tickers=("SPY",), expand_family=False)
    named = [event["event"] for event in events(lake)]
    assert named[:6] == ["GENESIS", *["SCHEMA_CHECK"] * 4, "START_QUERY"]
    assert named[6:8] == ["FUZZY_MATCH", "UNSUPPORTED_METRICS"]
    assert named[8:] == ["SQL_RANGE", "CITATION", "CITATION", "CITATION", "FINISH_QUERY"]
    cited = next(event for event in events(lake) if event["event"] == "CITATION")
    assert tool.verify(cited["data"]["citation_id"]).verdict is Verdict.VERIFIED


def test_a_new_generation_is_checked_again(tool, lake, market):
    ask(tool, "pcr_volume")
    before = len([e for e in events(lake) if e["event"] == "SCHEMA_CHECK"])
    silver.publish_options(lake, market.days[-1], market.options[market.days[-1]][:5], daily=False)
    ask(tool, "pcr_volume")
    assert len([e for e in events(lake) if e["event"] == "SCHEMA_CHECK"]) == before + 1


def test_without_a_log_there_is_no_number(tool, lake):
    folder = log_folder(lake.root)
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder.rmdir()
    folder.write_text("no folder any more")
    with pytest.raises(AuditUnavailableError):
        ask(tool, "pcr_volume")


# Files that are not as they should be


def test_a_missing_column_costs_only_its_metrics(lake, market):
    import polars as pl  # noqa: PLC0415 - to write what the lake never would

    day = market.days[-1]
    path = lake.root / OPTION_SNAPSHOTS.path(day.isoformat())
    whole = tool_over(lake).query(everything(day, metrics=FAMILIES, tickers=("SPY",)))
    publish_bytes(lake, day, pl.read_parquet(path).drop("ask"))
    found = by_metric(tool_over(lake).query(everything(day, metrics=FAMILIES, tickers=("SPY",))))
    for key, answer in by_metric(whole).items():
        if key[0] in {"avg_bid", "avg_ask", "avg_last_price", "quote_avg_spread_pct"}:
            assert found[key].reason is Reason.MISSING_COLUMNS
            assert found[key].status is Status.ERROR
        elif key[0] != "underlying_price":
            assert found[key].value == answer.value
    last = [e for e in events(lake) if e["event"] == "SCHEMA_CHECK" and e["level"] == "error"]
    assert last[-1]["data"]["missing"] == ["ask"]


def publish_bytes(lake, day, rows):
    """Give a partition a file the lake would refuse, and the manifest that would describe it."""
    from hashlib import sha256  # noqa: PLC0415

    from lake_assets.lake.manifest import Manifest, Stamp  # noqa: PLC0415 - as above
    from lake_assets.lake.places import Places  # noqa: PLC0415
    from lake_assets.lake.reading import load_manifest  # noqa: PLC0415

    places = Places(lake.root)
    path, note = (
        place(OPTION_SNAPSHOTS, day.isoformat()) for place in (places.data, places.manifest)
    )
    old = load_manifest(note)
    path.unlink()
    rows.write_parquet(path)
    digest = sha256(path.read_bytes()).hexdigest()
    now = replace(
        old.current, sha256=digest, stamp=Stamp.of(path.stat()), bytes=path.stat().st_size
    )
    text = Manifest(
        dataset=old.dataset, partition=old.partition, current=now, previous=None
    ).to_text()
    note.unlink()
    note.write_text(text)


def test_time_over_is_a_status(lake, market):
    tool = tool_over(lake, SILVER_QUERY_TIMEOUT_S="0.000001")
    result = tool.query(everything(market.days[-1], metrics=FAMILIES))
    assert result.status.error is RequestError.TIMEOUT
    assert {a.reason for a in result.answers if a.status is Status.ERROR} == {Reason.TIMEOUT}
    assert all(a.value is None for a in result.answers if a.reason is Reason.TIMEOUT)


# Words nobody should send

WORDS = (
    "'; DROP TABLE x; --",
    "../../etc/passwd",
    "%2e%2e%2f",
    "SPY\0",
    "\ud800",
    "$(id)",
    "*",
    "😀" * 50,
    "a" * 10_000,
    "",
    " ",
    "SPY' OR '1'='1",
    "read_parquet('/etc/passwd')",
    "\x1b[2J",
    "0",
)


@pytest.mark.parametrize("word", WORDS)
def test_odd_words_are_statuses(tool, word):
    for metrics, tickers, window in (
        ((word,), ("SPY",), None),
        (("pcr_volume", "macro_analysis"), (word,), None),
        (("pcr_volume",), ("SPY",), word),
    ):
        result = tool.query(MetricQuery(metrics=metrics, tickers=tickers, time_window=window))
        assert len(result.model_dump_json()) < 100_000
        assert result.answers


def test_random_words_are_statuses(tool):
    rng = dice(5)
    letters = "SPYQ^.-*'\";$%\\/\0é\ud800 0aé"
    for _ in range(40):
        words = ["".join(rng.choices(letters, k=rng.randrange(1, 12))) for _ in range(6)]
        query = MetricQuery(
            metrics=(*words[:3], "pcr_volume"),
            tickers=tuple(words[3:5]),
            time_window=words[5],
            as_of=date(2026, 5, 29),
        )
        tool.query(query).model_dump_json()

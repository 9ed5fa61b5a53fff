"""A citation verifies while its files are there, and says what is wrong when they are not."""

import os

import pytest

from lake_assets.catalog import OPTION_SNAPSHOTS
from lake_assets.retrieval import put_call
from lake_assets.retrieval.query import Query
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.vocabulary import Reason, Status, Verdict
from lake_assets_tests.retrieval import silver
from lake_assets_tests.retrieval.conftest import tool_over
from lake_assets_tests.retrieval.test_properties import dice, everything, random_query


@pytest.fixture
def cited(tool, market):
    result = tool.query(everything(market.days[-1], metrics=("pcr_volume",), tickers=("SPY",)))
    return next(a for a in result.answers if a.metric == "pcr_volume")


def snapshot(lake, market):
    return lake.root / OPTION_SNAPSHOTS.path(market.days[-1].isoformat())


def flip(path):
    """One bit of one byte; size and time stay."""
    status, body = path.stat(), bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    return status


def test_every_citation_verifies(still_lake, market):
    tool, rng = tool_over(still_lake), dice(4)
    answers = [
        answer
        for _ in range(12)
        for answer in tool.query(random_query(rng, market)).answers
        if answer.citation_id
    ]
    assert len(answers) > 50
    for answer in rng.sample(answers, 50):
        assert tool.verify(answer).verdict is Verdict.VERIFIED, answer
    for answer in rng.sample(answers, 10):
        by_id = tool.verify(answer.citation_id)
        assert by_id.verdict is Verdict.VERIFIED
        assert by_id.value == (answer.value if answer.text is None else answer.text)


def test_one_flipped_byte_is_an_altered_input(tool, lake, market, cited):
    path = snapshot(lake, market)
    flip(path)
    assert tool.verify(cited).verdict is Verdict.INPUTS_ALTERED
    assert tool.verify(cited.citation_id).verdict is Verdict.INPUTS_ALTERED


def test_a_byte_flipped_behind_the_clock_s_back_is_found_by_verify(tool, lake, market, cited):
    path = snapshot(lake, market)
    status = flip(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert tool.verify(cited).verdict is Verdict.INPUTS_ALTERED


def test_an_altered_file_gives_no_number(tool, lake, market):
    flip(snapshot(lake, market))
    query = MetricQuery(metrics=("pcr_volume",), tickers=("SPY",), as_of=market.days[-1])
    for answer in tool.query(query).answers:
        assert answer.status is Status.ERROR
        assert answer.reason is Reason.INPUT_ALTERED
        assert answer.value is None


def test_a_file_that_is_gone(tool, lake, market, cited):
    snapshot(lake, market).unlink()
    assert tool.verify(cited).verdict is Verdict.INPUTS_MISSING


def test_a_replaced_file_still_verifies_from_the_kept_one(tool, lake, market, cited):
    rows = [
        row | {"volume": 1_000 if row["option_type"] == "put" else 500}
        for row in market.options[market.days[-1]]
    ]
    silver.publish_options(lake, market.days[-1], rows)
    found = tool.verify(cited)
    assert found.verdict is Verdict.SUPERSEDED
    assert found.value == cited.value
    now = tool.query(everything(market.days[-1], metrics=("pcr_volume",), tickers=("SPY",)))
    assert found.value_now == now.values["pcr_volume"] != found.value


def test_a_replaced_file_whose_bytes_were_not_kept(tool, lake, market, cited):
    rows = [row | {"volume": 1_000} for row in market.options[market.days[-1]]]
    silver.publish_options(lake, market.days[-1], rows)
    for kept in (lake.root / "_replaced").rglob("*.parquet"):
        kept.unlink()
    assert tool.verify(cited).verdict is Verdict.INPUTS_MISSING


def test_a_value_that_was_not_given(tool, cited):
    forged = cited.model_copy(update={"value": cited.value + 0.001})
    assert tool.verify(forged).verdict is Verdict.MISMATCH


def test_a_record_that_is_not_the_citation_s(tool, cited):
    forged = cited.replay.model_copy(update={"rows_read": cited.replay.rows_read + 1})
    assert tool.verify(cited.model_copy(update={"replay": forged})).verdict is Verdict.MISMATCH


def test_another_query_is_another_definition(tool, cited, monkeypatch):
    from lake_assets.retrieval import replay  # noqa: PLC0415 - its table is what a release changes

    newer = Query(put_call.PUT_CALL.id, put_call.PUT_CALL.text + " ")
    monkeypatch.setattr(replay, "QUERIES", {**replay.QUERIES, newer.id: newer})
    assert tool.verify(cited).verdict is Verdict.DEFINITION_CHANGED


@pytest.mark.parametrize(
    "citation",
    [
        "",
        "pcr_volume:SPY:2026-05-28:v1:000000000000",
        "nothing:SPY:2026-05-28:v1:000000000000",
        "'; DROP TABLE x; --",
        "../../etc/passwd",
        "a" * 10_000,
        "\0",
        "\ud800",
    ],
)
def test_what_was_never_cited_is_unknown(tool, citation):
    assert tool.verify(citation).verdict is Verdict.UNKNOWN_CITATION


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../etc/passwd", "silver/../../etc/passwd", "raw/x.parquet", "a\0b"]
)
def test_a_forged_record_opens_no_other_file(tool, cited, path):
    """The id is made to fit the forgery: only the path is left to give it away."""
    forged_input = cited.replay.inputs[0].model_copy(update={"path": path})
    forged = cited.replay.model_copy(update={"inputs": (forged_input,)})
    name = cited.citation_id.rsplit(":", 1)[0] + ":" + forged.sha256[:12]
    answer = cited.model_copy(update={"replay": forged, "citation_id": name})
    assert tool.verify(answer).verdict is Verdict.INPUTS_MISSING

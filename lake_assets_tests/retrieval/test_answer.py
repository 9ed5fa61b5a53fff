"""Answers: what a template found, checked, with its unit, its citation and its status."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.retrieval.answer import (
    Answer,
    Request,
    ordered,
    unanswered,
    unsupported_label,
)
from lake_assets.retrieval.metrics import METRICS
from lake_assets.retrieval.reasons import MESSAGES
from lake_assets.retrieval.vocabulary import Reason, Status
from lake_assets_tests.retrieval.findings import AS_OF, found

ASKED = Request(as_of=AS_OF)


def test_a_number_carries_its_provenance():
    answer = found("pcr_volume", 0.857)
    assert (answer.value, answer.text, answer.display) == (0.857, None, "0.857")
    assert (answer.unit, answer.status, answer.reason) == ("ratio", Status.OK, None)
    assert answer.definition == "pcr_volume@1"
    assert answer.preferred_anchor == "PCR_AGG_SPY_2026-05-28"
    assert answer.citation_id == "pcr_volume:SPY:2026-05-28:v1:6bf3986c1f39"
    assert answer.observed_at == date(2026, 5, 28)
    assert answer.message is None


def test_a_label_is_text():
    answer = found("pcr_status", "Bullish/Neutral")
    assert (answer.value, answer.text, answer.display) == (None, *["Bullish/Neutral"] * 2)


def test_a_day_is_text():
    assert found("data_freshness", date(2026, 5, 28)).text == "2026-05-28"


def test_a_null_keeps_its_citation_and_says_why():
    answer = found("pcr_volume", None, reason=Reason.ZERO_CALL_VOLUME)
    assert (answer.status, answer.value, answer.display) == (Status.OK, None, "n/a")
    assert answer.citation_id
    assert answer.message == "no call volume to divide by"


def test_an_old_number_is_stale():
    answer = found("avg_bid", 2.5, stale=True, reason=Reason.OLDER_THAN_SNAPSHOT)
    assert (answer.status, answer.value) == (Status.STALE, 2.5)
    assert answer.reason is Reason.OLDER_THAN_SNAPSHOT


@pytest.mark.parametrize(
    ("metric", "result"),
    [("pcr_volume", -0.1), ("gpr_trend", "rising"), ("gpr_trend", 1.0), ("atm_iv", "0.2")],
)
def test_what_a_metric_cannot_be_is_an_error_and_no_number(metric, result):
    answer = found(metric, result)
    assert (answer.status, answer.reason) == (Status.ERROR, Reason.OUT_OF_RANGE)
    assert (answer.value, answer.text) == (None, None)


@pytest.mark.parametrize("result", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_null(result):
    answer = found("macro_last_value", result)
    assert (answer.value, answer.reason) == (None, Reason.NOT_FINITE)


def test_there_is_no_minus_nothing():
    assert math.copysign(1, found("macro_daily_change_pct", -0.0).value) == 1


def test_counts_stay_whole():
    assert '"value":660,' in found("daily_option_volume", 660).model_dump_json()


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.NO_PARTITIONS, Status.NO_DATA),
        (Reason.NOT_KNOWN_AT_AS_OF, Status.NO_DATA),
        (Reason.OUTSIDE_WINDOW, Status.NO_DATA),
        (None, Status.NO_DATA),
        (Reason.BAD_TICKER, Status.UNSUPPORTED),
        (Reason.UNKNOWN_TICKER, Status.UNSUPPORTED),
        (Reason.NO_TICKER, Status.UNSUPPORTED),
        (Reason.TIMEOUT, Status.ERROR),
        (Reason.READ_FAILED, Status.ERROR),
        (Reason.MISSING_COLUMNS, Status.ERROR),
        (Reason.INPUT_ALTERED, Status.ERROR),
    ],
)
def test_without_rows_there_is_a_status_and_no_citation(reason, status):
    answer = unanswered(METRICS["pcr_volume"], "SPY", ASKED, reason)
    assert (answer.status, answer.reason) == (status, reason)
    assert (answer.value, answer.citation_id, answer.preferred_anchor) == (None, None, None)


def test_a_capped_ticker_is_said():
    answer = unanswered(METRICS["pcr_volume"], "TSLA", ASKED, None, capped=True)
    assert answer.status is Status.CAPPED


def test_a_label_that_names_nothing_has_suggestions():
    answer = unsupported_label("Gamma", "GLOBAL", None, suggestions=["IV Skew"])
    assert (answer.status, answer.suggestions) == (Status.UNSUPPORTED, ("IV Skew",))
    assert (answer.unit, answer.definition) == (None, None)


def test_every_reason_has_words_without_path_or_query():
    assert set(MESSAGES) == set(Reason)
    assert not [m for m in MESSAGES.values() if "/" in m or "select" in m.lower()]


def test_the_codes_are_those_of_the_document_and_no_other():
    assert {str(r) for r in Reason} == {
        *("NO_PARTITIONS", "NOT_KNOWN_AT_AS_OF", "OUTSIDE_WINDOW"),
        *("ZERO_CALL_VOLUME", "ZERO_CALL_OI", "TOO_FEW_DAYS", "FLAT_SERIES", "NO_WING"),
        *("NOT_APPLICABLE_FREQUENCY", "RATE_SERIES_USES_LEVEL", "NOT_FINITE"),
        *("OLDER_THAN_SNAPSHOT", "RESERVED", "BAD_TICKER", "UNKNOWN_TICKER", "NO_TICKER"),
        *("TIMEOUT", "READ_FAILED", "MISSING_COLUMNS", "OUT_OF_RANGE", "INPUT_ALTERED"),
        *("NON_SESSION", "WRONG_SESSION"),
    }
    assert [str(s) for s in Status] == ["ok", "stale", "no_data", "unsupported", "capped", "error"]


SHUFFLED = [
    found(metric, None, ticker)
    for metric in ("iv_skew", "atm_iv", "pcr_volume")
    for ticker in ("SPY", "AAPL")
]


@given(st.permutations(SHUFFLED))
def test_answers_stand_as_asked_then_by_entity(answers):
    names = [(a.metric, a.entity) for a in ordered(answers, ["iv_skew", "pcr_volume"])]
    assert names == [
        ("iv_skew", "AAPL"),
        ("iv_skew", "SPY"),
        ("pcr_volume", "AAPL"),
        ("pcr_volume", "SPY"),
        ("atm_iv", "AAPL"),
        ("atm_iv", "SPY"),
    ]


def test_an_answer_survives_as_json():
    answer = found("pcr_volume", 0.857)
    plain = answer.model_dump(mode="json", exclude={"message"})
    assert Answer.model_validate(plain) == answer

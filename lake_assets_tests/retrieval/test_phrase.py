"""Questions in plain words: rules alone place a word, or it is shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.retrieval.phrase import parse
from lake_assets.retrieval.resolve import ENTRIES
from lake_assets.retrieval.tickers import allow_list
from lake_assets_tests.retrieval.fuzz import mangled

HELD = allow_list(["SPY", "QQQ", "IV", "A", "BRK-B", "BRK.B", "^VIX"])


def asked(text):
    question = parse(text, HELD)
    extraction = question.extraction
    return (
        list(extraction.tickers),
        list(extraction.metrics),
        extraction.time_window,
        list(question.unplaced),
    )


def test_v14_a_question():
    question = parse("Past week SPY put/call ratio and IV skew with liquidity risk", HELD)
    assert question.extraction.tickers == ("SPY",)
    assert question.extraction.metrics == ("put_call_ratio", "iv_skew", "liquidity_analysis")
    assert question.extraction.time_window == "past_week"
    assert question.extraction.source_types == ("options",)
    assert question.unplaced == ()
    assert question.as_of is None


def test_v14_a_question_without_an_answer():
    assert asked("Show gamma for spy since Easter") == (
        [],
        [],
        None,
        ["gamma", "spy", "since", "easter"],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ([], [], None, [])),
        ("What is the PCR?", ([], ["put_call_ratio"], None, [])),
        ("pcr of SPY/QQQ", (["SPY", "QQQ"], ["put_call_ratio"], None, [])),
        ("SPY put-call ratio", (["SPY"], ["put_call_ratio"], None, [])),
        ("iv of $iv", (["IV"], ["options_analysis"], None, [])),
        ("IV", ([], ["options_analysis"], None, [])),
        ("ATM for SPY", (["SPY"], [], None, ["atm"])),
        ("$SPYY skew", ([], ["iv_skew"], None, ["spyy"])),
        ("SPYY skew", ([], ["iv_skew"], None, ["spyy"])),
        ("(SPY), 'QQQ'!", (["SPY", "QQQ"], [], None, [])),
        ("BRK-B and BRK.B and ^VIX", (["BRK-B", "BRK.B", "^VIX"], [], None, [])),
        ("SPY SPY pcr pcr", (["SPY"], ["put_call_ratio"], None, [])),
        ("IV percentile rank of SPY", (["SPY"], ["iv_percentile"], None, [])),
        ("put call raito", ([], [], None, ["put", "call", "raito"])),
        ("GPR and skew", ([], ["geopolitical_analysis", "iv_skew"], None, [])),
        ("GPR And", ([], ["gpr_and"], None, [])),
        ("put SPY call ratio", (["SPY"], [], None, ["put", "call", "ratio"])),
        (
            "Daily Change (%) or Daily Change (points)",
            ([], ["macro_daily_change_pct", "macro_daily_change_level"], None, ["or"]),
        ),
        ("skew last month today", ([], ["iv_skew"], "past_month", ["today"])),
        ("oi past six months", ([], ["open_interest"], "past_six_months", [])),
        ("oi last 6 months", ([], ["open_interest"], "past_six_months", [])),
        ("oi all time", ([], ["open_interest"], "all", [])),
        ("oi yesterday", ([], ["open_interest"], "yesterday", [])),
        ("oi last week", ([], ["open_interest"], "past_week", [])),
        ("oi past fortnight", ([], ["open_interest"], None, ["past", "fortnight"])),
    ],
)
def test_words_are_placed_by_rule(text, expected):
    assert asked(text) == expected


@pytest.mark.parametrize(
    ("text", "as_of", "unplaced"),
    [
        ("skew as of 2026-05-29", date(2026, 5, 29), ()),
        ("AS OF 2026-05-29, skew", date(2026, 5, 29), ()),
        ("skew as of 2026-13-29", None, ("as", "2026", "13", "29")),
        ("skew as of 2026-13-29 as of 2026-05-29", date(2026, 5, 29), ("as", "2026", "13", "29")),
        ("skew as of 2026-05-291", None, ("as", "2026", "05", "291")),
        ("skew 2026-05-29", None, ("2026", "05", "29")),
    ],
)
def test_a_day_is_named_by_as_of(text, as_of, unplaced):
    question = parse(text, HELD)
    assert (question.as_of, question.unplaced) == (as_of, unplaced)
    assert question.extraction.metrics == ("iv_skew",)


def test_sources_follow_the_metrics():
    extraction = parse("GPR, macro and pcr", HELD).extraction
    assert extraction.source_types == ("gpr", "macro_history", "options")


def test_no_phrase_raises():
    pieces = [*(e.label for e in ENTRIES.values()), "SPY", "$iv", "as of 2026-05-29", "past week"]
    for text in mangled(pieces, 5000):
        question = parse(text, HELD)
        assert set(question.extraction.tickers) <= HELD
        assert set(question.extraction.metrics) <= set(ENTRIES)


def test_more_than_a_request_holds_is_shown():
    labels = [e.label for e in ENTRIES.values()]
    question = parse(" . ".join(labels), HELD)
    assert len(question.extraction.metrics) <= 50
    assert question.unplaced
    many = frozenset(f"T{n}" for n in range(120))
    assert len(parse(" ".join(sorted(many)), many).extraction.tickers) == 100


@given(st.permutations(["SPY", "QQQ", "past week", "skew", "put/call ratio"]))
def test_the_order_of_words_changes_only_the_order(words):
    tickers, metrics, window, unplaced = asked(" ".join(words))
    assert (set(tickers), set(metrics)) == ({"SPY", "QQQ"}, {"iv_skew", "put_call_ratio"})
    assert (window, unplaced) == ("past_week", [])
    assert tickers == [w for w in words if w in tickers]

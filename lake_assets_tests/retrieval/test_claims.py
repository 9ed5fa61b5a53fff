"""Claims: a number stands only when its citation, unit, sign and decimals do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.retrieval.claims import check_claims
from lake_assets.retrieval.vocabulary import ClaimVerdict, Reason
from lake_assets_tests.retrieval.findings import found
from lake_assets_tests.retrieval.fuzz import mangled

A = "PCR_AGG_SPY_2026-05-28"
V1 = [
    found("pcr_volume", 0.857),
    found("pcr_open_interest", 0.75),
    found("pcr_status", "Bullish/Neutral"),
]


def verdicts(text, answers=V1):
    return [str(claim.verdict) for claim in check_claims(text, answers).claims]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"0.857 [Silver: {A}]", "verified"),
        (f"0.86 [Silver: {A}]", "verified"),
        (f"0.750 [Silver: {A}]", "verified"),
        (f"0.857 [Silver: {A}#pcr_open_interest]", "value_mismatch"),
        (f"−0.857 [Silver: {A}]", "value_mismatch"),  # noqa: RUF001
        (f"85.7% [Silver: {A}]", "unit_mismatch"),
        (f"0.9 [Silver: {A}]", "too_coarse"),
        (f"0.857 [Silver: {A[:-1]}]", "unknown_anchor"),
        ("0.857.", "uncited"),
    ],
)
def test_v12_claims(text, verdict):
    report = check_claims(text, V1)
    assert [claim.verdict for claim in report.claims] == [verdict]
    assert report.passed is (verdict == "verified")


CITED = f"[Silver: {A}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"The ratio was 0.857, up from 0.750 {CITED}.", ["verified", "verified"]),
        (f"It was 0.857. The day before {CITED}.", ["uncited"]),
        (f"It was 0.857\n{CITED}", ["uncited"]),
        (f"{CITED} 0.857", ["uncited"]),
        (
            f"0.857 [Silver: {A}#pcr_volume] and 0.750 [Silver: {A}#pcr_open_interest]",
            ["verified", "verified"],
        ),
        (f"0.857 [silver: {A}]", ["uncited"]),  # not spelled as a citation
        (f"+0.857 {CITED}", ["verified"]),
        (f"-0.857 {CITED}", ["value_mismatch"]),
        (f"0.8570 {CITED}", ["verified"]),
        (f"0.8571 {CITED}", ["value_mismatch"]),
        (f".857 {CITED}", ["verified"]),
        (f"85.7 [Silver: {A}#pcr_volume]", ["unit_mismatch"]),
        (f"85.7 {CITED}", ["value_mismatch"]),  # the better verdict, of the other metric
        (f"0.857 pp {CITED}", ["unit_mismatch"]),
        (f"0.857 % {CITED}", ["unit_mismatch"]),
        (f"On 2026-05-28 it was 0.857 {CITED}", ["verified"]),
        (f"On 2026-13-28 it was 0.857 {CITED}", ["value_mismatch"] * 3 + ["verified"]),
        (f"0.857 [Silver: {A}#pcr_status]", ["unit_mismatch"]),
        (f"0.857 [Silver: {A}#atm_iv]", ["unknown_anchor"]),
        (f"0.857 [Silver: {A} ]", ["unknown_anchor"]),
        ("\u0660.\u0668\u0665\u0667 " + CITED, ["verified"]),  # digits of another script
        ("No number at all.", []),
        (f"0.{'8' * 5000} {CITED}", ["value_mismatch"]),
        (f"{'8' * 5000} {CITED}", ["value_mismatch"]),
    ],
)
def test_what_a_claim_is_and_cites(text, expected):
    assert verdicts(text) == expected


@pytest.mark.parametrize(
    ("answer", "text", "verdict"),
    [
        (found("daily_option_volume", 1234567), "1,234,567", "verified"),
        (found("daily_option_volume", 1234567), "1234567", "verified"),
        (found("daily_option_volume", 1234567), "1,234,568", "value_mismatch"),
        (found("quote_avg_spread_pct", 5.858), "5.86%", "verified"),
        (found("quote_avg_spread_pct", 5.858), "5.86", "unit_mismatch"),
        (found("quote_avg_spread_pct", 5.858), "585.8%", "unit_mismatch"),
        (found("quote_avg_spread_pct", 5.858), "6%", "too_coarse"),
        (found("macro_mom_change_level", -0.1), "-0.10 pp", "verified"),
        (found("macro_mom_change_level", -0.1), "0.10 pp", "value_mismatch"),
        (found("macro_mom_change_level", -0.1), "-0.10%", "unit_mismatch"),
        (found("underlying_price", 5910.5), "5,910.50", "verified"),
        (found("underlying_price", 5910.5), "5,910.5", "too_coarse"),
        (found("underlying_price", 2.675), "2.68", "verified"),
        (found("macro_last_value", 1e300), "1.00", "value_mismatch"),
        (found("avg_bid", None, reason=Reason.NO_WING), "0.00", "value_mismatch"),
    ],
)
def test_units_and_decimals(answer, text, verdict):
    assert verdicts(f"{text} [Silver: {answer.preferred_anchor}]", [answer]) == [verdict]


def test_any_lineage_anchor_may_be_cited():
    wings = {"put_wing_contract": "SPY260710P00092000"}
    skew = found("iv_skew", 0.105, contracts=wings)
    assert verdicts("0.105 [Silver: SPY260710P00092000]", [skew]) == ["verified"]


def test_a_claim_says_where_it_stands():
    (claim,) = check_claims(f"It was 0.857 {CITED}", V1).claims
    assert (claim.text, claim.position, claim.anchor, claim.metric) == ("0.857", 7, A, None)


@given(st.permutations(V1), st.sampled_from(["0.857", "85.7%", "0.9", "0.75", "3"]))
def test_the_order_of_answers_decides_nothing(answers, number):
    assert verdicts(f"{number} {CITED}", answers) == verdicts(f"{number} {CITED}")


def test_no_text_raises():
    pieces = ["0.857", CITED, "−1,000.5%", "[Silver: ", "]", "#", "2026-05-28", " pp"]  # noqa: RUF001
    for text in mangled(pieces, 5000):
        assert all(claim.verdict in set(ClaimVerdict) for claim in check_claims(text, V1).claims)

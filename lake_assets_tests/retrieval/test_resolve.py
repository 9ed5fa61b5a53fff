"""Labels: exact before normalised before synonyms before guarded likeness; a guess is refused."""

from difflib import SequenceMatcher

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.retrieval.metrics import BUNDLES, METRICS
from lake_assets.retrieval.resolve import index_names, is_denied, normalise, resolve
from lake_assets.retrieval.synonyms import RESERVED, SYNONYMS
from lake_assets.retrieval.vocabulary import Reason
from lake_assets_tests.retrieval.fuzz import mangled

ENTRIES = {**METRICS, **BUNDLES}


def slow_scores(label):
    """Likeness of every id and label, the best of each id, best first."""
    best = {}
    for entry in ENTRIES.values():
        for text in (entry.id, entry.label):
            ratio = SequenceMatcher(None, normalise(label), normalise(text)).ratio()
            best[entry.id] = max(best.get(entry.id, (0, "")), (ratio, text), key=lambda b: b[0])
    return sorted(((-ratio, entry, text) for entry, (ratio, text) in best.items()))


@pytest.mark.parametrize("label", ["Realized Volatility", "Realised Volatility", *RESERVED])
def test_v10_reserved_names_are_never_answered(label):
    for spelled in (label, label.upper(), label.replace(" ", "_")):
        found = resolve(spelled)
        assert (found.id, found.reason) == (None, Reason.RESERVED)
        assert len(found.suggestions) == 3


@pytest.mark.parametrize(
    ("label", "ratio"),
    [
        ("Call/Put Ratio", 0.750),
        ("Weekly Change (%)", 0.750),
        ("Hourly Change (%)", 0.750),
        ("GPR Index Change", 0.800),
        ("Open Interest Change", 0.800),
        ("Options Volume Change", 0.8125),
        ("Institutional Ownership", None),
    ],
)
def test_v10_labels_that_only_look_alike(label, ratio):
    found = resolve(label)
    assert (found.id, found.reason, found.ratio) == (None, None, None)
    assert len(found.suggestions) == 3
    best = -slow_scores(label)[0][0]
    assert best == (pytest.approx(ratio) if ratio else pytest.approx(0.432, abs=0.001))


@pytest.mark.parametrize(
    "label",
    [
        "Realized Volatility",
        "Realised Volatility",
        "Call/Put Ratio",
        "Weekly Change (%)",
        "Hourly Change (%)",
        "GPR Index Change",
        "Open Interest Change",
        "Options Volume Change",
        "Institutional Ownership",
    ],
)
def test_v10_the_deny_rule_alone_stops_them(label):
    reached = [text for distance, _, text in slow_scores(label) if -distance >= 0.75]
    assert all(is_denied(label, text) for text in reached)


@pytest.mark.parametrize(
    ("label", "entry", "ratio"),
    [
        ("Put/Call Raito", "put_call_ratio", 0.917),
        ("Option Liquidity", "liquidity_analysis", 0.968),
        ("GPR Treats", "gpr_threats", 0.947),
        ("Macro Trnd", "macro_analysis", 0.947),
        ("IV Rnk", "iv_rank", 0.909),
        ("Monthly Chnge (%)", "macro_mom_change_pct", 0.96),
    ],
)
def test_v10_a_misspelt_label_is_accepted_and_said(label, entry, ratio):
    found = resolve(label)
    assert (found.id, found.ratio) == (entry, ratio)
    assert found.runner_up in ENTRIES
    assert found.runner_up != entry


@pytest.mark.parametrize(
    ("label", "entry"),
    [
        ("IV-Skew", "iv_skew"),
        ("PCR", "put_call_ratio"),
        ("IV", "options_analysis"),
        ("GPR", "geopolitical_analysis"),
    ],
)
def test_v10_a_name_is_not_said_to_be_alike(label, entry):
    found = resolve(label)
    assert (found.id, found.ratio) == (entry, None)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_name_means_its_own_entry(entry):
    for name in (entry, ENTRIES[entry].label, *SYNONYMS.get(entry, ())):
        for spelled in (name, name.upper(), f"  {name} ", name.replace(" ", "_")):
            assert resolve(spelled).id == entry


@pytest.mark.parametrize(
    ("label", "entry"),
    [
        ("p/c ratio", "put_call_ratio"),
        ("implied vol", "options_analysis"),
        ("iv rank pct", "iv_percentile"),
        ("iv rank", "iv_rank"),
        ("put skew", "iv_skew"),
        ("impact risk", "market_impact_risk"),
        ("oi", "open_interest"),
        ("bid ask", "pricing_spread"),
        ("prices", "macro_last_value"),
        ("spot", "underlying_price"),
        ("yoy change", "macro_yoy_change_pct"),
        ("geopolitics", "geopolitical_analysis"),
        ("avg_spread_pct", "chain_avg_spread_pct"),
        ("daily_change", "macro_daily_change_pct"),
        ("mom_change", "macro_mom_change_pct"),
        ("latest_atm_iv", "atm_iv"),
        ("last_value", "macro_last_value"),
        ("ＰＣＲ", "put_call_ratio"),  # noqa: RUF001 - full width, as some keyboards write it
    ],
)
def test_synonyms_and_flat_keys(label, entry):
    found = resolve(label)
    assert (found.id, found.ratio) == (entry, None)


@pytest.mark.parametrize("label", ["", " ", "%", "☃", "a" * 101, "put call ratio" * 8])
def test_what_is_empty_or_endless_is_unsupported(label):
    assert resolve(label).id is None
    assert resolve(label).suggestions == ()


def test_a_hundred_characters_are_a_label():
    assert resolve("pcr" + " " * 97).id == "put_call_ratio"


@pytest.mark.parametrize(
    ("label", "candidate", "denied"),
    [
        ("Cal/Put Ratio", "Put/Call Ratio", True),  # misspelt, and still the other way round
        ("Pt/Call Ratio", "Put/Call Ratio", False),
        ("Put Ratio", "Put/Call Ratio", True),
        ("Max Open Interest", "Open Interest", True),
        ("Open Intrest", "Open Interest", False),
        ("Options Liqidity", "Options Liquidity", False),
    ],
)
def test_guard_words(label, candidate, denied):
    assert is_denied(label, candidate) is denied


def test_a_phrase_of_two_ids_stops_the_import():
    with pytest.raises(ValueError, match="means both"):
        index_names(iter([("iv", "a"), ("iv", "b")]))


def misspelt(draw, label):
    at = draw(st.integers(0, max(0, len(label) - 1)))
    return draw(
        st.sampled_from(
            [label[:at] + label[at + 1 :], label[:at] + "x" + label[at:], label[::-1], label + " x"]
        )
    )


LABELS = st.one_of(
    st.text(max_size=30),
    st.composite(lambda draw: misspelt(draw, draw(st.sampled_from(list(ENTRIES)))))(),
    st.composite(
        lambda draw: misspelt(draw, draw(st.sampled_from([e.label for e in ENTRIES.values()])))
    )(),
)


def test_no_label_raises():
    for label in mangled([*ENTRIES, *(e.label for e in ENTRIES.values())], 5000):
        found = resolve(label)
        assert found.id is None or found.id in ENTRIES
        assert len(found.suggestions) <= 3


@settings(max_examples=150)
@given(LABELS)
def test_likeness_is_decided_as_if_everything_were_compared(label):
    found = resolve(label)
    if found.id is not None and found.ratio is None:
        return
    slow = slow_scores(label)
    if found.id is None:
        alike = [entry for distance, entry, _ in slow[:3] if distance < 0]
        assert list(found.suggestions) in ([], alike)
    else:
        assert (round(-slow[0][0], 3), slow[0][1]) == (found.ratio, found.id)
        assert -slow[1][0] < -slow[0][0] - 0.05
        assert slow[1][0] == next(d for d, entry, _ in slow if entry == found.runner_up)

"""Displays: the unit is written, the value is never rescaled."""

from decimal import Context, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.retrieval.display import exact, round_half_away, shown
from lake_assets.retrieval.metrics import METRICS


@pytest.mark.parametrize(
    ("number", "decimals", "rounded"),
    [(0.1235, 3, "0.124"), (2.675, 2, "2.68"), (97.575, 2, "97.58"), (-0.5, 0, "-1")],
)
def test_v15_rounding(number, decimals, rounded):
    assert round_half_away(exact(number), decimals) == Decimal(rounded)


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("quote_avg_spread_pct", 5.858, "5.858%"),  # V7
        ("macro_daily_change_pct", 0.18, "0.18%"),  # V8
        ("gpr_percentile", 80.0, "80.00%"),  # V9
        ("gpr_percentile", 97.575, "97.58%"),  # V15
        ("macro_mom_change_level", 0.0, "0.00 pp"),
        ("macro_mom_change_level", -0.1, "-0.10 pp"),
        ("macro_daily_change_pct", -0.0, "0.00%"),
        ("atm_iv", 0.2, "0.2000"),
        ("iv_skew", -0.105, "-0.1050"),
        ("pcr_volume", 1.2, "1.200"),
        ("daily_option_volume", 660, "660"),
        ("underlying_price", 5910.5, "5910.5"),
        ("macro_last_value", 1e-07, "0.0000001"),
        ("pcr_volume", None, "n/a"),
    ],
)
def test_numbers(metric, value, text):
    assert shown(METRICS[metric], value) == text


@pytest.mark.parametrize(
    ("metric", "text", "display"),
    [
        ("gpr_trend", "Rising", "Rising"),
        ("data_freshness", "2026-05-28", "2026-05-28"),
        ("pcr_status", None, "n/a"),
    ],
)
def test_labels(metric, text, display):
    assert shown(METRICS[metric], None, text) == display


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 6))
def test_no_float_is_too_large_to_round(number, decimals):
    rounded = round_half_away(exact(number), decimals)
    assert abs(Fraction(rounded) - Fraction(exact(number))) <= Fraction(1, 2 * 10**decimals)
    assert rounded == rounded.quantize(Decimal(1).scaleb(-decimals), context=Context(prec=400))

"""Volatility of a slot: a morning worked by hand, and what the quality says."""

from datetime import date

import pytest

from lake_assets_tests.seconds.scenes import row, state

TEN = 2_700  # 10:00:00
EXPIRY = date(2025, 8, 7)


def test_a_morning_worked_by_hand():
    # spreads of 5 paise around C 195.25 and P 182.90; the whole session, for its closing time
    rows = [
        row(TEN, "CE", bp0=195.20, sp0=195.30, expiry=EXPIRY),
        row(TEN, "PE", bp0=182.85, sp0=182.95, expiry=EXPIRY),
    ]
    found = state(rows, 22_500).row(TEN, named=True)

    assert found["local_time"] == "10:00:00"
    assert found["minutes_to_expiry"] / (365 * 1_440) == pytest.approx(
        0.0170662100456621, rel=1e-12
    )
    assert found["forward"] == pytest.approx(24_612.362652538464, rel=1e-12)
    for right in ("ce", "pe"):
        assert found[f"{right}_iv"] == pytest.approx(0.147541842331, rel=1e-7)
        assert found[f"{right}_gamma"] == pytest.approx(8.395595e-4, rel=1e-7)
        assert found[f"{right}_vega"] == pytest.approx(12.8059086, rel=1e-7)
        assert found[f"{right}_iv_quality"] == "ok"
    assert found["ce_delta"] == pytest.approx(0.513714440, rel=1e-7)


@pytest.mark.parametrize(
    ("bid", "ask", "quality"),
    [(87.5, 112.5, "ok"), (87.45, 112.45, "wide"), (100.0, 100.0, "wide")],
    ids=["a quarter", "more than a quarter", "no spread"],
)
def test_a_wide_book_is_doubtful(bid, ask, quality):
    rows = [row(0, "CE", bp0=bid, sp0=ask), row(0, "PE")]
    found = state(rows, 3)
    assert found["ce_iv_quality"].item(0) == quality
    # age makes a good book doubtful, but wide comes first
    assert found["ce_iv_quality"].item(2) == ("filled" if quality == "ok" else "wide")


def test_numbers_stand_exactly_where_the_quality_says():
    rows = [row(0, "CE"), row(0, "PE"), row(4, "CE", bp0=None)]
    found = state(rows, 9)
    solved = found["ce_iv_quality"].cast(str).is_in(["ok", "wide", "filled"])
    for name in ("iv", "delta", "gamma", "vega"):
        assert (found[f"ce_{name}"].is_not_null() == solved).all()


def test_the_last_minute_before_expiry_has_no_volatility():
    book = {"expiry": date(2025, 8, 1), "bp0": 10.0, "sp0": 10.5}
    day = [row(t, right, **book) for t in (0, 1) for right in ("CE", "PE")]
    found = state(day, 61)
    assert found["ce_iv_quality"].to_list()[:3] == ["ok", "ok", "too_short"]
    assert found["minutes_to_expiry"].item(61) == 0

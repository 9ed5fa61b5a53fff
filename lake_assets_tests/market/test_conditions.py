"""Sale conditions: what takes a print back, what reports it late, however they are written."""

import polars as pl
import pytest

from lake_assets.market.conditions import CANCEL_CODES, LATE_CODES, is_cancel, is_late


def judged(written):
    conditions = pl.Series("conditions", [written], dtype=pl.String)
    return (
        conditions.to_frame().select(cancel=is_cancel(pl.first()), late=is_late(pl.first())).row(0)
    )


@pytest.mark.parametrize("code", CANCEL_CODES)
def test_a_cancel_report_is_no_late_print(code):
    assert judged(code) == (True, False)


@pytest.mark.parametrize("code", LATE_CODES)
def test_a_late_print_is_no_cancel_report(code):
    assert judged(code) == (False, True)


@pytest.mark.parametrize("written", ["227,201", "201,227", "[201]", " 201 ", "201;227", "201|1"])
def test_a_code_may_stand_among_others(written):
    assert judged(written) == (True, False)


@pytest.mark.parametrize("written", [None, "", " ", "227", "2011", "1201", "a", "b", "I", "AB"])
def test_other_conditions_say_nothing(written):
    assert judged(written) == (False, False)

"""Calibrated thresholds: whose falls count, how many are enough, and what the quantile is."""

from datetime import date, timedelta
from statistics import quantiles

import polars as pl
import pytest

from lake_assets.errors import ComputationRefusedError
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.calibration import Basis, calibrate_theta_put
from lake_assets_tests.seconds.burst_rows import DAY, burst_rows

TOMORROW = DAY + timedelta(days=1)
DEFAULT = underlying_named("NIFTY").theta_put
UNEVEN = [0.40 + 0.01 * (7 * n % 20) for n in range(20)]


def falls(sizes, **cells):
    """A put gains in a fall, so its move over spot's is negative."""
    return burst_rows([{"pe_rel_delta_peak": -size, **cells} for size in sizes])


def told(bursts, before=TOMORROW):
    return [(t.value, t.basis, t.falls) for t in calibrate_theta_put(bursts, before, DEFAULT)]


def test_twenty_falls_of_a_bucket_give_its_own_quantile():
    # By hand: h = 19 * 0.8 = 15.2 among 0.40, 0.41, ... 0.59 is 0.552.
    first, *_ = told(falls(UNEVEN))
    assert first == (pytest.approx(0.552, abs=1e-12), Basis.BUCKET, 20)
    assert first[0] == pytest.approx(quantiles(UNEVEN, n=5, method="inclusive")[-1], abs=1e-12)


def test_a_bucket_with_fewer_takes_the_quantile_of_all_of_them():
    few, many = falls([0.9] * 19, dte_bucket="0"), falls([0.5] * 81, dte_bucket="4")
    found = told(pl.concat([few, many]))
    assert found[0] == (pytest.approx(0.5), Basis.POOLED, 19)
    assert found[1] == (pytest.approx(0.5), Basis.POOLED, 0)
    assert found[2] == (pytest.approx(0.5), Basis.BUCKET, 81)


def test_too_few_in_all_leave_the_defaults():
    found = told(pl.concat([falls([0.9] * 10), falls([0.9] * 9, dte_bucket="6+")]))
    assert [value for value, _, _ in found] == list(DEFAULT)
    assert {basis for _, basis, _ in found} == {Basis.DEFAULT}


@pytest.mark.parametrize(
    "others",
    [{"direction": 1}, {"pe_rel_delta_peak": None}, {"session_date": TOMORROW}],
    ids=["rises", "without a put", "of the date itself"],
)
def test_what_is_no_earlier_fall_does_not_count(others):
    noise = burst_rows([{"pe_rel_delta_peak": -0.99, **others}] * 50)
    assert told(pl.concat([falls(UNEVEN), noise])) == told(falls(UNEVEN))


def test_the_future_changes_nothing():
    later = falls([0.99] * 50).with_columns(session_date=pl.lit(date(2025, 8, 4)))
    both = pl.concat([falls(UNEVEN), later])
    assert told(both) == told(falls(UNEVEN))
    assert told(both, before=date(2025, 8, 5)) != told(falls(UNEVEN))


def test_the_order_of_bursts_does_not_matter():
    assert told(falls(UNEVEN)) == told(falls(UNEVEN[::-1]))


@pytest.mark.parametrize("size", [0.0, 1.0, 1.3])
def test_what_is_no_threshold_is_refused(size):
    with pytest.raises(ComputationRefusedError, match="between 0 and 1"):
        told(falls([size] * 20))

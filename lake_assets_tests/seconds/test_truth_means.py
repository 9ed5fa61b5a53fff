"""Which units a mean's interval draws: sessions, events, or none."""

import numpy as np
import pytest

from lake_assets.market.truth_vocabulary import CiMethod
from lake_assets.seconds.truth_means import METHODS, Observations, Span, drawn_for_mean, in_turn
from lake_assets.seconds.truth_slices import seeds_of
from lake_assets_tests.oracles import bootstrap

SEED = int(seeds_of("NIFTY")[0])


def drawn(values, days, *, are_events=True):
    """Method and bounds of the first slice's mean."""
    seen = Observations(
        np.array(values, float), np.array(days, np.int64), np.zeros(len(days), np.int64), are_events
    )
    span = Span(max(days) + 1, seeds_of("NIFTY"))
    found = drawn_for_mean(seen, *seen.tallied(span), span)
    method = found.method[0]
    return None if method < 0 else METHODS[method], (found.low[0], found.high[0])


def test_nine_sessions_draw_events():
    values = [float(k * k) for k in range(9)]
    method, bounds = drawn(values, list(range(9)))
    assert method is CiMethod.BOOTSTRAP_EVENTS
    assert bounds == bootstrap.interval([(v, 1.0) for v in values], SEED, 2_000, 0.025)


def test_ten_sessions_draw_sessions():
    values, days = [float(k * k) for k in range(20)], [k // 2 for k in range(20)]
    method, bounds = drawn(values, days)
    units = [(values[2 * d] + values[2 * d + 1], 2.0) for d in range(10)]
    assert method is CiMethod.BOOTSTRAP_DAYS
    assert bounds == bootstrap.interval(units, SEED, 2_000, 0.025)


@pytest.mark.parametrize(("count", "are_events"), [(4, True), (9, False)])
def test_too_little_has_no_interval(count, are_events):
    method, bounds = drawn([1.0] * count, list(range(count)), are_events=are_events)
    assert method is None
    assert np.isnan(bounds).all()


def test_sums_are_taken_one_after_another():
    parts = np.array([[1e16, 1.0, -1e16, 1.0]])
    assert in_turn(parts).tolist() == [((1e16 + 1.0) - 1e16) + 1.0]

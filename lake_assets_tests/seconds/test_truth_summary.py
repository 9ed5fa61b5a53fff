"""What is made of one measure: the worked quantiles, deviation of few, and sessions without one."""

import numpy as np
import pytest

from lake_assets.market.truth_vocabulary import Statistic, Subject
from lake_assets.seconds.truth_means import Observations, Span
from lake_assets.seconds.truth_slices import NAMES, seeds_of
from lake_assets.seconds.truth_summary import Measure, counted, described, tabled

SIZE = Measure(Subject.BURST, "size_points", "points")


def observed(values, days=None):
    """Values of the first cell, all of one session if not told."""
    days = np.zeros(len(values), np.int64) if days is None else np.array(days, np.int64)
    return Observations(np.array(values, float), days, np.zeros(len(values), np.int64))


def told(values):
    """Value and bounds of the first slice, by statistic."""
    found = described(SIZE, observed(values), Span(1, seeds_of("NIFTY")))
    rows = tabled(list(found), "NIFTY").filter(
        dte_bucket="0", time_of_day="morning", regime="normal"
    )
    return {r["statistic"]: (r["value"], r["ci_low"], r["ci_high"]) for r in rows.to_dicts()}


def test_the_worked_quantiles():
    twenty, hundred, five = (told(range(1, n + 1)) for n in (20, 100, 5))
    assert twenty["median"] == (10.5, 6.0, 15.0)
    assert twenty["p90"] == (pytest.approx(18.1, rel=1e-12), 15.0, None)
    assert hundred["p90"][1:] == (84.0, 96.0)
    assert hundred["p95"][1:] == (90.0, 100.0)
    assert five["median"] == (3.0, None, None)


def test_one_value_has_no_deviation_and_two_have_that_of_a_sample():
    assert told([4.0])["std"] == (None, None, None)
    assert told([1.0, 3.0])["std"] == (pytest.approx(2**0.5, rel=1e-15), None, None)


def test_nothing_seen_is_unknown_and_not_zero():
    assert set(told([]).values()) == {(None, None, None)}


def test_a_session_without_an_event_counts_as_a_session():
    eligible = np.zeros((len(NAMES), 3))
    eligible[0] = [1, 1, 0]
    seen = observed([1.0, 1.0, 1.0], [0, 0, 0])
    count, per_session = counted(SIZE, seen, eligible, Span(3, seeds_of("NIFTY")))
    assert (count.statistic, count.value[0], count.n_days[0]) == (Statistic.COUNT, 3.0, 1)
    assert (per_session.value[0], per_session.n[0]) == (1.5, 2)
    assert np.isnan(per_session.value[1])

"""References are given the same work as ours."""

import numpy as np
import pytest

from benchmarks.bars import cut
from benchmarks.options import LEAST_VEGA, WAYS, draw_prints


def test_every_way_cuts_the_same_bars():
    found = [cut(way, "5000", "1") for way in ("ours", "polars", "duckdb")]

    assert found[0]["bars"] > 1_000
    assert len({(each["bars"], each["volume"]) for each in found}) == 1


@pytest.mark.parametrize("way", ["vollib", "quantlib"])
def test_every_way_finds_the_same_options(way):
    prints = draw_prints(2_000)
    ours, theirs = WAYS["ours"](prints).values, WAYS[way](prints).values
    known = ~np.isnan(ours[0]) & (100 * ours[4] >= LEAST_VEGA)

    assert known.mean() > 0.9
    assert np.abs(ours - theirs)[:4, known].max() < 1e-6

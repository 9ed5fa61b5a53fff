"""Sums over pockets against their slow twin."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.chop import measure_pockets
from lake_assets_tests.oracles import chop as oracle

second = st.tuples(
    st.sampled_from([1e-5, 3.3e-5, None]),
    st.integers(-5, 5),
    st.booleans(),
    st.sampled_from([0, 75, 150, None]),
)


@given(st.lists(second, min_size=1, max_size=40), st.data())
def test_every_sum_equals_the_slow_one(seconds, data):
    places = st.integers(0, len(seconds) - 1)
    spans = data.draw(st.lists(st.tuples(places, places).map(sorted), max_size=4))
    rv, spot, seen, volume = map(list, zip(*seconds, strict=True))

    told = measure_pockets(
        np.array([np.nan if v is None else v for v in rv]),
        np.array(spot, np.int64),
        np.array(seen, bool),
        np.array([-1 if v is None else v for v in volume], np.int64),
        np.array(spans, np.int64).reshape(-1, 2),
    )

    for row, (first, last) in zip(zip(*told, strict=True), spans, strict=True):
        mean, reach, traded = oracle.pocket(seconds, first, last)
        assert (None if np.isnan(row[0]) else row[0]) == mean
        assert row[1:] == (-1 if reach is None else reach, -1 if traded is None else traded)

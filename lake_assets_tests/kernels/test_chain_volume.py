"""Volume of a chain against the last known volume of each contract."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.chain_volume import chain_volume
from lake_assets_tests.oracles import chain_volume as oracle

SECONDS = 5
contract = st.lists(
    st.tuples(st.integers(-2, SECONDS + 1), st.none() | st.integers(0, 100)), max_size=8
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


@given(st.lists(contract, max_size=5))
def test_volumes_equal_the_slow_ones_whatever_was_reset(contracts):
    rows = [row for rows in contracts for row in rows]
    stops = np.cumsum([len(rows) for rows in contracts], dtype=np.int64)
    opens = stops - np.array([len(rows) for rows in contracts], np.int64)

    sums, counts = chain_volume(
        np.array([s for s, _ in rows], np.int32),
        np.array([v or 0 for _, v in rows], np.int64),
        np.array([v is not None for _, v in rows], np.bool_),
        opens,
        stops,
        SECONDS,
    )

    found = list(zip(sums.tolist(), counts.tolist(), strict=True))
    assert found == [oracle.chain_volume(contracts, t) for t in range(SECONDS)]

"""Where contracts begin, against a comparison of every two neighbours."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.contracts import place_rows
from lake_assets_tests.oracles import contracts as oracle

OPENS_US = 1_754_019_900_000_000
row = st.tuples(
    st.integers(20_000, 20_002),
    st.integers(0, 1),
    st.sampled_from([1, 24_600, 2**31 - 1]),
    st.integers(-2_500_000, 2_500_000).map(lambda us: OPENS_US + us),
)


def placed(rows):
    """As the oracle tells it."""
    dtypes = (np.int32, np.uint8, np.int32, np.int64)
    columns = (np.array([r[at] for r in rows], dtype) for at, dtype in enumerate(dtypes))
    opens, second, ordered = place_rows(*columns, OPENS_US)
    return (opens.tolist(), second.tolist()) if ordered else None


@given(st.lists(row, max_size=12).map(sorted))
def test_rows_in_order_are_cut_into_contracts_and_seconds(rows):
    assert placed(rows) == oracle.place_rows(rows, OPENS_US)


@given(st.lists(row, max_size=6))
def test_rows_out_of_order_are_told(rows):
    assert placed(rows) == oracle.place_rows(rows, OPENS_US)


def test_a_second_begins_at_its_stamp_and_one_before_the_open_is_negative():
    times = [OPENS_US - 1, OPENS_US, OPENS_US + 999_999, OPENS_US + 1_000_000]
    assert placed([(20_000, 0, 1, us) for us in times]) == ([0], [-1, 0, 0, 1])


def test_there_may_be_thousands_of_contracts():
    rows = [(20_000, right, strike, OPENS_US) for right in (0, 1) for strike in range(1, 2_000)]
    assert placed(rows) == oracle.place_rows(rows, OPENS_US)

"""Rows laid out as contract by second, against a look at every cell."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.cells import last_rows, newest_seconds, seconds_with_rows, sum_in_cells
from lake_assets_tests.oracles import cells as oracle

CONTRACTS, SECONDS = 3, 6
row = st.tuples(
    st.integers(0, CONTRACTS - 1),
    st.integers(-2, SECONDS + 1),
    st.none() | st.integers(0, 9),
)


def columns(rows):
    contract = np.array([c for c, _, _ in rows], np.int32)
    second = np.array([s for _, s, _ in rows], np.int32)
    value = np.array([v or 0 for _, _, v in rows], np.int64)
    return contract, second, value, np.array([v is not None for _, _, v in rows], np.bool_)


@given(st.lists(row, max_size=30))
def test_a_cell_holds_its_last_row(rows):
    contract, second, _, _ = columns(rows)

    last = last_rows(contract, second, CONTRACTS, SECONDS)

    assert last.tolist() == oracle.last_rows(rows, CONTRACTS, SECONDS)


@given(st.lists(row, max_size=30))
def test_the_newest_second_is_the_last_one_with_a_row(rows):
    last = oracle.last_rows(rows, CONTRACTS, SECONDS)

    newest = newest_seconds(np.array(last, np.int32))

    assert newest.tolist() == oracle.newest_seconds(last)


@given(st.lists(row, max_size=30))
def test_a_cell_is_complete_unless_a_row_does_not_know(rows):
    sums, complete = sum_in_cells(*columns(rows), CONTRACTS, SECONDS)

    found = [
        [s if c else None for s, c in zip(*line, strict=True)]
        for line in zip(sums.tolist(), complete.tolist(), strict=True)
    ]
    assert found == oracle.sums(rows, CONTRACTS, SECONDS)


@given(st.lists(row, max_size=8))
def test_a_second_has_a_row_if_any_contract_has(rows):
    last = oracle.last_rows(rows, CONTRACTS, SECONDS)

    found = seconds_with_rows(columns(rows)[1], SECONDS)

    assert found.tolist() == [any(line[t] >= 0 for line in last) for t in range(SECONDS)]


def test_rows_outside_the_session_are_in_no_cell():
    rows = [(0, -1, 5), (0, SECONDS, 5)]
    contract, second, value, known = columns(rows)

    assert (last_rows(contract, second, 1, SECONDS) == -1).all()
    assert sum_in_cells(contract, second, value, known, 1, SECONDS)[0].sum() == 0

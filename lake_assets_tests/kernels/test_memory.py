"""A loan is nobody else's for as long as anything cut from it is in use."""

import gc

import numpy as np
import pyarrow as pa
import pytest

from lake_assets.kernels.memory import Memory


def place_of(array):
    return array.__array_interface__["data"][0]


def test_what_was_let_go_is_lent_again():
    memory = Memory()
    loan = memory.lend(1_000)
    place = place_of(loan)
    del loan
    assert place_of(memory.lend(900)) == place


def test_the_smallest_block_that_fits_is_lent():
    memory = Memory()
    loans = [memory.lend(size) for size in (3_000, 1_000, 2_000)]
    places = [place_of(loan) for loan in loans]
    loans.clear()
    assert place_of(memory.lend(1_500)) == places[2]


@pytest.mark.parametrize(
    "cut",
    [
        lambda loan: loan[10:20],
        lambda loan: loan.view(np.int64)[3:],
        lambda loan: loan.view(np.int64).reshape(5, -1)[2],
        lambda loan: pa.py_buffer(loan).slice(8, 16),
        lambda loan: pa.Array.from_buffers(
            pa.int64(), 2, [None, pa.py_buffer(loan.view(np.int64)[1:3])]
        ).slice(1),
    ],
    ids=["slice", "view", "row", "buffer", "array"],
)
def test_a_loan_lasts_as_long_as_whatever_is_cut_from_it(cut):
    memory = Memory()
    loan = memory.lend(400)
    place = place_of(loan)
    kept = cut(loan)
    del loan
    gc.collect()
    other = memory.lend(400)
    assert place_of(other) != place
    del kept, other
    gc.collect()
    assert place in (place_of(memory.lend(400)), place_of(memory.lend(400)))


def test_arrays_have_the_shape_and_type_asked_for():
    array = Memory().array((3, 4), np.int32)
    array[:] = 7
    assert array.dtype == np.int32
    assert array.sum() == 84


def test_nothing_is_a_loan_too():
    assert Memory().array((10, 0), np.int64).size == 0

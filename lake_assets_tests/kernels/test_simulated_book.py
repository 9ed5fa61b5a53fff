"""The simulated book: every record follows from the one before it."""

from itertools import pairwise

import numpy as np
import pytest

from lake_assets.kernels.simulated_book import CLOCK_PLACES, RANDOM, geometric, uniform
from lake_assets_tests.kernels.simulated_market import of_front, records
from lake_assets_tests.oracles import simulated_book as oracle

SOME = 12_000  # records replayed one by one


def plain(record):
    names = record.dtype.names
    row = dict(zip(names, record.item(), strict=True))
    return row | {"action": row["action"].decode(), "side": row["side"].decode()}


@pytest.mark.parametrize("start", [0, 30_000])
def test_every_record_follows_from_the_one_before(start):
    rows = [plain(record) for record in of_front()[start : start + SOME]]
    for before, after in pairwise(rows):
        wrong = oracle.break_between(oracle.ladder_of(before), oracle.ladder_of(after), after)
        assert wrong is None, (after["sequence"], wrong)


@pytest.mark.parametrize("side", ["bid", "ask"])
def test_ten_levels_are_always_shown_and_strictly_ordered(side):
    found = records()
    prices = np.stack([found[f"{side}_px_{i:02}"] for i in range(10)])
    steps = np.diff(prices, axis=0) * (1 if side == "ask" else -1)
    assert steps.min() > 0
    for column in ("sz", "ct"):
        assert min(found[f"{side}_{column}_{i:02}"].min() for i in range(10)) > 0


def test_the_book_is_never_crossed_or_locked():
    found = records()
    assert (found["bid_px_00"] < found["ask_px_00"]).all()


def test_a_level_has_a_contract_for_each_order():
    found = records()
    for side in ("bid", "ask"):
        for i in range(10):
            assert (found[f"{side}_sz_{i:02}"] >= found[f"{side}_ct_{i:02}"]).all()


def test_depth_is_the_number_of_better_levels():
    found = of_front()[1:]
    found = found[found["action"] != b"T"]
    bids = found["side"] == b"B"
    better = sum(
        np.where(
            bids,
            found[f"bid_px_{i:02}"] > found["price"],
            found[f"ask_px_{i:02}"] < found["price"],
        ).astype(int)
        for i in range(10)
    )
    assert (better == found["depth"]).all()


def test_random_numbers_fill_the_unit_interval():
    clock = np.zeros(CLOCK_PLACES, np.int64)
    clock[RANDOM] = 88_172_645_463_325_252
    draws = np.array([uniform(clock) for _ in range(20_000)])
    assert draws.min() >= 0
    assert draws.max() < 1
    assert np.histogram(draws, 10, (0, 1))[0] == pytest.approx(2_000, rel=0.1)


def test_sizes_have_their_mean():
    clock = np.zeros(CLOCK_PLACES, np.int64)
    clock[RANDOM] = 12_345
    sizes = [geometric(clock, 5.0) for _ in range(20_000)]
    assert min(sizes) == 1
    assert np.mean(sizes) == pytest.approx(5.0, rel=0.05)

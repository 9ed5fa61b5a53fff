"""What episodes leave in the simulated book: sweeps, walls that grow and go, vacuums, refills."""

import numpy as np

from lake_assets_tests.kernels.simulated_market import of_front


def sweeps(found):
    """Stamp, contracts and notional of each event that printed at two prices or more."""
    trades = found[found["action"] == b"T"]
    stamps, starts = np.unique(trades["ts_event"], return_index=True)
    sizes = np.add.reduceat(trades["size"].astype("i8"), starts)
    prices = np.add.reduceat(np.r_[0, np.diff(trades["price"]) != 0].astype("i8"), starts)
    dollars = np.add.reduceat(trades["price"] / 1e9 * 50 * trades["size"], starts)
    prices -= np.r_[0, np.diff(trades["price"]) != 0][starts]
    return stamps[prices > 0], sizes[prices > 0], dollars[prices > 0]


def test_sweeps_of_ten_million_dollars_happen():
    _, _, dollars = sweeps(of_front())
    assert (dollars >= 10_000_000).sum() > 20


def test_walls_stand_and_are_pulled():
    found = of_front()
    whole = found["ask_sz_00"].mean()
    assert (found["size"][found["action"] == b"C"] > 5 * whole).sum() > 5
    assert max(found[f"ask_sz_{i:02}"].max() for i in range(10)) > 8 * whole


def test_depth_ahead_of_price_comes_and_goes():
    found = of_front()[10_000:40_000]
    shown = sum(found[f"ask_sz_{i:02}"].astype(float) for i in range(10))
    low, middle, high = np.percentile(shown, [2, 50, 98])
    assert low < 0.6 * middle
    assert high > 1.6 * middle


def test_icebergs_refill_in_the_event_that_ate_them():
    found = of_front()
    filled, refilled = found[:-1], found[1:]
    same = (
        (filled["ts_event"] == refilled["ts_event"])
        & (filled["action"] == b"C")
        & (refilled["action"] == b"A")
        & (filled["side"] == refilled["side"])
        & (filled["price"] == refilled["price"])
    )
    assert same.sum() > 20

"""Pulls, replenishes and flicker: exact thresholds, and only where two books compare."""

import pytest

from lake_assets_tests.seconds.scenes import STRIKE, row, state

LOT = 75
PLAIN = [300] * 5
NAMES = ("bid_pull", "ask_pull", "bid_replenish", "ask_replenish", "spread_changed")


def side(total):
    """Five levels of a depth."""
    return [total - 4 * (total // 5), *[total // 5] * 4]


def flags(before, after, **params):
    """What is flagged in the second of two."""
    found = state([row(0, **before), row(1, **after)], 1, **params)
    return {name: found[f"ce_{name}"].item(1) for name in NAMES}


def bids(total):
    return {"sizes": (side(total), PLAIN)}


def asks(total):
    return {"sizes": (PLAIN, side(total))}


@pytest.mark.parametrize("of", [bids, asks])
@pytest.mark.parametrize(
    ("before", "after", "event"),
    [
        (1500, 975, "pull"),
        (1500, 976, None),
        (1000, 1250, "replenish"),
        (1000, 1249, None),
        (1500, 0, "pull"),
    ],
)
def test_thresholds_are_exact(of, before, after, event):
    name = "bid" if of is bids else "ask"
    found = flags(of(before), of(after))
    assert [flag for flag, up in found.items() if up] == ([f"{name}_{event}"] if event else [])


@pytest.mark.parametrize(
    ("after", "pulled"),
    [
        ({}, True),
        ({"bp0": 99.95}, True),
        ({"bp0": 100.05}, False),  # a higher bid at a narrower spread is no retreat
        ({"bp0": 100.05, "sp0": 101.0}, True),  # the spread is wider
        ({"bp0": None}, False),  # nothing is known of bid or spread
        ({"vol_delta": LOT}, True),
        ({"vol_delta": LOT + 1}, False),
    ],
)
def test_what_makes_a_fall_of_bids_a_pull(after, pulled):
    assert flags(bids(1500), bids(900) | after)["bid_pull"] is pulled


@pytest.mark.parametrize(
    ("after", "pulled"),
    [({"sp0": 100.55}, True), ({"sp0": 100.45}, False), ({"sp0": 100.45, "bp0": 99.0}, True)],
)
def test_what_makes_a_fall_of_asks_a_pull(after, pulled):
    assert flags(asks(1500), asks(900) | after)["ask_pull"] is pulled


@pytest.mark.parametrize(
    ("after", "back"),
    [
        ({}, True),
        ({"sp0": 100.55}, False),
        ({"sp0": 100.45}, True),
        ({"sp0": 100.0}, False),  # locked: there is no spread to compare
        ({"vol_delta": 9_999}, True),
    ],
)
def test_what_makes_a_rise_a_replenish(after, back):
    assert flags(bids(1000), bids(1400) | after)["bid_replenish"] is back


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (bids(10 * LOT - 1), bids(100)),
        (asks(10 * LOT - 1), bids(100)),
        (bids(1500), bids(100) | {"vol_delta": None}),
    ],
    ids=["thin bids", "thin asks", "volume unknown"],
)
def test_a_second_that_is_not_eligible_has_no_flags(before, after):
    assert flags(before, after) == dict.fromkeys(NAMES)


def test_a_side_of_exactly_ten_lots_is_judged():
    assert flags(bids(10 * LOT), bids(100))["bid_pull"] is True


def test_a_missing_second_or_a_roll_makes_a_second_not_eligible():
    spots = [row(t, "PE", 20_000, spot_price=24_600.0 + 50 * (t >= 4)) for t in range(6)]
    book = [{"spot_price": None} | bids(1500 - 600 * (t % 2)) for t in range(6)]
    rows = [row(t, **book[t]) for t in (0, 2, 3, 4, 5)]
    rows += [row(t, strike=STRIKE + 50, **book[t]) for t in range(6)]

    found = state(rows + spots, 5)

    assert found["atm_rolled"].arg_true().to_list() == [4]
    assert found["ce_bid_pull"].to_list() == [None, None, None, True, None, True]


def test_a_level_of_one_is_enough_where_the_source_gives_one():
    def quotes(second, size):
        sizes = [size, *[None] * 4], [30, *[None] * 4]
        return [row(second, r, k, sizes=sizes) for r in ("CE", "PE") for k in (629, 630, 631)]

    found = state(quotes(0, 100) + quotes(1, 65), 1, underlying="SPY")

    assert found["ce_bid_pull"].to_list() == [None, True]
    assert found["ce_ask_pull"].to_list() == [None, False]


def flicker(seconds, **last):
    """Bids that halve and come back each second, with a spread that changes each second."""
    return [
        row(t, **bids(1500 if t % 2 else 900), sp0=100.5 + 0.05 * (t % 2 == 0), **last)
        for t in range(seconds)
    ]


def test_rates_are_events_an_eligible_second_and_want_ten_of_them():
    found = state(flicker(40), 39)

    # from second 1 on every second is eligible; odd ones replenish, even ones pull
    assert found["ce_pull_rate_30s"].null_count() == 10
    assert found["ce_pull_rate_30s"].item(10) == 5 / 10
    assert found["ce_replenish_rate_30s"].item(10) == 5 / 10
    assert found["ce_pull_rate_30s"].item(11) == 5 / 11
    assert found["ce_net_liquidity_30s"].item(11) == 6 / 11 - 5 / 11
    assert found["ce_pull_rate_30s"].item(39) == 15 / 30


def test_a_flicker_wants_five_five_and_ten():
    found = state(flicker(12), 11)
    assert found["ce_flicker_30s"].to_list() == [None] * 10 + [True, True]

    for threshold in ("min_pulls", "min_replenishes"):
        more = state(flicker(12), 11, **{f"flicker_{threshold}": 6})["ce_flicker_30s"]
        assert more.item(10) is False
    more = state(flicker(12), 11, flicker_min_spread_changes=11)["ce_flicker_30s"]
    assert more.to_list()[10:] == [False, True]


def test_either_right_flickers():
    found = state(flicker(12), 11)
    assert found["flicker_30s"].item(11) is True
    quiet = [row(t) for t in range(12)]
    assert state(quiet, 11)["ce_flicker_30s"].item(11) is False
    # of the put nothing is known, and the call does not: unknown
    assert state(quiet, 11)["flicker_30s"].item(11) is None
    puts = [row(t, "PE") for t in range(12)]
    assert state(quiet + puts, 11)["flicker_30s"].item(11) is False

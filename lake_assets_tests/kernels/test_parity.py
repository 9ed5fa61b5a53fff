"""Parity's kernels against their slow twin, and their edges."""

from itertools import accumulate
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.parity import CALL, PUT, Future, Quotes, median_of_samples, sample_parity
from lake_assets.physics.basis import parity_rule
from lake_assets.physics.parameters import BasisParams
from lake_assets_tests.oracles import parity as oracle

SECOND = 10**9
START = 1_765_981_800 * SECOND
CLOSE = START + 21_600 * SECOND
DEFAULTS = BasisParams()
# Vector 5: mids in units of K 689, 690 and 691.
CHAIN = [
    (6_890_000, 30_500, 12_700),
    (6_900_000, 24_200, 16_600),
    (6_910_000, 19_000, 21_200),
]

quote = st.tuples(
    st.sampled_from([0, 1, SECOND, 5 * SECOND, 5 * SECOND + 1, 30 * SECOND, 60 * SECOND]),
    st.sampled_from([6_890_000, 6_900_000, 6_910_000, 6_920_000, 6_930_000]),
    st.sampled_from("CP"),
    st.sampled_from([-1, 0, 100, 9_000, 9_500, 10_000, 120_000]),
    st.sampled_from([0, 100, 500, 1_000, 1_001, 2_000]),
)
trade = st.tuples(
    st.sampled_from([0, 1, SECOND, 5 * SECOND, 5 * SECOND + 1]), st.integers(27_850, 27_860)
)
rules = st.builds(
    BasisParams, parity_min_strikes=st.integers(1, 3), parity_max_strikes=st.integers(3, 4)
)


def in_time(rows):
    """Pauses become stamps."""
    stamps = accumulate(pause for pause, *_ in rows)
    return [(START + at, *row[1:]) for at, row in zip(stamps, rows, strict=True)]


def sample(quotes, trades, ends, params=DEFAULTS):
    """Samples of quotes (ns, strike, right, bid, ask) and trades (ns, ticks)."""
    strikes = sorted({q[1] for q in quotes})
    rows = np.array(
        [(q[0], strikes.index(q[1]), CALL if q[2] == "C" else PUT, *q[3:]) for q in quotes],
        np.int64,
    ).reshape(-1, 5)
    quoted = Quotes(*(rows[:, i].copy().astype("i1" if i == 2 else "i8") for i in range(5)))
    future = np.array(trades, np.int64).reshape(-1, 2)
    return sample_parity(
        quoted,
        np.array(strikes, np.int64),
        Future(future[:, 0].copy(), future[:, 1].astype("i4")),
        np.array(ends, np.int64),
        CLOSE,
        parity_rule(params),
    )


def chain(mids, ns=START, half_u=100):
    """A call and a put of each (strike, call mid, put mid)."""
    return [
        (ns, strike, right, mid - half_u, mid + half_u)
        for strike, *pair in mids
        for right, mid in zip("CP", pair, strict=True)
    ]


@given(
    st.lists(quote, max_size=30).map(in_time),
    st.lists(trade, max_size=20).map(in_time),
    rules,
)
def test_every_sample_equals_the_slow_one(quotes, trades, params):
    ends = [START + at * 60 * SECOND for at in range(4)]

    samples = sample(quotes, trades, ends, params)

    for at, end in enumerate(ends):
        expected = oracle.sample(quotes, trades, end, CLOSE, params) or (0, 0, 0)
        assert samples.basis_u[at] == pytest.approx(expected[0], abs=1e-6)
        assert (samples.es_u[at], samples.strikes[at]) == expected[1:]


def test_the_chain_of_the_reference_gives_its_basis():
    # 21,600 s are left at the quotes; ES 6964.25 is 27,857 ticks
    samples = sample(chain(CHAIN), [(START - 1, 27_857)], [START + 60 * SECOND])

    assert samples.basis_u.tolist() == pytest.approx([56_662.98], abs=0.01)
    assert (samples.es_u.tolist(), samples.strikes.tolist()) == ([6_964_250], [3])


def test_the_future_of_a_sample_is_that_of_its_newest_pair():
    late = chain(CHAIN[1:2], START + 10 * SECOND)
    trades = [(START - 1, 27_857), (START + 9 * SECOND, 27_860)]

    samples = sample([*chain([CHAIN[0], CHAIN[2]]), *late], trades, [START + 60 * SECOND])

    assert samples.es_u.tolist() == [27_860 * 250]


def test_two_strikes_are_no_sample():
    samples = sample(chain(CHAIN[:2]), [(START - 1, 27_857)], [START + 60 * SECOND])

    assert samples.strikes.tolist() == [0]


@pytest.mark.parametrize(
    ("quote_ns", "trade_ns", "end_ns", "strikes"),
    [
        (START, START - 1, START + 1, 3),
        (START, START - 1, START, 0),
        (START, START - 1, START + 60 * SECOND, 3),
        (START, START - 1, START + 60 * SECOND + 1, 0),
        (START, START, START + 1, 0),
        (START, START - 5 * SECOND, START + 1, 3),
        (START, START - 5 * SECOND - 1, START + 1, 0),
    ],
    ids=[
        "quoted just before the end",
        "quoted at the end",
        "quoted 60 s before",
        "quoted longer before",
        "future traded at the quote",
        "future traded 5 s before",
        "future traded longer before",
    ],
)
def test_windows_are_half_open(quote_ns, trade_ns, end_ns, strikes):
    samples = sample(chain(CHAIN, quote_ns), [(trade_ns, 27_857)], [end_ns])

    assert samples.strikes.tolist() == [strikes]


@pytest.mark.parametrize(
    ("half_u", "strikes"), [(500, 3), (501, 2), (0, 0)], ids=["$0.10", "wider", "locked"]
)
def test_a_quote_is_fair_up_to_ten_cents(half_u, strikes):
    cheap = [
        (strike, 9_000 if at == 0 else 20_000, 20_000) for at, (strike, *_) in enumerate(CHAIN)
    ]
    params = BasisParams(parity_min_strikes=1)

    samples = sample(chain(cheap, half_u=half_u), [(START - 1, 27_857)], [START + 1], params)

    assert samples.strikes.tolist() == [strikes]


def test_a_quote_is_fair_up_to_a_tenth_of_its_mid():
    dear = [(strike, 100_000, 100_000) for strike, *_ in CHAIN]
    trades, ends = [(START - 1, 27_857)], [START + 1]

    assert sample(chain(dear, half_u=5_000), trades, ends).strikes.tolist() == [3]
    assert sample(chain(dear, half_u=5_001), trades, ends).strikes.tolist() == [0]


def test_the_latest_quote_counts_even_where_it_is_unfair():
    late = (START + 1, CHAIN[0][0], "C", 0, 100)

    samples = sample([*chain(CHAIN), late], [(START - 1, 27_857)], [START + 60 * SECOND])

    assert samples.strikes.tolist() == [0]


def test_of_equal_gaps_the_lower_strike_is_used():
    even = [(6_900_000 + at * 10_000, 20_000, 20_000) for at in range(5)]
    params = BasisParams(parity_min_strikes=1, parity_max_strikes=3)

    samples = sample(chain(even), [(START - 1, 27_857)], [START + 1], params)

    middle = sample(chain(even[:3]), [(START - 1, 27_857)], [START + 1], params)
    assert samples.basis_u.tolist() == middle.basis_u.tolist()


def smooth(samples, window, carry):
    values = np.array([s or 0.0 for s in samples], np.float64)
    strikes = np.array([0 if s is None else 3 for s in samples], np.int32)
    columns = median_of_samples(values, strikes, window, carry)
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(st.lists(st.none() | st.floats(-9, 9), max_size=25), st.integers(1, 6), st.integers(0, 9))
def test_the_median_equals_the_slow_one(samples, window, carry):
    smoothed = smooth(samples, window, carry)

    last = None
    for at, found in enumerate(smoothed):
        places = [p for p in range(max(0, at - window + 1), at + 1) if samples[p] is not None]
        if places:
            last = (median(samples[p] for p in places), len(places), places[-1])
        stale = last is None or (not places and at - last[2] > carry)
        assert found == ((0.0, 0, -1) if stale else last)

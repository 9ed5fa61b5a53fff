"""The volume difference against its slow twin, and what it must conserve."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.vol_delta import UNKNOWN, difference_volume
from lake_assets_tests.oracles import vol_delta as oracle

FLAGS = ["ok", "reset", "first_known", "first_unknown", "missing"]
SECOND = 1_000_000
row = st.tuples(
    st.integers(0, 3),
    st.integers(0, 20).map(lambda halves: halves * SECOND // 2),
    st.none() | st.integers(0, 6) | st.sampled_from([5_000_000, 2**58]),
)


def differenced(rows, known_from_us):
    code, time, volume = zip(*rows, strict=True) if rows else ((), (), ())
    delta, flag, elapsed = difference_volume(
        np.array(code, np.int32),
        np.array(time, np.int64),
        np.array([UNKNOWN if v is None else v for v in volume], np.int64),
        known_from_us,
    )
    known = [[None if v == UNKNOWN else v for v in a.tolist()] for a in (delta, elapsed)]
    return list(zip(known[0], [FLAGS[f] for f in flag], known[1], strict=True))


@given(st.lists(row, max_size=40), st.integers(-1, 20).map(lambda s: s * SECOND // 2))
def test_the_kernel_equals_the_table_of_cases(rows, known_from_us):
    rows.sort(key=lambda r: r[:2])
    assert differenced(rows, known_from_us) == oracle.difference_volume(rows, known_from_us)


@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=20), st.booleans())
def test_without_resets_the_differences_add_up_to_the_days_volume(steps, seen_from_start):
    volumes = np.cumsum(steps).tolist()
    rows = [(0, (at + 10) * SECOND, volume) for at, volume in enumerate(volumes)]
    found = differenced(rows, 10 * SECOND if seen_from_start else 0)
    known = found[0][1] == "first_known"
    assert sum(delta or 0 for delta, _, _ in found) == volumes[-1] - (0 if known else volumes[0])


@given(st.lists(row, max_size=30), st.integers(0, 29))
def test_the_future_changes_nothing(rows, cut):
    rows.sort(key=lambda r: r[:2])
    wild = rows[:cut] + [(c, t, 7 * v + 1 if v is not None else 9) for c, t, v in rows[cut:]]
    assert differenced(rows, SECOND)[:cut] == differenced(wild, SECOND)[:cut]


def test_a_fraction_of_a_second_is_none():
    rows = [(0, 0, 1), (0, SECOND - 1, 1), (0, 2 * SECOND - 1, 1)]
    assert [elapsed for _, _, elapsed in differenced(rows, 0)] == [None, 0, 1]


def test_a_contract_first_seen_without_volume_was_still_seen_from_its_start():
    rows = [(0, 0, None), (0, SECOND, 75), (1, 2 * SECOND, None), (1, 3 * SECOND, 75)]
    assert [flag for _, flag, _ in differenced(rows, 0)] == [
        "missing",
        "first_known",
        "missing",
        "first_unknown",
    ]

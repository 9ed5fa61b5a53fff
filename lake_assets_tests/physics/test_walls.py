"""Walls and flip: the reference numbers, ties, and ends that have none."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.physics.parameters import OptionParams
from lake_assets.physics.walls import WALLS, find_walls
from lake_assets_tests.oracles import gamma_flip
from lake_assets_tests.oracles.black_scholes import YEAR_S
from lake_assets_tests.physics.frames import OPEN_NS
from lake_assets_tests.physics.options import MINUTE, flow

DEFAULTS = OptionParams()
FIRST_END = OPEN_NS + MINUTE

contracts = st.lists(
    st.tuples(
        st.integers(684, 696),
        st.sampled_from("CP"),
        st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.2])),
        st.integers(1, 3),
        st.integers(-300, 300),
    ),
    max_size=10,
    unique_by=lambda row: row[:2],
).map(lambda rows: sorted(rows, key=lambda row: row[:2]))


def at_end(rows, **columns):
    """Flow of (strike in dollars, right, gamma, volume, net) at one end."""
    table = [
        (10_000 * strike, right, volume, net, 1, gamma)
        for strike, right, gamma, volume, net in rows
    ]
    return flow(table, **columns)


def wall(rows, spot):
    """Call wall in dollars of (strike, gross gamma)."""
    strikes, gross = zip(*rows, strict=True)
    calls = at_end([(strike, "C", 0.0, 1, 0) for strike in strikes], spot=spot)
    calls = calls.with_columns(gross_gamma=pl.Series(gross, dtype=pl.Float64))
    found = find_walls(calls, DEFAULTS)["call_wall_u"].item()
    return None if found is None else found / 10_000


@pytest.mark.parametrize(("spot", "strike"), [(690.60, 691), (690.50, 690), (690.40, 690)])
def test_of_equal_walls_the_nearest_then_the_lower(spot, strike):
    assert wall([(689, 900), (690, 1_500), (691, 1_500)], spot) == strike


@pytest.mark.parametrize("gross", [0.0, None])
def test_without_gamma_there_is_no_wall(gross):
    assert wall([(689, gross), (690, gross)], 690.0) is None


def test_the_reference_chain():
    rows = [(688, "P", 1.0, 1, -400), (690, "C", 1.0, 1, 250), (692, "C", 1.0, 1, 300)]
    chain = at_end(rows, spot=690.10, t_years=10_800 / YEAR_S, last_iv=[0.14, 0.13, 0.12])

    assert find_walls(chain, DEFAULTS).row(0) == (FIRST_END, 6_900_000, 6_880_000, 6_892_350)


@given(contracts, st.integers(6_880_000, 6_920_000), st.integers(60, 23_400))
def test_every_end_equals_the_slow_one(rows, spot_u, seconds):
    years = seconds / YEAR_S
    table = at_end(rows, spot=spot_u / 10_000, t_years=years)
    held = [
        (10_000 * strike, net, 0.2)
        for strike, _, gamma, _, net in rows
        if gamma is not None and net
    ]
    expected = gamma_flip.flip(held, spot_u, years, DEFAULTS)

    walls = find_walls(table, DEFAULTS)

    assert len(walls) == (1 if rows else 0)
    for found in walls.iter_rows(named=True):
        for right, name in (("C", "call_wall_u"), ("P", "put_wall_u")):
            assert found[name] == slow_wall(rows, right, spot_u)
        assert (found["gamma_flip_u"] is None) == (expected is None)
        if expected is not None:
            assert found["gamma_flip_u"] == pytest.approx(expected, abs=1)


def slow_wall(rows, right, spot_u):
    gross = {
        10_000 * strike: volume * gamma * 100
        for strike, side, gamma, volume, _ in rows
        if side == right and gamma
    }
    return min(gross, key=lambda k: (-gross[k], abs(k - spot_u), k), default=None)


def test_each_end_has_its_own():
    both = pl.concat(
        [
            at_end([(strike, "P", 0.1, 1, 0)], end_ns=FIRST_END + at * MINUTE)
            for at, strike in enumerate((690, 691))
        ]
    )

    assert find_walls(both, DEFAULTS).rows() == [
        (FIRST_END, None, 6_900_000, None),
        (FIRST_END + MINUTE, None, 6_910_000, None),
    ]


def test_without_spot_there_is_neither_wall_nor_flip():
    dark = at_end([(689, "C", None, 5, 5), (691, "P", None, 5, -5)], spot=None)

    assert find_walls(dark, DEFAULTS).row(0) == (FIRST_END, None, None, None)


def test_no_options_give_no_rows():
    assert find_walls(OPTION_FLOW.empty(), DEFAULTS).equals(pl.DataFrame(schema=WALLS))


@given(contracts, contracts)
def test_a_later_end_changes_nothing(rows, later):
    now = at_end(rows)
    both = pl.concat([now, at_end(later, end_ns=FIRST_END + MINUTE)])

    known = find_walls(both, DEFAULTS).filter(pl.col("end_ns") == FIRST_END)

    assert known.equals(find_walls(now, DEFAULTS))

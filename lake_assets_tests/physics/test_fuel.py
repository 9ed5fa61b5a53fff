"""Fuel touch by touch: the reference effects, reach, and data that is not there."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.catalog.touch import FUEL, TOUCHES
from lake_assets.physics.fuel import fuel_at, measure_fuel
from lake_assets.physics.parameters import FuelParams
from lake_assets_tests.oracles import fuel as oracle
from lake_assets_tests.physics.frames import OPEN_NS, table
from lake_assets_tests.physics.options import MINUTE, flow

DEFAULTS = FuelParams()
AT = OPEN_NS + MINUTE
LEVEL_U = 6_900_000
UNKNOWN = [
    "gamma_exposure",
    "fuel_effect",
    "fuel_net_dealer_gamma",
    "fuel_call_gamma",
    "fuel_put_gamma",
    "fuel_flow_z",
]

contracts = st.lists(
    st.tuples(
        st.sampled_from([6_879_999, 6_880_000, 6_890_000, 6_900_000, 6_920_000, 6_920_001]),
        st.sampled_from("CP"),
        st.integers(1, 500),
        st.integers(-300, 300),
        st.sampled_from([0, 1, 900, 40_000]),
        st.one_of(st.none(), st.sampled_from([0.0, 0.1, 0.25])),
    ),
    max_size=8,
    unique_by=lambda row: row[:2],
).map(lambda rows: sorted(rows, key=lambda row: row[:2]))


def touches(level_u=LEVEL_U, minute_ns=AT):
    return table(TOUCHES, level_u=level_u, minute_ns=minute_ns, ts_event_ns=AT + 1)


def fuel_of(rows, **columns):
    """Fuel of one touch, the flow of (strike_u, right, volume, net, size_sq, gamma)."""
    fuel = measure_fuel(touches(), flow(rows, **columns), DEFAULTS)
    FUEL.schema.validate(fuel)
    return fuel.row(0, named=True)


@pytest.mark.parametrize(
    ("net", "size_sq", "z", "effect"),
    [
        (60, 900, -2.0, "AMPLIFY"),
        (59, 900, -1.9667, "NEUTRAL"),
        (-60, 900, 2.0, "DAMPEN"),
        (-59, 900, 1.9667, "NEUTRAL"),
        (0, 0, None, None),
    ],
)
def test_the_reference_effects(net, size_sq, z, effect):
    fuel = fuel_of([(LEVEL_U, "C", 60, net, size_sq, 0.10)])

    assert fuel["gamma_exposure"] == pytest.approx(-10 * net)
    assert fuel["fuel_flow_z"] == (None if z is None else pytest.approx(z, abs=1e-4))
    assert fuel["fuel_effect"] == effect


@given(contracts)
def test_every_touch_equals_the_slow_one(rows):
    expected = oracle.fuel(rows, LEVEL_U, DEFAULTS)

    fuel = fuel_of(rows)

    for name, value in expected.items():
        near = pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
        assert fuel[name] == near, name
    assert fuel["fuel_net_dealer_gamma"] == fuel["gamma_exposure"]


def test_no_options_are_never_neutral():
    fuel = fuel_of([])

    assert [fuel[name] for name in UNKNOWN] == [None] * 6
    assert (fuel["fuel_volume"], fuel["fuel_gamma_share"]) == (None, None)
    assert [fuel[f"fuel_{name}"] for name in ("call_wall", "put_wall", "hvl")] == [None] * 3


def test_options_out_of_reach_are_no_volume_rather_than_unknown():
    fuel = fuel_of([(6_930_000, "C", 60, 60, 900, 0.1)])

    assert [fuel[name] for name in UNKNOWN] == [None] * 6
    assert (fuel["fuel_volume"], fuel["fuel_gamma_share"]) == (0, None)
    assert fuel["fuel_call_wall"] == 693.0


def test_a_right_without_prints_has_no_gamma_where_the_other_has_some():
    fuel = fuel_of([(LEVEL_U, "C", 60, 60, 900, 0.1)])

    assert (fuel["fuel_call_gamma"], fuel["fuel_put_gamma"]) == (pytest.approx(600), 0)


def test_volume_without_gamma_lowers_the_share():
    fuel = fuel_of([(LEVEL_U, "C", 30, 1, 1, 0.1), (LEVEL_U, "P", 10, 1, 1, None)])

    assert (fuel["fuel_volume"], fuel["fuel_gamma_share"]) == (40, 0.75)


def test_the_flow_at_the_start_of_the_minute_counts_and_no_later_one():
    rows = [[(LEVEL_U, "C", volume, 1, 1, 0.1)] for volume in (1, 2, 4)]
    ends = [flow(row, AT + at * MINUTE) for at, row in zip((-1, 0, 1), rows, strict=True)]

    fuel = measure_fuel(touches(), pl.concat(ends), DEFAULTS)

    assert fuel["fuel_volume"].to_list() == [2]


@given(contracts, contracts)
def test_the_future_changes_nothing(rows, later):
    now = flow(rows, AT)

    both = measure_fuel(touches(), pl.concat([now, flow(later, AT + MINUTE)]), DEFAULTS)

    assert both.equals(measure_fuel(touches(), now, DEFAULTS))


def test_moments_may_come_in_any_order():
    ends = pl.concat([flow([(LEVEL_U, "C", 9 - at, 1, 1, 0.1)], AT + at * MINUTE) for at in (0, 1)])
    levels = pl.DataFrame({"minute_ns": [AT + MINUTE, AT], "level_u": [LEVEL_U] * 2})

    assert fuel_at(levels, ends, DEFAULTS)["fuel_volume"].to_list() == [8, 9]


def test_no_touches_give_no_rows():
    fuel = measure_fuel(TOUCHES.empty(), OPTION_FLOW.empty(), DEFAULTS)

    assert fuel.equals(FUEL.empty())

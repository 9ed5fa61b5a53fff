"""Option flow minute by minute: which ends, which prints, which gamma, and what is unknown."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.options import OPTION_FLOW, OPTION_GREEKS
from lake_assets.errors import UnorderedInputError
from lake_assets.market.sessions import session_on
from lake_assets.physics.option_flow import sum_option_flow
from lake_assets.physics.parameters import OptionParams
from lake_assets_tests.oracles import black_scholes
from lake_assets_tests.oracles import option_flow as oracle
from lake_assets_tests.physics.frames import OPEN_NS, SESSION, table
from lake_assets_tests.physics.options import FRONT, MINUTE, SECOND, basis, future, ticking

DEFAULTS = OptionParams()
CLOSE = SESSION.rth.closes
HALF_DAY = session_on(date(2025, 11, 28))
GAMMAS = ["gamma", "gross_gamma", "dealer_gamma"]

print_rows = st.lists(
    st.tuples(
        st.sampled_from([-200, -1, 0, 1, 5, 60, 388, 389, 390]),
        st.sampled_from([0, 1, MINUTE - 1]),
        st.integers(686, 694).map(lambda dollars: 10_000 * dollars),
        st.sampled_from("CP"),
        st.integers(1, 50_000),
        st.integers(1, 500),
        st.sampled_from([-1, 0, 1]),
        st.one_of(st.none(), st.sampled_from([0.1, 0.2, 0.35])),
    ),
    max_size=12,
).map(lambda rows: [(OPEN_NS + m * MINUTE + ns, *row) for m, ns, *row in sorted(rows, key=str)])
in_time = print_rows.map(lambda rows: sorted(rows, key=lambda row: row[0]))
future_rows = st.lists(
    st.tuples(st.sampled_from([-3, 0, 1, 5, 60, 388, 390]), st.integers(27_500, 27_700)),
    max_size=8,
).map(lambda rows: sorted((OPEN_NS + at * MINUTE - SECOND, ticks) for at, ticks in rows))
minutes = st.sampled_from([0, 1, 2, 60, 389, 390])


def greeks(rows):
    """Of (ns, strike_u, right, price_u, size, side, iv or None)."""
    names = ("ts_event_ns", "strike_u", "right", "price_u", "size", "aggressor", "iv")
    return table(OPTION_GREEKS, **{name: [row[i] for row in rows] for i, name in enumerate(names)})


def flow_of(rows, trades, params=DEFAULTS, session=SESSION, by_minute=None):
    flow = sum_option_flow(greeks(rows), trades, FRONT, basis(by_minute, session), session, params)
    OPTION_FLOW.schema.validate(flow)
    return flow


@settings(max_examples=25)
@given(in_time, future_rows, st.dictionaries(minutes, st.integers(-500, 500)), minutes)
def test_every_end_equals_the_slow_one(rows, trades, by_minute, minute):
    end = OPEN_NS + minute * MINUTE
    by_start = {OPEN_NS + at * MINUTE: value for at, value in by_minute.items()}
    flow = flow_of(rows, future(trades), by_minute=by_minute).filter(pl.col("end_ns") == end)

    spot_u = oracle.spot_u(trades, by_start, end, 60)
    years = oracle.years(end, CLOSE, DEFAULTS)
    expected = oracle.flow(rows, end, MINUTE) if minute else []
    assert len(flow) == len(expected)
    for row, slow in zip(flow.iter_rows(named=True), expected, strict=True):
        strike_u, right, volume, premium_u, net, squares, iv, method = slow
        assert (row["strike_u"], row["right"], row["volume"]) == (strike_u, right, volume)
        assert (row["premium"], row["net_customer"]) == (premium_u / 100, net)
        assert (row["size_sq"], row["iv_method"]) == (squares, method)
        assert row["last_iv"] == (None if iv is None else pytest.approx(iv))
        assert (row["spot"], row["t_years"]) == (spot_u and spot_u / 10_000, years)
        if spot_u is None or iv is None:
            assert [row[name] for name in GAMMAS] == [None] * 3
            continue
        option = spot_u / 10_000, strike_u / 10_000, right, years
        gamma = black_scholes.greeks(option, iv, DEFAULTS.rate)[1]
        measured = [gamma, volume * gamma * 100, -net * gamma * 100]
        assert [row[name] for name in GAMMAS] == pytest.approx(measured, rel=1e-7, abs=1e-200)


@given(in_time)
def test_volume_and_premium_never_shrink(rows):
    flow = flow_of(rows, future([]))

    sums = ["volume", "premium", "size_sq"]
    shrunk = flow.select(pl.col(sums).diff().over("strike_u", "right") < 0)
    assert not shrunk.select(pl.any_horizontal(pl.all().any())).item()


def test_ends_run_from_a_minute_after_the_open_to_the_close():
    flow = flow_of([(OPEN_NS - 1, 6_900_000, "C", 100, 5, 1, 0.2)], ticking())

    assert flow["end_ns"].to_list() == list(range(OPEN_NS + MINUTE, CLOSE + 1, MINUTE))


def test_a_half_day_ends_at_its_early_close():
    rows = [(HALF_DAY.rth.opens, 6_900_000, "C", 100, 5, 1, 0.2)]

    flow = flow_of(rows, ticking(HALF_DAY), session=HALF_DAY)

    assert flow["end_ns"][-1] == HALF_DAY.rth.closes
    assert flow["t_years"][-1] == 60 / black_scholes.YEAR_S


def test_a_print_at_an_end_and_after_the_close_is_not_in_it():
    rows = [(CLOSE - 1, 6_900_000, "C", 100, 5, 1, 0.2), (CLOSE, 6_900_000, "C", 100, 7, 1, 0.2)]

    assert flow_of(rows, ticking()).select("end_ns", "volume").rows() == [(CLOSE, 5)]


def test_dealers_hold_the_other_side():
    rows = [(OPEN_NS, strike, "C", 100, 5, side, 0.2) for strike, side in ((1, 1), (2, -1))]
    rows = [(ns, 6_900_000 + strike, *rest) for ns, strike, *rest in rows]

    flow = flow_of(rows, ticking()).head(2)

    assert flow["net_customer"].to_list() == [5, -5]
    assert (flow["dealer_gamma"] == flow["gross_gamma"] * pl.Series([-1, 1])).all()


def test_without_spot_the_three_gammas_are_unknown_and_the_rest_is_not():
    flow = flow_of([(OPEN_NS, 6_900_000, "C", 100, 5, 1, 0.2)], future([]))

    assert flow.select(pl.col("spot", *GAMMAS).null_count()).unique().row(0) == (len(flow),) * 4
    assert flow["last_iv"].to_list() == [0.2] * len(flow)


@pytest.mark.parametrize("session", [SESSION, HALF_DAY])
def test_no_options_give_no_rows(session):
    assert flow_of([], ticking(session), session=session).is_empty()


def test_a_session_without_regular_hours_has_no_rows():
    none = session_on(date(2025, 1, 9))

    flow = sum_option_flow(greeks([]), future([]), FRONT, basis(), none, DEFAULTS)

    assert flow.equals(OPTION_FLOW.empty())


@settings(max_examples=25)
@given(in_time, in_time, future_rows, minutes, st.sampled_from([0, 1, SECOND]))
def test_the_future_changes_nothing(rows, others, trades, minute, later):
    cut = OPEN_NS + minute * MINUTE + later
    whole = flow_of(rows, future(trades))

    known = flow_of(
        [r for r in rows if r[0] < cut] + [r for r in others if r[0] >= cut],
        future([t for t in trades if t[0] < cut]),
        OptionParams(as_of_ns=cut),
    )

    assert known.equals(whole.filter(pl.col("end_ns") <= cut))


def test_prints_out_of_order_are_refused():
    back = [(OPEN_NS + at, 6_900_000, "C", 100, 5, 1, 0.2) for at in (1, 0)]

    with pytest.raises(UnorderedInputError, match="option_greeks"):
        flow_of(back, future([]))

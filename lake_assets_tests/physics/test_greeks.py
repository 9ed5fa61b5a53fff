"""Greeks print by print: which price, which spot, which volatility, and when there is none."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.bronze import SPY_OPTIONS
from lake_assets.catalog.options import OPTION_GREEKS
from lake_assets.errors import UnorderedInputError
from lake_assets.market.sessions import session_on
from lake_assets.physics.greeks import price_greeks
from lake_assets.physics.parameters import OptionParams
from lake_assets_tests.oracles import black_scholes, option_flow, smile
from lake_assets_tests.physics.frames import DAY, OPEN_NS, SESSION
from lake_assets_tests.physics.options import FRONT, MINUTE, SECOND, basis, future, prints

DEFAULTS = OptionParams()
CLOSE = SESSION.rth.closes
SIX_LEFT = CLOSE - 21_600 * SECOND
HALF_DAY = session_on(date(2025, 11, 28))

option_rows = st.lists(
    st.tuples(
        st.sampled_from([-5, 0, 1, 2, 59, 60, 61, 200, 389, 390, 395]),
        st.integers(0, 2),
        st.integers(684, 696).map(lambda dollars: 10_000 * dollars),
        st.sampled_from("CP"),
        st.one_of(st.integers(1, 100_000), st.integers(1, 3_000)),
        st.integers(1, 100),
        st.sampled_from([-1, 0, 1]),
    ),
    max_size=20,
).map(lambda rows: [(OPEN_NS + m * MINUTE + ns, *row) for m, ns, *row in sorted(rows)])
future_rows = st.lists(
    st.tuples(st.integers(-6, 400), st.integers(27_500, 27_700)), max_size=25
).map(lambda rows: sorted((OPEN_NS + at * MINUTE - SECOND, ticks) for at, ticks in rows))


def priced(options, trades, params=DEFAULTS, session=SESSION, by_minute=None):
    greeks = price_greeks(options, trades, FRONT, basis(by_minute, session), session, params)
    OPTION_GREEKS.schema.validate(greeks)
    return greeks


def one(row, **columns):
    """Greeks of one print, SPY at 690 a second before it."""
    return priced(prints([row], **columns), future([(row[0] - SECOND, 27_600)])).row(0, named=True)


@settings(max_examples=40)
@given(option_rows, future_rows, st.dictionaries(st.integers(0, 390), st.integers(-500, 500)))
def test_every_print_equals_the_slow_one(rows, trades, by_minute):
    by_start = {OPEN_NS + at * MINUTE: value for at, value in by_minute.items()}
    greeks = priced(prints(rows), future(trades), by_minute=by_minute)

    seen, options = [], []
    for ns, strike, right, price, *_ in rows:
        spot_u = option_flow.spot_u(trades, by_start, ns, 60)
        option = spot_u, strike, right, option_flow.years(ns, CLOSE, DEFAULTS)
        iv = None if spot_u is None else black_scholes.implied(option, 2 * price, DEFAULTS)
        options.append(option)
        seen.append((ns, strike, right, iv))
    assert greeks["iv"].to_list() == pytest.approx([row[3] for row in seen], abs=1e-6)
    used = smile.used(seen, MINUTE)
    assert greeks["iv_method"].to_list() == [method for _, method in used]
    assert greeks["iv_used"].to_list() == pytest.approx([iv for iv, _ in used], abs=1e-6)
    for row, option in zip(greeks.iter_rows(named=True), options, strict=True):
        measured = [row[name] for name in ("delta", "gamma", "theta", "vega")]
        if option[0] is None or row["iv_used"] is None:
            assert measured == [None] * 4
            continue
        dollars = black_scholes.dollars(option)
        assert row["spot"] == dollars[0]
        expected = black_scholes.greeks(dollars, row["iv_used"], DEFAULTS.rate)
        assert measured == pytest.approx(expected, rel=1e-7, abs=1e-12)


def test_the_reference_call():
    row = one((SIX_LEFT, 6_900_000, "C", 21_000, 1, 1))

    assert row["iv"] == pytest.approx(0.29002543, abs=1e-6)
    assert row["gamma"] == pytest.approx(0.07617070, rel=2e-6)
    assert (row["spot"], row["iv_method"]) == (690.0, "own")


def test_half_a_minute_before_the_close_a_minute_is_left():
    row = one((CLOSE - 30 * SECOND, 6_900_000, "P", 2_500, 1, 1))

    assert row["iv"] == pytest.approx(0.65850620, abs=1e-6)
    assert row["theta"] == pytest.approx(-179.97870669, rel=2e-6)


@pytest.mark.parametrize(
    ("bid_u", "ask_u", "price_u"),
    [
        (20_900, 21_100, 21_000),
        (21_000, 21_000, 21_000),
        (21_100, 20_900, 30_000),
        (0, 21_100, 30_000),
        (None, 21_100, 30_000),
        (20_900, None, 30_000),
        (None, None, 30_000),
        (20_900, 21_101, 21_000.5),
    ],
    ids=["quoted", "locked", "crossed", "no bid", "bid absent", "ask absent", "absent", "half"],
)
def test_the_mid_counts_if_there_is_one_else_the_trade(bid_u, ask_u, price_u):
    row = one((SIX_LEFT, 6_900_000, "C", 30_000, 1, 1), bid_u=[bid_u], ask_u=[ask_u])

    option = 6_900_000, 6_900_000, "C", 21_600 / black_scholes.YEAR_S
    expected = black_scholes.implied(option, int(2 * price_u), DEFAULTS)
    assert row["iv"] == pytest.approx(expected, abs=1e-7)


def test_without_a_trade_of_the_future_nothing_is_known():
    greeks = priced(prints([(SIX_LEFT, 6_900_000, "C", 21_000, 1, 1)]), future([]))

    unknown = greeks.select("spot", "iv", "iv_used", "iv_method", "delta", "gamma", "theta", "vega")
    assert unknown.row(0) == (None,) * 8


def test_a_volatility_is_carried_where_spot_is_not():
    rows = [(SIX_LEFT + at, 6_900_000, "C", 21_000, 1, 1) for at in (0, 2 * MINUTE)]

    greeks = priced(prints(rows), future([(SIX_LEFT - 1, 27_600)]))

    assert greeks["iv_method"].to_list() == ["own", "last"]
    assert greeks["iv_used"].n_unique() == 1
    assert greeks["gamma"].is_null().to_list() == [False, True]


def test_a_late_report_goes_by_the_past():
    rows = [(SIX_LEFT + at, 6_900_000, "C", price, 1, 1) for at, price in ((0, 21_000), (1, 9_000))]
    late = prints(rows, conditions=[None, "202"])

    greeks = priced(late, future([(SIX_LEFT - 1, 27_600)]))

    assert greeks["iv"].is_null().to_list() == [False, True]
    assert greeks["iv_method"].to_list() == ["own", "last"]


def test_a_cancel_report_is_no_print_and_what_it_cancels_stays():
    rows = [(SIX_LEFT + at, 6_900_000, "C", 21_000, 1, 1) for at in (0, 1)]

    greeks = priced(prints(rows, conditions=[None, "201"]), future([(SIX_LEFT - 1, 27_600)]))

    assert greeks["ts_event_ns"].to_list() == [SIX_LEFT]


def test_options_of_another_day_are_left_out():
    rows = prints([(SIX_LEFT, 6_900_000, "C", 21_000, 1, 1)], expiry=date(2025, 12, 18), dte=1)

    assert priced(rows, future([(SIX_LEFT - 1, 27_600)])).is_empty()


def test_a_half_day_expires_at_its_early_close():
    closes = HALF_DAY.rth.closes
    row = (closes - 9_000 * SECOND, 6_950_000, "C", 4_200, 1, 1)
    options = prints([row], expiry=HALF_DAY.day)

    greeks = priced(options, future([(row[0] - 1, 27_600)]), session=HALF_DAY)

    assert greeks["iv"].item() == pytest.approx(0.42810967, abs=1e-6)


@settings(max_examples=40)
@given(option_rows, future_rows, st.integers(1, 5))
def test_batches_of_any_size_say_the_same(rows, trades, size):
    whole = priced(prints(rows), future(trades))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lake_assets.physics.greeks._BATCH_PRINTS", size)
        batched = priced(prints(rows), future(trades))

    assert batched.equals(whole)


@pytest.mark.parametrize("session", [SESSION, HALF_DAY])
def test_no_options_give_no_rows(session):
    assert priced(SPY_OPTIONS.empty(), future([]), session=session).is_empty()


def test_a_session_without_regular_hours_has_no_rows():
    none = session_on(date(2025, 1, 9))
    args = prints([(SIX_LEFT, 6_900_000, "C", 1, 1, 1)], expiry=DAY), future([]), FRONT, basis()

    assert price_greeks(*args, none, DEFAULTS).is_empty()


@settings(max_examples=40)
@given(option_rows, option_rows, future_rows, future_rows, st.sampled_from([0, 1, 60, 200, 390]))
def test_the_future_changes_nothing(rows, other_rows, trades, other_trades, minute):
    cut = OPEN_NS + minute * MINUTE
    whole = priced(prints(rows), future(trades))

    known = priced(
        prints([r for r in rows if r[0] < cut] + [r for r in other_rows if r[0] >= cut]),
        future([t for t in trades if t[0] < cut] + [t for t in other_trades if t[0] >= cut]),
        OptionParams(as_of_ns=cut),
    )

    assert known.equals(whole.filter(pl.col("ts_event_ns") < cut))


def test_prints_out_of_order_are_refused():
    back = prints([(SIX_LEFT + at, 6_900_000, "C", 21_000, 1, 1) for at in (1, 0)])

    with pytest.raises(UnorderedInputError, match="spy_options"):
        priced(back, future([]))


def test_bounds_that_hold_no_volatility_are_refused():
    with pytest.raises(ValueError, match="iv_min must be below iv_max"):
        OptionParams(iv_min=0.5, iv_max=0.5)

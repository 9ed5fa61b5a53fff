"""Touches: the first print in reach, the side it came from, and what is told of it."""

from datetime import date

import polars as pl
import pytest
from databento import DBNStore
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.catalog.parameters import SessionParams
from lake_assets.catalog.silver import ES_SPY_BASIS, FRONT_CONTRACT, LEVELS
from lake_assets.catalog.touch import TOUCHES
from lake_assets.errors import ComputationRefusedError, UnorderedInputError
from lake_assets.market.price import DBN_UNITS_PER_TICK
from lake_assets.market.sessions import session_on
from lake_assets.physics.bars import build_bars
from lake_assets.physics.contract import choose_front
from lake_assets.physics.levels import list_levels
from lake_assets.physics.parameters import LevelParams, TouchParams
from lake_assets.physics.touches import find_touches
from lake_assets_tests.oracles import touches as oracle
from lake_assets_tests.physics.frames import OPEN_NS, SESSION, table

MINUTE = 60 * 10**9
LEVEL_E = 6_900_000  # 27,600 ticks; 690.00 by ratio
FRONT = table(FRONT_CONTRACT)
NO_BASIS = ES_SPY_BASIS.empty()
DEFAULTS = TouchParams()

stamps = st.sampled_from([-MINUTE - 1, -1, 0, 1, MINUTE - 1, MINUTE, 7 * MINUTE, 20 * MINUTE])
trades_in_order = st.lists(st.tuples(stamps, st.integers(27_570, 27_630)), max_size=15).map(
    lambda rows: sorted(((OPEN_NS + at, k) for at, k in rows), key=lambda row: row[0])
)


def future(trades):
    """Trades from (ns, ticks)."""
    ns, ticks = ([row[i] for row in trades] for i in range(2))
    return table(ES_TRADES, ts_event_ns=ns, price_ticks=ticks)


def levels_at(*minutes, basis_u=0):
    """VWAP at half a tick and ROUND 690 at each minute from the open."""
    rows = [
        (OPEN_NS + m * MINUTE, kind, name, e - basis_u, e)
        for m in minutes
        for kind, name, e in (
            ("VWAP", "VWAP", LEVEL_E - 125),
            ("ROUND", "ROUND_690.00", LEVEL_E + basis_u),
        )
    ]
    names = ("minute_ns", "kind", "level_id", "level_u", "level_e")
    return table(LEVELS, **{name: [row[i] for row in rows] for i, name in enumerate(names)})


def find(levels, trades, params=DEFAULTS, basis=NO_BASIS, session=SESSION):
    rows = find_touches(levels, trades, FRONT, basis, session, params)
    TOUCHES.schema.validate(rows.batches)
    return rows


def touches_of(*args, **kwargs):
    return find(*args, **kwargs).batches


def round_only(minute=0):
    return levels_at(minute).filter(kind="ROUND")


@settings(max_examples=50)
@given(trades_in_order)
def test_every_touch_equals_the_slow_one(trades):
    levels = levels_at(0, 1, 7, 20)
    expected = []
    for minute, name, e in levels.select("minute_ns", "level_id", "level_e").rows():
        at = oracle.first_touch(trades, minute, e, 3_000)
        if at is not None:
            came = oracle.direction(trades, at, e), oracle.is_entry(trades, at, e, 3_000)
            expected.append((*trades[at], name, *came, oracle.position(trades, at, OPEN_NS)))

    touches = touches_of(levels, future(trades))

    names = ("ts_event_ns", "price_ticks", "level_id", "direction", "is_entry", "session_position")
    assert touches.select(names).rows() == expected


@settings(max_examples=50)
@given(trades_in_order)
def test_minutes_with_a_gap_are_counted(trades):
    levels = levels_at(0, 1, 7, 20)
    gapped = {
        minute
        for minute, e in levels.select("minute_ns", "level_e").rows()
        if oracle.is_gapped(trades, minute, e, 3_000)
    }

    assert find(levels, future(trades)).quality == {"levels_gapped": len(gapped)}


def test_the_touch_of_the_reference():
    basis = table(
        ES_SPY_BASIS, minute_ns=OPEN_NS, basis_u=56_663, conversion="parity", method_age_s=0
    )
    levels = levels_at(0, basis_u=56_663).filter(kind="ROUND")
    assert levels["level_e"].to_list() == [6_956_663]

    touch = touches_of(levels, future([(OPEN_NS, 27_810), (OPEN_NS + 1, 27_815)]), basis=basis).row(
        0, named=True
    )

    assert touch["event_id"] == f"2025-12-17_ROUND_69000_{OPEN_NS + 1}_UP"
    assert (touch["ts_event_ns"], touch["direction"]) == (OPEN_NS + 1, "UP")
    assert (touch["spot"], touch["distance"]) == (689.7087, 0.2913)
    assert (touch["basis"], touch["conversion"], touch["basis_age_s"]) == (5.6663, "parity", 0)
    assert touch["is_entry"]


@pytest.mark.parametrize(("ticks", "count"), [(27_588, 1), (27_587, 0)])
def test_by_ratio_the_band_ends_at_thirty_cents(ticks, count):
    assert len(touches_of(round_only(), future([(OPEN_NS, ticks)]))) == count


def test_a_minute_is_half_open():
    trades = future([(OPEN_NS - 1, 27_600), (OPEN_NS + MINUTE, 27_600)])

    assert touches_of(round_only(), trades).is_empty()


def test_the_minute_that_begins_in_the_band_is_no_entry():
    trades = future([(OPEN_NS - 1, 27_601), (OPEN_NS, 27_602)])

    touch = touches_of(round_only(), trades).row(0, named=True)

    assert (touch["is_entry"], touch["direction"]) == (False, "DOWN")


def test_a_first_price_alone_has_no_range():
    touch = touches_of(round_only(), future([(OPEN_NS - 1, 27_500), (OPEN_NS, 27_600)]))

    assert touch["session_position"].to_list() == [None]


def test_the_place_in_the_range_includes_the_touch():
    ticks = [27_560, 27_640, 27_600]  # a quarter dollar is ten ticks
    trades = future([(OPEN_NS + at, k) for at, k in enumerate(ticks)])

    assert touches_of(round_only(), trades)["session_position"].to_list() == [0.5]


@pytest.mark.parametrize(("minute", "within"), [(0, True), (14, True), (15, False)])
def test_the_first_quarter_hour_ends_before_the_sixteenth_minute(minute, within):
    trades = future([(OPEN_NS + minute * MINUTE, 27_600)])

    touch = touches_of(round_only(minute), trades).row(0, named=True)

    assert touch["is_first_15m"] is touch["is_opening_range"] is within


def test_distances_are_measured_from_the_minutes_averages():
    averages = table(
        LEVELS,
        minute_ns=OPEN_NS,
        kind=["SMA_200", "SMA_400", "ROUND"],
        level_id=["SMA_200", "SMA_400", "ROUND_690.00"],
        level_u=[6_800_001, 7_000_000, LEVEL_E],
        level_e=[6_800_001, 7_000_000, LEVEL_E],
    )

    touch = touches_of(averages, future([(OPEN_NS, 27_600)])).row(0, named=True)

    assert touch["dist_to_sma_200"] == 9.9999
    assert touch["dist_to_sma_400"] == -10.0
    assert touch["dist_to_vwap"] is None


def test_a_level_known_only_as_text_keeps_its_kind_and_provenance():
    touch = touches_of(round_only(), future([(OPEN_NS, 27_600)])).row(0, named=True)

    assert (touch["level_id"], touch["level_kind"]) == ("ROUND_690.00", "ROUND")
    assert (touch["minute_ns"], touch["level_known_at_ns"]) == (OPEN_NS, OPEN_NS)
    assert (touch["front_symbol"], touch["front_method"]) == ("ESH6", FRONT["method"].item())
    assert (touch["date"], touch["symbol"]) == ("2025-12-17", "SPY")


def test_rows_are_ordered_by_time_then_kind():
    trades = future([(OPEN_NS, 27_600), (OPEN_NS + MINUTE, 27_600)])

    touches = touches_of(levels_at(0, 1), trades)

    assert touches["level_kind"].to_list() == ["VWAP", "ROUND", "VWAP", "ROUND"]
    assert touches["episode_seq"].to_list() == [1, 1, 2, 2]


def test_two_levels_of_a_kind_within_a_cent_are_refused():
    close = table(LEVELS, minute_ns=OPEN_NS, kind="VWAP", level_u=[LEVEL_E, LEVEL_E + 1])

    with pytest.raises(ComputationRefusedError, match=f"2025-12-17_VWAP_69000_{OPEN_NS}_UP"):
        touches_of(close, future([(OPEN_NS, 27_600)]))


def test_another_contract_touches_nothing():
    trades = future([(OPEN_NS, 27_600)]).with_columns(raw_symbol=pl.lit("ESZ5"))

    assert touches_of(round_only(), trades).is_empty()


@pytest.mark.parametrize(
    ("levels", "trades"),
    [(LEVELS.empty(), future([(OPEN_NS, 27_600)])), (levels_at(0), ES_TRADES.empty())],
    ids=["no levels", "no trades"],
)
def test_without_levels_or_trades_there_are_no_touches(levels, trades):
    rows = find(levels, trades)

    assert rows.batches.is_empty()
    assert rows.quality == {"levels_gapped": 0}


def test_a_session_without_regular_hours_has_no_touches():
    trades = future([(OPEN_NS, 27_600)])

    assert touches_of(levels_at(0), trades, session=session_on(date(2025, 1, 9))).is_empty()


def test_a_session_without_regular_hours_has_no_opening_range_as_globex():
    session = session_on(date(2025, 1, 9))
    opens = session.hours.opens
    levels = round_only().with_columns(minute_ns=pl.lit(opens, pl.Int64))

    touches = touches_of(
        levels, future([(opens, 27_600)]), TouchParams(touch_hours="globex"), session=session
    )

    assert touches.select("is_first_15m", "is_opening_range").rows() == [(False, False)]


@pytest.mark.parametrize("name", ["levels", "es_trades"])
def test_rows_out_of_order_are_refused(name):
    levels, trades = levels_at(0, 1), future([(OPEN_NS, 27_600), (OPEN_NS + 1, 27_600)])
    if name == "levels":
        levels = levels.reverse()
    else:
        trades = trades.reverse()

    with pytest.raises(UnorderedInputError, match=name):
        find(levels, trades)


def built(trades, hours, as_of_ns=None):
    """Touches of trades alone, from levels and bars of their own."""
    levels = LevelParams(touch_hours=hours, as_of_ns=as_of_ns)
    bars = build_bars(trades, FRONT, NO_BASIS, SESSION, period_s=120)
    listed = list_levels(trades, FRONT, NO_BASIS, bars, OPTION_FLOW.empty(), SESSION, levels)
    return find(listed, trades, TouchParams(touch_hours=hours, as_of_ns=as_of_ns))


@settings(max_examples=25)
@given(
    trades_in_order,
    trades_in_order,
    st.sampled_from([0, 1, 2, MINUTE, MINUTE + 1, 7 * MINUTE, 7 * MINUTE + 1]),
    st.sampled_from(["rth", "globex"]),
)
def test_the_future_changes_nothing(trades, others, after_open, hours):
    cut = OPEN_NS + after_open
    changed = [t for t in trades if t[0] < cut] + [t for t in others if t[0] >= cut]
    whole = built(future(trades), hours).batches.filter(pl.col("ts_event_ns") < cut)

    assert built(future(changed), hours, as_of_ns=cut).batches.equals(whole)
    assert built(future(changed), hours).batches.filter(pl.col("ts_event_ns") < cut).equals(whole)


@settings(max_examples=25)
@given(trades_in_order, st.integers(-5, 5))
def test_prices_shifted_by_ticks_shift_touches_of_es_levels(trades, shift):
    moved = [(ns, k + shift) for ns, k in trades]
    names = ("ts_event_ns", "level_kind", "level_u", "price_ticks", "direction", "is_entry")

    touches, shifted = (
        built(future(rows), "rth").batches.filter(pl.col("level_kind") != "ROUND").select(names)
        for rows in (trades, moved)
    )

    assert shifted.equals(
        touches.with_columns(pl.col("level_u") + 250 * shift, pl.col("price_ticks") + shift)
    )


@pytest.fixture
def holiday_evening(market_data):
    """One hour of real ESH4 trades: the session of 2023-12-26 as far as its file goes."""
    path = market_data / "es" / "glbx-mdp3-20231225.esh4.trades.dbn.zst"
    records = DBNStore.from_bytes(path.read_bytes()).to_ndarray()
    trades = table(
        ES_TRADES,
        ts_event_ns=records["ts_event"].astype("i8").tolist(),
        sequence=records["sequence"].astype("i8").tolist(),
        price_ticks=(records["price"] // DBN_UNITS_PER_TICK).tolist(),
        size=records["size"].astype("i8").tolist(),
        raw_symbol="ESH4",
    )
    return trades.sort(ES_TRADES.sort_by)


def test_a_real_evening_gives_touches_in_globex_hours(holiday_evening):
    session = session_on(date(2023, 12, 26))
    front = choose_front(holiday_evening, session, SessionParams(touch_hours="globex"))
    bars = build_bars(holiday_evening, front, NO_BASIS, session, period_s=120)
    params = LevelParams(touch_hours="globex")
    levels = list_levels(
        holiday_evening, front, NO_BASIS, bars, OPTION_FLOW.empty(), session, params
    )

    touches = find_touches(
        levels, holiday_evening, front, NO_BASIS, session, TouchParams(touch_hours="globex")
    ).batches

    TOUCHES.schema.validate(touches)
    assert front.row(0)[0:3:2] == ("ESH4", "calendar")
    assert bars["volume"].sum() == 9_892
    trades = holiday_evening.select("ts_event_ns", "price_ticks").rows()
    found = levels.filter(pl.col("minute_ns") <= trades[-1][0]).select("minute_ns", "level_e")
    slow = [oracle.first_touch(trades, minute, e, 3_000) for minute, e in found.iter_rows()]
    assert len(touches) == len(slow) - slow.count(None) > 100
    # the low was made at the open, and price never came back to it
    assert set(touches["level_kind"]) == {"VWAP", "ROUND", "SESSION_HIGH"}
    assert all(ns in session.hours for ns in touches["ts_event_ns"])
    assert touches["session_position"].is_between(0, 1).any()

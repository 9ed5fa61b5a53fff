"""The tape before a touch: the reference vectors, the past alone, and its symmetries."""

import polars as pl
import pytest
from databento import DBNStore
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.catalog.silver import FRONT_CONTRACT
from lake_assets.catalog.touch import TAPE, TOUCHES
from lake_assets.errors import UnorderedInputError
from lake_assets.physics.parameters import TapeParams
from lake_assets.physics.tape import measure_tape
from lake_assets_tests.oracles import tape as oracle
from lake_assets_tests.physics.frames import OPEN_NS, table

FRONT = table(FRONT_CONTRACT)
MS, SECOND = 10**6, 10**9
TOUCH_NS = OPEN_NS + 120 * SECOND
EVERYTHING = TapeParams(tape_band_u=10**9)
SIDES = {"B": 1, "A": -1, "N": 0}

trade = st.tuples(
    st.integers(0, 150).map(lambda s: OPEN_NS + s * SECOND),
    st.integers(27_570, 27_630),
    st.integers(1, 60),
    st.sampled_from([-1, 0, 1]),
)
trades_in_order = st.lists(trade, max_size=40).map(lambda rows: sorted(rows, key=lambda r: r[0]))
moments = st.lists(st.integers(0, 160).map(lambda s: OPEN_NS + s * SECOND), max_size=5)


def tape_of(trades, touches=(TOUCH_NS,), params=None, **touch) -> pl.DataFrame:
    """Measure (ns, ticks, size, side) before each moment, at 690.00 unless told otherwise."""
    return measure_tape(
        table(TOUCHES, ts_event_ns=list(touches), **touch),
        trades_frame(trades),
        FRONT,
        params or TapeParams(),
    )


def trades_frame(trades) -> pl.DataFrame:
    ns, ticks, size, side = map(list, zip(*trades, strict=True)) if trades else ([], [], [], [])
    return table(ES_TRADES, ts_event_ns=ns, price_ticks=ticks, size=size, aggressor=side)


def test_the_largest_sweep_is_found_where_the_gap_and_the_side_allow():
    prints = [(0, 27_600, 20, "B"), (60, 27_601, 15, "B"), (70, 27_601, 5, "N")]
    prints += [(150, 27_602, 10, "B"), (251, 27_602, 40, "B"), (300, 27_602, 30, "B")]
    prints += [(320, 27_601, 9, "A"), (330, 27_600, 25, "A")]
    start = TOUCH_NS - SECOND

    tape = tape_of([(start + at * MS, k, size, SIDES[side]) for at, k, size, side in prints])

    assert tape["tape_sweep_detected"].to_list() == [True]
    assert tape["tape_sweep_direction"].to_list() == ["UP"]
    assert tape["tape_sweep_notional"].to_list() == [15_525_437.5]


def test_the_slope_is_least_squares_in_points_a_second():
    path = [(-50, 27_600), (-30, 27_602), (-10, 27_605)]

    tape = tape_of([(TOUCH_NS + at * SECOND, k, 1, 1) for at, k in path])

    assert tape["tape_price_slope"].to_list() == [0.03125]


def test_the_slope_takes_every_price_and_the_volumes_only_the_band():
    path = [(-50, 20_000), (-10, 20_040)]

    tape = tape_of([(TOUCH_NS + at * SECOND, k, 1, 1) for at, k in path])

    assert tape["tape_price_slope"].to_list() == [0.25]
    assert tape.select("tape_trades", "tape_buy_vol", "tape_velocity").row(0) == (2, 0, 0.0)


@pytest.mark.parametrize(
    ("sizes", "sides", "imbalance"),
    [([30, 10], "BA", 0.5), ([5, 7], "NN", None), ([4, 4], "AB", 0.0), ([], "", None)],
    ids=["30 bought and 10 sold", "nobody known", "balanced", "no trade"],
)
def test_imbalance(sizes, sides, imbalance):
    trades = [(TOUCH_NS - 1, 27_600, n, SIDES[side]) for n, side in zip(sizes, sides, strict=True)]

    assert tape_of(trades)["tape_imbalance"].to_list() == [imbalance]


def test_one_stamp_has_no_slope():
    assert tape_of([(TOUCH_NS - 1, k, 1, 1) for k in (27_600, 27_604)])[
        "tape_price_slope"
    ].to_list() == [None]


def test_a_trade_stamped_at_the_touch_is_not_before_it():
    tape = tape_of([(TOUCH_NS - 60 * SECOND, 27_600, 2, 1), (TOUCH_NS, 27_600, 5, 1)])

    assert tape.select("tape_buy_vol", "tape_trades").row(0) == (2, 1)


def test_velocity_counts_prints_of_any_aggressor_a_second():
    tape = tape_of([(TOUCH_NS - 1 - i, 27_600, 9, 0) for i in range(5, -1, -1)])

    assert tape.select("tape_velocity", "tape_unknown_vol").row(0) == (0.1, 54)


def test_other_contracts_are_not_read():
    both = trades_frame([(TOUCH_NS - 2, 27_600, 3, 1), (TOUCH_NS - 1, 27_600, 5, 1)])
    other = pl.Series("raw_symbol", ["ESH6", "ESM6"]), pl.Series("instrument_id", [1, 2])

    tape = measure_tape(
        table(TOUCHES, ts_event_ns=[TOUCH_NS]), both.with_columns(*other), FRONT, TapeParams()
    )

    assert tape["tape_buy_vol"].to_list() == [3]


def test_trades_that_go_back_in_time_are_refused():
    with pytest.raises(UnorderedInputError, match="es_trades must be sorted"):
        tape_of([(TOUCH_NS, 27_600, 1, 1), (TOUCH_NS - 1, 27_600, 1, 1)])


def test_the_rows_are_those_declared_and_in_the_touches_order():
    trades = [(TOUCH_NS - 9 + i, 27_600 + i, 900, i % 3 - 1) for i in range(9)]
    tape = tape_of(trades, [TOUCH_NS, TOUCH_NS - 60 * SECOND, TOUCH_NS + SECOND])

    TAPE.schema.validate(tape)
    assert tape["event_id"].to_list() == ["event-0", "event-1", "event-2"]


def test_no_touches_give_no_tape():
    assert tape_of([(TOUCH_NS, 27_600, 1, 1)], []).equals(TAPE.empty())


@given(trades_in_order, moments, st.integers(27_570 * 250, 27_630 * 250))
def test_every_column_equals_the_slow_count(trades, touches, level_e):
    params = TapeParams()

    tape = tape_of(trades, touches, params, level_e=level_e)

    for row, at in zip(tape.iter_rows(named=True), touches, strict=True):
        slow = oracle.tape(trades, at, level_e, params)
        known = slow["buy"] + slow["sell"]
        assert row["tape_imbalance"] == ((slow["buy"] - slow["sell"]) / known if known else None)
        assert row["tape_velocity"] == slow["prints"] / 60
        assert row["tape_sweep_notional"] == slow["notional"]
        assert row["tape_sweep_detected"] == (slow["notional"] is not None)
        assert row["tape_sweep_direction"] == {1: "UP", -1: "DOWN", 0: "NONE"}[slow["direction"]]
        assert (row["tape_price_slope"] is None) == (slow["slope"] is None)
        if slow["slope"] is not None:
            assert row["tape_price_slope"] == pytest.approx(float(slow["slope"]), abs=1e-10)


@given(trades_in_order, moments, st.data())
def test_the_future_changes_nothing(trades, touches, data):
    cut = data.draw(st.integers(0, 160)) * SECOND + OPEN_NS
    early = [at for at in touches if at < cut]
    past = [row for row in trades if row[0] < cut]
    other = [(ns, *rest) for ns, *rest in data.draw(trades_in_order) if ns >= cut]

    whole = tape_of(trades, early)

    assert whole.equals(tape_of(past, early))
    assert whole.equals(tape_of(past + other, early))


@given(trades_in_order, moments)
def test_swapping_buyers_and_sellers_mirrors_the_tape(trades, touches):
    tape = tape_of(trades, touches)
    swapped = tape_of([(ns, k, size, -side) for ns, k, size, side in trades], touches)

    turned = {"UP": "DOWN", "DOWN": "UP", "NONE": "NONE"}
    mirrored = swapped.with_columns(
        tape_buy_vol="tape_sell_vol",
        tape_sell_vol="tape_buy_vol",
        tape_imbalance=0 - pl.col("tape_imbalance"),
        tape_sweep_direction=pl.col("tape_sweep_direction").replace(turned),
    )
    assert tape.equals(mirrored)


@given(trades_in_order, moments)
def test_a_band_over_all_prices_keeps_every_contract(trades, touches):
    tape = tape_of(trades, touches, EVERYTHING)

    counted = tape.select(pl.sum_horizontal(pl.col("^tape_(buy|sell|unknown)_vol$"))).to_series()
    assert counted.to_list() == [
        sum(size for ns, _, size, _ in trades if at - 60 * SECOND <= ns < at) for at in touches
    ]
    assert tape["tape_velocity"].to_list() == [n / 60 for n in tape["tape_trades"]]


@given(trades_in_order, moments, st.integers(1, 10**6))
def test_the_hour_changes_nothing(trades, touches, seconds):
    later = [(ns + seconds * SECOND, *rest) for ns, *rest in trades]

    moved = tape_of(later, [at + seconds * SECOND for at in touches])

    assert moved.drop("ts_event_ns").equals(tape_of(trades, touches).drop("ts_event_ns"))


def test_real_trades_are_counted_as_the_slow_twin_counts_them(market_data):
    path = market_data / "es" / "glbx-mdp3-20231225.esh4.trades.dbn.zst"
    records = DBNStore.from_bytes(path.read_bytes()).to_ndarray()
    ticks = (records["price"] // 250_000_000).tolist()
    sides = [SIDES[side.decode()] for side in records["side"]]
    times, sizes = records["ts_event"].tolist(), records["size"].tolist()
    trades = list(zip(times, ticks, sizes, sides, strict=True))
    moments_of_all = times[::60]

    tape = tape_of(trades, moments_of_all, level_e=250 * ticks[0], params=EVERYTHING)

    assert sum(sizes) == 9_892
    for row, at in zip(tape.iter_rows(named=True), moments_of_all, strict=True):
        slow = oracle.tape(trades, at, 250 * ticks[0], EVERYTHING)
        assert [row[f"tape_{side}_vol"] for side in ("buy", "sell", "unknown")] == [
            slow[side] for side in ("buy", "sell", "unknown")
        ]
        assert row["tape_trades"] == slow["trades"]
        assert row["tape_sweep_notional"] == slow["notional"]
        if slow["slope"] is not None:
            assert row["tape_price_slope"] == pytest.approx(float(slow["slope"]), rel=1e-9)

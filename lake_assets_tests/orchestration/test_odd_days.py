"""Odd sessions from vendor files to Gold: each is survived, and says what it could not know."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog import (
    ES_MBP10,
    ES_SPY_BASIS,
    ES_TRADES,
    FRONT_CONTRACT,
    FUEL,
    LABELS,
    LEVELS,
    OHLCV_1M,
    OHLCV_2M,
    OPTION_FLOW,
    OPTION_GREEKS,
    SIGNALS,
    SPY_OPTIONS,
    TOUCHES,
)
from lake_assets.market.contracts import expiry_of, front_expiry
from lake_assets.orchestration.report import warnings_of
from lake_assets_tests.orchestration.odd_days import (
    BAD_BOOK,
    GOES_ON,
    HALF_DAY,
    HORIZON,
    LAST,
    MINUTE,
    NO_OPTIONS,
    QUIET,
    ROLL,
    THIN_TRADES,
    ZONE,
    between,
    front_of,
    known,
    measured,
    on,
    unknown,
)
from lake_assets_tests.sources.dbn_files import SECOND

YEAR = 365 * 86_400 * SECOND
OPENS_UTC = {BAD_BOOK: "14:30", ROLL: "13:30", THIN_TRADES: "13:30", NO_OPTIONS: "14:30"}
PREMARKET_LEVELS = {"PM_HIGH", "PM_LOW"}
OPTION_LEVELS = {"STRIKE", "CALL_WALL", "PUT_WALL", "GAMMA_FLIP"}


def clocks(column):
    """First and last moment of a column on New York's wall clock."""
    ends = (datetime.fromtimestamp(ns // SECOND, ZONE) for ns in (column.min(), column.max()))
    return tuple(f"{moment:%H:%M}" for moment in ends)


# Clock changes: the same hours on the wall, other hours in UTC


@on(*OPENS_UTC)
def test_a_session_beside_a_clock_change_keeps_its_wall_clock(odd):
    levels, signals, bars = (odd.table(each) for each in (LEVELS, SIGNALS, OHLCV_2M))
    opens = datetime.fromtimestamp(levels["minute_ns"].min() // SECOND, UTC)
    evening = datetime.fromtimestamp(bars["start_ns"][0] // SECOND, ZONE)

    assert f"{opens:%F %H:%M}" == f"{odd.day} {OPENS_UTC[odd.day]}"
    assert clocks(levels["minute_ns"]) == ("09:30", "15:59")
    assert clocks(odd.table(ES_SPY_BASIS)["minute_ns"]) == ("09:30", "16:00")
    assert clocks(levels.filter(pl.col("kind") == "OR_LOW")["known_at_ns"]) == ("09:45", "09:45")
    assert evening.date() == date.fromisoformat(odd.day) - timedelta(days=1)
    assert evening.hour == 18
    assert (bars["start_ns"] % (2 * MINUTE) == 0).all()
    assert clocks(signals["ts_event_ns"])[1] < "16:00"
    late = signals["ts_event_ns"] + HORIZON > odd.at("16:00")
    assert ((signals["label_reason"] == "PAST_CLOSE") == late).all()
    assert late.any()


@on(BAD_BOOK, ROLL, NO_OPTIONS)
def test_premarket_is_four_to_half_past_nine_on_the_wall(odd):
    night = front_of(odd, ES_TRADES).filter(between(odd.at("04:00"), odd.at("09:30")))
    levels = odd.table(LEVELS)

    for kind, ticks in (
        ("PM_HIGH", night["price_ticks"].max()),
        ("PM_LOW", night["price_ticks"].min()),
    ):
        level = levels.filter(pl.col("kind") == kind)
        assert level["minute_ns"].n_unique() == 390
        # SPY's scale moves with the basis, the level in the scale it was born in does not
        assert set(level["level_e"]) == {250 * ticks}


# The half day


@on(HALF_DAY)
def test_a_half_day_ends_at_one(odd):
    closes = odd.at("13:00")

    assert clocks(odd.table(LEVELS)["minute_ns"]) == ("09:30", "12:59")
    assert clocks(odd.table(ES_SPY_BASIS)["minute_ns"]) == ("09:30", "13:00")
    assert clocks(odd.table(OPTION_FLOW)["end_ns"]) == ("09:31", "13:00")
    assert odd.table(TOUCHES)["ts_event_ns"].max() < closes
    # the future trades on for a quarter of an hour, and its bars with it
    assert (front_of(odd, ES_TRADES)["ts_event_ns"] >= closes).any()
    assert clocks(odd.table(OHLCV_1M)["end_ns"].tail(1)) == ("13:15", "13:15")


@on(HALF_DAY)
def test_labels_of_a_half_day_are_cut_at_one(odd):
    labels = odd.table(LABELS)
    late = labels["label_horizon_end_ns"] > odd.at("13:00")

    assert ((labels["label_reason"] == "PAST_CLOSE") == late).all()
    assert 0 < late.sum() < labels.height
    values = measured(LABELS) - {"label_reason", "label_horizon_end_ns"}
    assert unknown(labels.filter(late), values) == values


@on(HALF_DAY)
def test_options_of_a_half_day_expire_at_one(odd):
    greeks = odd.table(OPTION_GREEKS)
    left = np.maximum(odd.at("13:00") - greeks["ts_event_ns"].to_numpy(), MINUTE)

    assert greeks.height > 10_000
    assert greeks["t_years"].to_numpy() == pytest.approx(left / YEAR, rel=1e-14)


# The roll


@on(ROLL)
def test_on_a_roll_day_the_contract_with_the_larger_night_is_read(odd):
    trades, day = odd.table(ES_TRADES), odd.session.day
    night = trades.filter(pl.col("ts_event_ns") < odd.at("09:30"))
    size = {symbol: rows["size"].sum() for (symbol,), rows in night.group_by("raw_symbol")}
    whole = {symbol: rows["size"].sum() for (symbol,), rows in trades.group_by("raw_symbol")}
    front = odd.table(FRONT_CONTRACT).row(0, named=True)

    assert (front["raw_symbol"], front["method"]) == ("ESM5", "overnight")
    assert front["volume_share"] == size["ESM5"] / sum(size.values())
    # neither the calendar nor the volume of the whole day would have chosen it
    assert expiry_of("ESH5", day) == front_expiry(day)
    assert whole["ESH5"] > 10 * whole["ESM5"]
    assert set(whole) == {"ESH5", "ESM5"}
    assert odd.quality(ES_TRADES)["spreads_dropped"] > 0


@on(ROLL)
def test_on_a_roll_day_every_engine_reads_that_contract_alone(odd):
    signals, touches = odd.table(SIGNALS), odd.table(TOUCHES)
    prints, book = front_of(odd, ES_TRADES), front_of(odd, ES_MBP10)
    states = book.filter(pl.col("flags") & LAST > 0)["ts_event_ns"].to_numpy()
    t = signals["ts_event_ns"].to_numpy()

    assert set(signals["front_symbol"]) == {"ESM5"}
    assert set(signals["front_method"]) == {"overnight"}
    assert odd.table(OHLCV_1M)["volume"].sum() == prints["size"].sum()
    met = touches.join(prints, on=["ts_event_ns", "price_ticks"], how="semi")
    assert met.height == touches.height > 1_000
    for name, ns in (("tape_trades", prints["ts_event_ns"].to_numpy()), ("book_updates", states)):
        counted = np.searchsorted(ns, t) - np.searchsorted(ns, t - MINUTE)
        assert np.array_equal(signals[name].to_numpy(), counted)


# No options


@on(NO_OPTIONS)
def test_a_day_without_options_says_so_and_goes_on(odd):
    signals = odd.table(SIGNALS)
    kinds = set(odd.table(LEVELS)["kind"].unique())

    assert [odd.table(each).height for each in (SPY_OPTIONS, OPTION_GREEKS, OPTION_FLOW)] == [0] * 3
    assert odd.quality(SPY_OPTIONS) == {"absent": 1}
    assert warnings_of(odd.quality(SPY_OPTIONS)) == {"absent": 1}
    assert kinds == set(LEVELS.dtypes["kind"].categories) - OPTION_LEVELS
    assert not set(signals["level_kind"].unique()) & OPTION_LEVELS
    assert signals.height > 1_000
    assert known(signals, [*GOES_ON, "barrier_state", "churn"]) == {
        *GOES_ON,
        "barrier_state",
        "churn",
    }
    assert set(signals["outcome"].drop_nulls()) == {"BREAK", "BOUNCE", "CHOP"}


@on(NO_OPTIONS)
def test_without_options_fuel_is_unknown_and_the_basis_a_ratio(odd):
    signals, basis = odd.table(SIGNALS), odd.table(ES_SPY_BASIS)

    assert unknown(signals, measured(FUEL)) == measured(FUEL)
    assert set(basis["conversion"]) == set(signals["conversion"]) == {"ratio"}
    assert basis.select("basis_u", "samples", "strikes").sum().row(0) == (0, 0, 0)
    assert basis["method_age_s"].null_count() == basis.height == 391
    assert set(signals["basis"]) == {0.0}


# Trades missing


@on(THIN_TRADES)
def test_without_premarket_trades_there_are_no_premarket_levels_and_the_rest_goes_on(odd):
    levels, signals, bars = (odd.table(each) for each in (LEVELS, SIGNALS, OHLCV_2M))

    assert set(levels["kind"].unique()) == set(LEVELS.dtypes["kind"].categories) - PREMARKET_LEVELS
    assert not set(signals["level_kind"].unique()) & PREMARKET_LEVELS
    assert odd.table(FRONT_CONTRACT)["method"].item() == "overnight"
    # the bars that were not made delay the long average; the short one is older than the morning
    short, long = (levels.filter(pl.col("kind") == kind) for kind in ("SMA_200", "SMA_400"))
    assert clocks(short["minute_ns"]) == ("09:30", "15:59")
    assert short["known_at_ns"].min() <= odd.at("04:00")
    assert long["minute_ns"].min() == bars["end_ns"][399] > odd.at("09:30")
    before = signals["minute_ns"] < bars["end_ns"][399]
    assert (signals["dist_to_sma_400"].is_null() == before).all()


@on(THIN_TRADES)
def test_a_silence_of_trades_in_the_horizon_leaves_no_label_and_takes_no_feature(odd):
    signals = odd.table(SIGNALS)
    stamps = front_of(odd, ES_TRADES)["ts_event_ns"].to_numpy()

    assert signals["label_reason"].to_list() == [
        reason(t, stamps, odd.at("16:00")) for t in signals["ts_event_ns"]
    ]
    across = signals.filter(between(QUIET.ends - HORIZON, QUIET.starts))
    silent = signals.filter(pl.col("label_reason") == "DATA_GAP")
    assert set(across["label_reason"]) == {"DATA_GAP"}
    values = measured(LABELS) - {"label_reason", "label_horizon_end_ns"}
    assert unknown(silent, values) == values
    assert known(silent, [*GOES_ON, "barrier_state"]) == {*GOES_ON, "barrier_state"}


def reason(t, stamps, closes):
    """Why a touch has a label or none, from the stamps of its path alone."""
    path = stamps[(stamps > t) & (stamps <= t + HORIZON)].tolist()
    if t + HORIZON > closes:
        return "PAST_CLOSE"
    gaps = [later - earlier for earlier, later in pairwise([t, *path, t + HORIZON])]
    return "DATA_GAP" if max(gaps) > MINUTE else "OK"

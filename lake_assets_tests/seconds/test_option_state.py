"""The whole state: against a slow twin, and what must hold whatever the rows are."""

import math
import os
import subprocess
import sys
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog.option_slots import PREFIXES, SUFFIXES
from lake_assets.catalog.option_state import OPTION_STATE
from lake_assets.market.option_vocabulary import BookSource, SpotSource
from lake_assets.seconds.option_state import build_option_state
from lake_assets.seconds.parameters import StateParams
from lake_assets_tests.oracles.option_session import Facts
from lake_assets_tests.oracles.option_state import option_state as slow_state
from lake_assets_tests.seconds.tapes import HALF_DAY, Market, short, tape

PARAMS = StateParams()
SECONDS = 300
CUTS = int(os.environ.get("LAKE_PROOF_CUTS", "12"))
LIVELY = {"swing": 8.0, "seed": 3}
MARKETS = {
    "calm": Market(),
    "last day, sparse, two expiries": Market(**LIVELY, hit_rate=0.4, days_to_expiry=(0, 6)),
    "fund": Market(underlying="SPY", strikes=7, swing=5.0, seed=4),
    "few strikes": Market(underlying="BANKNIFTY", strikes=5, swing=9.0, seed=5, hit_rate=0.2),
    "rolls": Market(**LIVELY, strikes=15),
}


def build(market, rows, seconds=SECONDS, params=PARAMS):
    return build_option_state(rows, short(market.session, seconds), market.registered, params)


def facts(market, seconds=SECONDS):
    """The registry's entry as the slow twin wants it."""
    entry, session = market.registered, market.session
    return Facts(
        name=entry.name,
        day=session.day,
        zone=entry.time_zone,
        opens_s=session.rth.opens // 10**9,
        seconds=seconds + 1,
        step=entry.strike_step,
        tick=str(entry.option_tick),
        lot=entry.lot_size_on(session.day),
        levels=entry.depth_levels,
        parity=entry.spot_source is SpotSource.PARITY,
        decimals=entry.spot_decimals,
        rate=entry.rate,
        known_after_s=2 if entry.source is BookSource.PACKED else 1,
        rel_delta_min_move=str(entry.rel_delta_min_move),
        morning_until=entry.morning_until,
        midday_until=entry.midday_until,
    )


def differs(name, fast, slow):
    if not isinstance(fast, float) or slow is None:
        return fast != slow
    # a volatility is found to 1e-9 of the forward's price only
    implied = any(f"_{greek}" in name for greek in ("iv", "delta", "gamma", "vega"))
    return not math.isclose(fast, slow, rel_tol=1e-6 if implied else 1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("hysteresis_pct", [0, 15])
@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
def test_every_cell_equals_the_slow_twin_s(market, hysteresis_pct):
    rows = tape(market)
    params = StateParams(atm_hysteresis_pct=hysteresis_pct)

    fast = build(market, rows, params=params).rows(named=True)
    slow = slow_state(rows.rows(named=True), facts(market), hysteresis_pct=hysteresis_pct)

    assert [set(line) for line in fast] == [set(line) for line in slow]
    wrong = {
        (t, name): (line[name], twin[name])
        for t, (line, twin) in enumerate(zip(fast, slow, strict=True))
        for name in line
        if differs(name, line[name], twin[name])
    }
    assert not wrong


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
def test_the_schema_holds(market):
    dataset = OPTION_STATE.of(market.underlying)
    found = build(market, tape(market))
    dataset.schema.validate(found)
    assert found.schema == dataset.dtypes


@pytest.mark.parametrize(
    ("market", "rows"),
    [
        (Market(), 22_501),
        (Market(underlying="SPY"), 23_401),
        (Market(underlying="SPY", day=HALF_DAY), 12_601),
    ],
)
def test_a_session_is_always_whole(market, rows):
    whole = tape(market)
    for given in (whole, whole.clear(), whole.sample(fraction=0.01, seed=2)):
        found = build_option_state(given, market.session, market.registered, PARAMS)
        assert found.height == rows
        assert found["timestamp"].diff().drop_nulls().unique().to_list() == [timedelta(seconds=1)]


def test_without_rows_nothing_is_known():
    market = Market()
    found = build(market, tape(market).clear())
    sure = {n for n, c in OPTION_STATE.of("NIFTY").columns.items() if c.null is None}

    assert {name for name in found.columns if found[name].null_count() == 0} == sure
    assert not found["feed_alive"].any()
    assert all((found[name] == 0).all() for name in ("rv_10s_n", "rv_120s_n", "forward_n"))


@pytest.mark.parametrize("underlying", ["NIFTY", "SPY"])
def test_nothing_is_filled_in_before_the_first_row(underlying):
    market = Market(underlying=underlying, start_s=100)
    early = build(market, tape(market)).head(100)
    nullable = [n for n, c in OPTION_STATE.of(underlying).columns.items() if c.null is not None]

    assert early.select(nullable).null_count().row(0) == (100,) * len(nullable)


@pytest.mark.parametrize("name", ["calm", "fund", "rolls"])
def test_the_order_of_rows_does_not_matter(name):
    market = MARKETS[name]
    rows = tape(market)
    whole = build(market, rows)
    for seed in range(3):
        shuffled = rows[np.random.default_rng(seed).permutation(rows.height)]
        assert build(market, shuffled).equals(whole)
        assert build(market, shuffled.lazy()).equals(whole)


def truncated(rows, cut):
    return rows.filter(pl.col("timestamp") < cut)


def gone_wild(rows, cut):
    """From the cut on: other prices, volumes and sizes, new strikes and a nearer expiry."""
    after = rows.filter(pl.col("timestamp") >= cut)
    wild = after.with_columns(
        pl.col("bp0", "sp0", "spot_price") * 10,
        pl.col("^[bs]q.$") * 7,
        volume=pl.lit(3, pl.Int64),
        vol_delta=pl.lit(1_000_000, pl.Int64),
    )
    nearer = wild.with_columns(pl.col("session_date").alias("expiry"), pl.col("strike") + 1)
    return pl.concat([truncated(rows, cut), wild, nearer])


@pytest.mark.parametrize("name", ["calm", "fund", "rolls"])
def test_the_future_changes_nothing(name):
    market = MARKETS[name]
    rows = tape(market)
    whole = build(market, rows)
    opens = pl.Series([market.opens_us]).cast(pl.Datetime("us", "UTC")).item()
    for cut_us in np.random.default_rng(11).integers(-5_000_000, SECONDS * 1_000_000, CUTS):
        cut = opens + timedelta(microseconds=int(cut_us))
        over = pl.col("timestamp") + timedelta(seconds=1) <= cut  # and known_at is not earlier
        past = whole.filter(over)
        for changed in (truncated(rows, cut), gone_wild(rows, cut)):
            found = build(market, changed).filter(over)
            assert found.equals(past), cut


@pytest.mark.parametrize("seed", range(4))
def test_missing_seconds_make_no_event(seed):
    market = Market(seed=seed, hit_rate=1.0)
    rows = tape(market)
    whole = build(market, rows)
    second = pl.col("timestamp").dt.epoch("s")
    lost = np.random.default_rng(seed).permutation(SECONDS)[: 60 * (seed + 1)]
    opens_s = market.opens_us // 1_000_000
    some = build(market, rows.filter(~second.is_in((opens_s + lost).tolist())))

    for prefix in PREFIXES:
        for flag in ("bid_pull", "ask_pull", "bid_replenish", "ask_replenish", "flicker_30s"):
            name = f"{prefix}_{flag}"
            assert whole[name].sum() > 0, name
            assert (whole[name].fill_null(value=False) | ~some[name].fill_null(value=False)).all()


def test_a_second_without_rows_has_no_change_and_no_fresh_field():
    market = MARKETS["rolls"]
    found = build(market, tape(market).sample(fraction=0.1, seed=1))
    blank = found.filter(~pl.col("feed_alive"))

    assert blank.height > 0
    for name in ("ret_1s", "ret_5s", "ret_10s", "gap_ret", "ce_dopt_1s", "ce_ofi_1s", "opt_vol_1s"):
        assert blank[name].null_count() == blank.height, name
    for prefix in PREFIXES:
        for suffix in SUFFIXES:
            old = found.filter(pl.col(f"{prefix}_age_s{suffix}").fill_null(99) > 5)
            for field in ("bid", "ask", "mid", "volume", "iv"):
                assert old[f"{prefix}_{field}{suffix}"].null_count() == old.height


@pytest.mark.parametrize("market", MARKETS.values(), ids=MARKETS)
def test_what_always_holds(market):
    found = build(market, tape(market))

    assert found["dte_days"].drop_nulls().n_unique() == 1
    assert (found["dte_days"].drop_nulls() >= 0).all()
    ratio = (found["rv_10s"] / found["rv_120s"]).drop_nulls().drop_nans()
    bound = (found["rv_120s_n"] / found["rv_10s_n"]).sqrt()
    assert ((found["rv_10s"] / found["rv_120s"]) <= bound * (1 + 1e-12)).drop_nulls().all()
    assert (ratio <= math.sqrt(15)).all()
    for prefix in PREFIXES:
        for suffix in SUFFIXES:
            solved = found[f"{prefix}_iv_quality{suffix}"].is_in(["ok", "wide", "filled"])
            assert (found[f"{prefix}_iv{suffix}"].is_not_null() == solved).all()


def test_volume_of_a_slot_is_its_contract_s_in_bronze():
    market = MARKETS["rolls"]
    rows = tape(market)
    found = build(market, rows)
    per_second = (
        rows.with_columns(timestamp=pl.col("timestamp").dt.truncate("1s"))
        .group_by("timestamp", "expiry", "strike", "opt_type")
        .agg(pl.col("vol_delta").sum(), unknown=pl.col("vol_delta").is_null().any())
        .filter(~pl.col("unknown"))
    )
    calls = per_second.filter(pl.col("opt_type") == "CE")
    joined = found.join(
        calls,
        left_on=["timestamp", "expiry", "ce_strike"],
        right_on=["timestamp", "expiry", "strike"],
    )
    assert joined.height > SECONDS / 2
    assert (joined["ce_vol_delta"] == joined["vol_delta"]).all()


def test_sizes_volumes_and_lots_in_another_unit_change_no_event():
    market = Market()
    rows = tape(market)
    scaled = rows.with_columns(pl.col("^[bs]q.$") * 3, pl.col("volume", "vol_delta") * 3)
    lots = StateParams(
        vol_small_lots=3 * PARAMS.vol_small_lots, min_depth_lots=3 * PARAMS.min_depth_lots
    )
    whole, found = build(market, rows), build(market, scaled, params=lots)

    same = [n for n in whole.columns if not n.endswith(("volume", "size", "vol_1s", "vol_30s"))]
    same = [n for n in same if not any(w in n for w in ("volume_", "vol_delta", "ofi", "depth_5"))]
    assert found.select(same).equals(whole.select(same))
    assert (found["ce_ofi_10s"] == 3 * whole["ce_ofi_10s"]).all()


def test_an_as_given_price_is_stored_unrounded():
    market = Market()
    rows = tape(market).with_columns(spot_price=pl.lit(24_600.049999))
    assert build(market, rows)["spot_price"].item(10) == 24_600.049999


HASHED = """
from hashlib import sha256
from lake_assets_tests.seconds.test_option_state import MARKETS, build, tape
market = MARKETS["rolls"]
print(sha256(build(market, tape(market)).write_ipc(None).getvalue()).hexdigest())
"""


def test_threads_and_the_host_s_zone_change_no_byte():
    found = {
        subprocess.run(
            [sys.executable, "-c", HASHED],
            env={**os.environ, "POLARS_MAX_THREADS": threads, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads, zone in (("1", "Asia/Kolkata"), ("4", "America/New_York"))
    }
    assert len(found) == 1
    assert len(found.pop().strip()) == 64

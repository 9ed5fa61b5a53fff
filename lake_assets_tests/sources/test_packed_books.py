"""Packed shards to Bronze: the contract, the clock, the account, and what decides nothing."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.errors import (
    CorruptFileError,
    MissingInputError,
    QuarantineError,
    WrongContentError,
)
from lake_assets.sources.inventory import scan_raw
from lake_assets_tests.sources.packed_shards import DAY, EXPIRY, OPEN, SCHEMA, frame, put, read, row

MANY = 1_000  # so many good rows that one bad one is within the limit


def crowd(*odd, count=MANY):
    return [row(at) for at in range(count)] + list(odd)


# The clock


def test_a_snapshots_time_is_the_exchanges_local_time(tmp_path):
    wrong = 1_754_039_700_000_000_000  # the vendor's number: the same digits read as UTC
    put(tmp_path, [row(timestamp_ns=wrong)])
    (found,) = read(tmp_path)[0].to_dicts()
    assert found["timestamp"] == datetime(2025, 8, 1, 3, 45, tzinfo=UTC)
    assert found["timestamp_ns"] == 1_754_019_900 * 10**9


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_the_hosts_clock_decides_nothing(tmp_path, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    put(tmp_path, [row()])
    assert read(tmp_path)[0]["timestamp_ns"].to_list() == [1_754_019_900 * 10**9]


def test_a_snapshot_of_1970_takes_its_time_from_the_other_clock(tmp_path):
    lost = datetime(1970, 1, 1, 9, 15)  # noqa: DTZ001 - as sent
    put(tmp_path, crowd(row(5, timestamp=lost, strike=24_100), row(timestamp=lost, ts=lost)))
    rows, quality = read(tmp_path)
    repaired = rows.filter(pl.col("strike") == 24_100)
    assert repaired["timestamp"].to_list() == [datetime(2025, 8, 1, 3, 45, 5, tzinfo=UTC)]
    assert quality["quarantined_bad_time"] == 1


def test_rows_before_the_open_and_after_the_close_stay(tmp_path):
    put(tmp_path, [row(-900), row(0), row(22_500 + 60)])
    assert read(tmp_path)[0].height == 3


# The vendor's numbers


def test_spot_is_what_it_was_before_it_became_a_float32(tmp_path):
    sent = np.float32(55_049.95)
    assert float(sent) == 55_049.94921875
    put(tmp_path, [row(spot_price=sent), row(1, spot_price=0.0), row(2, spot_price=np.nan)])
    assert read(tmp_path)[0]["spot_price"].to_list() == [55_049.95, None, None]


@given(cents=st.lists(st.integers(1, 9_999_999), min_size=1, max_size=50))
def test_every_price_below_a_hundred_thousand_survives_the_float32(tmp_path_factory, cents):
    folder = tmp_path_factory.mktemp("spot")
    put(folder, [row(at, spot_price=c / 100) for at, c in enumerate(cents)])
    assert read(folder)[0]["spot_price"].to_list() == [c / 100 for c in cents]


def test_an_absent_level_has_no_price_and_no_size(tmp_path):
    levels = [None, np.nan, 0.0, -1.0, 149.95]
    put(tmp_path, [row(at, bp0=price, bq0=75) for at, price in enumerate(levels)])
    rows = read(tmp_path)[0]
    assert rows["bp0"].to_list() == [None, None, None, None, 149.95]
    assert rows["bq0"].to_list() == [0, 0, 0, 0, 75]


def test_unknown_is_null_and_never_zero(tmp_path):
    nothing = dict.fromkeys(("price", "volume", "oi", "vol_delta", "spot_price", "bq3"))
    put(tmp_path, [row(**nothing)])
    (found,) = read(tmp_path)[0].to_dicts()
    unknown = ("price", "volume", "oi", "vendor_vol_delta", "spot_price", "bq3", "vol_delta")
    assert [found[name] for name in unknown] == [None] * len(unknown)
    assert found["vol_flag"] == "missing"


# Volume


def test_volume_is_differenced_within_a_contract_and_never_across_expiries(tmp_path):
    a = [row(at, volume=v) for at, v in ((1, 1_000), (3, 1_075), (4, 40), (5, 65))]
    other = date(2025, 8, 14)
    put(tmp_path, [*a, row(2, volume=5_000_000, expiry=other)])
    rows = read(tmp_path)[0]
    first, second = rows.filter(pl.col("expiry") == EXPIRY), rows.filter(pl.col("expiry") == other)
    assert first["vol_delta"].to_list() == [1_000, 75, 0, 25]
    assert first["vol_flag"].to_list() == ["first_known", "ok", "reset", "ok"]
    assert first["vol_elapsed_s"].to_list() == [None, 2, 1, 1]
    assert second["vol_delta"].to_list() == [5_000_000]


@pytest.mark.parametrize(
    ("at", "flag"), [(5, "first_known"), (6, "first_unknown"), (60, "first_unknown")]
)
def test_a_contract_that_turns_up_late_has_no_first_difference(tmp_path, at, flag):
    put(tmp_path, [row(at, volume=1_000)])
    (found,) = read(tmp_path)[0].to_dicts()
    assert (found["vol_delta"], found["vol_flag"]) == (
        1_000 if flag == "first_known" else None,
        flag,
    )


def test_how_late_is_a_parameter(tmp_path):
    put(tmp_path, [row(60, volume=1_000)])
    assert read(tmp_path, start_tolerance_s=60)[0]["vol_flag"].to_list() == ["first_known"]


# The account


@pytest.mark.parametrize(
    ("reason", "odd"),
    [
        ("wrong_day", {"timestamp": OPEN + timedelta(days=1)}),
        ("wrong_day", {"timestamp": OPEN - timedelta(hours=9, minutes=16)}),
        ("expired", {"expiry": date(2025, 7, 31)}),
        ("bad_strike", {"strike": 24_000.5}),
        ("bad_strike", {"strike": 0.0}),
        ("bad_strike", {"strike": None}),
        ("bad_type", {"opt_type": "XX"}),
        ("bad_type", {"opt_type": None}),
        ("negative", {"price": -0.05}),
        ("negative", {"sq4": -75}),
        ("negative", {"volume": -1}),
        ("bad_time", {"timestamp": None}),
    ],
)
def test_an_unusable_row_is_counted_by_its_reason(tmp_path, reason, odd):
    put(tmp_path, crowd(row(2_000, **odd)))
    rows, quality = read(tmp_path)
    assert rows.height == MANY
    assert quality[f"quarantined_{reason}"] == 1
    assert (quality["rows_read"], quality["rows_written"]) == (MANY + 1, MANY)


def test_too_many_unusable_rows_refuse_the_session(tmp_path):
    put(tmp_path, crowd(row(2_000, strike=0.0), count=998))
    with pytest.raises(QuarantineError, match=r"1 of 999: \{'bad_strike': 1\}"):
        read(tmp_path)


def test_each_shard_has_its_account(tmp_path):
    put(tmp_path, crowd(row(2_000, strike=0.0)), name="a")
    put(tmp_path, [row(0), row(1, price=151.0), row(3_000)], name="b")
    _, quality = read(tmp_path)
    names = ("rows_read", "rows_written", "dup_identical", "dup_conflicting", "quarantined")
    for shard in ("a.parquet: ", "b.parquet: ", ""):
        whole, *parts = (quality[f"{shard}{name}"] for name in names)
        assert whole == sum(parts)
    assert [quality[name] for name in names] == [MANY + 4, MANY + 1, 1, 1, 1]
    assert quality["shards"] == 2


def test_of_rows_of_one_moment_the_one_with_most_volume_stays(tmp_path):
    put(tmp_path, [row(volume=900, price=1.0), row(volume=1_000, price=2.0), row(volume=None)])
    rows, quality = read(tmp_path)
    assert rows["price"].to_list() == [2.0]
    assert (quality["dup_identical"], quality["dup_conflicting"]) == (0, 2)


def test_of_equal_volumes_the_later_trade_stays(tmp_path):
    later = {"lastTradeTime": OPEN + timedelta(seconds=1)}
    put(tmp_path, [row(price=2.0, **later), row(price=3.0)])
    assert read(tmp_path)[0]["price"].to_list() == [2.0]


rows_of_a_day = st.lists(
    st.builds(
        lambda at, volume, strike, kind, spot: row(
            at, volume=volume, strike=strike, opt_type=kind, spot_price=spot, bp0=float(at)
        ),
        st.integers(0, 3),
        st.none() | st.integers(0, 3),
        st.sampled_from([24_000.0, 24_050.0]),
        st.sampled_from(["CE", "PE"]),
        st.none() | st.sampled_from([24_000.05, 24_000.1]),
    ),
    min_size=1,
    max_size=30,
)


@given(rows_of_a_day, st.randoms(use_true_random=False), st.integers(1, 4))
def test_shards_and_the_order_of_rows_decide_nothing(tmp_path_factory, rows, chance, shards):
    whole, split = (tmp_path_factory.mktemp(name) for name in ("whole", "split"))
    put(whole, rows)
    shuffled = [*rows, chance.choice(rows)]
    chance.shuffle(shuffled)
    names = [f"part-{at}" for at in range(shards)]
    chance.shuffle(names)
    for at, name in enumerate(names):
        put(split, shuffled[at::shards], name=name)
    assert read(whole)[0].equals(read(split)[0])


@given(rows_of_a_day)
def test_bronze_equals_the_rules_read_aloud(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("aloud")
    put(folder, rows)
    found = read(folder)[0]
    groups = {}
    for one in rows:
        key = (one["opt_type"], one["strike"], one["timestamp"])
        groups.setdefault(key, []).append(one)

    def rank(one):
        price = one["bp0"] or None
        return tuple(
            (value is not None, value or 0) for value in (one["volume"], price, one["spot_price"])
        )

    expected = [max(groups[key], key=rank) for key in sorted(groups)]
    assert found["volume"].to_list() == [one["volume"] for one in expected]
    assert found["spot_price"].to_list() == [one["spot_price"] for one in expected]
    assert found["strike"].to_list() == [int(one["strike"]) for one in expected]


@given(rows_of_a_day, st.integers(0, 4))
def test_the_future_changes_nothing(tmp_path_factory, rows, cut):
    moment = (OPEN + timedelta(seconds=cut) - timedelta(hours=5, minutes=30)).replace(tzinfo=UTC)
    folder = tmp_path_factory.mktemp("cut")
    put(folder, rows)
    whole = read(folder)[0].filter(pl.col("timestamp") < moment)
    then = read(folder, as_of_ns=int(moment.timestamp()) * 10**9)[0]
    assert whole.equals(then)


# The contract


def test_a_shard_may_be_wider_than_the_contract_without_loss(tmp_path):
    plain = frame(crowd(count=5))
    wide = plain.with_columns(
        pl.col("volume", "bq0", "oi").cast(pl.Int32),
        pl.col("opt_type").cast(pl.Enum(["CE", "PE"])),
        pl.col("symbol").cast(pl.String),
        pl.col("strike").cast(pl.Int32),
        pl.col("timestamp", "ts").cast(pl.Datetime("ns")),
    )
    put(tmp_path / "plain", plain)
    put(tmp_path / "wide", wide)
    assert read(tmp_path / "plain")[0].equals(read(tmp_path / "wide")[0])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.drop("bo3"), r"column 28 to be bo3, found bp4|column 28 to be bo3"),
        (lambda f: f.with_columns(extra=1), "column 65 to be none"),
        (lambda f: f.rename({"vol_delta": "delta"}), "column 58 to be vol_delta, found delta"),
        (lambda f: f.select(*SCHEMA.names()[1:], "timestamp"), "column 1 to be timestamp"),
        (lambda f: f.with_columns(pl.col("price").cast(pl.Float32)), "column price to be float64"),
        (lambda f: f.with_columns(pl.col("volume").cast(pl.Float64)), "column volume to be int64"),
        (
            lambda f: f.with_columns(pl.col("timestamp").dt.replace_time_zone("UTC")),
            "column timestamp to be a time without zone",
        ),
        (lambda f: f.with_columns(pl.col("expiry").cast(pl.String)), "column expiry to be date"),
    ],
    ids=["missing", "extra", "renamed", "moved", "narrowed", "float", "zone", "text date"],
)
def test_one_bad_shard_refuses_the_session_before_a_row_is_read(tmp_path, change, told):
    put(tmp_path, crowd(), name="a")
    put(tmp_path, change(frame(crowd(count=5))), name="b")
    with pytest.raises(WrongContentError, match=rf"b\.parquet: expected .*{told}"):
        read(tmp_path)


def test_a_cut_shard_is_named(tmp_path):
    path = put(tmp_path, crowd())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CorruptFileError, match=r"part-0\.parquet: expected a whole Parquet file"):
        read(tmp_path)


def test_a_shard_gone_between_listing_and_reading_refuses(tmp_path):
    put(tmp_path, crowd(), name="a")
    path = put(tmp_path, crowd(), name="b")
    inventory = scan_raw(tmp_path)
    path.unlink()
    with pytest.raises(MissingInputError, match=r"b\.parquet"):
        read(tmp_path, inventory=inventory)


def test_a_shard_that_grew_since_it_was_listed_refuses(tmp_path):
    put(tmp_path, crowd())
    inventory = scan_raw(tmp_path)
    put(tmp_path, crowd(count=10))
    with pytest.raises(CorruptFileError, match="as when the raw folder was scanned"):
        read(tmp_path, inventory=inventory)


# The folder


def test_a_session_nobody_recorded_is_not_one_on_which_nothing_happened(tmp_path):
    put(tmp_path, crowd(), underlying="BANKNIFTY")
    put(tmp_path, crowd(), day=date(2025, 7, 31))
    with pytest.raises(MissingInputError, match="2025-08-01/NIFTY: expected packed Parquet shards"):
        read(tmp_path)


def test_a_shard_without_rows_is_read_as_such(tmp_path):
    put(tmp_path, [])
    rows, quality = read(tmp_path)
    assert (rows.height, quality["rows_read"]) == (0, 0)


def test_simulated_shards_are_known_as_such_and_meet_no_others(tmp_path):
    folder = put(tmp_path, crowd()).parent
    (folder / "metadata.json").write_text('{"simulated": true}')
    assert read(tmp_path)[1]["provenance"] == "simulated"
    put(tmp_path, crowd(), underlying="BANKNIFTY")
    assert read(tmp_path, underlying="BANKNIFTY")[1]["provenance"] == "vendor"


def test_another_underlying_decides_nothing(tmp_path):
    put(tmp_path, crowd())
    alone = read(tmp_path)[0]
    put(tmp_path, [row(volume=7)], underlying="BANKNIFTY", day=DAY)
    assert read(tmp_path)[0].equals(alone)

"""Simulated option books on disk: the vendor's layout, same bytes each time, flaws as asked."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from lake_assets.errors import ComputationRefusedError, ConflictingInputError
from lake_assets.market.option_vocabulary import BookSource
from lake_assets.market.sessions import Calendar, Interval, session_on
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.market.vocabulary import Provenance
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.raw_file import SIMULATED_MARK
from lake_assets_tests.oracles.simulated_options import option_price
from lake_assets_tests.simulation.option_books_reader import hours_of, read_tape
from lake_assets_tests.simulation.vendor_reader import store_of

DAY = date(2025, 8, 1)
BRIEF_S = 2_400
NIFTY = UNDERLYINGS["NIFTY"]
LADDER = [f"{side}{part}{level}" for side in "bs" for level in range(5) for part in "qpo"]
COLUMNS = [
    *["timestamp", "price", "qty", "avgPrice", "volume", "bQty", "sQty"],
    *["open", "high", "low", "close", "changeper", "lastTradeTime", "oi", "oiHigh", "oiLow"],
    *LADDER,
    *["symbol", "opt_type", "strike", "year", "month", "ts", "timestamp_ns", "expiry"],
    "expiry_type",
    *["is_monthly", "is_weekly", "vol_delta", "spot_price", "distance_from_spot", "moneyness_pct"],
    *["intrinsic_value", "mid_price", "time_value"],
]
TYPES = {
    "timestamp": pl.Datetime("us"),
    "price": pl.Float64,
    "volume": pl.Int64,
    "lastTradeTime": pl.Datetime("us"),
    "bq4": pl.Int64,
    "sp0": pl.Float64,
    "opt_type": pl.Categorical,
    "strike": pl.Float32,
    "month": pl.Int16,
    "expiry": pl.Date,
    "is_weekly": pl.Boolean,
    "spot_price": pl.Float32,
}


def make(root, name="NIFTY", day=DAY, *, overwrite=False, seconds=None, **params):
    """Simulate a day, or only the first seconds of it."""
    underlying = UNDERLYINGS[name]
    session = session_on(day, underlying.calendar)
    if seconds is not None:
        opens = session.rth.opens
        session = replace(session, rth=Interval(opens, opens + seconds * 10**9))
    return simulate_option_books(
        session, underlying, root, OptionBookParams(**params), overwrite=overwrite
    )


def digests(root):
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def shards(made):
    return pl.concat([pl.read_parquet(file.path) for file in made.books])


@pytest.fixture(scope="module")
def nifty(tmp_path_factory):
    return make(tmp_path_factory.mktemp("raw"), seed=3)


@pytest.fixture(scope="module")
def flawed(tmp_path_factory):
    return make(tmp_path_factory.mktemp("raw"), seed=3, flaws=True)


def test_the_columns_are_the_packed_layouts(nifty):
    assert len(COLUMNS) == 64
    for file in nifty.books:
        schema = pl.read_parquet_schema(file.path)
        assert list(schema) == COLUMNS
        assert {name: schema[name] for name in TYPES} == TYPES


def test_files_stand_where_the_lake_looks_and_say_what_they_are(nifty):
    folder = nifty.books[0].path.parent
    assert folder.parts[-3:] == ("option_books", "2025-08-01", "NIFTY")
    assert len(nifty.books) == 2
    assert nifty.path("answers") == folder.parent / "answers_NIFTY_2025-08-01.parquet"
    assert json.loads((folder / "metadata.json").read_text())["simulated"] is True
    for file in nifty.files:
        assert SIMULATED_MARK.encode() in pq.read_schema(file.path).metadata


def test_a_shard_says_by_itself_that_it_is_simulated(tmp_path):
    made = make(tmp_path / "made", seconds=BRIEF_S, seed=1)
    alone = tmp_path / "raw" / "option_books" / "2025-08-01" / "NIFTY" / "part.parquet"
    alone.parent.mkdir(parents=True)
    alone.write_bytes(made.books[0].path.read_bytes())
    (file,) = scan_raw(tmp_path / "raw").files
    assert file.provenance is Provenance.SIMULATED
    pl.read_parquet(alone).write_parquet(alone)  # as a vendor would have
    (file,) = scan_raw(tmp_path / "raw").files
    assert file.provenance is Provenance.VENDOR


def test_a_day_has_two_expiries_and_enough_strikes_every_second(nifty):
    rows = shards(nifty)
    assert rows["expiry"].n_unique() == 2
    assert rows["expiry"].min() == date(2025, 8, 7)
    assert rows["strike"].n_unique() == 21
    seconds = rows["timestamp"].unique().sort()
    assert seconds[0] == datetime(2025, 8, 1, 9, 15)  # noqa: DTZ001 the vendor's time has no zone
    assert seconds[-1] == datetime(2025, 8, 1, 15, 30)  # noqa: DTZ001 the same
    assert len(seconds) == 22_501
    near = rows.filter(
        pl.col("expiry") == date(2025, 8, 7), pl.col("distance_from_spot").abs() <= 150
    )
    counts = near.group_by("timestamp").len()["len"]
    assert counts.min() >= 10


def test_books_are_uncrossed_on_the_tick_and_deep(nifty):
    rows = shards(nifty)
    bids = rows.filter(pl.col("bp0") > 0)
    assert bids.height > 0.9 * rows.height
    assert (bids["bp0"] < bids["sp0"]).all()
    assert (rows["bq0"] > 0).sum() == bids.height
    for name in ("bp0", "sp0", "bp4", "sp4", "price"):
        ticks = rows[name].to_numpy() * 20
        assert np.abs(ticks - np.rint(ticks)).max() < 1e-6
    for level in range(4):
        higher, lower = bids[f"bp{level}"], bids[f"bp{level + 1}"]
        assert (higher - lower).filter(lower > 0).to_numpy() == pytest.approx(0.05)
    assert (rows["bq3"] % nifty.underlying.lot_size_on(DAY) == 0).all()


def test_volume_only_grows(nifty):
    rows = shards(nifty).sort("expiry", "opt_type", "strike", "timestamp")
    growth = rows.select(pl.col("volume").diff().over("expiry", "opt_type", "strike"))["volume"]
    assert growth.drop_nulls().min() == 0
    assert rows["volume"].max() > 100_000


@pytest.mark.parametrize("name", UNDERLYINGS)
def test_quotes_lie_about_the_price_of_the_true_smile(name, tmp_path):
    """A sample of books against an integral over the end price, from the truth beside them."""
    made = make(tmp_path, name, seed=1, days_to_expiry=3)
    tape, truth = read_tape(made), pl.read_parquet(made.path("truth"))
    assert truth["expiry"].unique().to_list() == [tape.expiry]
    tick, rate = made.underlying.option_tick, made.underlying.rate
    quiet = truth.filter(pl.col("second_of_session") % 3_001 == 200)
    years = (3 * 86_400 + hours_of(made)[1] - 1 - quiet["second_of_session"]) / 31_536_000
    checked = 0
    for row, left in zip(quiet.to_dicts(), years, strict=True):
        assert row["forward"] == pytest.approx(row["spot"] * np.exp(rate * left), rel=1e-7)
        for leg in ("CE", "PE"):
            if abs(row["strike"] - row["spot"]) > 2.5 * made.underlying.strike_step:
                continue
            book = tape.at(leg, row["strike"], row["second_of_session"])
            fair = option_price(row["spot"], row["strike"], left, row["iv"], rate, call=leg == "CE")
            middle = (book["bid"] + book["ask"]) / 2 * tick
            assert middle == pytest.approx(fair, abs=0.26 * tick + 1e-4 * fair)
            checked += 1
    assert checked >= 60


def test_spot_by_parity_is_the_true_spot(tmp_path):
    made = make(tmp_path, "SPY", seed=1)
    truth = (
        pl.read_parquet(made.path("truth")).unique("second_of_session").sort("second_of_session")
    )
    assert np.abs(read_tape(made).spot - truth["spot"].to_numpy()).max() < 0.01


@pytest.mark.parametrize("name", ["NIFTY", "SPY"])
def test_the_same_parameters_give_the_same_bytes(name, tmp_path):
    for root in ("a", "b"):
        make(tmp_path / root, name, seconds=BRIEF_S, seed=9, flaws=True)
    make(tmp_path / "c", name, seconds=BRIEF_S, seed=10, flaws=True)
    first, again, other = (digests(tmp_path / root) for root in "abc")
    assert first == again
    told = ("books_", "answers_", "truth_", "bbo")
    data, others = (
        {digest for name, digest in each.items() if any(word in name for word in told)}
        for each in (first, other)
    )
    assert len(data) == 4
    assert not data & others


MAKE = """
import sys
from pathlib import Path
from lake_assets_tests.simulation.test_option_books import BRIEF_S, make
make(Path(sys.argv[1]), sys.argv[2], seconds=BRIEF_S, seed=9, flaws=True)
"""


@pytest.mark.parametrize("name", ["NIFTY", "SPY"])
def test_neither_threads_nor_the_hosts_zone_change_a_byte(name, tmp_path):
    make(tmp_path / "here", name, seconds=BRIEF_S, seed=9, flaws=True)
    environ = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "TZ": "Asia/Kolkata"}
    subprocess.run(
        [sys.executable, "-c", MAKE, str(tmp_path / "there"), name],
        check=True,
        env={**os.environ, **environ, "PYTHONHASHSEED": "7"},
    )
    assert digests(tmp_path / "here") == digests(tmp_path / "there")


def test_what_is_there_is_left_alone_and_what_is_cut_is_made_again(tmp_path):
    made = make(tmp_path, seconds=BRIEF_S, seed=1)
    before = {file.path: file.path.stat().st_mtime_ns for file in made.files}
    assert make(tmp_path, seconds=BRIEF_S, seed=1) == made
    assert {path: path.stat().st_mtime_ns for path in before} == before
    made.books[0].path.parent.joinpath("metadata.json").write_text('{"simulated": true}')
    made.books[1].path.unlink()
    assert make(tmp_path, seconds=BRIEF_S, seed=1) == made


@pytest.mark.parametrize("name", ["NIFTY", "SPY"])
def test_another_simulation_is_replaced_only_when_asked(name, tmp_path):
    make(tmp_path, name, seconds=BRIEF_S, seed=1)
    with pytest.raises(ConflictingInputError, match="overwrite"):
        make(tmp_path, name, seconds=BRIEF_S, seed=2)
    replaced = make(tmp_path, name, seconds=BRIEF_S, seed=2, overwrite=True)
    make(tmp_path / "fresh", name, seconds=BRIEF_S, seed=2)
    fresh = digests(tmp_path / "fresh")
    found = {n: d for n, d in digests(tmp_path).items() if not n.startswith("fresh")}
    assert found == fresh
    assert replaced.params.seed == 2


def test_a_changed_file_is_refused(tmp_path):
    made = make(tmp_path, seconds=BRIEF_S, seed=1)
    with made.books[1].path.open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(ConflictingInputError, match="does not describe"):
        make(tmp_path, seconds=BRIEF_S, seed=1)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_vendors_shards_are_never_touched(overwrite, tmp_path):
    folder = tmp_path / "option_books" / "2025-08-01" / "NIFTY"
    folder.mkdir(parents=True)
    pl.DataFrame({"timestamp": [1]}).write_parquet(folder / "part.parquet")
    before = digests(tmp_path)
    with pytest.raises(ConflictingInputError, match="mark of a simulation"):
        make(tmp_path, seconds=BRIEF_S, overwrite=overwrite)
    assert digests(tmp_path) == before


def test_one_underlying_leaves_another_alone(tmp_path):
    make(tmp_path, "NIFTY", seconds=BRIEF_S, seed=1)
    before = digests(tmp_path)
    make(tmp_path, "BANKNIFTY", seconds=BRIEF_S, seed=1)
    make(tmp_path, "BANKNIFTY", seconds=BRIEF_S, seed=2, overwrite=True)
    after = digests(tmp_path)
    assert {name: after[name] for name in before} == before


def test_a_quiet_day_has_no_answers(tmp_path):
    made = make(tmp_path, seed=1, quiet=True)
    answers = pl.read_parquet(made.path("answers"))
    assert answers.is_empty()
    assert answers.columns[:3] == ["plant_id", "kind", "start"]
    assert sum(file.records for file in made.books) > 250_000


def test_every_flaw_is_there(flawed):
    rows = shards(flawed)
    key = ["expiry", "opt_type", "strike", "timestamp"]
    early = rows.filter(pl.col("timestamp").dt.hour() == 9, pl.col("timestamp").dt.minute() < 15)
    assert early.height == 84
    assert early["volume"].max() == 0
    undated = rows.filter(pl.col("timestamp").dt.year() == 1970)
    assert undated.height == 1
    assert undated["ts"][0].date() == DAY
    assert rows.filter(pl.col("expiry") < DAY).height == 5
    assert rows.height - rows.unique().height == 200
    known = rows.filter(pl.col("timestamp").dt.year() == 2025, pl.col("expiry") > DAY).unique()
    twice = known.group_by(key).len().filter(pl.col("len") == 2)
    assert 40 <= twice.height <= 50
    opened = known.filter(pl.col("timestamp").dt.time() >= time(9, 15))
    assert 22_501 - opened["timestamp"].n_unique() == 20


def test_one_volume_starts_again(flawed):
    rows = shards(flawed).filter(
        pl.col("timestamp").dt.year() == 2025, pl.col("expiry") == date(2025, 8, 7)
    )
    top = rows.filter(pl.col("strike") == rows["strike"].max(), pl.col("opt_type") == "CE")
    once = top.unique("timestamp", keep="first", maintain_order=True).sort("timestamp")
    assert (once["volume"].diff() < 0).sum() == 1


def test_flaws_spare_the_plants(flawed):
    """Whole seconds are lost away from what is planted, and of two books the last is the true."""
    answers = pl.read_parquet(flawed.path("answers")).filter(pl.col("kind") != "chop")
    rows = shards(flawed)
    opens = datetime(2025, 8, 1, 9, 15)  # noqa: DTZ001 the vendor's time has no zone
    there = set(rows["timestamp"].to_list())
    lost = [s for s in range(22_501) if opens + timedelta(seconds=s) not in there]
    for start, end in answers.select("start_second", "end_second").iter_rows():
        assert not [second for second in lost if start - 35 <= second <= end + 35]


def test_dbn_books_are_stamped_with_the_end_of_their_second(tmp_path):
    made = make(tmp_path, "SPY", seed=1)
    assert made.underlying.source is BookSource.DBN
    opens, seconds = hours_of(made)
    paths = {file.path.name.split(".")[1]: file.path for file in made.books}
    store = store_of(paths["cbbo-1s"])
    assert store.metadata.not_found == [SIMULATED_MARK]
    quotes, trades = store.to_ndarray(), store_of(paths["tcbbo"]).to_ndarray()
    received = quotes["ts_recv"].astype(np.int64)
    assert (received % 10**9 == 0).all()
    assert (received[0], received[-1]) == (opens + 10**9, opens + seconds * 10**9)
    assert set(quotes["rtype"].tolist()) == {192}
    sold = trades["ts_recv"].astype(np.int64)
    assert (np.diff(sold) >= 0).all()
    assert opens <= sold[0]
    keys = set(zip(quotes["instrument_id"].tolist(), (received // 10**9 - 1).tolist(), strict=True))
    alone = [
        key
        for key in zip(trades["instrument_id"].tolist(), (sold // 10**9).tolist(), strict=True)
        if key not in keys
    ]
    assert 0 < len(alone) < len(sold)


def test_dbn_books_lose_seconds_and_repeat_quotes(tmp_path):
    made = make(tmp_path, "SPY", seed=1, flaws=True)
    (path,) = (file.path for file in made.books if ".cbbo-1s." in file.path.name)
    quotes = store_of(path).to_ndarray()
    rows = set(zip(quotes["ts_recv"].tolist(), quotes["instrument_id"].tolist(), strict=True))
    assert 100 < len(quotes) - len(rows) <= 200
    assert hours_of(made)[1] - len(set(quotes["ts_recv"].tolist())) == 20


def test_the_calendar_must_be_the_underlyings(tmp_path):
    nse = session_on(DAY, Calendar.NSE)
    with pytest.raises(ComputationRefusedError, match="SPY follows"):
        simulate_option_books(nse, UNDERLYINGS["SPY"], tmp_path, OptionBookParams())
    thanksgiving = session_on(date(2025, 11, 27))
    with pytest.raises(ComputationRefusedError, match="do not trade"):
        simulate_option_books(thanksgiving, UNDERLYINGS["SPY"], tmp_path, OptionBookParams())


@pytest.mark.parametrize("asked", [{"strikes": 20}, {"shards": 1}, {"speed": 1}], ids=str)
def test_what_cannot_be_is_refused(asked):
    with pytest.raises(ValidationError):
        OptionBookParams(**asked)


def test_a_half_day_is_as_long_as_it_is(tmp_path):
    made = make(tmp_path, "SPY", date(2025, 11, 28), seed=1)
    truth = pl.read_parquet(made.path("truth"))
    assert truth["second_of_session"].max() == 12_600
    kinds = set(pl.read_parquet(made.path("answers"))["kind"].cast(pl.String))
    assert {"burst", "fear", "chop", "flicker", "vacuum"} <= kinds

"""Real NSE chains: refused as they are by name, and read once they are packed."""

from datetime import date, datetime

import polars as pl
import pytest

from lake_assets.errors import CorruptFileError, WrongContentError
from lake_assets_tests.sources.packed_shards import put, read, row

DAY = date(2025, 8, 29)
STRIKES = {"NIFTY": 50, "BANKNIFTY": 100}


def packed(path):
    """A snapshot of the whole chain as packed rows: one level, no spot, as it was collected."""
    for line in pl.read_parquet(path).to_dicts():
        stamp = datetime.strptime(line["Fetch_Time"], "%d-%b-%Y %H:%M:%S")  # noqa: DTZ007 - local
        for kind, side in (("CE", "CALLS"), ("PE", "PUTS")):
            sizes = {f"{s}q{level}": None for s in "bs" for level in range(1, 5)}
            yield (
                row()
                | sizes
                | {
                    "timestamp": stamp,
                    "ts": stamp,
                    "lastTradeTime": None,
                    "opt_type": kind,
                    "strike": float(line["Strike_Price"]),
                    "expiry": datetime.strptime(line["Expiry_Date"], "%d-%b-%Y").date(),  # noqa: DTZ007
                    "price": line[f"{side}_LTP"],
                    "volume": line[f"{side}_Volume"],
                    "oi": int(line[f"{side}_OI"]),
                    "bp0": line[f"{side}_Bid_Price"],
                    "bq0": line[f"{side}_Bid_Qty"],
                    "sp0": line[f"{side}_Ask_Price"],
                    "sq0": line[f"{side}_Ask_Qty"],
                    "spot_price": None,
                    "vol_delta": None,
                }
            )


@pytest.mark.parametrize("underlying", STRIKES)
def test_a_chain_snapshot_is_no_packed_book_and_the_first_column_says_why(
    market_data, tmp_path, underlying
):
    source = market_data / "nse" / f"{underlying.lower()}_20250829_142235.parquet"
    put(tmp_path, pl.read_parquet(source), underlying=underlying, day=DAY)
    with pytest.raises(WrongContentError, match="column 1 to be timestamp, found Fetch_Time"):
        read(tmp_path, underlying=underlying, day=DAY)


def test_five_level_ticks_in_text_are_no_shard(market_data, tmp_path):
    folder = put(tmp_path, [row()], day=DAY).parent
    ticks = (market_data / "nse" / "nifty-future-depth5-20251229.csv").read_bytes()
    (folder / "ticks.parquet").write_bytes(ticks)
    with pytest.raises(CorruptFileError, match=r"ticks\.parquet: expected a whole Parquet file"):
        read(tmp_path, day=DAY)


@pytest.mark.parametrize("underlying", STRIKES)
def test_real_chains_survive_packing(market_data, tmp_path, underlying):
    sources = sorted((market_data / "nse").glob(f"{underlying.lower()}_20250829_*.parquet"))
    for at, source in enumerate(sources):
        put(tmp_path, list(packed(source)), name=f"{at}", underlying=underlying, day=DAY)
    rows, quality = read(tmp_path, underlying=underlying, day=DAY)
    contracts = rows.select("expiry", "opt_type", "strike").n_unique()
    # Two of the twelve collections have the exchange's time of the one before them, and nearly
    # always its numbers.
    assert rows.height == 10 * contracts
    assert quality["dup_identical"] + quality["dup_conflicting"] == 2 * contracts
    assert quality["dup_identical"] > 9 * quality["dup_conflicting"]
    assert quality["quarantined"] == 0
    first = rows.filter(pl.col("vol_elapsed_s").is_null())
    known = pl.col("vol_flag") == "first_known"
    # Seen first in the afternoon: only what had not traded at all was seen from its start.
    assert set(first.filter(known)["volume"]) == {0}
    assert set(first.filter(~known)["vol_flag"].cast(pl.String)) == {"first_unknown"}
    assert set(rows.filter(pl.col("sp0").is_null())["sq0"]) == {0}

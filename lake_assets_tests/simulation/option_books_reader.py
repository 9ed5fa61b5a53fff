"""Simulated option books read back from their files, the plainest way, second by second."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from lake_assets.market.option_vocabulary import BookSource
from lake_assets_tests.simulation.vendor_reader import store_of

UNDEFINED = 2**63 - 1
NANOS = 10**9


@dataclass(frozen=True)
class Tape:
    """The nearer expiry: a table a contract, by second; spot a second, null where unknown.

    Tables have the columns second, bid, ask (ticks, 0 for none), bid_depth, ask_depth, traded
    (units, since the second before).
    """

    expiry: date
    spot: np.ndarray
    books: dict[tuple[str, int], pl.DataFrame]

    def at(self, leg, strike, second):
        """The row of a contract in a second."""
        book = self.books[leg, strike]
        place = book["second"].search_sorted(second)
        row = book.row(place, named=True)
        assert row["second"] == second, f"{strike} {leg} has no row in second {second}"
        return row

    def strikes(self):
        """Every strike, upward."""
        return sorted({strike for _, strike in self.books})


def read_tape(made):
    """The tape of a simulated day of one underlying."""
    read = _read_packed if made.underlying.source is BookSource.PACKED else _read_dbn
    return read(made)


def hours_of(made):
    """Open and number of grid seconds."""
    rth = made.session.rth
    return rth.opens, (rth.closes - rth.opens) // NANOS + 1


def _books(rows):
    rows = rows.sort("second")
    return {
        (leg, int(strike)): book.drop("leg", "strike")
        for (leg, strike), book in rows.partition_by(["leg", "strike"], as_dict=True).items()
    }


def _read_packed(made):
    opens, seconds = hours_of(made)
    rows = pl.concat([pl.read_parquet(file.path) for file in made.books])
    expiry = rows["expiry"].min()
    ticks = round(1 / made.underlying.option_tick)
    zone = made.underlying.time_zone
    rows = rows.filter(pl.col("expiry") == expiry).with_columns(
        second=pl.col("timestamp").dt.replace_time_zone(zone).dt.epoch("s") - opens // NANOS,
        leg=pl.col("opt_type").cast(pl.String),
        strike=pl.col("strike").cast(pl.Int64),
        bid=(pl.col("bp0") * ticks).round().cast(pl.Int64),
        ask=(pl.col("sp0") * ticks).round().cast(pl.Int64),
        bid_depth=pl.sum_horizontal(f"bq{level}" for level in range(5)),
        ask_depth=pl.sum_horizontal(f"sq{level}" for level in range(5)),
        cents=(pl.col("spot_price").cast(pl.Float64) * 100 + 0.5).floor(),
    )
    rows = rows.sort("leg", "strike", "second").with_columns(
        traded=pl.col("volume").diff().over("leg", "strike").fill_null(pl.col("volume"))
    )
    spot = np.full(seconds, np.nan)
    spot[rows["second"].to_numpy()] = rows["cents"].to_numpy() / 100
    names = ("leg", "strike", "second", "bid", "ask", "bid_depth", "ask_depth", "traded")
    return Tape(expiry, spot, _books(rows.select(names)))


def _read_dbn(made):
    opens, seconds = hours_of(made)
    paths = {file.path.name.split(".")[1]: file.path for file in made.books}
    records = {name: store_of(path).to_ndarray() for name, path in paths.items()}
    symbols = {
        int(each["instrument_id"]): each["raw_symbol"].decode() for each in records["definition"]
    }
    named = pl.DataFrame(
        {"id": list(symbols), "symbol": list(symbols.values())}, schema_overrides={"id": pl.UInt32}
    ).select(
        "id",
        expiry=pl.col("symbol").str.slice(6, 6).str.to_date("%y%m%d"),
        leg=pl.col("symbol").str.slice(12, 1) + "E",
        strike=pl.col("symbol").str.slice(13, 8).cast(pl.Int64) // 1000,
    )
    expiry = named["expiry"].min()
    quotes, trades = (
        pl.DataFrame({"id": r["instrument_id"], "received": r["ts_recv"].astype(np.int64), **more})
        .join(named, on="id")
        .filter(pl.col("expiry") == expiry)
        for r, more in (
            (records["cbbo-1s"], _quote_columns(records["cbbo-1s"])),
            (records["tcbbo"], {"size": records["tcbbo"]["size"].astype(np.int64)}),
        )
    )
    sold = trades.with_columns(second=(pl.col("received") - opens) // NANOS)
    sold = sold.group_by("leg", "strike", "second").agg(traded=pl.col("size").sum())
    rows = quotes.with_columns(second=(pl.col("received") - 1 - opens) // NANOS).join(
        sold, on=["leg", "strike", "second"], how="left"
    )
    names = ("leg", "strike", "second", "bid", "ask", "bid_depth", "ask_depth")
    books = _books(rows.select(*names, pl.col("traded").fill_null(0)))
    return Tape(expiry, _parity(made, expiry, books, opens, seconds), books)


def _quote_columns(records):
    bid = np.where(records["bid_px_00"] == UNDEFINED, 0, records["bid_px_00"])
    return {
        "bid": bid // 10**7,
        "ask": records["ask_px_00"] // 10**7,
        "bid_depth": records["bid_sz_00"].astype(np.int64),
        "ask_depth": records["ask_sz_00"].astype(np.int64),
    }


def _parity(made, expiry, books, opens, seconds):
    """Spot as the specification takes it from calls and puts, second by second."""
    zone = ZoneInfo(made.underlying.time_zone)
    closes = datetime.combine(expiry, made.underlying.closes, zone).timestamp()
    gaps = [[] for _ in range(seconds)]  # (strike, call less put) of each second
    for strike in sorted({strike for _, strike in books}):
        pair = books["CE", strike].join(books["PE", strike], on="second", suffix="_p")
        pair = pair.filter(pl.col("bid") > 0, pl.col("bid_p") > 0).select(
            "second", (pl.col("bid") + pl.col("ask") - pl.col("bid_p") - pl.col("ask_p")) / 200
        )
        for second, gap in pair.iter_rows():
            gaps[second].append((strike, gap))
    spot = np.full(seconds, np.nan)
    for second, found in enumerate(gaps):
        if len(found) >= 3:
            grown = math.exp(
                made.underlying.rate * max(closes - opens // NANOS - second, 0) / 31_536_000
            )
            centre = min(found, key=lambda each: (abs(each[1]), each[0]))[0]
            nearest = sorted(found, key=lambda each: (abs(each[0] - centre), each[0]))[:5]
            spot[second] = np.median([strike + grown * gap for strike, gap in nearest]) / grown
    return spot

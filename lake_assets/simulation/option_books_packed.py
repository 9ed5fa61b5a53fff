"""Rows of simulated option books in the packed layout of 64 columns, as the vendor fills it."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from lake_assets.market.option_vocabulary import OptionType
from lake_assets.simulation.option_books_plants import Course
from lake_assets.simulation.option_books_rows import BookRows
from lake_assets.simulation.option_books_scene import F8, I8, Scene

_LEVELS: Final = 5
_UP_TO: Final = (0.14, 0.32, 0.52, 0.75)  # share of a side's depth down to each level but the last
_TIME: Final = pa.timestamp("us")
_WORD: Final = pa.dictionary(pa.uint32(), pa.large_string())
_LADDER: Final = tuple(
    (f"{side}{part}{level}", pa.float64() if part == "p" else pa.int64())
    for side in "bs"
    for level in range(_LEVELS)
    for part in "qpo"
)
PACKED_SCHEMA: Final = pa.schema(
    [
        ("timestamp", _TIME),
        ("price", pa.float64()),
        ("qty", pa.int64()),
        ("avgPrice", pa.float64()),
        ("volume", pa.int64()),
        ("bQty", pa.int64()),
        ("sQty", pa.int64()),
        *((name, pa.float64()) for name in ("open", "high", "low", "close", "changeper")),
        ("lastTradeTime", _TIME),
        *((name, pa.int64()) for name in ("oi", "oiHigh", "oiLow")),
        *_LADDER,
        ("symbol", _WORD),
        ("opt_type", _WORD),
        ("strike", pa.float32()),
        ("year", pa.int16()),
        ("month", pa.int16()),
        ("ts", _TIME),
        ("timestamp_ns", pa.int64()),
        ("expiry", pa.date32()),
        ("expiry_type", _WORD),
        ("is_monthly", pa.bool_()),
        ("is_weekly", pa.bool_()),
        ("vol_delta", pa.int64()),
        *(
            (name, pa.float32())
            for name in (
                "spot_price",
                "distance_from_spot",
                "moneyness_pct",
                "intrinsic_value",
                "mid_price",
                "time_value",
            )
        ),
    ]
)


def day_values(rows: BookRows) -> pl.DataFrame:
    """What a row says of its contract's day so far, in ticks and lots, one row a row.

    Columns: ``price`` (last), ``open``, ``high``, ``low``, ``vol_delta`` (since its last row).
    """
    last = np.where(rows.printed % 2 == 0, rows.ask, np.maximum(rows.bid, 1))
    frame = pl.DataFrame({"contract": rows.contract, "price": last, "volume": rows.volume})
    price = pl.col("price")
    return frame.select(
        price,
        open=price.first().over("contract"),
        high=price.cum_max().over("contract"),
        low=price.cum_min().over("contract"),
        vol_delta=pl.col("volume").diff().fill_null(0).over("contract"),
    )


def packed_table(course: Course, rows: BookRows, day: pl.DataFrame) -> pa.Table:
    """Rows as the vendor's table; ``day`` is what ``day_values`` says of these very rows."""
    scene, lot = course.scene, course.scene.lot_size
    time = scene.local_open + rows.second.astype("timedelta64[s]")
    prices = {name: day[name].to_numpy() / scene.ticks_per_point for name in day.columns[:4]}
    columns: dict[str, Any] = {
        "timestamp": time,
        "ts": time,
        "timestamp_ns": time.astype(np.int64) * 1000,
        "year": np.full(time.size, scene.session.day.year),
        "month": np.full(time.size, scene.session.day.month),
        **prices,
        "avgPrice": prices["open"],
        "close": prices["open"],
        "changeper": 100.0 * (prices["price"] / prices["open"] - 1.0),
        "qty": np.full(time.size, lot),
        "volume": rows.volume * lot,
        "vol_delta": day["vol_delta"].to_numpy() * lot,
        "bQty": 3 * rows.bid_lots * lot,
        "sQty": 3 * rows.ask_lots * lot,
        "lastTradeTime": scene.local_open + np.maximum(rows.printed, 0).astype("timedelta64[s]"),
        **_open_interest(rows, lot),
        **_ladder(scene, "b", rows.bid, rows.bid_lots, -1),
        **_ladder(scene, "s", rows.ask, rows.ask_lots, 1),
        **_contract_columns(scene, rows.contract),
        **_spot_columns(scene, course.spot()[rows.second], rows),
    }
    arrays = [
        columns[field.name]
        if isinstance(columns[field.name], pa.Array)
        else pa.array(columns[field.name]).cast(field.type)
        for field in PACKED_SCHEMA
    ]
    return pa.Table.from_arrays(arrays, schema=PACKED_SCHEMA)


def _open_interest(rows: BookRows, lot: int) -> dict[str, I8]:
    held = 10_000 * lot + rows.volume // 10 * lot
    return {"oi": held, "oiHigh": held, "oiLow": np.full_like(held, 10_000 * lot)}


def _ladder(scene: Scene, name: str, best: I8, lots: I8, away: int) -> dict[str, Any]:
    """Five levels a tick apart, what rests there, in how many orders; no level below one tick."""
    columns: dict[str, npt.NDArray[Any]] = {}
    taken = np.zeros_like(lots)
    for level in range(_LEVELS):
        ticks = best + away * level
        there = ticks > 0
        last = (level == _LEVELS - 1) | (ticks + away <= 0)
        share = 1.0 if level == _LEVELS - 1 else _UP_TO[level]
        upto = np.where(last, lots, np.floor(share * lots).astype(np.int64))
        size = np.where(there, upto - taken, 0)
        taken = taken + size
        columns[f"{name}q{level}"] = size * scene.lot_size
        columns[f"{name}p{level}"] = np.where(there, ticks, 0) / scene.ticks_per_point
        columns[f"{name}o{level}"] = np.where(size > 0, 1 + size // 4, 0)
    return columns


def _contract_columns(scene: Scene, contract: I8) -> dict[str, pa.Array]:
    count = scene.strikes.size
    expiry, put = contract // (2 * count), contract // count % 2
    legs = list(OptionType)
    names = [
        f"{scene.underlying.name}{day:%y%m%d}{strike}{leg}"
        for day in scene.expiries
        for leg in legs
        for strike in scene.strikes.tolist()
    ]
    days = np.array(scene.expiries, "datetime64[D]")
    return {
        "symbol": _words(contract, names),
        "opt_type": _words(put, legs),
        "strike": pa.array(scene.strikes[contract % count].astype(np.float32)),
        "expiry": pa.array(days[expiry]),
        "expiry_type": _words(np.zeros_like(contract), ["weekly"]),
        "is_monthly": pa.array(np.zeros(contract.size, np.bool_)),
        "is_weekly": pa.array(np.ones(contract.size, np.bool_)),
    }


def _words(place: I8, words: list[Any]) -> pa.Array:
    """A categorical; its dictionary is in the file, so that the bytes are the same each time."""
    dictionary = pa.array([str(word) for word in words], pa.large_string())
    return pa.DictionaryArray.from_arrays(place.astype(np.uint32), dictionary)


def _spot_columns(scene: Scene, spot: F8, rows: BookRows) -> dict[str, F8]:
    strike = scene.strikes[rows.contract % scene.strikes.size].astype(np.float64)
    sign = np.where(rows.contract // scene.strikes.size % 2 == 0, 1.0, -1.0)
    worth = np.maximum(sign * (spot - strike), 0.0)
    mid = (rows.bid + rows.ask) / (2 * scene.ticks_per_point)
    return {
        "spot_price": spot,
        "distance_from_spot": strike - spot,
        "moneyness_pct": 100.0 * (strike / spot - 1.0),
        "intrinsic_value": worth,
        "mid_price": mid,
        "time_value": mid - worth,
    }

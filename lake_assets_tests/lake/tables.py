"""Small tables of the lake's own datasets, and what they are said to be made from."""

from datetime import date

import polars as pl
import pyarrow as pa

from lake_assets.catalog import ES_TRADES, LEVELS, SPY_OPTIONS
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.vocabulary import Provenance

DAY = "2025-12-17"
OPEN_NS = 1_765_983_600_000_000_000
SIMULATED = Provenance.SIMULATED
MADE_FROM = Fingerprint(
    code_version="3",
    schema_hash="abc",
    parameters={"tape_band_u": 5_000, "modes": ["auto", "ratio"]},
    inputs={"silver/levels": "a" * 64},
    raw_files={"glbx/day.dbn.zst": "b" * 64},
)


def table(dataset, **columns):
    """Columns of a dataset in its order and types; a scalar fills its column."""
    height = max(len(v) for v in columns.values() if isinstance(v, list))
    filled = {n: v if isinstance(v, list) else [v] * height for n, v in columns.items()}
    return pl.DataFrame({n: filled[n] for n in dataset.dtypes}, schema=dataset.dtypes)


def levels(generation, rows=3):
    """Levels that all carry the number of their generation."""
    return table(
        LEVELS,
        minute_ns=[OPEN_NS + i for i in range(rows)],
        kind=[["VWAP", "STRIKE", "PM_HIGH"][i % 3] for i in range(rows)],
        level_id="X",
        level_price=690.25,
        level_u=6_902_500,
        level_e=generation,
        scale="ES",
        known_at_ns=OPEN_NS,
    )


def trades(rows):
    """Trades whose numbers compress neither too well nor too badly."""
    return table(
        ES_TRADES,
        ts_event_ns=[OPEN_NS + 1_000 * i for i in range(rows)],
        ts_recv_ns=[OPEN_NS + 1_000 * i + i * 7919 % 613 for i in range(rows)],
        sequence=list(range(rows)),
        file_rank=0,
        row=list(range(rows)),
        instrument_id=17_077,
        raw_symbol="ESH6",
        price_ticks=[27_000 + i * 7919 % 101 for i in range(rows)],
        size=[1 + i * 104_729 % 37 for i in range(rows)],
        aggressor=[i % 3 - 1 for i in range(rows)],
        flags=128,
    )


def options():
    """Three option prints: closed sets, a date, nulls."""
    return table(
        SPY_OPTIONS,
        ts_event_ns=[OPEN_NS, OPEN_NS + 1, OPEN_NS + 2],
        sequence=[1, 2, 3],
        file_rank=0,
        row=[0, 1, 2],
        option_symbol="SPY   251217C00690000",
        expiry=date(2025, 12, 17),
        strike_u=6_900_000,
        right=["C", "P", "C"],
        price_u=[10_000, 20_000, 30_000],
        size=[1, 2, 3],
        bid_u=[9_900, None, 29_900],
        ask_u=[10_100, None, 30_100],
        bid_size=[5, None, 7],
        ask_size=[5, None, 7],
        conditions=None,
        source=list(SPY_OPTIONS.dtypes["source"].categories[:1]) * 3,
        aggressor=[1, 0, -1],
        aggressor_method=list(SPY_OPTIONS.dtypes["aggressor_method"].categories[:3]),
        dte=0,
    )


def stream(dataset, frame, size):
    """A frame as the stream a source would give: closed sets as text, batches of ``size`` rows."""
    arrow = frame.cast(dataset.stored_dtypes).to_arrow()
    return pa.RecordBatchReader.from_batches(
        arrow.schema, iter(arrow.to_batches(max_chunksize=size))
    )


def publish(lake: Lake, dataset, rows, partition=DAY):
    """Publish as simulated data."""
    return lake.publish(dataset, partition, rows, fingerprint=MADE_FROM, provenance=SIMULATED)

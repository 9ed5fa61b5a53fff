"""Small DBN files of any schema, written record by record, for tests that need no market data."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import zstandard
from databento_dbn import Metadata, Schema, SType

from lake_assets.errors import LateRowError
from lake_assets.market.sessions import session_on
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.layouts import layout_of

SESSION = session_on(date(2024, 3, 6))
OPEN = SESSION.hours.opens
CLOSE = SESSION.hours.closes
SECOND = 1_000_000_000
TICK = 250_000_000
UNDEFINED = 2**63 - 1
ES = 17077
SPY_CALL, SPY_PUT = 501, 502
OPTIONS = {"SPY   240306C00510000": SPY_CALL, "SPY   240306P00510000": SPY_PUT}
DATASETS = {"tcbbo": "OPRA.PILLAR"}


@dataclass(frozen=True)
class Interval:
    """A span of days on which a symbol has one number."""

    start_date: date
    end_date: date
    symbol: str


@dataclass(frozen=True)
class Mapping:
    """A symbol's numbers, in the shape the encoder reads."""

    raw_symbol: str
    intervals: list[Interval]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a file says it holds."""

    schema: str = "trades"
    dataset: str = "GLBX.MDP3"
    start: int = OPEN
    end: int = CLOSE
    symbols: dict[str, int] = field(default_factory=lambda: {"ESH4": ES})
    stype_in: SType = SType.RAW_SYMBOL
    limit: int | None = None
    not_found: list[str] = field(default_factory=list)
    version: int = 3

    def head(self) -> bytes:
        """The encoded metadata."""
        days = [datetime.fromtimestamp(ns // SECOND, UTC).date() for ns in (self.start, self.end)]
        until = days[1] + timedelta(days=1)
        return bytes(
            Metadata(
                dataset=self.dataset,
                start=self.start,
                end=self.end,
                stype_in=self.stype_in,
                stype_out=SType.INSTRUMENT_ID,
                schema=Schema.from_str(self.schema),
                symbols=list(self.symbols),
                not_found=self.not_found,
                mappings=[
                    Mapping(name, [Interval(days[0], until, str(number))])
                    for name, number in self.symbols.items()
                ],
                limit=self.limit,
                version=self.version,
            )
        )


def records(schema, times, **columns):
    """Records of a schema at the given times; other fields by name, scalars repeated."""
    layout = layout_of(schema, 3)
    out = np.zeros(len(times), layout.stored)
    out["length"] = layout.record_bytes // 4
    out["rtype"] = layout.rtype
    out["publisher_id"] = 1
    out["ts_event"] = times
    defaults = {
        "instrument_id": ES,
        "ts_recv": np.asarray(times, np.uint64) + np.uint64(1_000),
        "price": 19_000 * TICK,
        "size": 1,
        "action": b"T",
        "side": b"B",
        "sequence": np.arange(len(times)),
    }
    for name, values in (defaults | columns).items():
        if name in out.dtype.names:
            out[name] = values
    return out


def trades(times, **columns):
    """Trades records."""
    return records("trades", times, **columns)


def book(times, **columns):
    """Ten-level records with a plain ladder around 19000 ticks and the levels below undefined."""
    out = records("mbp-10", times, **({"action": b"A", "flags": 128} | columns))
    for level in range(10):
        for side, sign in (("bid", -1), ("ask", 1)):
            price = (19_000 + sign * (level + 1)) * TICK if level < 9 else UNDEFINED
            out[f"{side}_px_{level:02}"] = price
            out[f"{side}_sz_{level:02}"] = 10 + level if level < 9 else 0
            out[f"{side}_ct_{level:02}"] = 1 if level < 9 else 0
    return out


def write(path: Path, rows, request: Request | None = None, *, plain=False) -> Path:
    """Write a file, folders included."""
    content = (request or Request()).head() + rows.tobytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    path.write_bytes(content if plain else compressor.compress(content))
    return path


def rewrite(path: Path, change) -> None:
    """Put what ``change`` makes of a file's records in their place, under the same head."""
    with zstandard.open(path) as stream:
        content = stream.read()
    starts = 8 + int.from_bytes(content[4:8], "little")  # magic and version, then the length
    schema = path.name.split(".")[-3]
    rows = np.frombuffer(content[starts:], layout_of(schema, content[3]).stored).copy()
    compressor = zstandard.ZstdCompressor(write_checksum=True)
    path.write_bytes(compressor.compress(content[:starts] + change(rows).tobytes()))


def read(reader, root: Path, **options):
    """A session's rows as a frame, and what was counted; read anew where a stream asks for it."""
    rows = reader(scan_raw(root), SESSION, **options)
    try:
        return frame_of(rows), rows.quality
    except LateRowError:
        again = rows.anew()
    return frame_of(again), again.quality


def frame_of(rows):
    """All rows at once."""
    return (
        rows.batches
        if isinstance(rows.batches, pl.DataFrame)
        else pl.from_arrow(rows.batches.read_all())
    )

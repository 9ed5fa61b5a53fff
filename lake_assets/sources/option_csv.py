"""The vendor's flat option trades, one gzip CSV a day: recognised, dated, read batch by batch."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow import csv as pa_csv

from lake_assets.errors import CorruptFileError
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Nanos

COLUMNS: Final = ("ticker", "conditions", "price", "sip_timestamp", "size")
_DAY_NS: Final = 86_400 * NANOS_PER_SECOND
_PEEK_BYTES: Final = 1 << 16
_BLOCK_BYTES: Final = 8 << 20
_TYPES: Final = {
    "ticker": pa.string(),
    "conditions": pa.string(),
    "price": pa.float64(),
    "sip_timestamp": pa.int64(),
    "size": pa.int64(),
}


def day_of(path: Path) -> Interval | None:
    """The UTC day in a file's rows, empty for a file without any; None if it is another CSV.

    Raises:
        CorruptFileError: it cannot be decompressed or its first row has no time.
    """
    try:
        with gzip.open(path) as stream:
            lines = stream.read(_PEEK_BYTES).split(b"\n", 2)
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, str(error)) from error
    names = lines[0].decode("ascii", "replace").strip().split(",")
    if not set(COLUMNS) <= set(names):
        return None
    if len(lines) == 1 or not lines[1]:
        return Interval(Nanos(0), Nanos(0))
    values = dict(zip(names, _fields(lines[1]), strict=False))
    stamp = values.get("sip_timestamp", "")
    if not stamp.isdecimal():
        raise _damaged(path, f"sip_timestamp {stamp!r} in its first row")
    start = int(stamp) // _DAY_NS * _DAY_NS
    return Interval(Nanos(start), Nanos(start + _DAY_NS))


def _fields(line: bytes) -> list[str]:
    """Fields of a line; a comma inside quotes parts conditions, not fields."""
    parts = line.decode("ascii", "replace").strip().split('"')
    parts[1::2] = [part.replace(",", ";") for part in parts[1::2]]
    return "".join(parts).split(",")


def iter_csv(path: Path) -> Iterator[pa.RecordBatch]:
    """The five columns the lake reads, batch by batch in file order.

    Raises:
        CorruptFileError: the file is cut, damaged, or a value is not of its column's type.
    """
    options = pa_csv.ConvertOptions(include_columns=list(COLUMNS), column_types=_TYPES)
    try:
        with pa.CompressedInputStream(pa.OSFile(str(path)), "gzip") as stream:
            yield from pa_csv.open_csv(
                stream,
                read_options=pa_csv.ReadOptions(block_size=_BLOCK_BYTES),
                convert_options=options,
            )
    except (OSError, EOFError, pa.ArrowInvalid) as error:
        raise _damaged(path, str(error)) from error


def _damaged(path: Path, found: str) -> CorruptFileError:
    return CorruptFileError(
        path,
        expected="a gzip CSV of option trades, whole",
        found=found,
        remedy="download it again",
    )

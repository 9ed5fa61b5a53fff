"""Tables as one JSON head and binary columns, which a page reads into typed arrays as they lie.

A file is, little-endian throughout: the eight bytes ``LAKEBLK1``; the length of the head as uint32;
four zero bytes; the head, UTF-8 JSON, padded with blanks to a multiple of eight; then the columns,
each padded with zeros to a multiple of eight. Offsets count from the end of the head.

A number is float64, NaN where it is null; a moment is float64 too: whole nanoseconds since the
head's ``origin_ns``, exact for a hundred days. A truth is uint8, 255 where it is null. Text is the
place of its word in ``words``, in the narrowest of uint8, uint16 and uint32, all bits set where it
is null.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.catalog.dataset import Column, Dataset
from lake_assets.catalog.schema import NANOS
from lake_assets.lake.sealed import canonical
from lake_assets.market.price import NANOS_PER_MICRO

MAGIC: Final = b"LAKEBLK1"
ALIGNMENT: Final = 8
VERSION: Final = 1
_CODES: Final = (("uint8", np.uint8), ("uint16", np.uint16), ("uint32", np.uint32))

Block = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and what is known of them.

    Attributes:
        rows: the rows.
        columns: unit, meaning and role by name, of those that have them.
        moments: columns of ns since the epoch.
        facts: whatever else a reader needs, as JSON: above all when rows are known.
    """

    rows: pl.DataFrame
    columns: Mapping[str, Column] = field(default_factory=dict)
    moments: frozenset[str] = frozenset()
    facts: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls, dataset: Dataset, rows: pl.DataFrame, columns: Mapping[str, Column] | None = None
    ) -> "Table":
        """Rows of a dataset, which says what they mean and when they are known."""
        declared = dataset.columns if columns is None else columns
        moments = {n for n, c in declared.items() if c.unit == NANOS}
        known = dataset.known_at
        told = {
            "dataset": "/".join(dataset.key),
            "known_at": known and {"column": known.column, "included": known.included},
        }
        return cls(rows, declared, frozenset(moments), told)


def packed(tables: Mapping[str, Table], facts: Mapping[str, object]) -> bytes:
    """Tables as one file; ``facts`` must hold ``origin_ns`` if any table has moments."""
    origin = int(str(facts.get("origin_ns", "0")))
    blocks: list[bytes] = []
    told, at = {}, 0
    for name, table in tables.items():
        described = []
        for column in table.rows.columns:
            facts_of, values = _block(table, column, origin)
            raw = _padded(values.tobytes(), b"\0")
            described.append({**facts_of, "offset": at, "length": int(values.shape[0])})
            blocks.append(raw)
            at += len(raw)
        told[name] = {**table.facts, "count": table.rows.height, "columns": described}
    head = canonical({"format": VERSION, **facts, "tables": told, "bytes": at}).encode()
    head = _padded(head, b" ")
    return b"".join([MAGIC, struct.pack("<II", len(head), 0), head, *blocks])


def _padded(raw: bytes, filler: bytes) -> bytes:
    return raw + filler * (-len(raw) % ALIGNMENT)


def _block(table: Table, name: str, origin: int) -> tuple[dict[str, object], Block]:
    """One column: how to read it, and its values."""
    series, known = table.rows[name], table.columns.get(name)
    told: dict[str, object] = {"name": name}
    if known is not None:
        told |= {"unit": known.unit, "meaning": known.meaning, "role": known.role.value}
    if isinstance(series.dtype, pl.Datetime):
        nanos = series.dt.epoch("us") * NANOS_PER_MICRO
        return {**told, "kind": "moment", "type": "float64"}, _numbers(nanos - origin)
    if name in table.moments:
        return {**told, "kind": "moment", "type": "float64"}, _numbers(series - origin)
    if series.dtype == pl.Boolean:
        truth = series.cast(pl.UInt8).fill_null(255).to_numpy()
        return {**told, "kind": "truth", "type": "uint8"}, truth
    if series.dtype.is_numeric():
        return {**told, "kind": "number", "type": "float64"}, _numbers(series)
    words, codes, width = _words(series)
    return {**told, "kind": "word", "type": width, "words": words}, codes


def _numbers(series: pl.Series) -> Block:
    return series.cast(pl.Float64).fill_null(float("nan")).to_numpy()


def _words(series: pl.Series) -> tuple[Sequence[str], Block, str]:
    if isinstance(series.dtype, pl.Enum):
        words = series.dtype.categories.to_list()
        codes = series.to_physical().cast(pl.UInt32)
    else:
        text = series.cast(pl.String)
        words = text.unique(maintain_order=True).drop_nulls().to_list()
        codes = text.replace_strict(words, range(len(words)), return_dtype=pl.UInt32, default=None)
    width, kind = next((w, k) for w, k in _CODES if len(words) < np.iinfo(k).max)
    filled = codes.fill_null(int(np.iinfo(kind).max)).to_numpy()
    return words, filled.astype(kind), width

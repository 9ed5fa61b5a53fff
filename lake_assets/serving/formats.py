"""Rows as bytes: JSON, Arrow, Parquet, CSV, or the blocks a page reads into typed arrays."""

import io
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import polars as pl
from starlette.exceptions import HTTPException

from lake_assets.lake.sealed import canonical
from lake_assets.serving.blocks import Table, packed


class Format(StrEnum):
    """How a table may be sent."""

    JSON = "json"
    ARROW = "arrow"
    PARQUET = "parquet"
    CSV = "csv"
    BLOCKS = "blocks"

    @property
    def media_type(self) -> str:
        """Its name in ``Accept`` and ``Content-Type``."""
        return _MEDIA_TYPES[self]

    @property
    def is_text(self) -> bool:
        """Whether numbers are spelled out, which is slow and large."""
        return self in (Format.JSON, Format.CSV)


_MEDIA_TYPES: Final[Mapping[Format, str]] = {
    Format.JSON: "application/json",
    Format.ARROW: "application/vnd.apache.arrow.stream",
    Format.PARQUET: "application/vnd.apache.parquet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.BLOCKS: "application/vnd.lake.blocks",
}


def format_of(named: Format | None, accept: str) -> Format:
    """The format a request names, else the one its ``Accept`` prefers; JSON where all are welcome.

    Raises:
        HTTPException: 406, nothing it accepts is offered.
    """
    if named is not None:
        return named
    if not accept.strip():
        return Format.JSON
    quality = dict(_accepted(part) for part in accept.lower().split(","))
    best = max(Format, key=lambda each: _quality(each, quality))  # the first of equals: JSON
    if _quality(best, quality) <= 0:
        offered = ", ".join(each.media_type.split(";")[0] for each in Format)
        raise HTTPException(406, f"nothing accepted is offered; offered are {offered}")
    return best


def _accepted(part: str) -> tuple[str, float]:
    name, *parameters = (word.strip() for word in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0


def _quality(format_: Format, accepted: Mapping[str, float]) -> float:
    name = format_.media_type.split(";")[0]
    for pattern in (name, f"{name.split('/')[0]}/*", "*/*"):
        if pattern in accepted:
            return accepted[pattern]
    return 0.0


def finite(rows: pl.DataFrame) -> pl.DataFrame:
    """NaN and infinity as null: no JSON has them, and no reader expects them."""
    floats = [n for n, d in rows.schema.items() if d.is_float()]
    if not floats or rows.select(pl.all_horizontal(pl.col(floats).is_finite().all())).item():
        return rows
    return rows.with_columns(pl.when(pl.col(n).is_finite()).then(pl.col(n)) for n in floats)


def encoded(format_: Format, table: Table, facts: Mapping[str, object]) -> bytes:
    """A table in a format; ``facts`` head JSON and blocks, which have room for them."""
    if format_ is Format.JSON:
        return _as_json(table.rows, facts)
    if format_ is Format.BLOCKS:
        return packed({"rows": table}, facts)
    return _WRITERS[format_](table.rows)


def _as_json(rows: pl.DataFrame, facts: Mapping[str, object]) -> bytes:
    head = canonical(dict(facts))[:-1]
    comma = "," if facts else ""
    body = _dated(rows).write_json() if rows.height else "[]"
    return f'{head}{comma}"count":{rows.height},"rows":{body}}}'.encode()


def _dated(rows: pl.DataFrame) -> pl.DataFrame:
    """Moments and dates as ISO 8601; moments in UTC."""
    moments = [n for n, d in rows.schema.items() if isinstance(d, pl.Datetime)]
    return rows.with_columns(
        *(pl.col(n).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ") for n in moments),
    )


def _as_arrow(rows: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    # Views are new; every reader of Arrow knows the old layouts.
    rows.write_ipc_stream(out, compat_level=pl.CompatLevel.oldest())
    return out.getvalue()


def _as_parquet(rows: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    rows.write_parquet(out)
    return out.getvalue()


def _as_csv(rows: pl.DataFrame) -> bytes:
    return _dated(rows).write_csv().encode()


_WRITERS: Final[Mapping[Format, Callable[[pl.DataFrame], bytes]]] = {
    Format.ARROW: _as_arrow,
    Format.PARQUET: _as_parquet,
    Format.CSV: _as_csv,
}

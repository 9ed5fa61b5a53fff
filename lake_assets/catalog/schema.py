"""How a table is declared: one strict schema class, one sentence, a meaning for each column."""

from enum import StrEnum
from typing import Annotated, Any, TypeAlias, cast, get_args

import pandera.polars as pa
import polars as pl
from pandera.api.dataframe.model_components import FieldInfo

Moment: TypeAlias = Annotated[pl.Datetime, "us", "UTC"]
"""Annotation of a column of moments: microseconds, in UTC."""


class Role(StrEnum):
    """What a column may be used for."""

    FEATURE = "feature"
    LABEL = "label"
    PROVENANCE = "provenance"


class LakeSchema(pa.DataFrameModel):
    """Base of every table: nothing extra, nothing cast in silence, columns in order."""

    class Config:
        """Strict for all tables, decided once."""

        strict = True
        coerce = False
        ordered = True

    @pa.dataframe_check
    @classmethod
    def floats_are_numbers(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """Unknown is null; NaN and infinity are never stored."""
        floats = [n for n, d in data.lazyframe.collect_schema().items() if d == pl.Float64]
        if not floats:
            return pl.LazyFrame({"floats_are_numbers": [True]})
        return data.lazyframe.select(
            pl.all_horizontal(pl.col(floats).is_finite().fill_null(value=True))
        )


def column(  # noqa: PLR0913 - a declaration has many facts, each by name
    meaning: str,
    *,
    unit: str | None = None,
    null: str | None = None,
    role: Role = Role.FEATURE,
    enum: type[StrEnum] | None = None,
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
) -> Any:  # noqa: ANN401 - pandera's own Field is typed so, to stand as any column's default
    """Declare a column: its meaning, its unit, and what its null means.

    A column without ``null`` is never null; there is no nullable column without a reason.
    """
    return pa.Field(
        description=meaning,
        nullable=null is not None,
        ge=cast("Any", ge),
        le=cast("Any", le),
        gt=cast("Any", gt),
        dtype_kwargs={"categories": enum} if enum else None,
        metadata={"unit": unit, "null": null, "role": role.value},
    )


def whose() -> Any:  # noqa: ANN401 - as column
    """Declare the ``pl.Enum`` column ``underlying`` of a table there is one of per underlying.

    `for_each_underlying` narrows it to the one name a member holds, so that registering another
    underlying changes no schema.
    """
    return pa.Field(
        description="whose options",
        dtype_kwargs={"categories": ["?"]},
        metadata={"unit": None, "null": None, "role": Role.FEATURE.value},
    )


Declared: TypeAlias = dict[str, tuple[Any, FieldInfo]]
"""Type and declaration of columns, by name."""


def declared_by(schema: type[LakeSchema]) -> Declared:
    """Every column of a schema, in order.

    Read off the class: what pandera validates with copies each declaration deeply, 8 ms a schema,
    and a process that loads the lake validates few of the fifty.
    """
    return {name: (note.raw_annotation, field) for name, (note, field) in schema.__fields__.items()}


def dtype_of(annotated: Any, field: FieldInfo) -> pl.DataType:  # noqa: ANN401 - whatever pandera takes
    """The polars type pandera makes of a column's annotation."""
    if parts := get_args(annotated):
        kind, *details = parts
        return cast("pl.DataType", kind(*details))
    if field.dtype_kwargs:
        return cast("pl.DataType", annotated(**field.dtype_kwargs))
    return cast("pl.DataType", annotated)


NANOS = "ns UTC"
MICROS = "us UTC"
TICKS = "ticks of 0.25 points"
UNITS = "units of $0.0001, SPY scale"
DOLLARS = "USD, SPY scale"
CONTRACTS = "contracts"
SECONDS = "s"
SHARE = "share"
COUNT = "count"

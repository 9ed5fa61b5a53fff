"""One table for each underlying: declared once, a dataset apiece."""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Dataset, KnownAt, Layer
from lake_assets.catalog.schema import LakeSchema, declared_by
from lake_assets.errors import UnknownNameError
from lake_assets.market.underlyings import UNDERLYINGS


@dataclass(frozen=True, slots=True)
class Family:
    """The datasets of one table, in the order their underlyings are registered."""

    table: str
    members: tuple[Dataset, ...]

    def __iter__(self) -> Iterator[Dataset]:
        return iter(self.members)

    def of(self, underlying: str) -> Dataset:
        """The dataset of an underlying.

        Raises:
            UnknownNameError: it is not registered.
        """
        for member in self.members:
            if member.underlying == underlying:
                return member
        known = ", ".join(str(member.underlying) for member in self.members)
        raise UnknownNameError(f"there is no {self.table} of {underlying!r}; there are {known}")


def for_each_underlying(  # noqa: PLR0913 - a declaration has many facts, each by name
    *,
    table: str,
    layer: Layer,
    schema: type[LakeSchema],
    sort_by: tuple[str, ...],
    version: str,
    known_at: KnownAt | None = None,
    room: str = "",
    file: str = "",
) -> Family:
    """Declare a table once, for every registered underlying, on the sessions of its exchange."""
    members = tuple(
        Dataset(
            name=f"{table}_{underlying.name}",
            layer=layer,
            schema=_narrowed(schema, underlying.name),
            sort_by=sort_by,
            version=version,
            cut=underlying.calendar,
            room=room,
            known_at=known_at,
            file=file,
            underlying=underlying.name,
        )
        for underlying in UNDERLYINGS.values()
    )
    return Family(table, members)


def _narrowed(schema: type[LakeSchema], underlying: str) -> type[LakeSchema]:
    """The schema, with the column ``underlying`` holding this one name only."""
    declared = declared_by(schema)
    if "underlying" not in declared:
        return schema
    field = copy(declared["underlying"][1])
    field.dtype_kwargs = {"categories": [underlying]}
    space = {
        "__doc__": schema.__doc__,
        "__module__": schema.__module__,
        "__annotations__": {"underlying": pl.Enum},
        "underlying": field,
    }
    return type(schema.__name__, (schema,), space)


MARKET_TRUTH: Final = "market_truth"  # room of the event tables

"""What a route reads: a dataset, or the state of a market with the regime of each second."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from lake_assets.catalog import OPTION_STATE, REGIMES
from lake_assets.catalog.dataset import Column, Dataset
from lake_assets.lake.reading import Pinned
from lake_assets.serving.words import time_axis

REGIME_COLUMNS: Final = (
    "regime",
    "regime_code",
    "reason",
    "in_burst",
    "burst_id",
    "fear_active",
    "chop_active",
)


@dataclass(frozen=True, slots=True)
class View:
    """Rows of a dataset, with columns of others that have a row at the same moments."""

    dataset: Dataset
    beside: Mapping[Dataset, Sequence[str]]

    @classmethod
    def of(cls, dataset: Dataset) -> "View":
        """A dataset as it is."""
        return cls(dataset, {})

    @classmethod
    def of_seconds(cls, underlying: str) -> "View":
        """The state of an option market, with its regime: silver does not read gold, this does."""
        return cls(OPTION_STATE.of(underlying), {REGIMES.of(underlying): REGIME_COLUMNS})

    @property
    def datasets(self) -> list[Dataset]:
        """Every dataset read, the rows' own first."""
        return [self.dataset, *self.beside]

    @property
    def columns(self) -> dict[str, Column]:
        """Every column there is."""
        more = {n: d.columns[n] for d, names in self.beside.items() for n in names}
        return {**self.dataset.columns, **more}

    @property
    def axis(self) -> str | None:
        """The column by which a slice of time is cut."""
        return time_axis(self.dataset)

    def scan(self, pins: Sequence[Pinned]) -> pl.LazyFrame:
        """The rows; a row is known when all of it is."""
        rows = pins[0].scan()
        for pin, names in zip(pins[1:], self.beside.values(), strict=True):
            other = pin.scan().select("timestamp", pl.col("known_at").alias("_known"), *names)
            rows = rows.join(other, on="timestamp", how="left", maintain_order="left")
            known = pl.max_horizontal("known_at", "_known")
            rows = rows.with_columns(known_at=known).drop("_known")
        return rows

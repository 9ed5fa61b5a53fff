"""Checks an asset has beside those all have: they look at a partition and block nothing."""

from collections.abc import Callable
from dataclasses import dataclass

import dagster as dg
import polars as pl

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.lake import Lake
from lake_assets.lake.staging import Staged


@dataclass(frozen=True, slots=True)
class Further:
    """A check by name: it is given the lake, the partition, and the rows if they are new."""

    name: str
    description: str
    look: Callable[[Lake, str, Staged | None], dg.AssetCheckResult]

    def spec(self, key: dg.AssetKey) -> dg.AssetCheckSpec:
        """As Dagster lists it."""
        return dg.AssetCheckSpec(self.name, asset=key, description=self.description)


def rows_of(lake: Lake, dataset: Dataset, partition: str, staged: Staged | None) -> pl.DataFrame:
    """The partition's rows: as staged, or as they are in force."""
    if staged is None:
        return lake.read(dataset, partition)
    # The lake names its drafts without a suffix, and polars reads a bare path as a folder.
    with staged.path.open("rb") as file:
        return pl.read_parquet(file).cast(dataset.dtypes)

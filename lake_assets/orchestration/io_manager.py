"""The IO manager: names a partition on the way in, publishes it on the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import dagster as dg
import duckdb
import polars as pl

from lake_assets.catalog import dataset_named
from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.stream import RowStream
from lake_assets.errors import ContractError, MissingPartitionError, UnknownNameError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.lake.staging import Staged
from lake_assets.orchestration.resources import LakeResource

Sessions = list[tuple[str, pl.DataFrame]]
"""Every materialized session of a dataset, oldest first, each with its partition's name."""

Scans = list[tuple[str, pl.LazyFrame]]
"""As `Sessions`, for makers that read a few columns of many."""

Openings = list[tuple[str, Callable[[], pl.LazyFrame]]]
"""As `Scans`, each opened when it is called, for makers that may not need it; and only as the
partition it was when the fingerprint was taken."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """A partition an asset may read; nothing is opened until it is asked for as a type.

    ``partition`` is None for every materialized partition.
    """

    lake: Lake
    dataset: Dataset
    partition: str | None

    def read(self, wanted: object) -> object:
        """The rows as a DataFrame, LazyFrame, relation, stream, or a list of sessions or scans.

        Raises:
            UnknownNameError: the type is none of these.
            MissingPartitionError: the partition is not materialized.
        """
        if wanted in (Sessions, Scans):
            each = self.lake.read if wanted == Sessions else self.lake.scan
            return [(n, each(self.dataset, n)) for n in self.lake.partitions(self.dataset)]
        # one session is read without a look at the others: their manifests are as many as days
        partitions = self.partition or self.lake.partitions(self.dataset)
        readers = {
            pl.DataFrame: self.lake.read,
            pl.LazyFrame: self.lake.scan,
            duckdb.DuckDBPyRelation: self.lake.relation,
        }
        if wanted is RowStream and self.partition:
            return self.lake.stream(self.dataset, self.partition)
        for kind, reader in readers.items():
            if wanted is kind:
                return reader(self.dataset, partitions)
        raise UnknownNameError(
            f"{self.dataset.name} cannot be read as {wanted}; annotate the argument as "
            "pl.DataFrame, pl.LazyFrame, duckdb.DuckDBPyRelation, Sessions or Scans, or of one "
            "session as RowStream"
        )

    def openings(self, wanted: Fingerprint) -> Openings:
        """Every partition a fingerprint names, oldest first; none is opened yet."""
        at = "/".join(self.dataset.key)
        hashes = {key.removeprefix(f"{at}/"): sha for key, sha in wanted.inputs.items()}
        return [
            (name, partial(self._opened, name, sha))
            for name, sha in sorted(hashes.items())
            if "/" not in name
        ]

    def _opened(self, name: str, sha256: str) -> pl.LazyFrame:
        with self.lake.pinned(self.dataset, name) as pinned:
            if pinned.generation.sha256 == sha256:
                return pinned.scan()
        raise MissingPartitionError(
            f"{self.dataset.name} of {name} was replaced while it was to be read; run again"
        )


class LakeIOManager(dg.ConfigurableIOManager):
    """Reads partitions through their manifests and commits what an asset has staged."""

    lake: dg.ResourceDependency[LakeResource]

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Put a staged partition in force."""
        if not isinstance(obj, Staged):
            name = "/".join(context.asset_key.path)
            raise ContractError(
                f"{name} returned {type(obj).__name__}; only assets made with lake_asset are "
                "published, since others have no schema to be checked against"
            )
        self.lake.lake.commit(obj)

    def load_input(self, context: dg.InputContext) -> Any:  # noqa: ANN401 - the asset's annotation
        """The upstream partition, as the asset's argument is annotated."""
        dataset = dataset_named("/".join(context.asset_key.path))
        partition = context.asset_partition_key if _is_one(context) else None
        upstream = Upstream(self.lake.lake, dataset, partition)
        wanted = context.dagster_type.typing_type
        return upstream if wanted is Upstream else upstream.read(wanted)


def _is_one(context: dg.InputContext) -> bool:
    """Whether the input is one session; to list the keys of all of them would take 0.6 s."""
    if not context.has_asset_partitions:
        return False
    span = context.asset_partition_key_range
    return span.start == span.end

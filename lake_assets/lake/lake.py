"""The lake: partitions put in force whole, and read through their manifests."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.rows import Rows
from lake_assets.errors import (
    DamagedPartitionError,
    MissingPartitionError,
    MixedProvenanceError,
)
from lake_assets.lake.durability import hash_file, make_folder, put_in_place, write_whole
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lock import hold
from lake_assets.lake.manifest import Generation, Manifest, Stamp
from lake_assets.lake.sql import open_views
from lake_assets.lake.staging import Connect, Staged, staging_name, write_staged
from lake_assets.lake.verify import Finding, find_faults
from lake_assets.market.vocabulary import Provenance


class Lake:
    """A folder of partitions.

    Args:
        root: the lake's folder; it need not exist.
        connect: gives a DuckDB connection the caller may close.
        lock_wait_s: how long to wait for another writer of the same partition.
    """

    def __init__(
        self, root: Path, *, connect: Connect = duckdb.connect, lock_wait_s: float = 60.0
    ) -> None:
        self.root = Path(root)
        self._connect = connect
        self._lock_wait_s = lock_wait_s

    def path(self, dataset: Dataset, partition: str) -> Path:
        """File of a partition, there or not."""
        return self.root / dataset.path(partition)

    def manifest_path(self, dataset: Dataset, partition: str) -> Path:
        """Manifest of a partition, there or not."""
        return self.root / "_manifests" / f"{dataset.stem(partition)}.json"

    @contextmanager
    def lock(self, dataset: Dataset, partition: str) -> Iterator[None]:
        """Be the only writer of a partition.

        Raises:
            BusyPartitionError: another process is, and did not finish in time.
        """
        path = self.root / "_locks" / f"{dataset.stem(partition)}.lock"
        what = f"{'/'.join(dataset.key)} of {partition}"
        with hold(path, what=what, wait_s=self._lock_wait_s):
            self._sweep(dataset, partition)
            yield

    def _sweep(self, dataset: Dataset, partition: str) -> None:
        """Remove what a writer that died left behind; the lock says there is no other."""
        stem = staging_name(dataset, partition).split(".", 1)[0]
        for leftover in (self.root / "_staging").glob(f"{stem}.*"):
            leftover.unlink(missing_ok=True)

    def stage(
        self,
        dataset: Dataset,
        partition: str,
        rows: Rows | pl.DataFrame,
        *,
        fingerprint: Fingerprint,
        provenance: Provenance,
    ) -> Staged:
        """Check rows and write them beside the readers; the caller holds the lock.

        Raises:
            ContractError: the rows break the dataset's schema.
            UnorderedInputError: a stream is not in the dataset's order.
            MixedProvenanceError: the lake holds the other kind of data.
        """
        self._refuse_mixing(provenance)
        path = self.root / "_staging" / staging_name(dataset, partition)
        return write_staged(
            self._connect,
            path,
            dataset,
            partition,
            rows,
            fingerprint=fingerprint,
            provenance=provenance,
        )

    def commit(self, staged: Staged) -> Manifest:
        """Put a staged generation in force; the caller holds the lock.

        The manifest names both generations before the file is swapped, so that whichever file a
        crash leaves on disk is described.
        """
        dataset, partition = staged.dataset, staged.partition
        manifest = Manifest(
            dataset=dataset.name,
            partition=partition,
            current=staged.generation,
            previous=self.in_force(dataset, partition),
        )
        final = self.path(dataset, partition)
        make_folder(final.parent)
        write_whole(self.manifest_path(dataset, partition), manifest.to_json())
        put_in_place(staged.path, final)
        return manifest

    def publish(
        self,
        dataset: Dataset,
        partition: str,
        rows: Rows | pl.DataFrame,
        *,
        fingerprint: Fingerprint,
        provenance: Provenance,
    ) -> Manifest:
        """Lock, stage and commit in one; for callers outside Dagster."""
        with self.lock(dataset, partition):
            return self.commit(
                self.stage(dataset, partition, rows, fingerprint=fingerprint, provenance=provenance)
            )

    def in_force(self, dataset: Dataset, partition: str) -> Generation | None:
        """The generation that describes the file on disk; None if none does.

        A file with the stamp it was published with is believed; any other is hashed.

        Raises:
            DamagedPartitionError: the manifest cannot be understood.
        """
        manifest = Manifest.read(self.manifest_path(dataset, partition))
        if manifest is None:
            return None
        path = self.path(dataset, partition)
        known = [g for g in (manifest.current, manifest.previous) if g is not None]
        try:
            stamp = Stamp.of(path)
            matching = [g for g in known if g.stamp == stamp]
            if not matching:
                content = hash_file(path)
                matching = [g for g in known if g.sha256 == content]
        except FileNotFoundError:
            return None
        return matching[0] if matching else None

    def partitions(self, dataset: Dataset) -> list[str]:
        """Partitions that have a manifest and a file, in order."""
        folder = self.manifest_path(dataset, "").parent
        found = (json.loads(path.read_bytes())["partition"] for path in _manifests(folder, dataset))
        return sorted(name for name in found if self.path(dataset, name).exists())

    def files(self, dataset: Dataset, partitions: str | Sequence[str]) -> list[Path]:
        """Files of partitions, each described by its manifest.

        Raises:
            MissingPartitionError: a partition is not materialized.
            DamagedPartitionError: a file is not the one its manifest describes.
        """
        names = [partitions] if isinstance(partitions, str) else list(partitions)
        for name in names:
            if self.in_force(dataset, name) is None:
                raise self._absent(dataset, name)
        return [self.path(dataset, name) for name in names]

    def scan(self, dataset: Dataset, partitions: str | Sequence[str]) -> pl.LazyFrame:
        """Rows of partitions, lazily, with closed sets as the catalog declares them."""
        files = self.files(dataset, partitions)
        if not files:
            return dataset.empty().lazy()
        return pl.scan_parquet(files).cast(dataset.dtypes)

    def read(self, dataset: Dataset, partitions: str | Sequence[str]) -> pl.DataFrame:
        """Rows of partitions."""
        return self.scan(dataset, partitions).collect()

    def relation(
        self, dataset: Dataset, partitions: str | Sequence[str]
    ) -> duckdb.DuckDBPyRelation:
        """Rows of partitions as a DuckDB relation; closed sets are text there."""
        files = self.files(dataset, partitions)
        connection = self._connect()
        if not files:
            return connection.from_arrow(dataset.empty().to_arrow())
        return connection.read_parquet([str(file) for file in files])

    def open_sql(self, datasets: Sequence[Dataset] = DATASETS) -> duckdb.DuckDBPyConnection:
        """A locked-down DuckDB with one view a dataset, as ``gold.signals``."""
        views = {d: self.files(d, self.partitions(d)) for d in datasets}
        return open_views(self._connect, self.root, views)

    def verify(self, datasets: Sequence[Dataset] = DATASETS) -> list[Finding]:
        """Everything that was edited, deleted, added or left behind; every file is hashed."""
        return find_faults(self.root, dict.fromkeys(datasets, (self.path, self.manifest_path)))

    def _absent(self, dataset: Dataset, name: str) -> Exception:
        at = "/".join(dataset.key)
        if self.path(dataset, name).exists():
            return DamagedPartitionError(
                f"{self.path(dataset, name)} is not the file its manifest describes; "
                f"materialize {at} of {name} again"
            )
        there = self.partitions(dataset)
        hint = f"{len(there)} are, the newest {there[-1]}" if there else "none is"
        return MissingPartitionError(
            f"{at} of {name} is not materialized ({hint}); run `lake backfill {name}`"
        )

    def _refuse_mixing(self, provenance: Provenance) -> None:
        path = self.root / "_manifests" / "lake.json"
        try:
            held = Provenance(json.loads(path.read_bytes())["provenance"])
        except FileNotFoundError:
            write_whole(path, json.dumps({"provenance": provenance}).encode())
            return
        if held is not provenance:
            raise MixedProvenanceError(
                f"the lake at {self.root} holds {held} data and will not take {provenance} data; "
                "set LAKE_ROOT to another folder for it"
            )


def _manifests(folder: Path, dataset: Dataset) -> list[Path]:
    prefix = f"{dataset.name}_" if dataset.calendar else f"{dataset.name}.json"
    return sorted(
        path
        for path in folder.glob("*.json")
        if path.name.startswith(prefix) and json.loads(path.read_bytes())["dataset"] == dataset.name
    )

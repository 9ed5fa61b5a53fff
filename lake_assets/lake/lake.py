"""The lake on disk: every way in, every way out."""

import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from weakref import finalize

import duckdb
import polars as pl

from lake_assets.catalog.dataset import WHOLE, Dataset
from lake_assets.catalog.stream import RowStream
from lake_assets.errors import (
    DamagedPartitionError,
    UnlockedPartitionError,
)
from lake_assets.lake import lock
from lake_assets.lake.durability import put_in_place, remove, write_text
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.holdings import Holdings
from lake_assets.lake.identity import provenance_of, require, settle
from lake_assets.lake.manifest import Generation, Manifest, Stamp
from lake_assets.lake.nested import is_nested_from, nested_text
from lake_assets.lake.places import Places
from lake_assets.lake.reading import (
    Pinned,
    Reader,
    load_manifest,
    missing,
    partition_in,
    with_closed_sets,
)
from lake_assets.lake.replaced import keep_replaced
from lake_assets.lake.sql import View, open_views
from lake_assets.lake.staging import Connect, Staged, in_memory, stage_rows
from lake_assets.lake.verify import Finding, verify
from lake_assets.lake.writer import Source
from lake_assets.market.vocabulary import Provenance


class Lake:
    """A folder of partitions, each whole or absent.

    ``connect`` gives a new DuckDB connection at each call, set up as the machine allows.
    """

    def __init__(
        self, root: Path, *, connect: Connect = in_memory, lock_wait_s: float = 60.0
    ) -> None:
        self.root = Path(root).resolve()
        self._places = Places(self.root)
        self._connect = connect
        self._lock_wait_s = lock_wait_s
        self._reader = Reader()

    @property
    def provenance(self) -> Provenance | None:
        """Where its data come from; None before the first publish."""
        return provenance_of(self._places)

    # Ways in

    @contextmanager
    def lock(self, dataset: Dataset, partition: str) -> Iterator[None]:
        """Be the partition's only writer; what a dead writer left is removed.

        Raises:
            BusyPartitionError: another process did not finish in time.
            UnlockedPartitionError: this thread holds it already.
        """
        with lock.hold(self._places.lock(dataset, partition), wait_s=self._lock_wait_s):
            for draft in self._places.drafts(dataset, partition):
                remove(draft)
            yield

    def stage(
        self,
        dataset: Dataset,
        partition: str,
        rows: Source,
        *,
        fingerprint: Fingerprint,
        provenance: Provenance,
    ) -> Staged:
        """Check rows and write them where no reader looks; the caller holds the lock.

        Raises:
            ContractError: rows break the schema; nothing is left behind.
            UnorderedInputError: a stream does not come in the dataset's order.
            MixedProvenanceError: the lake holds the other kind of data.
        """
        self._require_lock(dataset, partition)
        require(self._places, provenance)
        return stage_rows(
            self._places.drafts(dataset, partition)[0],
            dataset,
            partition,
            rows,
            connect=self._connect,
            fingerprint=fingerprint,
            provenance=provenance,
        )

    def commit(self, staged: Staged) -> Manifest:
        """Put a staged partition in force; the caller has held the lock since before staging."""
        dataset, partition = staged.dataset, staged.partition
        self._require_staged(staged)
        draft = self._places.drafts(dataset, partition)[1]
        settle(self._places, staged.generation.provenance, draft=draft)
        manifest = Manifest(
            dataset="/".join(dataset.key),
            partition=partition,
            current=staged.generation,
            previous=self.in_force(dataset, partition),
        )
        self._replace(dataset, manifest, staged.path, draft=draft)
        self._nest(dataset, partition, staged.generation)
        return manifest

    def _replace(self, dataset: Dataset, manifest: Manifest, path: Path, *, draft: Path) -> None:
        """The manifest first, naming both: whichever file a crash leaves is one it knows."""
        partition = manifest.partition
        write_text(self._places.manifest(dataset, partition), manifest.to_text(), draft=draft)
        keep_replaced(self._places, dataset, manifest)
        put_in_place(path, self._places.data(dataset, partition))

    def _nest(self, dataset: Dataset, partition: str, found: Generation) -> None:
        """Write the rows as JSON too, unless that is done.

        A crash before it leaves the JSON of the generation before, which says so itself; the next
        run of the asset, though it reuses the partition, comes by here again.
        """
        target = self._places.nested(dataset, partition)
        if dataset.nested_by and not is_nested_from(target, found):
            text = nested_text(dataset, self.read(dataset, partition), found)
            write_text(target, text, draft=self._places.drafts(dataset, partition)[2])

    def publish(
        self,
        dataset: Dataset,
        partition: str,
        rows: Source,
        *,
        fingerprint: Fingerprint,
        provenance: Provenance,
    ) -> Manifest:
        """Lock, stage and commit."""
        with self.lock(dataset, partition):
            staged = self.stage(
                dataset, partition, rows, fingerprint=fingerprint, provenance=provenance
            )
            return self.commit(staged)

    def _require_lock(self, dataset: Dataset, partition: str) -> None:
        if not lock.is_held_here(self._places.lock(dataset, partition)):
            raise UnlockedPartitionError(
                f"{dataset.stem(partition)} is written under its lock only; "
                "enclose stage and commit in `with lake.lock(dataset, partition)`, or use publish"
            )

    def _require_staged(self, staged: Staged) -> None:
        self._require_lock(staged.dataset, staged.partition)
        if Stamp.of(os.stat(staged.path)) != staged.generation.stamp:  # noqa: PTH116 - fault tests
            raise DamagedPartitionError(
                f"{staged.path} is not as it was staged; stage {staged.dataset.name} again"
            )

    # Ways out

    def in_force(self, dataset: Dataset, partition: str) -> Generation | None:
        """The generation that verifies against the file on disk.

        None if there is no file, no manifest, or the file is not one the manifest names.
        The lock's holder also records a copied file's new stamp, so that it is hashed once, and
        writes the rows as JSON where they should be and are not.
        """
        try:
            with self._opened(dataset, partition) as opened:
                found = opened[1] if opened else None
        except DamagedPartitionError:
            return None
        if found and lock.is_held_here(self._places.lock(dataset, partition)):
            self._restamp(dataset, partition, found)
            self._nest(dataset, partition, found)
        return found

    def _restamp(self, dataset: Dataset, partition: str, found: Generation) -> None:
        path = self._places.manifest(dataset, partition)
        manifest = load_manifest(path)
        if manifest and found not in manifest.generations():
            adopted = Manifest(
                dataset=manifest.dataset, partition=partition, current=found, previous=None
            )
            draft = self._places.drafts(dataset, partition)[1]
            write_text(path, adopted.to_text(), draft=draft)

    def partitions(self, dataset: Dataset) -> list[str]:
        """Partitions with a manifest and a file, sorted."""
        folder = self._places.manifest(dataset, WHOLE).parent
        named = (partition_in(path, dataset) for path in folder.glob(f"{dataset.prefix}*.json"))
        return sorted(p for p in named if p and self._places.data(dataset, p).exists())

    def relation(
        self, dataset: Dataset, partitions: str | Sequence[str]
    ) -> duckdb.DuckDBPyRelation:
        """Partitions as a lazy DuckDB relation; closed sets are text.

        It reads the generations in force now, also when it runs after they were replaced.

        Raises:
            MissingPartitionError: one is not materialized.
            DamagedPartitionError: a file is not one its manifest names.
        """
        connection = self._connect()
        pins = ExitStack()
        finalize(connection, pins.close)
        # DuckDB opens a path several times per query; a descriptor stays one file.
        files = []
        for file, _ in self._each(dataset, partitions):
            descriptor = os.dup(file.fileno())
            pins.callback(os.close, descriptor)
            files.append(f"/dev/fd/{descriptor}")
        return connection.read_parquet(files)

    def scan(self, dataset: Dataset, partitions: str | Sequence[str]) -> pl.LazyFrame:
        """Partitions as a LazyFrame; otherwise as `relation`."""
        frames = [
            with_closed_sets(dataset, pl.scan_parquet(file))
            for file, _ in self._each(dataset, partitions)
        ]
        return pl.concat(frames)

    def stream(self, dataset: Dataset, partition: str) -> RowStream:
        """A partition a batch at a time; otherwise as `relation`."""
        with self.pinned(dataset, partition) as pinned:
            return pinned.stream()

    def read(self, dataset: Dataset, partitions: str | Sequence[str]) -> pl.DataFrame:
        """Partitions as a DataFrame; otherwise as `relation`."""
        return self.scan(dataset, partitions).collect()

    @contextmanager
    def pinned(self, dataset: Dataset, partition: str) -> Iterator[Pinned]:
        """A partition's open file and the generation it is, which stay together; else as `scan`."""
        for file, generation in self._each(dataset, partition):
            yield Pinned(dataset, generation, file)

    def holdings(self) -> Holdings:
        """What it holds, for who looks often."""
        return Holdings(self.root)

    def open_sql(self, question: str | None = None) -> duckdb.DuckDBPyConnection:
        """DuckDB with one view per dataset, as ``bronze.es_trades``, that can open nothing else.

        Where files are far away, the views that the question does not name are empty.
        """
        del question  # here every file is at hand
        return open_views(self._connect(), self._views, self.root)

    def _views(self, dataset: Dataset) -> View:
        names = self.partitions(dataset)
        for _ in self._each(dataset, names) if names else ():
            pass  # each is opened, so that a damaged file is named now
        files = {name: self._places.data(dataset, name) for name in names}
        return View(dataset, files)

    def verify(self, dataset: Dataset | None = None, partition: str | None = None) -> list[Finding]:
        """Hash every file; whatever was edited, deleted, added or left over, by path."""
        return verify(self._places, dataset, partition)

    def _opened(
        self, dataset: Dataset, partition: str
    ) -> AbstractContextManager[tuple[BufferedReader, Generation] | None]:
        return self._reader.opened(
            self._places.data(dataset, partition), self._places.manifest(dataset, partition)
        )

    def _each(
        self, dataset: Dataset, partitions: str | Sequence[str]
    ) -> Iterator[tuple[BufferedReader, Generation]]:
        names = [partitions] if isinstance(partitions, str) else partitions
        if not names:
            raise missing(dataset, "of any name", self.partitions(dataset))
        for name in names:
            with self._opened(dataset, name) as opened:
                if opened is None:
                    raise missing(dataset, name, self.partitions(dataset))
                yield opened

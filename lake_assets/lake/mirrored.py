"""A lake whose partitions are in an object store, with a folder that holds what was needed here.

The folder is a lake of its own at every moment, so that whatever reads paths reads these; what is
in force, only the store says.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from threading import get_ident
from typing import Final

import duckdb

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import DamagedPartitionError
from lake_assets.lake import lock
from lake_assets.lake.durability import put_in_place
from lake_assets.lake.fetching import fetch
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.holdings import Holding, Holdings
from lake_assets.lake.lake import Lake
from lake_assets.lake.manifest import Generation, Manifest, Stamp
from lake_assets.lake.published import Look, Published, object_prefix
from lake_assets.lake.remote import Remote
from lake_assets.lake.remote_verify import verify_remote
from lake_assets.lake.sql import View, named_in, open_views
from lake_assets.lake.staging import Connect, Staged, in_memory
from lake_assets.lake.store import Text
from lake_assets.lake.verify import Finding
from lake_assets.lake.writer import Source
from lake_assets.market.vocabulary import Provenance

_PULL_WAIT_S: Final = 600.0  # for another process that brings the same file
_AT_ONCE: Final = 8  # files on their way
_TRIES: Final = 20  # a writer elsewhere would have to publish this often during one look


# Of the whole process, as the locks are: who holds one may commit by another Lake of its folder.
_bases: Final[dict[Path, tuple[int, Look]]] = {}  # lock file -> (thread, what it publishes over)


class MirroredLake(Lake):
    """Partitions of a store: made here, put there; asked for here, brought from there once."""

    def __init__(
        self, remote: Remote, home: Path, *, connect: Connect = in_memory, lock_wait_s: float = 60.0
    ) -> None:
        super().__init__(home, connect=connect, lock_wait_s=lock_wait_s)
        self.remote = remote
        self._pulled: dict[Dataset, frozenset[tuple[str, str]]] = {}

    @property
    def provenance(self) -> Provenance | None:
        """Where its data come from; None before the first publish."""
        return self.remote.provenance()

    # Ways in

    @contextmanager
    def lock(self, dataset: Dataset, partition: str) -> Iterator[None]:
        """Be the partition's only writer on this machine; of several machines the fastest wins."""
        key = self._places.lock(dataset, partition)
        with super().lock(dataset, partition):
            _bases[key] = get_ident(), self.remote.look(dataset, partition, now=True)
            try:
                yield
            finally:
                del _bases[key]

    def stage(
        self,
        dataset: Dataset,
        partition: str,
        rows: Source,
        *,
        fingerprint: Fingerprint,
        provenance: Provenance,
    ) -> Staged:
        """As of any lake: checked, written and hashed on this machine."""
        self.remote.require(provenance)
        return super().stage(
            dataset, partition, rows, fingerprint=fingerprint, provenance=provenance
        )

    def commit(self, staged: Staged) -> Manifest:
        """Put a staged partition in force in the store, and then here.

        Raises:
            BusyPartitionError: another machine published something else since the lock was taken.
            UnreachableStoreError: nothing is known to be published.
        """
        self._require_staged(staged)
        dataset, partition = staged.dataset, staged.partition
        self.remote.settle(staged.generation.provenance)
        _, base = _bases[self._places.lock(dataset, partition)]
        published = self.remote.publish(staged, base)
        with lock.hold(self._pull_lock(dataset, partition), wait_s=_PULL_WAIT_S):
            self._install(dataset, published, staged.path)
        self._nest(dataset, partition, published.manifest.current)
        return published.manifest

    def _nest(self, dataset: Dataset, partition: str, found: Generation) -> None:
        """Have the rows as JSON here and in the store."""
        super()._nest(dataset, partition, found)
        if dataset.nested_by:
            key = dataset.nested_path(partition)
            text = self._places.nested(dataset, partition).read_bytes()
            there = self.remote.store.text(key)
            if not isinstance(there, Text) or there.text != text:
                self.remote.store.replace_text(key, text)

    # Ways out

    def in_force(self, dataset: Dataset, partition: str) -> Generation | None:
        """The generation in force in the store, where its object is as it was put; not read here.

        The lock's holder is told what is so now, and publishes over that.
        """
        key = self._places.lock(dataset, partition)
        base = _bases.get(key)
        held = base is not None and base[0] == get_ident()
        look = self.remote.look(dataset, partition, now=held)
        if held:
            _bases[key] = get_ident(), look
        published = look.published
        if published is None or not self.remote.is_sound(dataset, published, now=held):
            return None
        if held and dataset.nested_by:
            self._nest(dataset, partition, published.manifest.current)
        return published.manifest.current

    def partitions(self, dataset: Dataset) -> list[str]:
        """Partitions with a manifest in the store, sorted."""
        return sorted(self.remote.tags(dataset))

    def holdings(self) -> Holdings:
        """What the store holds, its files brought here when they are looked at."""
        return _MirroredHoldings(self)

    def open_sql(self, question: str | None = None) -> duckdb.DuckDBPyConnection:
        """DuckDB with one view per dataset; those the question does not name are empty."""
        connection = self._connect()
        named = named_in(connection, question) if question else DATASETS
        return open_views(
            connection,
            lambda dataset: self._views(dataset) if dataset in named else View(dataset, {}),
            self.root,
        )

    def _views(self, dataset: Dataset) -> View:
        self.pull(dataset)
        return super()._views(dataset)

    def verify(self, dataset: Dataset | None = None, partition: str | None = None) -> list[Finding]:
        """Read and hash every object; whatever was edited, deleted or added, by its key."""
        return verify_remote(self.remote.store, dataset, partition)

    @contextmanager
    def _opened(
        self, dataset: Dataset, partition: str
    ) -> Iterator[tuple[BufferedReader, Generation] | None]:
        self.remote.look(dataset, partition).required()
        if self._is_behind(dataset, partition):
            self._pull(dataset, partition)
        with super()._opened(dataset, partition) as opened:
            yield opened

    # The folder

    def pull(self, dataset: Dataset) -> None:
        """Have every sound partition of a dataset here, and nothing else of it."""
        tags = frozenset(self.remote.tags(dataset).items())
        if self._pulled.get(dataset) == tags:
            return
        names = {*(name for name, _ in tags), *super().partitions(dataset)}
        behind = [name for name in sorted(names) if self._is_behind(dataset, name)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            if all(pool.map(lambda name: self._is_pulled(dataset, name), behind)):
                self._pulled[dataset] = tags

    def pull_replaced(self, name: str, sha256: str, path: Path) -> None:
        """Have a generation that was replaced here, if the store keeps it."""
        draft = path.with_name(f"{path.name}.pulled")
        with lock.hold(self._places.locks / f"{path.name}.lock", wait_s=_PULL_WAIT_S):
            for each in self.remote.store.listed(object_prefix(name, sha256)):
                if fetch(self.remote.store, each.key, sha256, draft):
                    put_in_place(draft, path)
                    return

    def _is_behind(self, dataset: Dataset, partition: str) -> bool:
        look, held = self.remote.look(dataset, partition), self._held(dataset, partition)
        return (held.sha256 if held else None) != _sha256(look.published)

    def _is_pulled(self, dataset: Dataset, partition: str) -> bool:
        """Bring a partition here; False if it is damaged, and is not here then."""
        try:
            self._pull(dataset, partition)
        except DamagedPartitionError:
            return False
        return True

    def _held(self, dataset: Dataset, partition: str) -> Generation | None:
        """The generation the folder holds, if its file is sound."""
        try:
            with super()._opened(dataset, partition) as opened:
                return opened[1] if opened else None
        except DamagedPartitionError:
            return None

    def _pull(self, dataset: Dataset, partition: str) -> None:
        """Bring the generation in force here; a partition the store has not is dropped here.

        Raises:
            DamagedPartitionError: the store's object is not the one its manifest names.
        """
        draft = Path(f"{self._places.staging}/{dataset.stem(partition)}.pulled")
        with lock.hold(self._pull_lock(dataset, partition), wait_s=_PULL_WAIT_S):
            try:
                published = self._fetched(dataset, partition, draft)
            except DamagedPartitionError:
                self._drop(dataset, partition)
                raise
            if published is None:
                self._drop(dataset, partition)
            elif draft.exists():
                self._install(dataset, published, draft)

    def _fetched(self, dataset: Dataset, partition: str, draft: Path) -> Published | None:
        """What is in force, with its bytes in the draft unless the folder holds them."""
        draft.unlink(missing_ok=True)
        gone = ""
        for _ in range(_TRIES):
            published = self.remote.look(dataset, partition, now=True).required()
            if published is None or not self._is_behind(dataset, partition):
                return published
            key = published.current.key
            if fetch(self.remote.store, key, published.manifest.current.sha256, draft):
                return published
            if key == gone:
                break
            gone = key  # a writer may have replaced it since its name was read
        raise DamagedPartitionError(
            f"{self.remote.store.url}/{gone} is gone, though a manifest names it; "
            "materialize the partition again"
        )

    def _install(self, dataset: Dataset, published: Published, path: Path) -> None:
        """Put a whole file in the folder as a lake of its own would; the pull lock is held."""
        partition = published.manifest.partition
        manifest = Manifest(
            dataset=published.manifest.dataset,
            partition=partition,
            current=published.manifest.current.stamped(Stamp.of(path.stat())),
            previous=self._held(dataset, partition),
        )
        self._replace(dataset, manifest, path, draft=path.with_name(f"{path.name}.manifest"))

    def _drop(self, dataset: Dataset, partition: str) -> None:
        self._places.manifest(dataset, partition).unlink(missing_ok=True)
        self._places.data(dataset, partition).unlink(missing_ok=True)

    def _pull_lock(self, dataset: Dataset, partition: str) -> Path:
        return self._places.locks / f"{dataset.stem(partition)}.pull.lock"


class _MirroredHoldings(Holdings):
    """What a store holds of a dataset, brought here before it is looked at."""

    def __init__(self, lake: MirroredLake) -> None:
        super().__init__(lake.root)
        self._lake = lake

    def of(self, dataset: Dataset) -> tuple[Holding, ...]:
        """Every partition of a dataset; one whose manifest was edited is none."""
        self._lake.pull(dataset)
        return super().of(dataset)

    def replaced(self, name: str, sha256: str) -> Path:
        """Where the bytes of a replaced generation are, if they were kept."""
        path = super().replaced(name, sha256)
        if not path.exists():
            self._lake.pull_replaced(name, sha256, path)
        return path


def _sha256(published: Published | None) -> str | None:
    return published.manifest.current.sha256 if published else None

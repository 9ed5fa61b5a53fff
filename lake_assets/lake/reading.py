"""Which generation a file is, and the open file that proves it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from os import fstat
from pathlib import Path
from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.stream import RowStream
from lake_assets.errors import DamagedPartitionError, MissingPartitionError
from lake_assets.lake.durability import sha256_of
from lake_assets.lake.manifest import Generation, Manifest, Stamp
from lake_assets.lake.stream import stream_file

_SHOWN: Final = 8  # partitions a message lists
_RETRIES: Final = 1_000  # a writer would have to publish this often during one look


@dataclass(frozen=True, slots=True)
class Pinned:
    """One generation of a partition and its open file, whatever is published meanwhile."""

    dataset: Dataset
    generation: Generation
    file: BufferedReader

    def scan(self) -> pl.LazyFrame:
        """Its rows; run it before the file is closed."""
        self.file.seek(0)  # polars reads on from where the file stands
        return with_closed_sets(self.dataset, pl.scan_parquet(self.file))

    def stream(self) -> RowStream:
        """Its rows a batch at a time, also after the file is closed.

        It holds a row group or two, where a LazyFrame read in batches runs ahead of its reader.
        """
        return stream_file(self.dataset, self.file)


def with_closed_sets(dataset: Dataset, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Stored text of closed sets as the sets' members."""
    stored = rows.collect_schema()
    sets = {n: d for n, d in dataset.dtypes.items() if isinstance(d, pl.Enum) and n in stored}
    return rows.cast(pl.Schema(sets)) if sets else rows


def load_manifest(path: Path) -> Manifest | None:
    """A partition's manifest, None if there is none.

    Raises:
        DamagedPartitionError: it was edited.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise DamagedPartitionError(f"{path}: expected UTF-8, {error}") from error
    return Manifest.from_text(text, str(path))


def partition_in(path: Path, dataset: Dataset) -> str | None:
    """The partition a manifest is of, None if it is another dataset's."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        owner, partition = body["dataset"], body["partition"]
    except (OSError, ValueError, KeyError, TypeError):
        return None  # `verify` names a damaged manifest
    mine = owner == "/".join(dataset.key) and dataset.stem(partition).endswith(path.stem)
    return str(partition) if mine else None


class Reader:
    """Opens partitions; remembers the hash of what it hashed, by the file's stamp."""

    def __init__(self) -> None:
        self._hashes: dict[Stamp, str] = {}

    @contextmanager
    def opened(
        self, data: Path, manifest: Path
    ) -> Iterator[tuple[BufferedReader, Generation] | None]:
        """The open file and the generation it is; None if there is no file or no manifest.

        The open file stays that generation however often the name is given to a newer one.

        Raises:
            DamagedPartitionError: the file is neither of the generations its manifest names.
        """
        known = load_manifest(manifest)
        for _ in range(_RETRIES):
            try:
                file = data.open("rb")
            except FileNotFoundError:
                yield None
                return
            with file:
                found = _by_stamp(file, known)
                if found is None:
                    # A writer may have replaced both since the manifest was read.
                    fresh = load_manifest(manifest)
                    if fresh != known:
                        known = fresh
                        continue
                    found = self._by_hash(file, known)
                if known is None:
                    yield None
                    return
                if found is None:
                    break
                yield file, found
                return
        raise DamagedPartitionError(
            f"{data}: expected one of the generations {manifest} names, found other bytes; "
            "materialize the partition again, or restore the file from a copy"
        )

    def _by_hash(self, file: BufferedReader, manifest: Manifest | None) -> Generation | None:
        if manifest is None:
            return None
        stamp = Stamp.of(fstat(file.fileno()))
        sizes = {g.bytes for g in manifest.generations()}
        if stamp not in self._hashes and stamp.size in sizes:
            self._hashes[stamp] = sha256_of(file)
            file.seek(0)
        found = self._hashes.get(stamp)
        same = (g for g in manifest.generations() if g.sha256 == found)
        generation = next(same, None)
        return generation.stamped(stamp) if generation else None


def _by_stamp(file: BufferedReader, manifest: Manifest | None) -> Generation | None:
    stamp = Stamp.of(fstat(file.fileno()))
    known = manifest.generations() if manifest else []
    return next((g for g in known if g.stamp == stamp), None)


def missing(dataset: Dataset, partition: str, there: Sequence[str]) -> MissingPartitionError:
    """What to say of a partition that is not materialized, where these are."""
    listed = ", ".join(there[-_SHOWN:]) or "none"
    more = f"the last {_SHOWN} of {len(there)} are" if len(there) > _SHOWN else "there are"
    key = "/".join(dataset.key)
    cut = "" if dataset.is_whole else f" --partition {partition}"
    return MissingPartitionError(
        f"{key} has no partition {partition}; {more} {listed}; materialize it with "
        f"`dagster asset materialize -m lake_assets.definitions --select key:{key}{cut}`"
    )

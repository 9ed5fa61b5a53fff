"""Where a simulated day of option books stands on disk, and whether it is already there."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lake_assets.simulation.dbn_file import WrittenFile, sync_folder, write_whole
from lake_assets.simulation.existing import Existing, sha256_of
from lake_assets.simulation.option_books_scene import Scene
from lake_assets.sources.packed_contract import is_marked
from lake_assets.sources.raw_file import SIMULATED_MARK

BOOKS_GENERATOR: Final = 1  # raise it when the same parameters give other bytes

_ROOM: Final = "option_books"


@dataclass(frozen=True, slots=True)
class BookLanding:
    """The files of one underlying and day: shards and manifest in a folder, answers beside it."""

    scene: Scene
    raw_root: Path

    @property
    def name(self) -> str:
        """Underlying and day, as they stand in file names."""
        return f"{self.scene.underlying.name}_{self.scene.session.day.isoformat()}"

    @property
    def day_folder(self) -> Path:
        """Where the day's books of every underlying are."""
        return self.raw_root / _ROOM / self.scene.session.day.isoformat()

    @property
    def shard_folder(self) -> Path:
        """Where packed shards are; no other table may be in it."""
        return self.day_folder / self.scene.underlying.name

    @property
    def manifest(self) -> Path:
        """What says that the shards are simulated and, once it lists them, that all are there."""
        return self.shard_folder / "metadata.json"

    def existing(self) -> list[WrittenFile] | None:
        """The files if they are there, whole and of these parameters, else None.

        Raises:
            ConflictingInputError: a vendor's books are there, another simulation's, or a changed
                file.
        """
        made = self._told()
        self._refuse_vendor(made)
        if "files" not in made:
            return None
        if made["generator"] != BOOKS_GENERATOR or made["params"] != self._params():
            raise self._existing.conflict(self.manifest, f"params {made['params']}")
        return [
            self._existing.verified(
                self.raw_root / each["filename"], each["sha256"], each["records"]
            )
            for each in made["files"]
        ]

    def remove_existing(self) -> None:
        """Delete the simulation of this underlying and day, but nothing of a vendor's.

        Raises:
            ConflictingInputError: a vendor's books are there.
        """
        self._refuse_vendor(self._told())
        self.manifest.unlink(missing_ok=True)
        beside = self.day_folder.glob(f"*_{self.name}.parquet")
        for path in (*self.shard_folder.glob("*.parquet"), *beside):
            path.unlink()

    def begin(self) -> None:
        """Say that what comes is simulated, before any of it is there to be read."""
        self.shard_folder.mkdir(parents=True, exist_ok=True)
        self._tell({})

    def write_shard(self, place: int, tables: Iterable[pa.Table]) -> WrittenFile:
        """Write one shard, a row group a table."""
        return self._write(self.shard_folder / f"books_{place:02d}.parquet", tables)

    def write_beside(self, name: str, frame: pl.DataFrame) -> WrittenFile:
        """Write a table that tells the truth about the books."""
        return self._write(self.day_folder / f"{name}_{self.name}.parquet", [frame.to_arrow()])

    def finish(self, files: Sequence[WrittenFile]) -> None:
        """Write the manifest, last of all."""
        listed = [
            {
                "filename": each.path.relative_to(self.raw_root).as_posix(),
                "records": each.records,
                "size": each.size_bytes,
                "sha256": each.sha256,
            }
            for each in files
        ]
        self._tell({"files": listed})

    def _told(self) -> dict[str, Any]:
        """What the manifest says, nothing if there is none."""
        return json.loads(self.manifest.read_text()) if self.manifest.exists() else {}

    def _refuse_vendor(self, made: dict[str, Any]) -> None:
        """Raise if a shard is there that no simulation lists, and none has marked."""
        ours = {each["filename"] for each in made.get("files", [])}
        for path in sorted(self.shard_folder.glob("*.parquet")):
            if path.relative_to(self.raw_root).as_posix() not in ours and not is_marked(path):
                raise self._existing.conflict(path, "a shard without the mark of a simulation")

    def _tell(self, more: dict[str, object]) -> None:
        told = {
            "simulated": True,
            "generator": BOOKS_GENERATOR,
            "params": self._params(),
            **more,
        }
        write_whole(self.manifest, (json.dumps(told, indent=2) + "\n").encode())

    @property
    def _existing(self) -> Existing:
        return Existing(self._params())

    def _params(self) -> object:
        return self.scene.params.model_dump()

    def _write(self, path: Path, tables: Iterable[pa.Table]) -> WrittenFile:
        """Write a marked Parquet file, durably, whole or not at all."""
        draft = path.with_name(f".{path.name}.writing")
        records = 0
        with draft.open("wb") as stream:
            writer = None
            for table in tables:
                marked = table.replace_schema_metadata({SIMULATED_MARK: _ROOM})
                if writer is None:
                    writer = pq.ParquetWriter(stream, marked.schema, compression="zstd")
                writer.write_table(marked)
                records += table.num_rows
            if writer is not None:
                writer.close()
            stream.flush()
            os.fsync(stream.fileno())
        size, digest = draft.stat().st_size, sha256_of(draft)
        draft.replace(path)
        sync_folder(path.parent)
        return WrittenFile(path, records, size, digest)

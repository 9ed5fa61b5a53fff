"""The rows of a small table as one JSON file beside it: objects in objects, unknown is null."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.durability import sha256_of
from lake_assets.lake.manifest import Generation, Manifest

_METADATA = "metadata"


def nested_text(dataset: Dataset, rows: pl.DataFrame, made: Generation) -> str:
    """Rows nested by the dataset's ``nested_by``, after what they were made from.

    The metadata come first and begin with the hash of the Parquet file the rows are of.
    """
    levels = list(dataset.nested_by)
    nested: dict[str, Any] = {_METADATA: _metadata(made)}
    leaves = rows.drop(levels).iter_rows(named=True)
    for keys, leaf in zip(rows.select(levels).iter_rows(), leaves, strict=True):
        level = nested
        for key in keys[:-1]:
            level = level.setdefault(key, {})
        level[keys[-1]] = leaf
    return _compact(nested) + "\n"


def is_nested_from(path: Path, made: Generation) -> bool:
    """Whether a JSON file is there and says it is of this generation."""
    head = _compact({_METADATA: {"parquet_sha256": made.sha256}}).rstrip("}")
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(len(head)) == head
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def is_nested_whole(dataset: Dataset, path: Path, data: Path, manifest: Manifest) -> bool:
    """Whether a JSON file says, byte for byte, what the Parquet file says."""
    with data.open("rb") as file:
        found = sha256_of(file)
    made = next((g for g in manifest.generations() if g.sha256 == found), None)
    if made is None:
        return True  # a writer has just replaced the file, and writes its JSON now
    rows = pl.read_parquet(data)
    return path.exists() and path.read_bytes() == nested_text(dataset, rows, made).encode()


def _metadata(made: Generation) -> dict[str, Any]:
    return {
        "parquet_sha256": made.sha256,
        "quality": dict(sorted(made.quality.items())),
        "inputs": dict(sorted(made.fingerprint.inputs.items())),
        "provenance": made.provenance.value,
    }


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False, ensure_ascii=False)

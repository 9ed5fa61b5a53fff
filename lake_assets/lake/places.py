"""Where things lie under the lake's root; data paths themselves come from the catalog."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lake_assets.catalog.dataset import Dataset

DEFAULT_ROOT: Final = "data/lake"
REPLACED: Final = "_replaced"  # folder of the generations that newer ones have replaced


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of a lake."""

    root: Path

    @property
    def manifests(self) -> Path:
        """One manifest per partition, in the data's own tree."""
        return self.root / "_manifests"

    @property
    def locks(self) -> Path:
        """One lock file per partition ever written."""
        return self.root / "_locks"

    @property
    def staging(self) -> Path:
        """What is being written; nothing reads it, and no name in it ends in .parquet."""
        return self.root / "_staging"

    @property
    def identity(self) -> Path:
        """What the lake says of itself."""
        return self.manifests / "lake.json"

    def data(self, dataset: Dataset, partition: str) -> Path:
        """The file readers open."""
        return self.root / dataset.path(partition)

    def manifest(self, dataset: Dataset, partition: str) -> Path:
        """What the lake knows of the partition."""
        return self.manifests / f"{dataset.stem(partition)}.json"

    def lock(self, dataset: Dataset, partition: str) -> Path:
        """What a writer holds."""
        return self.locks / f"{dataset.stem(partition)}.lock"

    def nested(self, dataset: Dataset, partition: str) -> Path:
        """The rows as JSON, of a dataset that has them so."""
        return self.root / dataset.nested_path(partition)

    def replaced(self, name: str, sha256: str) -> Path:
        """Where a generation that was replaced is kept; ``name`` is its path in the lake."""
        return self.root / REPLACED / f"{name.removesuffix('.parquet')}.{sha256[:16]}.parquet"

    def drafts(self, dataset: Dataset, partition: str) -> tuple[Path, Path, Path]:
        """Rows, manifest and JSON on their way in; the lock's holder alone touches them."""
        stem = f"{self.staging}/{dataset.stem(partition)}"
        return Path(f"{stem}.rows"), Path(f"{stem}.manifest"), Path(f"{stem}.nested")

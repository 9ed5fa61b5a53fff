"""What the lake holds of a dataset: partitions, sizes, hashes, and what made them stale."""

from collections.abc import Iterator

from pydantic import BaseModel

from lake_assets.catalog import dataset_named
from lake_assets.catalog.dataset import WHOLE, Dataset
from lake_assets.errors import UnknownNameError
from lake_assets.lake.lake import Lake
from lake_assets.lake.manifest import Generation
from lake_assets.serving.workers import Deadline


class Holding(BaseModel):
    """One partition in force."""

    underlying: str | None
    date: str
    rows: int
    bytes: int
    sha256: str
    provenance: str
    stale: list[str]


class Holdings:
    """Looks at a lake once: what was looked at is remembered for as long as a request takes."""

    def __init__(self, lake: Lake, deadline: Deadline) -> None:
        self._lake = lake
        self._deadline = deadline
        self._seen: dict[tuple[str, str], Generation | None] = {}

    def partitions(self, dataset: Dataset) -> list[str]:
        """Names of the partitions there are, oldest first."""
        self._deadline.check()
        return self._lake.partitions(dataset)

    def of(self, dataset: Dataset) -> list[Holding]:
        """Every partition in force, oldest first."""
        names = self.partitions(dataset)
        return [found for name in names if (found := self.holding(dataset, name))]

    def newest(self, dataset: Dataset) -> Holding | None:
        """The newest partition in force."""
        names = reversed(self.partitions(dataset))
        return next((found for name in names if (found := self.holding(dataset, name))), None)

    def holding(self, dataset: Dataset, name: str) -> Holding | None:
        """A partition, if it is in force."""
        found = self._generation(dataset, name)
        if found is None:
            return None
        return Holding(
            underlying=dataset.underlying,
            date=name,
            rows=found.rows,
            bytes=found.bytes,
            sha256=found.sha256,
            provenance=found.provenance,
            stale=list(self._changes(dataset, name, found)),
        )

    def _generation(self, dataset: Dataset, name: str) -> Generation | None:
        self._deadline.check()
        key = (dataset.name, name)
        if key not in self._seen:
            self._seen[key] = self._lake.in_force(dataset, name)
        return self._seen[key]

    def _changes(self, dataset: Dataset, name: str, found: Generation) -> Iterator[str]:
        """Why it would be made anew, as far as the lake alone can tell.

        Raw files and parameters are not looked at: `lake status` does.
        """
        made = found.fingerprint
        if made.code_version != dataset.version:
            yield f"code version {made.code_version}→{dataset.version}"
        if made.schema_hash != dataset.schema_hash:
            yield "schema changed"
        for key, sha256 in made.inputs.items():
            upstream, partition = _named(key, name)
            if upstream is None:
                yield f"input is no longer declared: {key}"
                continue
            now = self._generation(upstream, partition)
            if now is None:
                yield f"input is missing: {key}"
            elif now.sha256 != sha256:
                yield f"input changed: {key}"


def _named(key: str, partition: str) -> tuple[Dataset | None, str]:
    """The dataset and partition of a fingerprint's input."""
    head, _, tail = key.rpartition("/")
    for name, of in ((key, partition), (head, tail)):
        try:
            dataset = dataset_named(name)
        except UnknownNameError:
            continue
        return dataset, WHOLE if dataset.calendar is None else of
    return None, partition

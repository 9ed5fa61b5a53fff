"""What a store lists of a lake: manifests by partition, objects by key, each good for a while."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.store import Listed, Store

MANIFESTS: Final = "_manifests/"
_PAGE: Final = 1_000  # keys a store lists at once
# Of the whole process: a run has several lakes of one root, and each sees what another published.
_published: Final[dict[tuple[str, Dataset], float]] = {}


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags of a dataset's manifests, by partition, as they were at a moment."""

    at: float
    of: Mapping[str, str]


@dataclass(slots=True)
class Listing:
    """Looks at a lake's keys.

    Who asks for many datasets gets them of one listing of the whole lake, once that takes no more
    requests than one for each.
    """

    store: Store
    fresh_s: float
    _tags: dict[Dataset, Tags] = field(default_factory=dict)
    _objects: dict[Dataset, tuple[float, Mapping[str, Listed]]] = field(default_factory=dict)
    _pages: int = 1  # of the whole lake, as far as is known
    _asked: int = 0  # datasets since it was last listed

    def tags(self, dataset: Dataset) -> Mapping[str, str]:
        """A dataset's partitions that have a manifest, each with the manifest's tag."""
        known = self.known(dataset)
        if known is None:
            self._asked += 1
            if self._asked >= self._pages:
                self._list_all()
            else:
                at = time.monotonic()
                listed = self.store.listed(f"{MANIFESTS}{_head(dataset)}")
                self._tags[dataset] = Tags(at, _tags_of(dataset, listed))
            known = self._tags[dataset]
        return known.of

    def known(self, dataset: Dataset) -> Tags | None:
        """What was listed so lately that it counts as now."""
        known = self._tags.get(dataset)
        return known if known and self.is_fresh(dataset, known.at) else None

    def objects(self, dataset: Dataset) -> Mapping[str, Listed] | None:
        """A dataset's objects, if its manifests were listed just now."""
        if self.known(dataset) is None:
            return None
        known = self._objects.get(dataset)
        if known is None or not self.is_fresh(dataset, known[0]):
            at = time.monotonic()
            found = {each.key: each for each in self.store.listed(_head(dataset))}
            known = self._objects[dataset] = at, found
        return known[1]

    def forget(self, dataset: Dataset) -> None:
        """List a dataset anew when it is next asked for: something was published."""
        _published[self.store.url, dataset] = time.monotonic()

    def is_fresh(self, dataset: Dataset, at: float) -> bool:
        """Whether what was seen of a dataset at a moment counts as now."""
        published = _published.get((self.store.url, dataset), at)
        return published <= at and time.monotonic() - at < self.fresh_s

    def _list_all(self) -> None:
        at, count, folders = time.monotonic(), 0, defaultdict[str, list[Listed]](list)
        for each in self.store.listed(MANIFESTS):
            folders[each.key.rpartition("/")[0]].append(each)
            count += 1
        self._pages, self._asked = 1 + count // _PAGE, 0
        for dataset in DATASETS:
            folder = f"{MANIFESTS}{_head(dataset)}".rpartition("/")[0]
            self._tags[dataset] = Tags(at, _tags_of(dataset, folders.get(folder, ())))


def partition_of(dataset: Dataset, name: str, suffix: str) -> str | None:
    """The partition a file of the lake's tree is of; None if it is another dataset's."""
    stem = name.removesuffix(suffix)
    partition = stem.removeprefix(_head(dataset)).removeprefix("_") or dataset.partition(None)
    mine = dataset.stem(partition) == stem and dataset.has_partition(partition)
    return partition if mine else None


def _tags_of(dataset: Dataset, listed: Iterable[Listed]) -> Mapping[str, str]:
    named = (
        (partition_of(dataset, each.key.removeprefix(MANIFESTS), ".json"), each.tag)
        for each in listed
    )
    return {partition: tag for partition, tag in named if partition is not None}


def _head(dataset: Dataset) -> str:
    """What the names of all files of a dataset begin with, and perhaps of others."""
    return dataset.stem("").removesuffix("_")

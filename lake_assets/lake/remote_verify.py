"""Whether every object of a lake in a store is the one its manifest describes: all are read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from lake_assets.catalog import DATASETS, dataset_named
from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.errors import DamagedPartitionError, UnknownNameError
from lake_assets.lake.fetching import sha256_of_object
from lake_assets.lake.listing import MANIFESTS, partition_of
from lake_assets.lake.nested import nested_text
from lake_assets.lake.published import Published, object_prefix
from lake_assets.lake.remote import IDENTITY
from lake_assets.lake.sealed import unseal
from lake_assets.lake.store import Store, Text
from lake_assets.lake.verify import Finding, FindingKind
from lake_assets.market.vocabulary import Provenance


def verify_remote(store: Store, dataset: Dataset | None, partition: str | None) -> list[Finding]:
    """Read the objects of the lake, a dataset or a partition; an empty list is a sound lake."""
    return sorted(_Verification(store, dataset, partition).findings())


@dataclass(frozen=True)
class _Verification:
    store: Store
    dataset: Dataset | None
    partition: str | None

    def findings(self) -> Iterator[Finding]:
        manifests = {key: self._published(key) for key in self._manifest_keys()}
        named = {
            each.key for found in manifests.values() if found for each in found.objects.values()
        }
        for key, found in manifests.items():
            yield from self._described(key, found)
        for layer in Layer:
            for each in self.store.listed(f"{layer}/"):
                if each.key not in named and self._is_in_scope(each.key):
                    yield from self._unnamed(each.key)
        if self.dataset is None:
            yield from self._identity(manifests)

    def _manifest_keys(self) -> list[str]:
        keys = [each.key for layer in Layer for each in self.store.listed(f"{MANIFESTS}{layer}/")]
        return [key for key in keys if self._is_in_scope(key.removeprefix(MANIFESTS))]

    def _is_in_scope(self, name: str) -> bool:
        if self.dataset is None:
            return True
        return any(
            self.partition in (None, partition)
            for dataset, partition in _partitions_of(name)
            if dataset is self.dataset
        )

    def _published(self, key: str) -> Published | None:
        """What a manifest says; None if it is gone, edited or another place's."""
        found = self.store.text(key)
        if not isinstance(found, Text):
            return None
        try:
            published = Published.from_text(found.text, key)
            dataset = dataset_named(published.manifest.dataset)
        except (DamagedPartitionError, UnknownNameError):
            return None
        place = f"{MANIFESTS}{dataset.stem(published.manifest.partition)}.json"
        return published if place == key else None

    def _described(self, key: str, found: Published | None) -> Iterator[Finding]:
        """What is wrong with a manifest, or with the objects it names."""
        while True:
            if found is None:
                if self.store.head(key) is not None:
                    why = "it is not as the lake wrote it, or of another place; restore it, or "
                    why += "delete it and materialize the partition again"
                    yield Finding(key, FindingKind.WRONG_MANIFEST, why)
                return
            findings = list(self._objects_of(found))
            if not findings or (now := self._published(key)) == found:
                yield from findings
                return
            found = now  # a writer was at work

    def _objects_of(self, found: Published) -> Iterator[Finding]:
        for generation in found.manifest.generations():
            place = found.objects.get(generation.sha256)
            read = sha256_of_object(self.store, place.key) if place else None
            key = place.key if place else found.manifest.dataset
            if read is None:
                why = "its manifest is here, the object is not; materialize the partition again"
                yield Finding(key, FindingKind.MISSING, why)
            elif read != (generation.bytes, generation.sha256):
                why = "its bytes are not those its manifest names; materialize it again"
                yield Finding(key, FindingKind.EDITED, why)
            elif generation is found.manifest.current:
                yield from self._nested(found)

    def _nested(self, found: Published) -> Iterator[Finding]:
        """Whether the JSON beside sound rows says what they say."""
        dataset = dataset_named(found.manifest.dataset)
        if not dataset.nested_by:
            return
        key = dataset.nested_path(found.manifest.partition)
        rows = pl.read_parquet(self._whole(found.current.key))
        told = self.store.text(key)
        wanted = nested_text(dataset, rows, found.manifest.current).encode()
        if not isinstance(told, Text) or told.text != wanted:
            why = "it does not say what its Parquet object says; materialize it again"
            yield Finding(key, FindingKind.EDITED, why)

    def _whole(self, key: str) -> BytesIO:
        body = self.store.bytes_of(key)
        with body or BytesIO() as opened:
            return BytesIO(opened.read())

    def _unnamed(self, key: str) -> Iterator[Finding]:
        """What an object is that no manifest named a moment ago."""
        dataset, partition = next(_partitions_of(key), (None, ""))
        now = self._published_of(dataset, partition) if dataset else None
        read = sha256_of_object(self.store, key)
        if read is None or (dataset and now and _is_described(key, dataset, now)):
            return  # a writer has just removed it, or put it in force
        if dataset is None or not key.startswith(object_prefix(dataset.path(partition), read[1])):
            why = "no manifest names it: the lake did not write it; move it away"
            yield Finding(key, FindingKind.ADDED, why)
        elif not (now and dataset.is_cited):
            why = "a writer died here, or is at work; the partition's next writer removes it"
            yield Finding(key, FindingKind.LEFTOVER, why)

    def _published_of(self, dataset: Dataset, partition: str) -> Published | None:
        return self._published(f"{MANIFESTS}{dataset.stem(partition)}.json")

    def _identity(self, manifests: Mapping[str, object]) -> Iterator[Finding]:
        found = self.store.text(IDENTITY)
        if not isinstance(found, Text):
            if manifests:
                why = "the lake no longer says whether its data are simulated"
                yield Finding(IDENTITY, FindingKind.MISSING, why)
            return
        try:
            Provenance(unseal(found.text.decode(errors="replace"), IDENTITY)["provenance"])
        except (DamagedPartitionError, KeyError, ValueError) as error:
            yield Finding(IDENTITY, FindingKind.WRONG_MANIFEST, str(error))


def _is_described(key: str, dataset: Dataset, now: Published) -> bool:
    """Whether a key is one a manifest speaks of."""
    if dataset.nested_by and key == dataset.nested_path(now.manifest.partition):
        return True
    return key in {each.key for each in now.objects.values()}


def _partitions_of(name: str) -> Iterator[tuple[Dataset, str]]:
    """Datasets and partitions that an object or a manifest of this name may be of."""
    stem = name.split(".", 1)[0]
    for dataset in DATASETS:
        partition = partition_of(dataset, stem, "")
        if partition is not None:
            yield dataset, partition

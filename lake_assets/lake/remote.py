"""A lake's partitions in an object store: looked at through their manifests, swapped in one put."""

import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import (
    BusyPartitionError,
    MixedProvenanceError,
    UnreachableStoreError,
)
from lake_assets.lake.listing import Listing
from lake_assets.lake.manifest import Manifest
from lake_assets.lake.memory import remember, remembered
from lake_assets.lake.published import Look, Published, manifest_key, object_key
from lake_assets.lake.sealed import seal, unseal
from lake_assets.lake.staging import Staged
from lake_assets.lake.store import OvertakenError, Store, Unchanged
from lake_assets.market.vocabulary import Provenance

IDENTITY: Final = "_manifests/lake.json"
_TRIES: Final = 5  # of a swap that another request was in the way of, yet changed nothing


class Remote:
    """The partitions of a lake in a store.

    A look is good for ``fresh_s``; ``memory`` is a folder that keeps manifests between processes.
    """

    def __init__(self, store: Store, memory: Path, *, fresh_s: float) -> None:
        self.store = store
        self._memory = memory
        self._listing = Listing(store, fresh_s)
        self._looks: dict[str, Look] = {}
        self._provenance: Provenance | None = None

    # Looking

    def look(self, dataset: Dataset, partition: str, *, now: bool = False) -> Look:
        """A partition's manifest, asked for again once the last look is too old, or ``now``."""
        key = manifest_key(dataset, partition)
        known = self._looks.get(key)
        if known and not now and self._listing.is_fresh(dataset, known.at):
            return known
        known = known or remembered(self._memory, key)
        at = time.monotonic()
        listed = None if now else self._listing.known(dataset)
        if listed:
            tag = listed.of.get(partition)
            if tag is None or (known and known.tag == tag):
                found = known if tag and known else Look(listed.at)
                return self._seen(key, _at(listed.at, found))
        found = self._asked(key, known, at)
        return self._seen(key, found)

    def tags(self, dataset: Dataset) -> Mapping[str, str]:
        """Partitions that have a manifest, each with the manifest's tag."""
        return self._listing.tags(dataset)

    def is_sound(self, dataset: Dataset, published: Published, *, now: bool = False) -> bool:
        """Whether the object in force is there and the one that was put: its tag says so."""
        wanted = published.current
        listed = None if now else self._listing.objects(dataset)
        if listed is not None and wanted.key in listed:
            return listed[wanted.key] == wanted
        return self.store.head(wanted.key) == wanted

    def provenance(self) -> Provenance | None:
        """Where the lake's data come from; None before the first publish."""
        if self._provenance is None:
            found = self.store.text(IDENTITY)
            if found is not None and not isinstance(found, Unchanged):
                told = unseal(found.text.decode(errors="replace"), f"{self.store.url}/{IDENTITY}")
                self._provenance = Provenance(told["provenance"])
        return self._provenance

    def _asked(self, key: str, known: Look | None, at: float) -> Look:
        found = self.store.text(key, unless=known.tag if known else None)
        if isinstance(found, Unchanged) and known:
            return _at(at, known)
        if found is None or isinstance(found, Unchanged):
            return Look(at)
        return Look.of(at, found.tag, found.text, f"{self.store.url}/{key}")

    def _seen(self, key: str, look: Look) -> Look:
        known = self._looks.get(key)
        self._looks[key] = look
        if look.published and (known is None or known.tag != look.tag):
            remember(self._memory, key, look)
        return look

    # Publishing

    def settle(self, provenance: Provenance) -> None:
        """Record the lake's kind at its first publish; of two first writers one wins.

        Raises:
            MixedProvenanceError: the lake holds the other kind.
        """
        if self.provenance() is None:
            text = seal({"provenance": provenance}).encode()
            with suppress(OvertakenError):
                self.store.put_text(IDENTITY, text, over=None)
        self.require(provenance)

    def require(self, provenance: Provenance) -> None:
        """Refuse rows of the other kind.

        Raises:
            MixedProvenanceError: the lake holds the other kind.
        """
        kept = self.provenance()
        if kept not in (None, provenance):
            raise MixedProvenanceError(
                f"the lake at {self.store.url} holds {kept} data and refuses {provenance} data; "
                "set LAKE_ROOT to another place"
            )

    def publish(self, staged: Staged, base: Look) -> Published:
        """Put a staged partition in force over what was seen before it was staged.

        Raises:
            BusyPartitionError: another machine published something else meanwhile.
            UnreachableStoreError: nothing is known to be published.
        """
        dataset, made, old = staged.dataset, staged.generation, base.published
        name = dataset.path(staged.partition)
        # Listed before the swap: their writers saw an older manifest, so theirs will fail.
        before = self._generations(dataset, staged.partition)
        kept = old if old and self.is_sound(dataset, old, now=True) else None
        is_same = kept is not None and kept.manifest.current.sha256 == made.sha256
        if kept and is_same:
            place = kept.current
        else:
            place = self.store.put_file(object_key(name, made.sha256), staged.path, made.sha256)
        manifest = Manifest(
            dataset="/".join(dataset.key),
            partition=staged.partition,
            current=made,
            previous=kept.manifest.current if kept else None,
        )
        objects = {kept.manifest.current.sha256: kept.current} if kept else {}
        wanted = Published(manifest, {**objects, made.sha256: place})
        try:
            found = self._swap(dataset, staged.partition, base, wanted)
        except BusyPartitionError:
            self._discard([] if is_same else [place.key])
            raise
        named = {each.key for each in found.objects.values()}
        if place.key not in named and not is_same:
            self._discard([place.key])
        if found is wanted and not dataset.is_cited:
            self._discard(sorted(before - named))
        self._listing.forget(dataset)
        return found

    def _swap(self, dataset: Dataset, partition: str, base: Look, wanted: Published) -> Published:
        """Put the manifest in the place of the one seen; what is in force then.

        A put whose answer is lost is known by its text.
        """
        key, text = manifest_key(dataset, partition), wanted.to_text()
        for _ in range(_TRIES):
            failure: Exception
            try:
                at, tag = time.monotonic(), self.store.put_text(key, text, over=base.tag)
            except (OvertakenError, UnreachableStoreError) as error:
                failure = error
            else:
                self._seen(key, Look(at, tag, text, wanted))
                return wanted
            now = self.look(dataset, partition, now=True)
            if now.text == text:
                return wanted
            if isinstance(failure, UnreachableStoreError):
                raise failure
            if now.tag != base.tag:
                return self._theirs(dataset, partition, now, wanted)
        raise BusyPartitionError(
            f"{dataset.stem(partition)} is being written by others at {self.store.url}; "
            "try again when they have finished"
        )

    def _theirs(self, dataset: Dataset, partition: str, now: Look, mine: Published) -> Published:
        """What another machine published first, if it is what this one would have.

        Raises:
            BusyPartitionError: it is something else.
        """
        theirs, wanted = now.published, mine.manifest.current
        if theirs and theirs.manifest.current.sha256 == wanted.sha256:
            changes = wanted.fingerprint.changes(theirs.manifest.current.fingerprint)
        else:
            changes = ["content"]
        if theirs and not changes:
            return theirs
        raise BusyPartitionError(
            f"{dataset.stem(partition)} was published by another machine at {self.store.url} while "
            "this one made it, and differs; run again to reuse it, or to make it anew"
        )

    def _generations(self, dataset: Dataset, partition: str) -> set[str]:
        """Objects of a partition, in force or not."""
        head = f"{dataset.stem(partition)}."
        return {each.key for each in self.store.listed(head) if each.key.endswith(".parquet")}

    def _discard(self, keys: list[str]) -> None:
        """Delete objects nothing names; one that stays is named by `lake verify`."""
        with suppress(UnreachableStoreError):
            for key in keys:
                self.store.delete(key)


def _at(at: float, look: Look) -> Look:
    return Look(at, look.tag, look.text, look.published, look.fault)

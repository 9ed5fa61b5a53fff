"""Files that newer ones replace: kept where numbers may have been cited from them."""

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.durability import keep_as
from lake_assets.lake.manifest import Manifest
from lake_assets.lake.places import Places


def keep_replaced(places: Places, dataset: Dataset, manifest: Manifest) -> None:
    """Keep the file in force before its manifest's newer generation takes its place."""
    old, name = manifest.previous, dataset.path(manifest.partition)
    if dataset.is_cited and old and old.sha256 != manifest.current.sha256:
        keep_as(places.root / name, places.replaced(name, old.sha256))

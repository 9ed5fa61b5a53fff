"""What an aggregate remembers of the sessions it has counted, by what they were made from."""

from datetime import date

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.kept import Frames, Kept
from lake_assets.lake.manifest import creators
from lake_assets.lake.sealed import Json, canonical
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.truth_tables import Make, Recall


def recall_by(kept: Kept, dataset: Dataset, wanted: Fingerprint) -> Recall:
    """Remember a session as long as its partitions, the code and the underlying stay."""

    def recall(underlying: Underlying, day: date, make: Make) -> Frames:
        mine: dict[str, Json] = {
            at: sha
            for at, sha in wanted.inputs.items()
            if at.endswith(f"/{day}") and f"/{underlying.name}/" in at
        }
        made_from: dict[str, Json] = {
            "code_version": wanted.code_version,
            "creators": dict(creators()),
            "inputs": mine,
            "underlying": canonical(underlying.facts),
        }
        return kept.recall(f"{dataset.name}_{underlying.name}_{day}", made_from, make)

    return recall

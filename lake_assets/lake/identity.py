"""One lake, one kind of data: simulated and vendor rows never meet."""

from pathlib import Path

from lake_assets.errors import MixedProvenanceError
from lake_assets.lake.durability import draft_text, keep_as
from lake_assets.lake.places import Places
from lake_assets.lake.sealed import seal, unseal
from lake_assets.market.vocabulary import Provenance


def provenance_of(places: Places) -> Provenance | None:
    """Where the lake's data come from; None before the first publish."""
    try:
        text = places.identity.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return Provenance(unseal(text, str(places.identity))["provenance"])


def require(places: Places, provenance: Provenance) -> None:
    """Refuse rows of the other kind.

    Raises:
        MixedProvenanceError: the lake holds the other kind.
    """
    kept = provenance_of(places)
    if kept not in (None, provenance):
        raise MixedProvenanceError(
            f"the lake at {places.root} holds {kept} data and refuses {provenance} data; "
            "set LAKE_ROOT to another folder"
        )


def settle(places: Places, provenance: Provenance, *, draft: Path) -> None:
    """Record the lake's kind at its first publish; of two first writers one wins.

    Raises:
        MixedProvenanceError: the lake holds the other kind.
    """
    if provenance_of(places) is None:
        draft_text(draft, seal({"provenance": provenance}))
        _claim(draft, places.identity)
    require(places, provenance)


def _claim(draft: Path, target: Path) -> None:
    try:
        keep_as(draft, target)
    finally:
        draft.unlink()

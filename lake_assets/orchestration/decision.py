"""Whether a partition is made, reused, adopted or kept: the one place that decides."""

from dataclasses import dataclass
from enum import StrEnum

from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.manifest import Generation
from lake_assets.orchestration.resources import StalePolicy


class Outcome(StrEnum):
    """What became of a request to materialize a partition."""

    BUILT = "built"
    REUSED = "reused"
    ADOPTED = "adopted"
    KEPT_STALE = "kept_stale"


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome and the sentence that explains it."""

    outcome: Outcome
    why: str

    def __str__(self) -> str:
        return f"{self.outcome}: {self.why}"


def decide(
    found: Generation | None,
    wanted: Fingerprint,
    *,
    forced: bool,
    stale: StalePolicy,
    known: bool,
) -> Decision:
    """Decide what to do with a partition.

    Args:
        found: the generation that verifies against the file on disk, if any.
        wanted: what the partition would be made from now.
        forced: whether the request insists on a rebuild.
        stale: what to do when the fingerprint has changed.
        known: whether the Dagster instance has seen the partition materialize.
    """
    if found is None:
        return Decision(Outcome.BUILT, "not materialized")
    if forced:
        return Decision(Outcome.BUILT, "forced")
    changes = wanted.changes(found.fingerprint)
    if changes and stale is StalePolicy.keep:
        return Decision(Outcome.KEPT_STALE, "; ".join(changes))
    if changes:
        return Decision(Outcome.BUILT, "; ".join(changes))
    if not known:
        return Decision(Outcome.ADOPTED, "verified on disk, new to this Dagster instance")
    return Decision(Outcome.REUSED, "unchanged")

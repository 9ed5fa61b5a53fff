"""What is materialized, stale or missing, per dataset and session; nothing is run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lake_assets.catalog.dataset import WHOLE, Dataset
from lake_assets.errors import MissingPartitionError
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.recipe import Recipe
from lake_assets.orchestration.resources import LakeResource
from lake_assets.physics.parameters import SignalParams


class State(StrEnum):
    """Where a partition stands."""

    MATERIALIZED = "materialized"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PartitionState:
    """One partition: its state, why, and how many rows it holds."""

    dataset: Dataset
    partition: str
    state: State
    why: str
    rows: int | None


@dataclass(frozen=True)
class Survey:
    """Looks at partitions as the assets would, without making any."""

    recipes: Sequence[Recipe]
    source: LakeResource
    parameters: SignalParams

    def partitions(self, names: Sequence[str]) -> list[PartitionState]:
        """State of every daily dataset for each named session, in the order the data flows."""
        daily = [r for r in self.recipes if r.dataset.calendar is not None]
        return [state for name in names for state in self._session(daily, name)]

    def aggregates(self) -> list[PartitionState]:
        """State of the datasets that hold every session in one file."""
        whole = [r for r in self.recipes if r.dataset.calendar is None]
        return [self._look(recipe, WHOLE, ()) for recipe in whole]

    def _session(self, recipes: Sequence[Recipe], name: str) -> Iterator[PartitionState]:
        unsettled: list[str] = []
        for recipe in recipes:
            behind = [up.name for up in recipe.upstream() if up.name in unsettled]
            state = self._look(recipe, name, behind)
            if state.state is not State.MATERIALIZED:
                unsettled.append(recipe.dataset.name)
            yield state

    def _look(self, recipe: Recipe, name: str, behind: Sequence[str]) -> PartitionState:
        dataset = recipe.dataset
        found = self.source.lake.in_force(dataset, name)
        if found is None:
            return PartitionState(dataset, name, State.MISSING, "not materialized", None)
        try:
            wanted = Job(recipe, name, self.source, self.parameters).fingerprint()
        except MissingPartitionError:
            changes = [f"upstream is missing: {', '.join(behind)}"]
        else:
            changes = wanted.changes(found.fingerprint)
            if behind and not changes:
                changes = [f"upstream is stale: {', '.join(behind)}"]
        state = State.STALE if changes else State.MATERIALIZED
        return PartitionState(dataset, name, state, "; ".join(changes), found.rows)

"""What is materialized, stale or missing, per dataset and session; nothing is run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from lake_assets.catalog import RETRIEVAL_TABLES
from lake_assets.catalog.dataset import WHOLE, Dataset, day_of
from lake_assets.errors import MissingPartitionError
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.arrivals import sessions_with_trades
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.recipe import Recipe, is_of_touches
from lake_assets.orchestration.resources import LakeResource
from lake_assets.sources.landed import LANDED, landed_partitions
from lake_assets.sources.option_books import is_recorded


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
    parameters: LakeParams

    def partitions(self, names: Sequence[str]) -> list[PartitionState]:
        """State of every daily dataset for each named session, in the order the data flows.

        An underlying counts where it has raw files or a partition: that nobody recorded it is no
        gap; so do the tables questions are answered from. Where only these count, the touches do
        not.
        """
        return [state for name in names for state in self._session(self._concerned(name), name)]

    def _concerned(self, name: str) -> list[Recipe]:
        here = [r for r in self.recipes if not r.dataset.is_whole and r.dataset.has_partition(name)]
        touches = [r for r in here if is_of_touches(r)]
        others = [
            r for r in here if self.has_books(r.dataset, name) or self._has_landed(r.dataset, name)
        ]
        seen = day_of(name) in self._trade_days
        seen = seen or any(self._is_made(r.dataset, name) for r in touches)
        return [r for r in here if r in others or (r in touches and (seen or not others))]

    def _has_landed(self, dataset: Dataset, name: str) -> bool:
        """Whether a table questions are answered from has files for a partition, or the partition.

        Those of one cut are made together, so the files of the first of them speak for all.
        """
        if dataset not in RETRIEVAL_TABLES:
            return False
        first = next(other for other in RETRIEVAL_TABLES if other.cut is dataset.cut)
        return name in self._landed[first.name] or self._is_made(dataset, name)

    @cached_property
    def _landed(self) -> dict[str, set[str]]:
        return {name: set(landed_partitions(self.source.inventory, name)) for name in LANDED}

    def has_books(self, dataset: Dataset, name: str) -> bool:
        """Whether the dataset is of an underlying with raw books of a session, or is made."""
        if dataset.underlying is None or dataset.calendar is None:
            return False
        session = session_on(date.fromisoformat(name), dataset.calendar)
        underlying = underlying_named(dataset.underlying)
        recorded = is_recorded(self.source.inventory, session, underlying)
        return recorded or self._is_made(dataset, name)

    def _is_made(self, dataset: Dataset, name: str) -> bool:
        return self.source.lake.in_force(dataset, name) is not None

    @cached_property
    def _trade_days(self) -> set[date]:
        return {session.day for session in sessions_with_trades(self.source.inventory)}

    def aggregates(self) -> list[PartitionState]:
        """State of the datasets that hold every session in one file."""
        whole = [r for r in self.recipes if r.dataset.is_whole]
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

"""Silver as one request sees it, and a question ready to be asked of it."""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Final, TypeAlias

from lake_assets.catalog import GPR_MONTHLY, MACRO_SERIES, OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.lake.holdings import Holding, Holdings
from lake_assets.retrieval.citation import Replay
from lake_assets.retrieval.engine import Engine, Request, Row
from lake_assets.retrieval.query import FILES, Query
from lake_assets.retrieval.vocabulary import SilverTable

Param: TypeAlias = str | int | None
"""Of a replay record: dates are ISO text."""

_REMEMBERED: Final = 4_096  # answers of queries, a kilobyte each


@dataclass(frozen=True, slots=True, order=True)
class Input:
    """A file a number is read from; ``name`` is relative to the lake."""

    name: str
    sha256: str
    path: Path

    @classmethod
    def of(cls, holding: Holding) -> "Input":
        """The file of a partition."""
        return cls(holding.name, holding.sha256, holding.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A query with its parameters and files: all a number depends on."""

    query: Query
    params: Mapping[str, Param]
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What is materialized, the same for every number of a request; oldest first."""

    snapshots: tuple[Holding, ...]
    daily: tuple[Holding, ...]
    macro: tuple[Holding, ...]
    gpr: tuple[Holding, ...]

    @classmethod
    def of(cls, holdings: Holdings) -> "Shelf":
        """As it is now."""
        return cls(
            snapshots=holdings.of(OPTION_SNAPSHOTS),
            daily=holdings.of(OPTION_DAILY),
            macro=holdings.of(MACRO_SERIES),
            gpr=holdings.of(GPR_MONTHLY),
        )

    def of_table(self, table: SilverTable) -> tuple[Holding, ...]:
        """Partitions of one dataset."""
        return {
            SilverTable.OPTION_SNAPSHOTS: self.snapshots,
            SilverTable.OPTION_DAILY: self.daily,
            SilverTable.MACRO_SERIES: self.macro,
            SilverTable.GPR_MONTHLY: self.gpr,
        }[table]

    @property
    def symbols(self) -> frozenset[str]:
        """Every symbol that a manifest names."""
        held = (*self.snapshots, *self.macro)
        return frozenset(symbol for holding in held for symbol in holding.statistics)


def up_to(held: tuple[Holding, ...], partition: str) -> tuple[Holding, ...]:
    """Partitions named no later, as ISO text orders them."""
    return held[: bisect_right(held, partition, key=lambda holding: holding.partition)]


def newest_with(
    held: tuple[Holding, ...], symbol: str, measure: str, *, end: str, start: str = ""
) -> Holding | None:
    """The newest partition from ``start`` to ``end`` whose manifest counts rows of a symbol."""
    for holding in reversed(up_to(held, end)):
        if holding.partition < start:
            return None
        if holding.statistics.get(symbol, {}).get(measure):
            return holding
    return None


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a plan gave, and the records made of it since, by definition."""

    rows: list[Row]
    records: dict[str, Replay] = field(default_factory=dict)


Steps: TypeAlias = Callable[[Request, Plan], list[Row]]


def ask_files(request: Request, plan: Plan) -> list[Row]:
    """Ask a query that needs nothing but its files."""
    paths = [str(source.path) for source in plan.inputs]
    return request.ask(plan.query, {**plan.params, FILES: paths})


class Reader:
    """Asks plans of the engine, and remembers what a query said of the same bytes.

    An answer is remembered under the hashes of query and files, so it can be stale for nobody.
    """

    def __init__(self, engine: Engine, holdings: Holdings) -> None:
        self.engine = engine
        self.holdings = holdings
        self._answers: OrderedDict[tuple[object, ...], Remembered] = OrderedDict()
        self._lock = Lock()

    def rows(self, request: Request, plan: Plan, steps: Steps = ask_files) -> Remembered:
        """Rows of a plan, at most one, from files that are as their manifests say before and after.

        Raises:
            DamagedPartitionError: a file is not, or is not any more.
            MissingPartitionError: a file is gone.
            duckdb.Error: a file cannot be read, or the request's time is over.
        """
        key = _key(plan)
        self._require(plan)
        with self._lock:
            known = self._answers.get(key)
            if known is not None:
                self._answers.move_to_end(key)
                return known
        found = Remembered(steps(request, plan))
        self._require(plan)
        with self._lock:
            self._answers[key] = found
            if len(self._answers) > _REMEMBERED:
                self._answers.popitem(last=False)
        return found

    def _require(self, plan: Plan) -> None:
        self.holdings.require((source.path, source.sha256) for source in plan.inputs)


def _key(plan: Plan) -> tuple[object, ...]:
    params = tuple(sorted(plan.params.items()))
    return plan.query.sha256, params, tuple((s.name, s.sha256) for s in plan.inputs)

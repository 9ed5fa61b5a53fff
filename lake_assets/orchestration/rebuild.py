"""A session's tables made again in memory from Bronze, by the recipes that made the lake's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import polars as pl

from lake_assets.audit.probes import Bronze
from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.catalog.rows import Rows
from lake_assets.catalog.schema import Role
from lake_assets.catalog.stream import RowStream
from lake_assets.errors import ComputationRefusedError, ContractError
from lake_assets.lake.allocators import give_back
from lake_assets.lake.contract import in_order
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.recipe import Recipe

Held: TypeAlias = pl.DataFrame | pl.LazyFrame | RowStream


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Tables by dataset name, and what a step refused to make of the whole session."""

    tables: Mapping[str, pl.DataFrame]
    refusals: Sequence[str]


@dataclass(frozen=True, slots=True)
class Step:
    """One table, and why a step refused to make it of the whole session, if it did."""

    dataset: Dataset
    rows: pl.DataFrame
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Rebuild:
    """The recipes of one session, in the order the data flows, and what they are given."""

    recipes: Sequence[Recipe]
    session: Session
    parameters: LakeParams
    made_from: Fingerprint

    def from_bronze(
        self, bronze: Bronze, cut_ns: int, made: Mapping[str, pl.DataFrame] | None = None
    ) -> Rebuilt:
        """Make every table of the recipes from these Bronze rows, but those ``made`` already.

        The recipes see all the rows they are given, before the cut and after it: a feature that
        reads the future must be able to. Two are told that it is the moment of the cut: one that
        labels, since it says which labels are known yet, and one that refuses the whole session
        for what it sees; it refuses no session that still goes on.

        Raises:
            ComputationRefusedError: a step refuses even so.
        """
        steps = list(self.steps(bronze, cut_ns, made))
        tables = {**(made or {}), **{step.dataset.name: step.rows for step in steps}}
        return Rebuilt(tables, [step.refusal for step in steps if step.refusal])

    def steps(
        self, bronze: Bronze, cut_ns: int, made: Mapping[str, pl.DataFrame] | None = None
    ) -> Iterator[Step]:
        """The tables of `from_bronze` one by one; each is let go after its last reader.

        Those ``made`` already come, too.
        """
        held: dict[str, Held] = dict(bronze) | dict(made or {})
        now = self.parameters.model_copy(update={"as_of_ns": cut_ns})
        for place, recipe in enumerate(self.recipes):
            name, refusal = recipe.dataset.name, None
            if name not in (made or {}):
                try:
                    rows = self._make(recipe, held, now if _labels(recipe) else self.parameters)
                except ComputationRefusedError as refused:
                    refusal = f"{name}: {refused}"
                    rows = self._make(recipe, held, now)
                held[name] = rows
                give_back()
            yield Step(recipe.dataset, cast("pl.DataFrame", held[name]), refusal)
            read_later = {up.name for later in self.recipes[place + 1 :] for up in later.upstream()}
            held = {name: rows for name, rows in held.items() if name in read_later}

    def _make(
        self,
        recipe: Recipe,
        held: dict[str, Held],
        parameters: LakeParams,
    ) -> pl.DataFrame:
        arguments: dict[str, object] = {
            name: _as(held, recipe.read_by(name)[0].name, kind)
            for name, kind in recipe.inputs.items()
        }
        if recipe.params:
            arguments[recipe.params[0]] = recipe.chosen(parameters)
        if recipe.session:
            arguments[recipe.session] = self.session
        if recipe.underlying and recipe.dataset.underlying:
            arguments[recipe.underlying] = underlying_named(recipe.dataset.underlying)
        if recipe.made_from:
            arguments[recipe.made_from] = self.made_from
        made = recipe.make(**arguments)
        rows = made.batches if isinstance(made, Rows) else made
        if not isinstance(rows, pl.DataFrame):
            raise ContractError(
                f"{recipe.dataset.name} must return a DataFrame to be rebuilt, "
                f"not {type(rows).__name__}"
            )
        return in_order(recipe.dataset, rows)


def behind(recipes: Sequence[Recipe], dataset: Dataset) -> list[Recipe]:
    """The recipes a dataset is made by, its own the last, without those of Bronze."""
    needed = {dataset.name}
    for recipe in reversed(recipes):
        if recipe.dataset.name in needed:
            needed |= {upstream.name for upstream in recipe.upstream()}
    return [r for r in recipes if r.dataset.name in needed and r.raw is None]


def bronze_of(recipes: Sequence[Recipe]) -> list[Dataset]:
    """Bronze datasets that recipes read."""
    read = {up.name: up for recipe in recipes for up in recipe.upstream()}
    return [dataset for dataset in read.values() if dataset.layer is Layer.BRONZE]


def bronze_in(lake: Lake, recipes: Sequence[Recipe], partition: str) -> Bronze:
    """A session's Bronze as the recipes read it; what one reads as a stream, all do."""
    streamed = {
        dataset.name
        for recipe in recipes
        for argument, kind in recipe.inputs.items()
        if kind is RowStream
        for dataset in recipe.read_by(argument)
    }
    return {
        d.name: lake.stream(d, partition) if d.name in streamed else lake.scan(d, partition)
        for d in bronze_of(recipes)
    }


def _labels(recipe: Recipe) -> bool:
    at = recipe.dataset.known_at
    return at is not None and recipe.dataset.columns[at.column].role is Role.LABEL


def _as(held: dict[str, Held], name: str, kind: object) -> Held:
    """The table as the argument is annotated; collected once, whoever asks next."""
    rows = held[name]
    if isinstance(rows, RowStream):
        return rows
    if kind is pl.LazyFrame:
        return rows.lazy()
    if isinstance(rows, pl.LazyFrame):
        rows = held[name] = rows.collect()
    return RowStream.of(rows) if kind is RowStream else rows

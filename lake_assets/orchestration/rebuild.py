"""A session's tables made again in memory from Bronze, by the recipes that made the lake's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from lake_assets.audit.probes import Bronze
from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.catalog.rows import Rows
from lake_assets.catalog.schema import Role
from lake_assets.errors import ComputationRefusedError, ContractError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """Tables by dataset name, and what a step refused to make of the whole session."""

    tables: Mapping[str, pl.DataFrame]
    refusals: Sequence[str]


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
        held: dict[str, pl.DataFrame | pl.LazyFrame] = dict(bronze)
        tables = {**(made or {})}
        held |= tables
        refusals: list[str] = []
        for recipe in self.recipes:
            name = recipe.dataset.name
            if name in tables:
                continue
            now = self.parameters.model_copy(update={"as_of_ns": cut_ns})
            try:
                rows = self._make(recipe, held, now if _labels(recipe) else self.parameters)
            except ComputationRefusedError as refused:
                refusals.append(f"{name}: {refused}")
                rows = self._make(recipe, held, now)
            held[name] = tables[name] = rows
        return Rebuilt(tables, refusals)

    def _make(
        self,
        recipe: Recipe,
        held: dict[str, pl.DataFrame | pl.LazyFrame],
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


def in_order(dataset: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows as the lake stores them."""
    return rows.sort(dataset.sort_by, maintain_order=True)


def _labels(recipe: Recipe) -> bool:
    at = recipe.dataset.known_at
    return at is not None and recipe.dataset.columns[at.column].role is Role.LABEL


def _as(
    held: dict[str, pl.DataFrame | pl.LazyFrame], name: str, kind: object
) -> pl.DataFrame | pl.LazyFrame:
    """The table as the argument is annotated; collected once, whoever asks next."""
    rows = held[name]
    if kind is pl.LazyFrame:
        return rows.lazy()
    if isinstance(rows, pl.LazyFrame):
        rows = held[name] = rows.collect()
    return rows

"""What a partition is made from, read off an asset function's signature."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, get_origin, get_type_hints

from lake_assets.catalog import datasets_named
from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.parameters import Params
from lake_assets.errors import MissingPartitionError, UnknownNameError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.facts import Facts
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying, underlying_named
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.seconds.truth_tables import Recall
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.landed import LANDED
from lake_assets.sources.option_books import book_fingerprints
from lake_assets.sources.selection import input_fingerprints


@dataclass(frozen=True)
class Recipe:
    """How one dataset is made, as its function's arguments say.

    An argument named after a dataset is an upstream edge; one annotated with a group of
    parameters receives them; `Session`, `date`, `Underlying`, `Inventory`, `Fingerprint` and
    `Recall` receive the partition's session, the day it is named after, the dataset's underlying,
    the raw files, what the partition is being made from, and what is remembered of the sessions
    it is made from; a table of `Facts` is the lake's own. A table
    there is one of per underlying means, to an asset of an underlying, that underlying's; to any
    other all of them, as a dict by underlying.
    """

    dataset: Dataset
    make: Callable[..., object]
    inputs: Mapping[str, object]
    params: tuple[str, type[Params]] | None
    session: str | None
    underlying: str | None
    raw: str | None
    made_from: str | None
    recall: str | None
    day: str | None
    facts: Mapping[str, type[Facts]]

    @classmethod
    def of(cls, dataset: Dataset, make: Callable[..., object]) -> "Recipe":
        """Read a recipe off a function.

        Raises:
            UnknownNameError: an argument is neither a dataset nor something the lake hands out, or
                its annotation does not say how to read what it names.
        """
        hints = get_type_hints(make)
        inputs: dict[str, object] = {}
        params: tuple[str, type[Params]] | None = None
        handed: dict[object, str] = {}
        facts: dict[str, type[Facts]] = {}
        for name in inspect.signature(make).parameters:
            kind = hints.get(name)
            if isinstance(kind, type) and issubclass(kind, Params):
                params = (name, kind)
            elif isinstance(kind, type) and issubclass(kind, Facts):
                facts[name] = kind
            elif kind in _HANDED_OUT:
                handed[kind] = name
            else:
                _check_reading(dataset, name, kind)
                inputs[name] = kind
        if Underlying in handed and dataset.underlying is None:
            raise UnknownNameError(f"{dataset.name} is of no underlying, and can be given none")
        return cls(
            dataset,
            make,
            inputs,
            params,
            session=handed.get(Session),
            underlying=handed.get(Underlying),
            raw=handed.get(Inventory),
            made_from=handed.get(Fingerprint),
            recall=handed.get(Recall),
            day=handed.get(date),
            facts=facts,
        )

    def read_by(self, argument: str) -> tuple[Dataset, ...]:
        """Datasets an argument stands for: one, or one per underlying."""
        return datasets_named(argument, self.dataset.underlying)

    def upstream(self) -> list[Dataset]:
        """Datasets the function reads, in the order of its arguments."""
        return [dataset for argument in self.inputs for dataset in self.read_by(argument)]

    def chosen(self, parameters: LakeParams) -> Params | None:
        """The group of parameters the function asks for, as its underlying has them."""
        if self.params is None:
            return None
        return parameters.group(self.params[1], self.dataset.underlying)

    def fingerprint(
        self, lake: Lake, partition: str, parameters: LakeParams, raw: "RawOf"
    ) -> Fingerprint:
        """What the partition would be made from now.

        Raises:
            MissingPartitionError: an upstream partition is not materialized.
        """
        group = self.chosen(parameters)
        values = group.model_dump(mode="json") if group else {}
        if self.underlying and self.dataset.underlying:
            values["underlying"] = underlying_named(self.dataset.underlying).facts
        values |= {kind.file: kind.load(lake.root).digest for kind in self.facts.values()}
        return Fingerprint(
            code_version=self.dataset.version,
            schema_hash=self.dataset.schema_hash,
            parameters=values,
            inputs=self._input_hashes(lake, partition),
            raw_files=raw(self.dataset) if self.raw else {},
        )

    def _input_hashes(self, lake: Lake, partition: str) -> dict[str, str]:
        hashes: dict[str, str] = {}
        for dataset in self.upstream():
            every = self.dataset.is_whole and not dataset.is_whole
            for name in lake.partitions(dataset) if every else [partition]:
                found = lake.in_force(dataset, name)
                if found is None:
                    raise MissingPartitionError(
                        f"{self.dataset.name} of {partition} needs {dataset.name} of {name}, which "
                        f"is not materialized; materialize {'/'.join(dataset.key)} first"
                    )
                at = "/".join(dataset.key)
                hashes[f"{at}/{name}" if every else at] = found.sha256
        return hashes


def is_of_touches(recipe: Recipe) -> bool:
    """Whether a recipe makes a session's table of the touches: of no underlying, no collection."""
    dataset = recipe.dataset
    return dataset.calendar is not None and not dataset.underlying and not dataset.collection


_HANDED_OUT: Final = (Session, date, Underlying, Inventory, Fingerprint, Recall)


def _check_reading(dataset: Dataset, argument: str, kind: object) -> None:
    """Several datasets are read as a dict by underlying, one is not."""
    several = len(datasets_named(argument, dataset.underlying)) > 1
    if several != (get_origin(kind) is dict):
        raise UnknownNameError(
            f"{dataset.name}: {argument} is {'one of each underlying' if several else 'one table'};"
            f" annotate it {'dict[str, ...] by underlying' if several else 'as a frame'}"
        )


RawOf = Callable[[Dataset], Mapping[str, str]]
"""From a Bronze dataset to the raw files it would read, each with its SHA-256."""


def raw_files_of(
    inventory: Callable[[], Inventory], session: Session | None, day: date | None
) -> RawOf:
    """Raw files of a session or a day; nothing is scanned unless a recipe asks."""

    def files(dataset: Dataset) -> Mapping[str, str]:
        if day is not None and dataset.name in LANDED:
            return dict(LANDED[dataset.name](inventory(), day))
        if session is None:
            raise UnknownNameError(f"{dataset.name} has no session to read raw files of")
        if dataset.underlying is not None:
            underlying = underlying_named(dataset.underlying)
            return dict(book_fingerprints(inventory(), session, underlying))
        return dict(input_fingerprints(inventory(), session, dataset.name))

    return files

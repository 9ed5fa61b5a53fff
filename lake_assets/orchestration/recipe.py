"""What a partition is made from, read off an asset function's signature."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_type_hints

from lake_assets.catalog import dataset_named
from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.parameters import Params
from lake_assets.errors import MissingPartitionError, UnknownNameError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import Session
from lake_assets.physics.parameters import SignalParams
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.selection import input_fingerprints


@dataclass(frozen=True)
class Recipe:
    """How one dataset is made, as its function's arguments say.

    An argument named after a dataset is an upstream edge; one annotated with a group of
    parameters receives them; `Session`, `Inventory` and `Fingerprint` receive the partition's
    session, the raw files, and what the partition is being made from.
    """

    dataset: Dataset
    make: Callable[..., object]
    inputs: Mapping[str, object]
    params: tuple[str, type[Params]] | None
    session: str | None
    raw: str | None
    made_from: str | None

    @classmethod
    def of(cls, dataset: Dataset, make: Callable[..., object]) -> "Recipe":
        """Read a recipe off a function.

        Raises:
            UnknownNameError: an argument is neither a dataset nor something the lake hands out.
        """
        hints = get_type_hints(make)
        inputs: dict[str, object] = {}
        params, session, raw, made_from = None, None, None, None
        for name in inspect.signature(make).parameters:
            kind = hints.get(name)
            if isinstance(kind, type) and issubclass(kind, Params):
                params = (name, kind)
            elif kind is Session:
                session = name
            elif kind is Inventory:
                raw = name
            elif kind is Fingerprint:
                made_from = name
            else:
                inputs[dataset_named(name).name] = kind
        return cls(dataset, make, inputs, params, session, raw, made_from)

    def upstream(self) -> list[Dataset]:
        """Datasets the function reads, in the order of its arguments."""
        return [dataset_named(name) for name in self.inputs]

    def chosen(self, parameters: SignalParams) -> Params | None:
        """The group of parameters the function asks for."""
        if self.params is None:
            return None
        group = self.params[1]
        return group(**{name: getattr(parameters, name) for name in group.model_fields})

    def fingerprint(
        self, lake: Lake, partition: str, parameters: SignalParams, raw: "RawOf"
    ) -> Fingerprint:
        """What the partition would be made from now.

        Raises:
            MissingPartitionError: an upstream partition is not materialized.
        """
        group = self.chosen(parameters)
        return Fingerprint(
            code_version=self.dataset.version,
            schema_hash=self.dataset.schema_hash,
            parameters=group.model_dump(mode="json") if group else {},
            inputs=self._input_hashes(lake, partition),
            raw_files=raw(self.dataset.name) if self.raw else {},
        )

    def _input_hashes(self, lake: Lake, partition: str) -> dict[str, str]:
        hashes: dict[str, str] = {}
        for dataset in self.upstream():
            every = self.dataset.calendar is None and dataset.calendar is not None
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


RawOf = Callable[[str], Mapping[str, str]]
"""From a Bronze dataset's name to the raw files it would read, each with its SHA-256."""


def raw_files_of(inventory: Callable[[], Inventory], session: Session | None) -> RawOf:
    """Raw files of a session; nothing is scanned unless a recipe asks."""

    def files(dataset_name: str) -> Mapping[str, str]:
        if session is None:
            raise UnknownNameError(f"{dataset_name} has no session to read raw files of")
        return dict(input_fingerprints(inventory(), session, dataset_name))

    return files

"""One partition's work: its fingerprint, its arguments, its staged rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeAlias, cast, get_args, get_origin

import polars as pl

from lake_assets.audit.certificate import Certificate
from lake_assets.catalog.dataset import day_of
from lake_assets.catalog.rows import Rows
from lake_assets.errors import ContractError
from lake_assets.lake.allocators import give_back
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.kept import Kept
from lake_assets.lake.staging import Staged
from lake_assets.market.sessions import Session, session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.market.vocabulary import Provenance
from lake_assets.orchestration.io_manager import Openings, Upstream
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.recall import recall_by
from lake_assets.orchestration.recipe import Recipe, raw_files_of
from lake_assets.orchestration.resources import LakeResource


@dataclass(frozen=True)
class Job:
    """A recipe, applied to one partition of one lake with one set of parameters."""

    recipe: Recipe
    partition: str
    source: LakeResource
    parameters: LakeParams

    @cached_property
    def session(self) -> Session | None:
        """The partition's session; None for an aggregate."""
        calendar = self.recipe.dataset.calendar
        return session_on(date.fromisoformat(self.partition), calendar) if calendar else None

    @cached_property
    def day(self) -> date | None:
        """The day the partition is named after, a month's first; None for an aggregate."""
        return day_of(self.partition)

    def fingerprint(self) -> Fingerprint:
        """What the partition would be made from now."""
        raw = raw_files_of(lambda: self.source.inventory, self.session, self.day)
        return self.recipe.fingerprint(self.source.lake, self.partition, self.parameters, raw)

    def stage(
        self, wanted: Fingerprint, inputs: Mapping[str, Upstream], audit: "AuditOf | None"
    ) -> Staged:
        """Compute the rows, have them audited, check and write them beside the lake's readers.

        Raises:
            ContractError: the rows break their dataset's schema.
            LookAheadError: the audit found that a row depends on what came after it.
        """
        made = self.recipe.make(**self._arguments(wanted, inputs))
        give_back()
        if not isinstance(made, pl.DataFrame | Rows):
            raise ContractError(
                f"{self.recipe.dataset.name} must return a DataFrame or Rows, "
                f"not {type(made).__name__}"
            )
        rows = made.batches if isinstance(made, Rows) else made
        certificate = audit(self, cast("pl.DataFrame", rows), wanted) if audit else None
        staged = self.source.lake.stage(
            self.recipe.dataset,
            self.partition,
            made,
            fingerprint=wanted,
            provenance=self._provenance(made),
        )
        give_back()
        return staged.certified(certificate.to_json()) if certificate else staged

    def _arguments(self, wanted: Fingerprint, inputs: Mapping[str, Upstream]) -> dict[str, object]:
        recipe = self.recipe
        arguments: dict[str, object] = {
            name: self._read(name, kind, inputs, wanted) for name, kind in recipe.inputs.items()
        }
        if recipe.params:
            arguments[recipe.params[0]] = recipe.chosen(self.parameters)
        for name, kind in recipe.facts.items():
            arguments[name] = kind.load(self.source.lake.root)
        handed: dict[str | None, Callable[[], object]] = {
            recipe.session: lambda: self.session,
            recipe.day: lambda: self.day,
            recipe.underlying: lambda: underlying_named(str(recipe.dataset.underlying)),
            recipe.raw: lambda: self.source.inventory,
            recipe.recall: lambda: recall_by(
                Kept.of(self.source.lake.root), recipe.dataset, wanted
            ),
            recipe.made_from: lambda: wanted,
        }
        arguments |= {name: give() for name, give in handed.items() if name}
        return arguments

    def _read(
        self, argument: str, kind: object, inputs: Mapping[str, Upstream], wanted: Fingerprint
    ) -> object:
        """What an argument stands for, read as it is annotated."""
        named = self.recipe.read_by(argument)
        if get_origin(kind) is dict and get_args(kind)[1] == Openings:
            return {d.underlying: inputs[d.name].openings(wanted) for d in named}
        if get_origin(kind) is dict:
            return {d.underlying: inputs[d.name].read(get_args(kind)[1]) for d in named}
        return inputs[named[0].name].read(kind)

    def _provenance(self, made: pl.DataFrame | Rows) -> Provenance:
        """What a reader says of its files; else simulated as soon as one of them is.

        Without files, whatever the lake holds, which is of one kind.
        """
        if isinstance(made, Rows) and (told := made.quality.get("provenance")):
            return Provenance(str(told))
        files = self.source.inventory.files if self.recipe.raw else ()
        kinds = {file.provenance for file in files}
        if not kinds:
            return self.source.lake.provenance or Provenance.VENDOR
        return Provenance.SIMULATED if Provenance.SIMULATED in kinds else Provenance.VENDOR


AuditOf: TypeAlias = Callable[[Job, pl.DataFrame, Fingerprint], Certificate]
"""From a job, its rows and what they were made from to what an audit of them shows."""

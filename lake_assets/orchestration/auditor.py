"""Who audits a partition before it is published, and what is asked of a published one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import dagster as dg
import polars as pl

from lake_assets.audit.certificate import Certificate
from lake_assets.catalog.rows import Frame
from lake_assets.errors import LookAheadError, MissingPartitionError
from lake_assets.lake.contract import in_order
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.orchestration.audit import Audit, Memory, seed_of
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.rebuild import Rebuild, behind, bronze_in
from lake_assets.orchestration.recipe import Recipe

_SHOWN: Final = 5  # leaks a message lists


@dataclass(frozen=True, slots=True)
class Auditor:
    """Every recipe of the lake, and how many cuts a partition is published with.

    It lives for one run, which is of one session: the events of an underlying all follow from its
    option state, which is rebuilt for the first of them and remembered for the others.
    """

    recipes: Sequence[Recipe]
    cuts: int
    memory: dict[str | None, Memory] = field(default_factory=dict)

    def certify(self, job: Job, rows: pl.DataFrame, made_from: Fingerprint) -> Certificate:
        """Audit a partition that is made and not yet published, with the tables behind it.

        Raises:
            LookAheadError: something differs; the message says what, and where first.
        """
        recipes = behind(self.recipes, job.recipe.dataset)
        jobs = [replace(job, recipe=recipe) for recipe in recipes]
        if kept := _unsettled(jobs[:-1]):
            return Certificate.without_cuts(f"not of the inputs and parameters in force: {kept}")
        tables: dict[str, Frame] = {j.recipe.dataset.name: _scan(j) for j in jobs[:-1]}
        tables[job.recipe.dataset.name] = in_order(job.recipe.dataset, rows)
        memory = self.memory.setdefault(job.recipe.dataset.underlying, {})
        audit = _audit_of(jobs, tables, made_from, memory)
        seed = seed_of(date.fromisoformat(job.partition))
        certificate = audit.at(audit.draw(self.cuts, seed=seed), seed=seed)
        if certificate.leaks:
            raise LookAheadError(
                f"{job.recipe.dataset.name} of {job.partition} is not published: it says what its "
                f"past alone would not have said; {listed(certificate.leaks)}; if a table behind "
                "it was made by other code of the same version, raise that version and rebuild"
            )
        return certificate


def audit_published(recipes: Sequence[Recipe], job: Job, *, cuts: int, seed: int) -> Certificate:
    """Audit a published partition and every table behind it; what differs is in the certificate.

    Raises:
        MissingPartitionError: a table is missing or stale; the message names it.
    """
    jobs = [replace(job, recipe=recipe) for recipe in behind(recipes, job.recipe.dataset)]
    if unsettled := _unsettled(jobs):
        raise MissingPartitionError(
            f"{job.recipe.dataset.name} of {job.partition} cannot be audited: expected every table "
            f"behind it as its inputs and parameters are now, found {unsettled}; materialize the "
            "session first"
        )
    tables = {j.recipe.dataset.name: _scan(j) for j in jobs}
    audit = _audit_of(jobs, tables, job.fingerprint(), {})
    return audit.at(audit.draw(cuts, seed=seed), seed=seed)


def auditor_resource(recipes: Sequence[Recipe], cuts: int) -> dg.ResourceDefinition:
    """The auditor as a resource; a launch may ask for more cuts."""
    return dg.ResourceDefinition(
        lambda context: Auditor(recipes, context.resource_config["cuts"]),
        config_schema={
            "cuts": dg.Field(
                int, default_value=cuts, description="moments audited a partition (LAKE_AUDIT_CUTS)"
            )
        },
        description="The point-in-time audit that a research table must pass to be published.",
    )


def listed(leaks: Sequence[str]) -> str:
    """The first leaks, and how many more there are."""
    more = f"; and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
    return "; ".join(leaks[:_SHOWN]) + more


def _unsettled(jobs: Sequence[Job]) -> str:
    """The first table that is missing, or not what would be made now; empty if none is."""
    for job in jobs:
        name = job.recipe.dataset.name
        found = job.source.lake.in_force(job.recipe.dataset, job.partition)
        if found is None:
            return f"{name} not materialized"
        if changes := job.fingerprint().changes(found.fingerprint):
            return f"{name} with {'; '.join(changes)}"
    return ""


def _scan(job: Job) -> pl.LazyFrame:
    return job.source.lake.scan(job.recipe.dataset, job.partition)


def _audit_of(
    jobs: Sequence[Job],
    tables: Mapping[str, Frame],
    made_from: Fingerprint,
    memory: Memory,
) -> Audit:
    """The audit of the last of the jobs."""
    last, recipes = jobs[-1], [job.recipe for job in jobs]
    if last.session is None:
        raise MissingPartitionError(f"{last.recipe.dataset.name} is of no session to cut")
    bronze = bronze_in(last.source.lake, recipes, last.partition)
    rebuild = Rebuild(recipes, last.session, last.parameters, made_from)
    return Audit(rebuild, bronze, tables, memory)

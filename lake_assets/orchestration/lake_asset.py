"""The one decorator that makes a function an asset of the lake."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, cast

import dagster as dg

from lake_assets.catalog.dataset import WHOLE, Dataset
from lake_assets.catalog.family import Family
from lake_assets.downloads.products import product_of
from lake_assets.errors import ContractError, LookAheadError
from lake_assets.lake.journal import Journal
from lake_assets.lake.manifest import Generation
from lake_assets.lake.staging import Staged
from lake_assets.market.option_vocabulary import BookSource
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.account import Account, accounted
from lake_assets.orchestration.decision import Decision, Outcome, decide
from lake_assets.orchestration.freshness import freshness_of
from lake_assets.orchestration.further import Further
from lake_assets.orchestration.io_manager import Upstream
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.partitions import partitions_of
from lake_assets.orchestration.recipe import Recipe
from lake_assets.orchestration.report import (
    audit_check,
    describe_partition,
    effort_since,
    quality_check,
    table_schema,
)
from lake_assets.orchestration.resources import LakeResource

OUTCOME_TAG = "lake/outcome"
FORCE_TAG = "lake/force"
SCHEMA_CHECK = "schema"
QUALITY_CHECK = "quality"
AUDIT_CHECK = "point_in_time"
_SCHEMA = "Every row keeps the dataset's schema; looked at before the file is put in force."
_QUALITY = "Nothing was quarantined, out of order, repeated, uncovered or absent; warns if it was."
_AUDIT = "Every row says what its past alone would have said; shown before the file is in force."
Results = Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]


@dataclass(frozen=True)
class LakeAsset:
    """An asset and the recipe it was made from."""

    recipe: Recipe
    definition: dg.AssetsDefinition


def lake_asset(
    dataset: Dataset, *, audited: bool = False, also: Sequence[Further] = ()
) -> Callable[[Callable[..., object]], LakeAsset]:
    """Make a function the maker of a dataset.

    Key, group, description, partitions, column schema and checks come from the catalog; each
    argument named after a dataset becomes an upstream edge (`Recipe`). Asked for a partition that
    is materialized and unchanged, the asset neither reads, computes nor writes. An ``audited``
    partition is published only if the point-in-time audit of it and of the tables behind it
    passes; the checks in ``also`` look at it too, and block nothing.
    """

    def wrap(make: Callable[..., object]) -> LakeAsset:
        return _assemble(dataset, make, audited=audited, also=also)

    return wrap


def lake_asset_per_underlying(
    family: Family, *, audited: bool = False
) -> Callable[[Callable[..., object]], tuple[LakeAsset, ...]]:
    """Make a function the maker of a table of every underlying: one asset each.

    Its arguments name the other tables; each asset reads those of its own underlying.
    """

    def wrap(make: Callable[..., object]) -> tuple[LakeAsset, ...]:
        return tuple(_assemble(dataset, make, audited=audited, also=()) for dataset in family)

    return wrap


def _assemble(
    dataset: Dataset, make: Callable[..., object], *, audited: bool, also: Sequence[Further]
) -> LakeAsset:
    recipe = Recipe.of(dataset, make)
    key = dg.AssetKey(dataset.key)
    definition = dg.asset(
        key=key,
        ins={
            up.name: dg.AssetIn(key=dg.AssetKey(up.key), dagster_type=_UPSTREAM)
            for up in recipe.upstream()
        },
        partitions_def=partitions_of(dataset.cut),
        group_name=dataset.group,
        description=f"{dataset.summary}\n\n{(make.__doc__ or '').strip()}",
        kinds={_kind(recipe), "parquet"},
        owners=["team:lake"],
        code_version=dataset.version,
        freshness_policy=freshness_of(dataset),
        metadata={"dagster/column_schema": table_schema(dataset)},
        check_specs=[
            dg.AssetCheckSpec(SCHEMA_CHECK, asset=key, blocking=True, description=_SCHEMA),
            dg.AssetCheckSpec(QUALITY_CHECK, asset=key, description=_QUALITY),
            *([_audit_spec(key)] if audited else []),
            *(further.spec(key) for further in also),
        ],
        required_resource_keys={
            "lake",
            "parameters",
            *(["auditor"] if audited else []),
            *(["vendor_account"] if product_of(dataset) else []),
        },
    )(_body(recipe, audited=audited, also=also))
    return LakeAsset(recipe, definition)


def _kind(recipe: Recipe) -> str:
    """What the UI's badge says: the vendor of a Bronze asset, the tool of any other."""
    if recipe.dataset.collection:
        return "polars"
    if recipe.raw is None or recipe.dataset.underlying is None:
        return "polars" if recipe.raw is None else "databento"
    packed = underlying_named(recipe.dataset.underlying).source is BookSource.PACKED
    return "polars" if packed else "databento"


def _audit_spec(key: dg.AssetKey) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(AUDIT_CHECK, asset=key, blocking=True, description=_AUDIT)


def _body(recipe: Recipe, *, audited: bool, also: Sequence[Further]) -> Callable[..., Results]:
    """The function Dagster calls: the same for every asset, under the asset's own name."""

    def materialize(context: dg.AssetExecutionContext, **inputs: Upstream) -> Results:
        # A run of one session may also hold an aggregate, which has no partition of its own.
        partition = WHOLE if recipe.dataset.is_whole else context.partition_key
        journal = Journal(context.resources.lake.lake.root)
        with accounted(journal, recipe.dataset, partition, context) as account:
            yield from _materialize(recipe, context, inputs, account, audited=audited, also=also)

    materialize.__name__ = recipe.dataset.name
    return materialize


_UPSTREAM = dg.DagsterType(
    type_check_fn=lambda _, value: isinstance(value, Upstream),
    name="Upstream",
    typing_type=Upstream,
)


def _materialize(  # noqa: PLR0913 - what a request for a partition is made of, each by name
    recipe: Recipe,
    context: dg.AssetExecutionContext,
    inputs: Mapping[str, Upstream],
    account: Account,
    *,
    audited: bool,
    also: Sequence[Further],
) -> Results:
    """Make, reuse, adopt or keep one partition, holding its lock throughout."""
    source, partition = cast("LakeResource", context.resources.lake), account.partition
    job = Job(recipe, partition, source, context.resources.parameters)
    with source.lake.lock(recipe.dataset, partition):
        found = source.lake.in_force(recipe.dataset, partition)
        # What is materialized is not bought again because its raw files were moved away.
        if product_of(recipe.dataset) and (found is None or _is_forced(context)):
            context.resources.vendor_account.fetch(job, context.log)
        wanted = job.fingerprint()
        decision = decide(
            found,
            wanted,
            forced=_is_forced(context),
            stale=source.stale,
            known=_is_known(context, partition),
        )
        context.log.info("%s %s: %s", recipe.dataset.name, partition, decision)
        if found is not None and decision.outcome is not Outcome.BUILT:
            account.became(decision, found)
            looked = [each.look(source.lake, partition, None) for each in also]
            yield _result(recipe.dataset, found, decision, audited=audited, looked=looked)
            return
        start = perf_counter()
        try:
            staged = job.stage(
                wanted, inputs, context.resources.auditor.certify if audited else None
            )
        except (ContractError, LookAheadError) as error:
            yield _broken(recipe.dataset, error)
            raise
        account.became(decision, staged.generation)
        yield _result(
            recipe.dataset,
            staged.generation,
            decision,
            audited=audited,
            looked=[each.look(source.lake, partition, staged) for each in also],
            value=staged,
            effort=effort_since(start) | _picture(staged, inputs),
        )


def _result(  # noqa: PLR0913 - what Dagster is told of a partition, each by name
    dataset: Dataset,
    made: Generation,
    decision: Decision,
    *,
    audited: bool,
    looked: Sequence[dg.AssetCheckResult],
    value: Staged | None = None,
    effort: Mapping[str, dg.MetadataValue] | None = None,
) -> dg.MaterializeResult[Any]:
    """The materialization Dagster is told about; without a value nothing is written."""
    metadata = {**describe_partition(dataset, made, decision), **(effort or {})}
    replayed = dg.MetadataValue.bool(value is None)
    checks = [
        dg.AssetCheckResult(passed=True, check_name=SCHEMA_CHECK, metadata={"replayed": replayed}),
        quality_check(QUALITY_CHECK, made),
        *([audit_check(AUDIT_CHECK, made)] if audited else []),
        *looked,
    ]
    version, tags = dg.DataVersion(made.sha256), {OUTCOME_TAG: decision.outcome.value}
    if value is None:
        return dg.MaterializeResult(
            metadata=metadata, check_results=checks, data_version=version, tags=tags
        )
    return dg.MaterializeResult(
        metadata=metadata, check_results=checks, data_version=version, tags=tags, value=value
    )


def _picture(staged: Staged, inputs: Mapping[str, Upstream]) -> dict[str, dg.MetadataValue]:
    # Imported here: a partition that is reused need not wait for matplotlib, which takes a second.
    from lake_assets.orchestration.pictures import draw  # noqa: PLC0415

    return draw(staged.dataset, staged.path, inputs)


def _broken(dataset: Dataset, error: ContractError | LookAheadError) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(dataset.key),
        check_name=SCHEMA_CHECK if isinstance(error, ContractError) else AUDIT_CHECK,
        passed=False,
        metadata={"error": dg.MetadataValue.text(str(error))},
    )


def _is_forced(context: dg.AssetExecutionContext) -> bool:
    """Whether the run's tag asks for this asset: ``*``, or a comma-separated list of keys."""
    asked = context.run.tags.get(FORCE_TAG, "")
    names = {name.strip() for name in asked.split(",")}
    return "*" in names or context.asset_key.to_user_string() in names


def _is_known(context: dg.AssetExecutionContext, partition: str) -> bool:
    wanted = dg.AssetRecordsFilter(
        asset_key=context.asset_key,
        asset_partitions=None if partition == WHOLE else [partition],
    )
    return bool(context.instance.fetch_materializations(wanted, limit=1).records)

"""What Dagster is told about a partition: counts, hashes, effort, quality."""

import resource
from collections.abc import Mapping
from time import perf_counter
from typing import Final

import dagster as dg
import polars as pl

from lake_assets.audit.certificate import Certificate
from lake_assets.catalog.dataset import Column, Dataset
from lake_assets.lake.manifest import Generation
from lake_assets.orchestration.decision import Decision
from lake_assets.sources.batch_support import AVAILABLE

FLAGS: Final = (
    "absent",
    "uncovered_s",
    "out_of_order",
    "duplicates_dropped",
    "crossed_states",
    "bad_book_states",
    "side_less",
    "silent_before_close_s",
    "trades_after_close",
    "underlying_unknown_symbols",
)
"""Quality counts that are worth a warning when they are not zero; quarantine always is."""

_CONDITION: Final = "vendor_condition"


def table_schema(dataset: Dataset) -> dg.TableSchema:
    """The dataset's columns, as the UI lists them."""
    return dg.TableSchema(columns=[_table_column(c) for c in dataset.columns.values()])


def _table_column(column: Column) -> dg.TableColumn:
    unit = f" [{column.unit}]" if column.unit else ""
    words = f": {', '.join(column.dtype.categories)}" if isinstance(column.dtype, pl.Enum) else ""
    null = f"; null: {column.null}" if column.null else ""
    return dg.TableColumn(
        name=column.name,
        type=str(column.dtype.base_type()),
        description=f"{column.meaning}{unit}{words}{null}",
        constraints=dg.TableColumnConstraints(nullable=column.null is not None),
        tags={"role": column.role.value},
    )


def describe_partition(
    dataset: Dataset, made: Generation, decision: Decision
) -> dict[str, dg.MetadataValue]:
    """Row count, bytes, content hash, provenance, quality and why this happened."""
    counts = {f"quality/{k}": _value(v) for k, v in sorted(made.quality.items()) if v is not None}
    return {
        "dagster/row_count": dg.MetadataValue.int(made.rows),
        "bytes": dg.MetadataValue.int(made.bytes),
        "sha256": dg.MetadataValue.text(made.sha256),
        "provenance": dg.MetadataValue.text(made.provenance.value),
        "why": dg.MetadataValue.text(str(decision)),
        "code_version": dg.MetadataValue.text(dataset.version),
        **counts,
    }


def _value(value: float | str) -> dg.MetadataValue:
    if isinstance(value, str):
        return dg.MetadataValue.text(value)
    return dg.MetadataValue.int(value) if isinstance(value, int) else dg.MetadataValue.float(value)


def peak_memory_mb() -> int:
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def effort_since(start: float) -> dict[str, dg.MetadataValue]:
    """Seconds since ``start`` (perf_counter) and the process's peak memory."""
    return {
        "seconds": dg.MetadataValue.float(round(perf_counter() - start, 3)),
        "peak_memory_mb": dg.MetadataValue.int(peak_memory_mb()),
    }


def warnings_of(quality: Mapping[str, int | float | str | None]) -> dict[str, int | float | str]:
    """The counts that deserve a look, by name; and the vendor's word, unless all is well."""
    return {
        name: value for name, value in sorted(quality.items()) if value and _is_flagged(name, value)
    }


def _is_flagged(name: str, value: float | str) -> bool:
    if name == _CONDITION:
        return value != AVAILABLE
    return not isinstance(value, str) and (name in FLAGS or name.startswith("quarantined"))


def audit_check(name: str, made: Generation) -> dg.AssetCheckResult:
    """The certificate of a partition; a warning if nothing was compared."""
    kept = made.certificate
    certificate = (
        Certificate(**kept) if kept else Certificate.without_cuts("no audit was asked for")
    )
    facts = {
        "summary": dg.MetadataValue.text(certificate.sentence()),
        "cuts_ns": dg.MetadataValue.json(list(certificate.cuts)),
        "rows": dg.MetadataValue.json(dict(certificate.rows)),
        "columns": dg.MetadataValue.int(certificate.columns),
        "cells": dg.MetadataValue.int(certificate.cells),
        "refusals": dg.MetadataValue.json(list(certificate.refusals)),
    }
    return dg.AssetCheckResult(
        check_name=name,
        passed=bool(certificate.cuts) and not certificate.leaks,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=facts,
    )


def quality_check(name: str, made: Generation) -> dg.AssetCheckResult:
    """A warning that lists every flagged count; it blocks nothing."""
    flagged = warnings_of(made.quality)
    return dg.AssetCheckResult(
        check_name=name,
        passed=not flagged,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={key: _value(value) for key, value in flagged.items()},
    )

"""What a person or program is told about each metric that can be asked for."""

from typing import Final

from pydantic import BaseModel, ConfigDict

from lake_assets.retrieval.metrics import BUNDLES, METRICS
from lake_assets.retrieval.vocabulary import EntityKind, Family, Unit


class MetricCard(BaseModel):
    """One metric, or a bundle of several: what to ask for, and what comes back.

    ``unit``, ``decimals`` and ``definition`` are null of a bundle, ``decimals`` also where a value
    is given as stored; ``members`` are a bundle's metrics.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: str
    family: Family
    entity_kind: EntityKind
    unit: Unit | None = None
    decimals: int | None = None
    definition: str | None = None
    synonyms: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    family_core: bool = False


def _cards() -> tuple[MetricCard, ...]:
    kinds = {metric.family: metric.entity_kind for metric in METRICS.values()}
    bundles = [
        MetricCard(
            id=bundle.id,
            label=bundle.label,
            family=bundle.family,
            entity_kind=kinds[bundle.family],
            synonyms=bundle.synonyms,
            members=bundle.members,
        )
        for bundle in BUNDLES.values()
    ]
    metrics = [
        MetricCard(
            id=metric.id,
            label=metric.label,
            family=metric.family,
            entity_kind=metric.entity_kind,
            unit=metric.unit,
            decimals=metric.rounding,
            definition=metric.definition,
            synonyms=metric.synonyms,
            family_core=metric.family_core,
        )
        for metric in METRICS.values()
    ]
    return (*bundles, *metrics)


CARDS: Final = _cards()
"""Bundles first, then metrics, each in the registry's order."""

"""A number's way back: the record that re-runs it, the id of that record, its anchors."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, field_validator

from lake_assets.lake.sealed import digest
from lake_assets.retrieval.definition import Metric

_ID_DIGITS: Final = 12


def iso(day: date) -> str:
    """A day as anchors and citations spell it, ``YYYY-MM-DD``."""
    return day.isoformat()


def _plain(value: object) -> object:
    """Dates as ISO text, tuples as lists: what canonical JSON can hold."""
    if isinstance(value, date):
        return iso(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


class ReplayInput(BaseModel):
    """One file that was read; ``path`` is relative to the lake."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    sha256: str


class Replay(BaseModel):
    """Everything a number follows from; `rows_read` passed the family's row filter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    definition: str
    template: str
    template_sha256: str
    params: Mapping[str, Any]
    inputs: tuple[ReplayInput, ...]
    rows_read: int
    rows_returned: int

    @field_validator("params")
    @classmethod
    def _are_plain(cls, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: _plain(value) for name, value in params.items()}

    @field_validator("inputs")
    @classmethod
    def _are_in_order(cls, inputs: tuple[ReplayInput, ...]) -> tuple[ReplayInput, ...]:
        return tuple(sorted(inputs, key=lambda file: file.path))

    @cached_property
    def plain(self) -> dict[str, Any]:
        """The record as JSON holds it; nobody changes it."""
        return self.model_dump(mode="json")

    @cached_property
    def sha256(self) -> str:
        """Hash of the record's canonical JSON."""
        return digest(self.plain)


def citation_id(metric: Metric, entity: str, observed_at: date, replay: Replay) -> str:
    """Id of a number: what, of whom, when, by which definition, from which record."""
    return (
        f"{metric.id}:{entity}:{iso(observed_at)}:v{metric.definition_version}:"
        f"{replay.sha256[:_ID_DIGITS]}"
    )


def anchors(
    metric: Metric,
    entity: str,
    observed_at: date,
    *,
    alias_of: str | None = None,
    contracts: Mapping[str, str | None] | None = None,
) -> tuple[str, ...]:
    """Lineage anchors of a number, the preferred one first; those of absent contracts fall out.

    ``contracts`` are atm_contract, put_wing_contract and call_wing_contract of the observation.
    """
    spelled = {
        "T": f"{entity}_AS_{alias_of}" if alias_of else entity,
        "date": iso(observed_at),
        "YYYYMM": f"{observed_at:%Y%m}",
        **{name: symbol for name, symbol in (contracts or {}).items() if symbol},
    }
    found = []
    for pattern in metric.anchor_patterns:
        try:
            found.append(pattern.format_map(spelled))
        except KeyError:  # the wing or contract it names was not found
            continue
    return tuple(found)

"""One answer with its provenance: the finding of a template, dressed and checked."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, computed_field

from lake_assets.retrieval.citation import Replay, anchors, citation_id, iso
from lake_assets.retrieval.definition import Metric
from lake_assets.retrieval.display import ABSENT, shown
from lake_assets.retrieval.metrics import METRICS
from lake_assets.retrieval.reasons import MESSAGES
from lake_assets.retrieval.vocabulary import Reason, Status, Unit, ValueType

Result = float | str | date | None  # of a template's column

_ERRORS: Final = frozenset(
    {
        Reason.TIMEOUT,
        Reason.READ_FAILED,
        Reason.MISSING_COLUMNS,
        Reason.OUT_OF_RANGE,
        Reason.INPUT_ALTERED,
    }
)
_NOT_ANSWERED_HERE: Final = frozenset(
    {Reason.RESERVED, Reason.BAD_TICKER, Reason.UNKNOWN_TICKER, Reason.NO_TICKER}
)


class Fuzzy(BaseModel):
    """A label that was not spelled as any name, and how like the accepted one it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asked: str
    ratio: float


class Answer(BaseModel):
    """One number or label; ``value`` and ``text`` are null when Silver cannot say, with a reason.

    ``unit`` and ``definition`` are null when no metric is meant. ``requested`` is false for what
    came with its family. ``vintage`` marks numbers as revised since.
    """

    # Not "forbid": an answer given out is handed back with its message, to be verified.
    model_config = ConfigDict(frozen=True, extra="ignore")

    metric: str
    label: str
    entity: str
    alias_of: str | None = None
    as_of: date | None
    observed_at: date | None = None
    value: int | float | None = None
    text: str | None = None
    unit: Unit | None
    display: str = ABSENT
    status: Status
    reason: Reason | None = None
    requested: bool
    fuzzy: Fuzzy | None = None
    definition: str | None
    citation_id: str | None = None
    preferred_anchor: str | None = None
    audit_lineage_anchors: tuple[str, ...] = ()
    replay: Replay | None = None
    vintage: Literal["latest"] | None = None
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @computed_field  # type: ignore[prop-decorator]  # pydantic's own order
    @property
    def message(self) -> str | None:
        """The reason in words."""
        return None if self.reason is None else MESSAGES[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What an answer repeats of the request it belongs to."""

    as_of: date | None
    requested: bool = True
    fuzzy: Fuzzy | None = None
    vintage: Literal["latest"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a template found for one metric of one entity.

    ``reason`` says why ``result`` is null, or why it is stale. ``contracts`` are those of the
    observation, for its anchors. Where no row was read there is no finding: see `unanswered`.
    """

    result: Result
    observed_at: date
    replay: Replay
    reason: Reason | None = None
    stale: bool = False
    alias_of: str | None = None
    contracts: Mapping[str, str | None] | None = None
    notes: tuple[str, ...] = ()


def answered(metric: Metric, entity: str, request: Request, finding: Finding) -> Answer:
    """The answer a finding gives: a null keeps its citation, for rows were read."""
    value, text, reason = _checked(metric, finding)
    lineage = anchors(
        metric,
        entity,
        finding.observed_at,
        alias_of=finding.alias_of,
        contracts=finding.contracts,
    )
    return Answer(
        metric=metric.id,
        label=metric.label,
        entity=entity,
        alias_of=finding.alias_of,
        as_of=request.as_of,
        observed_at=finding.observed_at,
        value=value,
        text=text,
        unit=metric.unit,
        display=shown(metric, value, text),
        status=_status(reason, stale=finding.stale),
        reason=reason,
        requested=request.requested,
        fuzzy=request.fuzzy,
        definition=metric.definition,
        citation_id=citation_id(metric, entity, finding.observed_at, finding.replay),
        preferred_anchor=lineage[0],
        audit_lineage_anchors=lineage,
        replay=finding.replay,
        vintage=request.vintage,
        notes=finding.notes,
    )


def unanswered(
    metric: Metric, entity: str, request: Request, reason: Reason | None, *, capped: bool = False
) -> Answer:
    """An answer without rows: no value and no citation; its status follows from the reason."""
    return Answer(
        metric=metric.id,
        label=metric.label,
        entity=entity,
        as_of=request.as_of,
        unit=metric.unit,
        status=Status.CAPPED if capped else _status_without_rows(reason),
        reason=reason,
        requested=request.requested,
        fuzzy=request.fuzzy,
        definition=metric.definition,
        vintage=request.vintage,
    )


def unsupported_label(
    label: str,
    entity: str,
    as_of: date | None,
    *,
    suggestions: Sequence[str],
    reason: Reason | None = None,
) -> Answer:
    """An answer to a label that names no metric."""
    return Answer(
        metric=label,
        label=label,
        entity=entity,
        as_of=as_of,
        unit=None,
        status=Status.UNSUPPORTED,
        reason=reason,
        requested=True,
        definition=None,
        suggestions=tuple(suggestions),
    )


def _status(reason: Reason | None, *, stale: bool) -> Status:
    if reason in _ERRORS:
        return Status.ERROR
    return Status.STALE if stale else Status.OK


def _status_without_rows(reason: Reason | None) -> Status:
    if reason in _ERRORS:
        return Status.ERROR
    return Status.UNSUPPORTED if reason in _NOT_ANSWERED_HERE else Status.NO_DATA


def _checked(
    metric: Metric, finding: Finding
) -> tuple[int | float | None, str | None, Reason | None]:
    """Value, text and reason of a result; what the metric cannot be is no result."""
    result = finding.result
    if isinstance(result, float) and not math.isfinite(result):
        return None, None, Reason.NOT_FINITE
    if isinstance(result, date):
        result = iso(result)
    if result is None:
        return None, None, finding.reason
    is_text = isinstance(result, str)
    if is_text is not (metric.value_type is ValueType.LABEL) or not metric.admits(result):
        return None, None, Reason.OUT_OF_RANGE
    if isinstance(result, str):
        return None, result, finding.reason
    # adding nothing leaves no minus before nothing
    return result if isinstance(result, int) else result + 0.0, None, finding.reason


_PLACE: Final = {metric: at for at, metric in enumerate(METRICS)}


def ordered(answers: Sequence[Answer], asked: Sequence[str]) -> tuple[Answer, ...]:
    """Answers as results list them: metrics as asked for, then those of their families; entities.

    What came with its family is in the order of the registry.
    """
    place = {metric: at - len(asked) for at, metric in reversed(list(enumerate(asked)))}
    return tuple(
        sorted(answers, key=lambda a: (place.get(a.metric, _PLACE.get(a.metric, 0)), a.entity))
    )

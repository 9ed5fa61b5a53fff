"""A whole result: typed answers, and the flat view of them that older readers know."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from pydantic import BaseModel, ConfigDict

from lake_assets.retrieval.answer import Answer
from lake_assets.retrieval.metrics import BUNDLES, METRICS
from lake_assets.retrieval.vocabulary import (
    EntityKind,
    Family,
    Note,
    Reason,
    RequestError,
)
from lake_assets.retrieval.windows import TimePredicate

FlatValue = int | float | str | None

# One change of a macro series stands under the key of both: the one that applies.
_NOT_APPLICABLE = frozenset({Reason.RATE_SERIES_USES_LEVEL, Reason.NOT_APPLICABLE_FREQUENCY})
_RANK = {metric: at for at, metric in enumerate(METRICS)}
_ALSO_IV_RANK = frozenset({"atm_iv", "iv_percentile", "iv_rank"})
_PERCENT_TEXT = frozenset({"gpr_percentile"})  # shown only as a percentage string


class CitationContract(BaseModel):
    """What a reader of one flat value may quote."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    preferred_anchor: str
    audit_lineage_anchors: tuple[str, ...]
    legacy_aliases: tuple[str, ...]
    observed_at: date
    source_channel: str
    citation_id: str


class ResultStatus(BaseModel):
    """What of a request was not answered, and what its reader should know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unsupported_metrics: tuple[str, ...] = ()
    unsupported_metrics_message: str | None = None
    error: RequestError | None = None
    dropped_tickers: tuple[str, ...] = ()
    unplaced_time_window: str | None = None
    notes: tuple[str, ...] = ()


class PlannedWork(BaseModel):
    """One run of one template, as it would be; no value."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: Family
    entity: str
    template: str
    metrics: tuple[str, ...]
    predicate: TimePredicate


class MetricResult(BaseModel):
    """Answers, unique by metric, entity and as-of day; the rest is derived from them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: tuple[Answer, ...]
    values: Mapping[str, FlatValue]
    display: Mapping[str, str]
    lineage_anchors: tuple[str, ...]
    citation_contract: Mapping[str, CitationContract]
    citation_anchor_map: Mapping[str, str]
    status: ResultStatus
    plan: tuple[PlannedWork, ...] = ()


def result_of(
    answers: Sequence[Answer],
    status: ResultStatus,
    *,
    tickers_run: int,
    source_channel: str,
    plan: Sequence[PlannedWork] = (),
) -> MetricResult:
    """The result that answers make; ``tickers_run`` decides which flat keys need no ticker."""
    flat = {
        key: answer
        for key, answer in _owners(answers, alone=tickers_run == 1).items()
        if answer.citation_id is not None
    }
    contracts = {key: _contract(key, answer, source_channel) for key, answer in flat.items()}
    notes = (*status.notes, *_collisions(answers))
    return MetricResult(
        answers=tuple(answers),
        values={key: _flat_value(answer) for key, answer in flat.items()},
        display={key: answer.display for key, answer in flat.items()},
        lineage_anchors=tuple(
            dict.fromkeys(anchor for a in answers for anchor in a.audit_lineage_anchors)
        ),
        citation_contract=contracts,
        citation_anchor_map={key: c.preferred_anchor for key, c in contracts.items()},
        status=status.model_copy(update={"notes": tuple(dict.fromkeys(notes))}),
        plan=tuple(plan),
    )


def unsupported_message(labels: Iterable[str]) -> str | None:
    """What to tell of labels that name no metric; null when there are none."""
    named = sorted(set(labels))
    if not named:
        return None
    examples = ", ".join(bundle.label for bundle in BUNDLES.values())
    return f"Not supported: {', '.join(named)}. Supported, for example: {examples}."


def flat_keys(answer: Answer, *, alone: bool) -> tuple[str, ...]:
    """Names of an answer in the flat view; ``alone`` when exactly one ticker runs."""
    metric = METRICS.get(answer.metric)
    if metric is None:
        return ()
    if metric.entity_kind is EntityKind.GLOBAL:
        return metric.flat_keys
    found: list[str] = []
    for key in metric.flat_keys:
        bare = key.removeprefix("{T}_")
        if bare == key and alone:
            found.append(key)
        found.append(f"{answer.entity}_{bare}")
    return tuple(found)


def _owners(answers: Sequence[Answer], *, alone: bool) -> Mapping[str, Answer]:
    """The answer each key stands for: of several the one that applies, then by the registry.

    So the chain's mean spread, not the quotes', when both ran, and a rate's change in points.
    """
    found: dict[str, Answer] = {}
    for answer in answers:
        for key in flat_keys(answer, alone=alone):
            if key not in found or _precedence(answer) < _precedence(found[key]):
                found[key] = answer
    return found


def _precedence(answer: Answer) -> tuple[bool, int]:
    return answer.reason in _NOT_APPLICABLE, _RANK[answer.metric]


def _collisions(answers: Sequence[Answer]) -> list[str]:
    spreads = ("chain_avg_spread_pct", "quote_avg_spread_pct")
    ran = [{a.entity for a in answers if a.metric == metric} for metric in spreads]
    return [
        f"{Note.AVG_SPREAD_COLLISION}: {' and '.join(f'{ticker}_{m}' for m in spreads)}"
        for ticker in sorted(set.intersection(*ran))
    ]


def _flat_value(answer: Answer) -> FlatValue:
    if answer.metric in _PERCENT_TEXT and answer.value is not None:
        return answer.display
    return answer.value if answer.text is None else answer.text


def _contract(key: str, answer: Answer, source_channel: str) -> CitationContract:
    iv_rank = [a for a in answer.audit_lineage_anchors if a.startswith("IVRANK_")]
    return CitationContract(
        preferred_anchor=answer.preferred_anchor,
        audit_lineage_anchors=answer.audit_lineage_anchors,
        legacy_aliases=(key, *(iv_rank if answer.metric in _ALSO_IV_RANK else ())),
        observed_at=answer.observed_at,
        source_channel=source_channel,
        citation_id=answer.citation_id,
    )

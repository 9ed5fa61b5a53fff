"""Whether the numbers of a text are those of the answers it cites.

A citation is ``[Silver: anchor]`` or ``[Silver: anchor#metric]``; a claim is any number outside
citations and ISO dates, bound to the next citation of its sentence. A line's end ends a sentence:
a number too strictly read is shown to a person, one too kindly read is not.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from lake_assets.retrieval.answer import Answer
from lake_assets.retrieval.definition import Metric
from lake_assets.retrieval.display import exact, round_half_away
from lake_assets.retrieval.metrics import METRICS
from lake_assets.retrieval.vocabulary import ClaimVerdict, Display, ValueType

_CITATION: Final = re.compile(r"\[Silver: (?P<anchor>[^\]\n#]+)(?:#(?P<metric>[^\]\n]+))?\]")
_ISO_DATE: Final = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)", re.ASCII)
_SENTENCE_END: Final = re.compile(r"[.!?](?=\s|$)|\n")
_MINUS: Final = "-−"  # noqa: RUF001 - U+2212 is how a minus is set in print
_CLAIM: Final = re.compile(
    rf"(?P<sign>(?<!\w)[{_MINUS}+])?"
    r"(?P<number>(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+)"
    r"(?P<unit>\s?%|\s?pp\b)?"
)
_UNITS: Final = {Display.PERCENT: "%", Display.POINTS: "pp", Display.PLAIN: ""}
_HUNDRED: Final = Decimal(100)

# Of several metrics on one anchor the best verdict counts.
_BEST_FIRST: Final = (
    ClaimVerdict.VERIFIED,
    ClaimVerdict.TOO_COARSE,
    ClaimVerdict.VALUE_MISMATCH,
    ClaimVerdict.UNIT_MISMATCH,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A number of a text as written, where it stands, what it cites, what it is worth."""

    text: str
    position: int
    anchor: str | None
    metric: str | None
    verdict: ClaimVerdict


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """Every claim of a text, in its order."""

    claims: tuple[Claim, ...]

    @property
    def passed(self) -> bool:
        """Whether every claim is verified."""
        return all(claim.verdict is ClaimVerdict.VERIFIED for claim in self.claims)


@dataclass(frozen=True, slots=True)
class _Stated:
    """A number as stated: its value, its decimals, its unit."""

    value: Decimal
    decimals: int
    unit: str


def check_claims(text: str, answers: Sequence[Answer]) -> ClaimReport:
    """Hold every number of a text against the answer it cites."""
    citations = list(_CITATION.finditer(text))
    masked = _mask(text, citations)
    ends = [end.end() for end in _SENTENCE_END.finditer(masked)]
    found = []
    for claim in _CLAIM.finditer(_mask(masked, _iso_dates(masked))):
        end = next((end for end in ends if end >= claim.end("number")), len(text))
        cited = next((c for c in citations if claim.end() <= c.start() < end), None)
        found.append(_checked(claim, cited, answers))
    return ClaimReport(tuple(found))


def _mask(text: str, spans: Sequence[re.Match[str]]) -> str:
    """The text with spans blotted out, every other character where it was."""
    for span in spans:
        text = text[: span.start()] + "_" * len(span[0]) + text[span.end() :]
    return text


def _iso_dates(text: str) -> list[re.Match[str]]:
    return [found for found in _ISO_DATE.finditer(text) if _is_day(found[0])]


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _checked(claim: re.Match[str], cited: re.Match[str] | None, answers: Sequence[Answer]) -> Claim:
    anchor, metric = (None, None) if cited is None else (cited["anchor"], cited["metric"])
    return Claim(
        text=claim[0],
        position=claim.start(),
        anchor=anchor,
        metric=metric,
        verdict=ClaimVerdict.UNCITED
        if anchor is None
        else _verdict(_stated(claim), anchor, metric, answers),
    )


def _stated(claim: re.Match[str]) -> _Stated:
    number = claim["number"].replace(",", "")
    value = Decimal(number)
    return _Stated(
        value=-value if claim["sign"] and claim["sign"] in _MINUS else value,
        decimals=len(number.partition(".")[2]),
        unit=(claim["unit"] or "").strip(),
    )


def _verdict(
    stated: _Stated, anchor: str, metric: str | None, answers: Sequence[Answer]
) -> ClaimVerdict:
    meant = [
        answer
        for answer in answers
        if anchor in answer.audit_lineage_anchors and metric in {None, answer.metric}
    ]
    if not meant:
        return ClaimVerdict.UNKNOWN_ANCHOR
    return min((_against(stated, answer) for answer in meant), key=_BEST_FIRST.index)


def _against(stated: _Stated, answer: Answer) -> ClaimVerdict:
    """The verdict on a number against one answer; the unit is looked at first."""
    metric = METRICS[answer.metric]
    if metric.value_type is ValueType.LABEL or stated.unit != _UNITS[metric.display]:
        return ClaimVerdict.UNIT_MISMATCH
    if answer.value is None:
        return ClaimVerdict.VALUE_MISMATCH
    value = exact(answer.value)
    if _rounds_to(value, stated):
        return _as_precise(stated, metric)
    rescaled = (value * _HUNDRED, value / _HUNDRED)
    if stated.value and any(_rounds_to(reading, stated) for reading in rescaled):
        return ClaimVerdict.UNIT_MISMATCH
    return ClaimVerdict.VALUE_MISMATCH


def _rounds_to(value: Decimal, stated: _Stated) -> bool:
    if stated.decimals < -int(value.as_tuple().exponent):
        value = round_half_away(value, stated.decimals)
    return value == stated.value


def _as_precise(stated: _Stated, metric: Metric) -> ClaimVerdict:
    if stated.decimals < metric.min_claim_decimals:
        return ClaimVerdict.TOO_COARSE
    return ClaimVerdict.VERIFIED

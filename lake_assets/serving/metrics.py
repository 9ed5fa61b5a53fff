"""`/v1/metrics`, `/v1/citations`, `/v1/claims`: numbers with citations, as other programs ask."""

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from lake_assets.errors import MissingPartitionError, QueryTimeoutError, UnknownNameError
from lake_assets.lake.lake import Lake
from lake_assets.retrieval.answer import Answer
from lake_assets.retrieval.card import MetricCard
from lake_assets.retrieval.citation import Replay
from lake_assets.retrieval.claims import Claim
from lake_assets.retrieval.replay import Verification, find
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.result import MetricResult
from lake_assets.retrieval.tickers import is_ticker
from lake_assets.retrieval.tool import SilverTool
from lake_assets.retrieval.vocabulary import RequestError
from lake_assets.serving.refusals import REFUSALS
from lake_assets.serving.service import Service
from lake_assets.serving.slices import NoQuery
from lake_assets.serving.words import UnknownWordError, shown

_ANSWERS: Final = 200  # held against one text
_TEXT: Final = 20_000  # characters
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = dict(REFUSALS)

Nothing = Annotated[NoQuery, Query()]


class Body(BaseModel):
    """What a request sends; anything else in it is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CitationBody(Body):
    """A citation to run again."""

    citation_id: str = Field(max_length=200)


class ClaimsBody(Body):
    """A text, and the answers whose numbers it quotes."""

    text: str = Field(max_length=_TEXT)
    answers: tuple[Answer, ...] = Field(max_length=_ANSWERS)


class Claims(BaseModel):
    """Every number of a text, and whether all of them are those of the answers."""

    passed: bool
    claims: tuple[Claim, ...]


class CitedRecord(BaseModel):
    """What a citation re-runs from, and the value given under it."""

    citation_id: str
    value: int | float | str | None
    replay: Replay


class MetricList(BaseModel):
    """Everything that can be asked for."""

    metrics: tuple[MetricCard, ...]


class Asking:
    """The tool, made when it is first asked: until then its log is nobody's concern."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    @cached_property
    def tool(self) -> SilverTool:
        """The tool over the lake.

        Raises:
            AuditUnavailableError: its log cannot be written.
        """
        return SilverTool(self.lake)

    @cached_property
    def cards(self) -> Mapping[str, MetricCard]:
        """What can be asked for, by id."""
        return {card.id: card for card in self.tool.list_metrics()}


def routes(service: Service) -> APIRouter:
    """Every route of retrieval."""
    router, asking = APIRouter(tags=["metrics"], responses=_REFUSALS), Asking(service.lake)
    _add_metrics(router, asking)
    _add_citations(router, asking)
    return router


def _add_metrics(router: APIRouter, asking: Asking) -> None:
    @router.get("/v1/metrics")
    async def metrics(query: Nothing) -> MetricList:
        """Metrics and bundles: ids, labels, units."""
        del query
        return await asyncio.to_thread(lambda: MetricList(metrics=tuple(asking.cards.values())))

    @router.get("/v1/metrics/{metric}")
    async def metric(metric: Annotated[str, Path(max_length=80)], query: Nothing) -> MetricCard:
        """One metric or bundle."""
        del query
        return await asyncio.to_thread(_card, asking, metric)

    @router.post("/v1/metrics/query")
    async def ask(body: MetricQuery, query: Nothing) -> MetricResult:
        """Answer metrics for tickers; what cannot be answered is a status, never a guess."""
        del query
        if odd := [ticker for ticker in body.tickers if not is_ticker(ticker.strip().upper())]:
            raise UnknownNameError(f"{shown(odd[0])} is not spelled as a ticker")
        result = await asyncio.to_thread(lambda: asking.tool.query(body))
        if result.status.error is RequestError.TIMEOUT:
            raise QueryTimeoutError("the numbers took too long; ask for fewer, or again")
        return result


def _add_citations(router: APIRouter, asking: Asking) -> None:
    @router.get("/v1/citations/{citation}")
    async def citation(
        citation: Annotated[str, Path(max_length=200)], query: Nothing
    ) -> CitedRecord:
        """The record a citation re-runs from."""
        del query
        found = await asyncio.to_thread(find, asking.lake.root, citation)
        if found is None:
            raise MissingPartitionError(f"no citation {shown(citation)} was given from this lake")
        return CitedRecord(citation_id=found.citation_id, value=found.value, replay=found.replay)

    @router.post("/v1/citations/verify")
    async def verify(body: CitationBody, query: Nothing) -> Verification:
        """Run a citation again."""
        del query
        return await asyncio.to_thread(lambda: asking.tool.verify(body.citation_id))

    @router.post("/v1/claims/check")
    async def check(body: ClaimsBody, query: Nothing) -> Claims:
        """Hold the numbers of a text against the answers it cites."""
        del query
        report = await asyncio.to_thread(lambda: asking.tool.check_claims(body.text, body.answers))
        return Claims(passed=report.passed, claims=report.claims)


def _card(asking: Asking, metric: str) -> MetricCard:
    found = asking.cards.get(metric)
    if found is None:
        raise UnknownWordError("metric", metric, asking.cards)
    return found

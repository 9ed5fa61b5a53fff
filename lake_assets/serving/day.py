"""`/v1/day/...`: an underlying's option market second by second, and what happened in it."""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from lake_assets.catalog import (
    BURSTS,
    CHOP_POCKETS,
    FEAR_SPIKES,
    LIQUIDITY_EVENTS,
    REGIMES,
)
from lake_assets.catalog.family import Family
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.serving.playback_day import playback_of_day
from lake_assets.serving.service import Service
from lake_assets.serving.slices import NoQuery, TableQuery, WindowQuery
from lake_assets.serving.summary import Summary, summary_of_day
from lake_assets.serving.tables import (
    BLOCK_RESPONSES,
    KEPT_RESPONSES,
    TABLE_RESPONSES,
    table_answer,
)
from lake_assets.serving.views import View
from lake_assets.serving.words import partition_of, underlying_of

UnderlyingName = Annotated[str, Path(max_length=40, json_schema_extra={"enum": list(UNDERLYINGS)})]
Day = Annotated[
    str, Path(max_length=40, description="session date, YYYY-MM-DD", examples=["2025-12-17"])
]
_EVENTS: Final = {
    "bursts": BURSTS,
    "liquidity": LIQUIDITY_EVENTS,
    "fear": FEAR_SPIKES,
    "chop": CHOP_POCKETS,
    "regimes": REGIMES,
}


def _view_of(family: Family) -> Callable[[str], View]:
    return lambda underlying: View.of(family.of(underlying))


def routes(service: Service) -> APIRouter:
    """Every route of a day."""
    router = APIRouter(prefix="/v1/day/{underlying}/{date}", tags=["day"])

    def add(name: str, view_of: Callable[[str], View], said: str) -> None:
        @router.get(f"/{name}", name=f"day_{name}", summary=said, responses=TABLE_RESPONSES)
        async def rows(
            request: Request,
            underlying: UnderlyingName,
            date: Day,
            query: Annotated[TableQuery, Query()],
        ) -> Response:
            view = view_of(underlying_of(underlying))
            partition = partition_of(view.dataset, date)
            return await table_answer(service, request, view, partition, query)

    add("features", View.of_seconds, "The state of the market, one row a second, with its regime.")
    for name, family in _EVENTS.items():
        add(name, _view_of(family), family.members[0].summary)

    @router.get("/window", responses=TABLE_RESPONSES)
    async def window(
        request: Request,
        underlying: UnderlyingName,
        date: Day,
        query: Annotated[WindowQuery, Query()],
    ) -> Response:
        """A slice of the features in few rows: stretches of seconds keep their extremes."""
        view = View.of_seconds(underlying_of(underlying))
        partition = partition_of(view.dataset, date)
        return await table_answer(service, request, view, partition, query)

    @router.get("/summary", response_model=Summary, responses=KEPT_RESPONSES)
    async def summary(
        request: Request,
        underlying: UnderlyingName,
        date: Day,
        query: Annotated[NoQuery, Query()],
    ) -> Response:
        """The day in numbers: price, regimes, counts of events."""
        del query
        return await summary_of_day(service, request, underlying_of(underlying), date)

    @router.get("/playback", response_class=Response, responses=BLOCK_RESPONSES)
    async def playback(
        request: Request,
        underlying: UnderlyingName,
        date: Day,
        query: Annotated[NoQuery, Query()],
    ) -> Response:
        """All a page draws of the day, as blocks."""
        del query
        return await playback_of_day(service, request, underlying_of(underlying), date)

    return router

"""`/v1/signals/...`: touches of a session, and what a page draws around them."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from lake_assets.catalog import LEVELS, OHLCV_1M, OPTION_FLOW, SIGNALS
from lake_assets.catalog.dataset import Dataset
from lake_assets.serving.playback_signals import playback_of_signals
from lake_assets.serving.service import Service
from lake_assets.serving.slices import NoQuery, StretchQuery, TableQuery
from lake_assets.serving.stretches import depth_answer, tape_answer
from lake_assets.serving.tables import BLOCK_RESPONSES, TABLE_RESPONSES, table_answer
from lake_assets.serving.views import View
from lake_assets.serving.words import partition_of

Day = Annotated[
    str, Path(max_length=40, description="session date, YYYY-MM-DD", examples=["2025-12-17"])
]
_TABLES: Final = {"": SIGNALS, "/levels": LEVELS, "/candles": OHLCV_1M, "/flow": OPTION_FLOW}


def routes(service: Service) -> APIRouter:
    """Every route of a session of ES and SPY."""
    router = APIRouter(prefix="/v1/signals/{date}", tags=["signals"])

    def add(path: str, dataset: Dataset) -> None:
        @router.get(path, name=dataset.table, summary=dataset.summary, responses=TABLE_RESPONSES)
        async def rows(
            request: Request, date: Day, query: Annotated[TableQuery, Query()]
        ) -> Response:
            partition = partition_of(dataset, date)
            return await table_answer(service, request, View.of(dataset), partition, query)

    for path, dataset in _TABLES.items():
        add(path, dataset)

    @router.get("/depth", responses=TABLE_RESPONSES)
    async def depth(
        request: Request, date: Day, query: Annotated[StretchQuery, Query()]
    ) -> Response:
        """Ten levels a side of the future's book at each whole second, from records before it."""
        return await depth_answer(service, request, date, query)

    @router.get("/tape", responses=TABLE_RESPONSES)
    async def tape(
        request: Request, date: Day, query: Annotated[StretchQuery, Query()]
    ) -> Response:
        """The future's prints."""
        return await tape_answer(service, request, date, query)

    @router.get("/playback", response_class=Response, responses=BLOCK_RESPONSES)
    async def playback(request: Request, date: Day, query: Annotated[NoQuery, Query()]) -> Response:
        """All a page draws of the session, as blocks; depth and tape come in stretches."""
        del query
        return await playback_of_signals(service, request, date)

    return router

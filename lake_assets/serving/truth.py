"""`/v1/truth`: how often what happened and how large it was, filtered by slice."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from lake_assets.catalog import TRUTH_TABLES
from lake_assets.catalog.dataset import WHOLE
from lake_assets.lake.reading import Pinned
from lake_assets.market.truth_vocabulary import (
    DteSlice,
    RegimeSlice,
    Statistic,
    Subject,
    TimeSlice,
)
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.serving.blocks import Table
from lake_assets.serving.formats import encoded, finite, format_of
from lake_assets.serving.service import Service
from lake_assets.serving.slices import ColumnsQuery, facts_of, require_room
from lake_assets.serving.tables import TABLE_RESPONSES
from lake_assets.serving.words import columns_of, underlying_of
from lake_assets.serving.workers import Deadline

_SLICES: Final = (
    "underlying",
    "dte_bucket",
    "time_of_day",
    "regime",
    "subject",
    "measure",
    "statistic",
)
_ENUM: Final[dict[str, Any]] = {"enum": list(UNDERLYINGS)}


class TruthQuery(ColumnsQuery):
    """A slice of the tables; what is left out is not filtered by."""

    underlying: str | None = Field(None, max_length=40, json_schema_extra=_ENUM)
    dte_bucket: DteSlice | None = None
    time_of_day: TimeSlice | None = None
    regime: RegimeSlice | None = None
    subject: Subject | None = None
    measure: str | None = Field(None, max_length=80)
    statistic: Statistic | None = None


def routes(service: Service) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1/truth", tags=["truth"])

    @router.get("", responses=TABLE_RESPONSES)
    async def truth(request: Request, query: Annotated[TruthQuery, Query()]) -> Response:
        """Truth tables over all materialized sessions."""
        if query.underlying is not None:
            underlying_of(query.underlying)
        columns = columns_of(list(TRUTH_TABLES.columns), query.columns)
        format_ = format_of(query.format, request.headers.get("accept", ""))

        def make(pins: Sequence[Pinned], deadline: Deadline) -> bytes:
            most = pins[0].generation.rows
            require_room(most, len(columns), format_, service.limits)
            rows = pins[0].scan()
            for name in _SLICES:
                if (word := getattr(query, name)) is not None:
                    rows = rows.filter(pl.col(name) == str(word))
            found = finite(deadline.collect(rows.select(columns)))
            return encoded(
                format_, Table.of(TRUTH_TABLES, found), facts_of(TRUTH_TABLES, WHOLE, pins)
            )

        return await service.answer(request, [(TRUTH_TABLES, WHOLE)], format_.media_type, make)

    return router

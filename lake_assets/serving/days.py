"""`/v1/days`: which sessions can be looked at, of which underlying."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from lake_assets.catalog import FAMILIES, OPTION_STATE, REGIMES, SIGNALS
from lake_assets.catalog.dataset import Dataset
from lake_assets.market.underlyings import UNDERLYINGS, Underlying
from lake_assets.serving.refusals import REFUSALS
from lake_assets.serving.service import Service
from lake_assets.serving.slices import NoQuery
from lake_assets.serving.workers import Deadline


class SignalDays(BaseModel):
    """Sessions of ES and SPY with touches."""

    symbol: str = "SPY"
    future: str = "ES"
    calendar: str
    time_zone: str
    dates: list[str]


class MarketDays(BaseModel):
    """Sessions of an underlying that are known second by second."""

    underlying: str
    venue: str
    calendar: str
    time_zone: str
    opens: str
    closes: str
    dates: list[str]
    tables: dict[str, list[str]]


class Days(BaseModel):
    """Materialized dates of each pipeline, oldest first."""

    provenance: str | None
    signals: SignalDays
    market_truth: list[MarketDays]


def routes(service: Service) -> APIRouter:
    """The one route."""
    router = APIRouter(prefix="/v1/days", tags=["days"])

    @router.get("", responses=REFUSALS)
    async def days(query: Annotated[NoQuery, Query()]) -> Days:
        """Materialized dates per underlying and per pipeline."""
        del query

        def look(deadline: Deadline) -> Days:
            def dates(dataset: Dataset) -> list[str]:
                deadline.check()
                return service.lake.partitions(dataset)

            return Days(
                provenance=service.lake.provenance,
                signals=_signals(dates(SIGNALS)),
                market_truth=[
                    _market(each, {f.table: dates(f.of(each.name)) for f in FAMILIES})
                    for each in UNDERLYINGS.values()
                ],
            )

        return await service.run(look)

    return router


def _signals(dates: list[str]) -> SignalDays:
    calendar = SIGNALS.calendar
    zone = calendar.zone if calendar else "UTC"
    return SignalDays(calendar=str(calendar), time_zone=zone, dates=dates)


def _market(underlying: Underlying, tables: dict[str, list[str]]) -> MarketDays:
    """A date counts when its seconds and their regimes are there: what a page needs at least."""
    both = (OPTION_STATE.table, REGIMES.table)
    return MarketDays(
        underlying=underlying.name,
        venue=underlying.venue,
        calendar=underlying.calendar,
        time_zone=underlying.time_zone,
        opens=underlying.opens.isoformat(),
        closes=underlying.closes.isoformat(),
        dates=sorted(set.intersection(*(set(tables[name]) for name in both))),
        tables=tables,
    )

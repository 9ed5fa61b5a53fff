"""A day in numbers: price, regimes, counts of events."""

from collections.abc import Sequence
from typing import Final

import polars as pl
from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from lake_assets.catalog import (
    BURSTS,
    CHOP_POCKETS,
    FEAR_SPIKES,
    LIQUIDITY_EVENTS,
    OPTION_STATE,
    REGIMES,
)
from lake_assets.lake.reading import Pinned
from lake_assets.serving.formats import Format
from lake_assets.serving.service import Service
from lake_assets.serving.words import partition_of
from lake_assets.serving.workers import Deadline

_EVENTS: Final = (BURSTS, LIQUIDITY_EVENTS, FEAR_SPIKES, CHOP_POCKETS)
_NO_REGIME: Final = "unknown"


class Summary(BaseModel):
    """A day of an option market; prices in points, null where spot was never seen."""

    underlying: str
    date: str
    provenance: str
    seconds: int
    seconds_with_spot: int
    expiry: str | None
    dte_days: int | None
    spot_open: float | None
    spot_high: float | None
    spot_low: float | None
    spot_close: float | None
    regime_seconds: dict[str, int]
    bursts_up: int
    bursts_down: int
    largest_burst_points: float | None
    largest_vacuum_score: float | None
    liquidity_events: dict[str, int]
    fear_spikes: int
    chop_pockets: int
    chop_seconds: int


async def summary_of_day(
    service: Service, request: Request, underlying: str, date: str
) -> Response:
    """The numbers of a day, from the seconds and the four event tables."""
    families = (OPTION_STATE, REGIMES, *_EVENTS)
    partition = partition_of(OPTION_STATE.of(underlying), date)

    def make(pins: Sequence[Pinned], deadline: Deadline) -> bytes:
        return _summary(underlying, partition, pins, deadline).model_dump_json().encode()

    wanted = [(family.of(underlying), partition) for family in families]
    return await service.answer(request, wanted, Format.JSON.media_type, make)


def _summary(
    underlying: str, partition: str, pins: Sequence[Pinned], deadline: Deadline
) -> Summary:
    state, regimes, bursts, liquidity, _, chop = (pin.scan() for pin in pins)
    spot = pl.col("spot_price").filter(pl.col("spot_observed"))
    price = deadline.collect(
        state.select(
            seconds=pl.len(),
            seconds_with_spot=spot.len(),
            expiry=pl.col("expiry").drop_nulls().last(),
            dte_days=pl.col("dte_days").drop_nulls().last(),
            spot_open=spot.first(),
            spot_high=spot.max(),
            spot_low=spot.min(),
            spot_close=spot.last(),
        )
    ).row(0, named=True)
    burst = deadline.collect(
        bursts.select(
            bursts_up=(pl.col("direction") > 0).sum(),
            bursts_down=(pl.col("direction") < 0).sum(),
            largest_burst_points=pl.col("size_points").max(),
            largest_vacuum_score=pl.col("vacuum_score").max(),
        )
    ).row(0, named=True)
    quiet = deadline.collect(chop.select(pl.len(), pl.col("duration_s").sum())).row(0)
    price["expiry"] = price["expiry"] and price["expiry"].isoformat()
    return Summary(
        underlying=underlying,
        date=partition,
        provenance=pins[0].generation.provenance,
        regime_seconds=_counts(deadline, regimes, "regime"),
        liquidity_events=_counts(deadline, liquidity, "event_type"),
        fear_spikes=pins[4].generation.rows,
        chop_pockets=quiet[0],
        chop_seconds=quiet[1],
        **price,
        **burst,
    )


def _counts(deadline: Deadline, rows: pl.LazyFrame, column: str) -> dict[str, int]:
    """How many rows hold each word, every word of the set named."""
    found = deadline.collect(rows.select(column))[column]
    words = found.dtype.categories.to_list() if isinstance(found.dtype, pl.Enum) else []
    seen = dict(found.cast(pl.String).fill_null(_NO_REGIME).value_counts().iter_rows())
    return {word: seen.get(word, 0) for word in (*words, *(w for w in seen if w not in words))}

"""All a page draws of an underlying's option market, as blocks."""

from collections.abc import Sequence
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from lake_assets.catalog import (
    BURSTS,
    CHOP_POCKETS,
    FEAR_SPIKES,
    LIQUIDITY_EVENTS,
    OPTION_STATE,
    REGIMES,
)
from lake_assets.lake.reading import Pinned
from lake_assets.market.underlyings import underlying_named
from lake_assets.serving.blocks import Table, packed
from lake_assets.serving.formats import Format, finite
from lake_assets.serving.service import Service
from lake_assets.serving.sessions import playback_facts
from lake_assets.serving.views import View
from lake_assets.serving.words import day_of, partition_of
from lake_assets.serving.workers import Deadline

_PER_RIGHT: Final = (
    "strike",
    "bid",
    "ask",
    "mid",
    "spread",
    "observed",
    "vol_delta",
    "iv",
    "delta",
    "bid_size",
    "ask_size",
    "bid_depth_5",
    "ask_depth_5",
    "obi_5",
    "obi_1",
    "pull_rate_30s",
    "replenish_rate_30s",
)
SECONDS: Final = (
    "timestamp",
    "known_at",
    "spot_price",
    "spot_observed",
    "rv_10s",
    "rv_30s",
    "rv_120s",
    "accel_10s",
    "atm_target",
    "expiry",
    "dte_days",
    *(f"{right}_{name}" for right in ("ce", "pe") for name in _PER_RIGHT),
    "opt_vol_1s",
    "opt_vol_30s",
    "spread_total",
    "pcr_volume",
    "forward",
    "basis",
    "regime",
    "reason",
    "in_burst",
    "burst_id",
    "fear_active",
    "flicker_30s",
    "chop_active",
)
_EVENTS: Final = {
    "bursts": BURSTS,
    "liquidity": LIQUIDITY_EVENTS,
    "fear": FEAR_SPIKES,
    "chop": CHOP_POCKETS,
}


async def playback_of_day(
    service: Service, request: Request, underlying: str, date: str
) -> Response:
    """Seconds with their regime, and the four event tables; each row says when it is known."""
    view = View.of_seconds(underlying)
    partition = partition_of(OPTION_STATE.of(underlying), date)
    events = {name: family.of(underlying) for name, family in _EVENTS.items()}

    def make(pins: Sequence[Pinned], deadline: Deadline) -> bytes:
        seconds = deadline.collect(view.scan(pins[:2]).select(SECONDS))
        tables = {"seconds": Table.of(view.dataset, finite(seconds), columns=view.columns)}
        for (name, dataset), pin in zip(events.items(), pins[2:], strict=True):
            tables[name] = Table.of(dataset, finite(deadline.collect(pin.scan())))
        found = underlying_named(underlying)
        strike = {
            "strike_step": found.strike_step,
            "lot_size": found.lot_size_on(day_of(partition)),
        }
        return packed(tables, playback_facts(found.calendar, partition, underlying, pins, **strike))

    families = (OPTION_STATE, REGIMES, *_EVENTS.values())
    wanted = [(family.of(underlying), partition) for family in families]
    return await service.answer(request, wanted, Format.BLOCKS.media_type, make)

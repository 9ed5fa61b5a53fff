"""All a page draws of a session of ES and SPY, as blocks; book and tape come in stretches."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl
from fastapi import Request
from fastapi.responses import Response

from lake_assets.catalog import (
    ES_SPY_BASIS,
    ES_TRADES,
    FRONT_CONTRACT,
    LABELS,
    LEVELS,
    OPTION_FLOW,
    SIGNALS,
)
from lake_assets.catalog.schema import Role
from lake_assets.lake.reading import Pinned
from lake_assets.market.sessions import Calendar
from lake_assets.physics.rounding import dollars
from lake_assets.serving.blocks import Table, packed
from lake_assets.serving.formats import Format, finite
from lake_assets.serving.made import BARS, STRIKE, known_at, made_table
from lake_assets.serving.service import Service
from lake_assets.serving.sessions import front_symbol, of_front, playback_facts
from lake_assets.serving.stretches import DEPTH_SPAN_S, TAPE_SPAN_S
from lake_assets.serving.trades import second_bars
from lake_assets.serving.words import partition_of
from lake_assets.serving.workers import Deadline

SYMBOL: Final = "SPY"
_FLOW: Final = (
    "end_ns",
    "right",
    "volume",
    "premium",
    "net_customer",
    "last_iv",
    "gross_gamma",
    "dealer_gamma",
)
_LATER: Final = ("avg_uniqueness",)  # not known even when its row's label is
_READ: Final = (SIGNALS, LEVELS, ES_SPY_BASIS, OPTION_FLOW, FRONT_CONTRACT, ES_TRADES)


async def playback_of_signals(service: Service, request: Request, date: str) -> Response:
    """Bars of a second, levels of each minute, touches with features and labels, option flow."""
    partition = partition_of(SIGNALS, date)

    def make(pins: Sequence[Pinned], deadline: Deadline) -> bytes:
        touches, levels, basis, flow = (finite(deadline.collect(p.scan())) for p in pins[:4])
        front = front_symbol(pins[4], deadline)
        bars = deadline.collect(second_bars(of_front(pins[5], front), basis))
        tables = {
            "bars": made_table(bars, BARS, known_at("end_ns")),
            "levels": Table.of(LEVELS, levels),
            "touches": _touches(touches.drop(_LATER)),
            "flow": _flow(flow),
            "basis": Table.of(ES_SPY_BASIS, basis),
        }
        more = {"front": front, "depth_span_s": DEPTH_SPAN_S, "tape_span_s": TAPE_SPAN_S}
        return packed(tables, playback_facts(Calendar.NEW_YORK, partition, SYMBOL, pins, **more))

    wanted = [(dataset, partition) for dataset in _READ]
    return await service.answer(request, wanted, Format.BLOCKS.media_type, make)


def _touches(rows: pl.DataFrame) -> Table:
    """Touches, and apart from that what of them is known only when their label is."""
    names = [name for name in SIGNALS.having(Role.LABEL) if name in rows.columns]
    later = LABELS.known_at and known_at(LABELS.known_at.column, included=LABELS.known_at.included)
    table = Table.of(SIGNALS, rows)
    return replace(table, facts={**table.facts, "labels": {"columns": names, "known_at": later}})


def _flow(rows: pl.DataFrame) -> Table:
    strike = dollars(pl.col("strike_u"))
    table = Table.of(OPTION_FLOW, rows.select(*_FLOW[:1], strike.alias("strike"), *_FLOW[1:]))
    return replace(table, columns={**table.columns, "strike": STRIKE})

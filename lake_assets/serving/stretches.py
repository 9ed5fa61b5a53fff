"""Book and tape of a stretch of a session: too much for a whole day at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl
from fastapi import Request
from fastapi.responses import Response

from lake_assets.catalog import ES_MBP10, ES_SPY_BASIS, ES_TRADES, FRONT_CONTRACT
from lake_assets.catalog.dataset import Column, Dataset
from lake_assets.errors import TooMuchAskedError, UnknownNameError
from lake_assets.lake.reading import Pinned
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Calendar, Interval, Nanos, session_on
from lake_assets.serving.depth import LADDER, book_read_for, ladder_each_second
from lake_assets.serving.formats import encoded, finite, format_of
from lake_assets.serving.made import DEPTH, TAPE, known_at, made_table
from lake_assets.serving.service import Service
from lake_assets.serving.sessions import front_symbol, of_front
from lake_assets.serving.slices import StretchQuery, facts_of, require_room
from lake_assets.serving.trades import TAPE_COLUMNS, priced
from lake_assets.serving.words import day_of, nanos_of, partition_of
from lake_assets.serving.workers import Deadline

DEPTH_SPAN_S: Final = 1800
TAPE_SPAN_S: Final = 3600


class Reads(Protocol):
    """From open partitions, the first of them the rows' own, to the rows of a stretch."""

    def __call__(
        self, pins: Sequence[Pinned], stretch: Interval, deadline: Deadline
    ) -> pl.DataFrame:
        """The rows."""


async def depth_answer(
    service: Service, request: Request, date: str, query: StretchQuery
) -> Response:
    """Ten levels a side at each whole second of a stretch."""

    def read(pins: Sequence[Pinned], stretch: Interval, deadline: Deadline) -> pl.DataFrame:
        front = front_symbol(pins[1], deadline)
        wanted = book_read_for(stretch.opens, stretch.closes)
        rows = of_front(pins[0], front).filter(wanted)
        book = deadline.collect(rows.select("ts_event_ns", "flags", "action", *LADDER))
        deadline.check()
        return ladder_each_second(book, stretch.opens, stretch.closes)

    reading = _Reading((ES_MBP10, FRONT_CONTRACT), DEPTH, known_at("at_ns"), DEPTH_SPAN_S)
    return await _answer(service, request, date, query, reading, read)


async def tape_answer(
    service: Service, request: Request, date: str, query: StretchQuery
) -> Response:
    """Every print of the front contract in a stretch, in SPY scale too."""

    def read(pins: Sequence[Pinned], stretch: Interval, deadline: Deadline) -> pl.DataFrame:
        front = front_symbol(pins[1], deadline)
        basis = deadline.collect(pins[2].scan())
        inside = pl.col("ts_event_ns").is_between(stretch.opens, stretch.closes, closed="left")
        rows = priced(of_front(pins[0], front).filter(inside), basis)
        return deadline.collect(rows.select(TAPE_COLUMNS))

    datasets = (ES_TRADES, FRONT_CONTRACT, ES_SPY_BASIS)
    reading = _Reading(datasets, TAPE, known_at("ts_event_ns", included=True), TAPE_SPAN_S)
    return await _answer(service, request, date, query, reading, read)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a stretch is read from, what its columns are, and how long it may be."""

    datasets: Sequence[Dataset]
    columns: Mapping[str, Column]
    known: Mapping[str, object]
    span_s: int


async def _answer(  # noqa: PLR0913, PLR0917 - a route's own words, and what it reads
    service: Service,
    request: Request,
    date: str,
    query: StretchQuery,
    reading: _Reading,
    read: Reads,
) -> Response:
    dataset = reading.datasets[0]
    partition = partition_of(dataset, date)
    stretch = stretch_of(query, reading.span_s)
    format_ = format_of(query.format, request.headers.get("accept", ""))

    def make(pins: Sequence[Pinned], deadline: Deadline) -> bytes:
        rows = finite(read(pins, stretch, deadline))
        require_room(rows.height, rows.width, format_, service.limits)
        origin = session_on(day_of(partition), Calendar.NEW_YORK).hours.opens
        facts = {**facts_of(dataset, partition, pins), "origin_ns": str(origin)}
        return encoded(format_, made_table(rows, reading.columns, reading.known), facts)

    wanted = [(each, partition) for each in reading.datasets]
    return await service.answer(request, wanted, format_.media_type, make)


def stretch_of(query: StretchQuery, span_s: int) -> Interval:
    """The stretch a query names.

    Raises:
        UnknownNameError: a moment is none, or the end is before the start.
        TooMuchAskedError: it is longer than is given at once.
    """
    start, end = nanos_of(query.start), nanos_of(query.end)
    if end < start:
        raise UnknownNameError("end is before start")
    if end - start > span_s * NANOS_PER_SECOND:
        raise TooMuchAskedError(
            f"{(end - start) / NANOS_PER_SECOND:,.0f} s are asked for, {span_s:,} s are given at "
            "once; ask for the stretch in pieces"
        )
    return Interval(Nanos(start), Nanos(end))

"""The futures of a simulated session as chunks of mbp-10 records."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from lake_assets.kernels.simulated_book import (
    BEST,
    BOOK_PLACES,
    CLOCK_PLACES,
    DEPTH,
    DUE,
    EMITTED,
    F8,
    FAIR,
    HEADER,
    I8,
    MIDDLE,
    OFFSET,
    ORIGIN,
    RANDOM,
    RECORD_WORDS,
    SECOND,
    THRESHOLD,
    TICK,
    TICKS,
    Market,
)
from lake_assets.kernels.simulated_flow import EVENT_ROWS, run_market
from lake_assets.kernels.simulated_orders import Plan
from lake_assets.market.price import DBN_PRICE_SCALE, DBN_UNITS_PER_TICK, TICK_POINTS
from lake_assets.market.sessions import Session
from lake_assets.simulation.contracts import Future
from lake_assets.simulation.episodes import draw_episodes
from lake_assets.simulation.fair_value import Course, regular_seconds
from lake_assets.simulation.parameters import SimulationParams

CHUNK_RECORDS: Final = 32_768

_MBP10_LENGTH: Final = 92  # of a record, in units of four bytes
_MBP10_RTYPE: Final = 10
_GLBX_PUBLISHER: Final = 1
_CARRY_TICKS: Final = 223  # the next contract is dearer by the interest of a quarter
_BUSY_PRINTS_MIN: Final = 100.0  # with so many a minute, eaters need no larger size
_LARGEST_LOT: Final = 12.0


class FuturesMarket:
    """A market that runs through its session once, handing out its records chunk by chunk."""

    def __init__(
        self,
        session: Session,
        params: SimulationParams,
        contracts: tuple[Future, ...],
        course: Course,
        rng: np.random.Generator,
    ) -> None:
        self._plan = _plan(session, params, course, rng)
        self._market = _market(params, contracts, course, int(rng.integers(1, 2**62)))

    def chunks(self, chunk_records: int = CHUNK_RECORDS) -> Iterator[I8]:
        """Yield (n, 46) words of records; each array is overwritten by the next."""
        room = np.zeros((max(chunk_records, EVENT_ROWS), RECORD_WORDS), np.int64)
        while self._market.clock[EMITTED] < self._plan.records:
            written = run_market(self._market, self._plan, room)
            yield room[:written]

    def mid_points(self) -> F8:
        """Middle of the front book as each second began; after the last chunk."""
        books, course = self._market.books, self._market.course
        course[self._market.clock[SECOND] + 1 :, MIDDLE] = books[0, BEST : BEST + 2].sum()
        points: F8 = books[0, ORIGIN] / DBN_PRICE_SCALE + 0.5 * TICK_POINTS * course[:-1, MIDDLE]
        return points


def _plan(
    session: Session, params: SimulationParams, course: Course, rng: np.random.Generator
) -> Plan:
    activity = course.activity
    starts, stops = regular_seconds(session)
    busy = activity[starts:stops].mean() if stops > starts else activity.mean()
    prints_min = 60.0 * params.trade_count * busy / activity.sum()
    return Plan(
        opens_ns=session.hours.opens,
        closes_ns=session.hours.closes,
        records=params.book_records,
        trades=params.trade_count,
        lot=float(np.clip(_BUSY_PRINTS_MIN / prints_min, 1.0, _LARGEST_LOT)),
        episodes=draw_episodes(session, course.fair_points, rng),
    )


def _market(
    params: SimulationParams, contracts: tuple[Future, ...], course: Course, seed: int
) -> Market:
    clock = np.zeros(CLOCK_PLACES, np.int64)
    clock[RANDOM], clock[THRESHOLD] = seed, 500_000
    books = [_book(contract, params.start_price_points) for contract in contracts]
    for place, (book, contract) in enumerate(zip(books, contracts, strict=True)):
        outright = contract.tick == DBN_UNITS_PER_TICK
        book[OFFSET] = _CARRY_TICKS if outright and place > 0 else 0
    return Market(
        levels=np.zeros((len(books), 2, TICKS, 2), np.int64),
        books=np.array(books),
        clock=clock,
        course=_course(params, course),
    )


def _book(contract: Future, start_points: float) -> I8:
    """An empty book whose middle tick is where the contract starts."""
    outright = contract.tick == DBN_UNITS_PER_TICK
    start = start_points / TICK_POINTS if outright else _CARRY_TICKS
    book = np.zeros(BOOK_PLACES, np.int64)
    book[TICK] = contract.tick
    book[ORIGIN] = round(start) * DBN_UNITS_PER_TICK - TICKS // 2 * contract.tick
    book[HEADER] = (
        _MBP10_LENGTH | _MBP10_RTYPE << 8 | _GLBX_PUBLISHER << 16 | contract.instrument_id << 32
    )
    return book


def _course(params: SimulationParams, course: Course) -> F8:
    due = np.concatenate([[0.0], np.cumsum(course.activity)])
    columns = np.zeros((due.size, 4))
    columns[:, DUE] = due * (params.book_records / due[-1])
    columns[:, FAIR] = (course.fair_points - params.start_price_points) / TICK_POINTS + TICKS // 2
    columns[:-1, DEPTH] = course.depth_contracts
    columns[:, MIDDLE] = TICKS + 1
    return columns

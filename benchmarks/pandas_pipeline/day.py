"""A session's Bronze, read with pandas: the front contract's trades, its book, option prints."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from lake_assets.catalog import ES_MBP10, ES_TRADES, SPY_OPTIONS
from lake_assets.catalog.bronze import BOOK_DEPTH
from lake_assets.market.conditions import CANCEL_CODES, LATE_CODES
from lake_assets.market.sessions import Session

I8 = npt.NDArray[np.int64]
F8 = npt.NDArray[np.float64]
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
UNITS = 10_000  # of a dollar
TICK_UNITS = 250
LAST, BAD = 128, 4
SIDES = {"ask": 1, "bid": -1}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of every book state; prices are turned outward, so that both sides ascend.

    ``ticks`` and ``size`` are (states, 10); a level that is not there has size 0.
    """

    ticks: I8
    size: I8
    best: I8
    deepest: I8


@dataclass(frozen=True, slots=True)
class Book:
    """Trusted two-sided states: when, and in which unbroken stretch."""

    ns: I8
    sequence: I8
    stretch: I8
    sides: dict[int, Side]


@dataclass(frozen=True, slots=True)
class Day:
    """What the pipeline is given."""

    session: Session
    opens: int
    closes: int
    trades: pd.DataFrame
    book: Book
    options: pd.DataFrame


def read_day(lake: Path, session: Session) -> Day:
    """Read a session of a lake that has regular hours.

    Raises:
        ValueError: it has none.
    """
    if session.rth is None:
        raise ValueError(f"{session.day} has no regular hours")
    name, (opens, closes) = session.day.isoformat(), (session.rth.opens, session.rth.closes)
    trades = pd.read_parquet(lake / ES_TRADES.path(name))
    night = trades[trades.ts_event_ns < opens]
    front = night.groupby("raw_symbol")["size"].sum().idxmax()
    trades = trades[trades.raw_symbol == front].reset_index(drop=True)
    book = _read_book(lake / ES_MBP10.path(name), str(front))
    options = _read_options(lake / SPY_OPTIONS.path(name), session)
    return Day(session, int(opens), int(closes), trades, book, options)


def _read_book(path: Path, front: str) -> Book:
    ladder = [
        f"{side}_{what}_{level}"
        for side in SIDES
        for what in ("ticks", "size")
        for level in range(BOOK_DEPTH)
    ]
    keys = ["ts_event_ns", "sequence", "action", "flags"]
    wanted = [("raw_symbol", "==", front)]
    frame = pd.read_parquet(path, columns=[*keys, *ladder], filters=wanted)
    broken = (frame["flags"] & BAD).astype(bool) | (frame["action"] == "R")
    frame["stretch"] = broken.cumsum()
    frame = frame[(frame["flags"] & LAST).astype(bool) & ~broken]
    # a missing price compares false: only states of two sides, not crossed, are left
    frame = frame[frame.bid_ticks_0 < frame.ask_ticks_0].reset_index(drop=True)
    return Book(
        frame["ts_event_ns"].to_numpy(),
        frame["sequence"].to_numpy(),
        frame["stretch"].to_numpy(),
        {sign: _read_side(frame, side, sign) for side, sign in SIDES.items()},
    )


def _read_side(frame: pd.DataFrame, side: str, sign: int) -> Side:
    def columns(what: str) -> I8:
        names = [f"{side}_{what}_{level}" for level in range(BOOK_DEPTH)]
        return frame[names].fillna(0).to_numpy(np.int64)

    ticks, size = sign * columns("ticks"), columns("size")
    shown = size > 0
    deepest = np.where(shown, ticks, np.iinfo(np.int64).min).max(axis=1)
    return Side(ticks, size, ticks[:, 0], deepest)


def _read_options(path: Path, session: Session) -> pd.DataFrame:
    """Prints of the options that expire today; cancel reports are none."""
    frame = pd.read_parquet(path)
    frame = frame[pd.to_datetime(frame.expiry) == pd.Timestamp(session.day)]
    codes = frame.conditions.fillna("").astype(str).str.split(r"[^0-9A-Za-z]+", regex=True)
    unique = codes.map(frozenset)
    frame = frame.assign(late=unique.map(lambda c: not c.isdisjoint(LATE_CODES)))
    kept = unique.map(lambda c: c.isdisjoint(CANCEL_CODES))
    frame = frame[kept.astype(bool)].reset_index(drop=True)
    return frame.assign(right=frame.right.astype(str))

"""Sessions with something wrong or rare in them: simulated vendor files, changed by the record."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog import FRONT_CONTRACT
from lake_assets.market.sessions import Session, session_on
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.lakes import TestLake, outcomes
from lake_assets_tests.sources.dbn_files import SECOND, TICK, rewrite

ZONE = ZoneInfo("America/New_York")
BAD_BOOK = "2025-03-07"
ROLL = "2025-03-10"
THIN_TRADES = "2025-10-31"
NO_OPTIONS = "2025-11-03"
HALF_DAY = "2025-11-28"
LAST, MAYBE_BAD = 128, 4
MINUTE = 60 * SECOND
HORIZON = 5 * MINUTE  # of a label
GOES_ON = ("tape_velocity", "tape_trades", "spot", "distance")  # whatever else is unknown
NEAR, FAR = 2503, 2506  # the simulator's numbers of ESH5 and ESM5


def clock(day: str, moment: str) -> int:
    """Nanoseconds of a New York wall clock time on a date."""
    return (
        round(datetime.fromisoformat(f"{day}T{moment}").replace(tzinfo=ZONE).timestamp()) * SECOND
    )


@dataclass(frozen=True)
class Stretch:
    """A part of a session, ``[starts, ends)``, ns."""

    starts: int
    ends: int

    @classmethod
    def of(cls, day: str, starts: str, ends: str) -> "Stretch":
        """Between two wall clock times of a date."""
        return cls(clock(day, starts), clock(day, ends))

    def holds(self, rows):
        """Which records fall into it."""
        ns = rows["ts_event"].view(np.int64)
        return (ns >= self.starts) & (ns < self.ends)


# Levels are met as a minute begins, so each stretch holds the beginning of one or more.
SILENT_S = Stretch.of(BAD_BOOK, "10:29:50", "10:30:20")
SILENT_MIN = Stretch.of(BAD_BOOK, "10:59:30", "11:03:00")
CROSSED = Stretch.of(BAD_BOOK, "11:59:30", "12:02:30")
DOUBTFUL = Stretch.of(BAD_BOOK, "09:39:50", "09:40:00")
PREMARKET = Stretch.of(THIN_TRADES, "04:00:00", "09:30:00")
QUIET = Stretch.of(THIN_TRADES, "14:00:00", "14:01:30")


def spoil_book(rows):
    """Silence the front contract's book twice, cross it, and doubt some seconds of it."""
    front = rows["instrument_id"] == NEAR
    crossed = front & CROSSED.holds(rows)
    rows["bid_px_00"][crossed] = rows["ask_px_00"][crossed] + TICK
    doubtful = front & DOUBTFUL.holds(rows) & (rows["flags"] & LAST > 0)
    rows["flags"][doubtful] |= MAYBE_BAD
    return rows[~(front & (SILENT_S.holds(rows) | SILENT_MIN.holds(rows)))]


def roll(rows):
    """Exchange the contracts; then, in regular hours, make the old one's prints huge."""
    number = rows["instrument_id"].copy()
    rows["instrument_id"][number == NEAR] = FAR
    rows["instrument_id"][number == FAR] = NEAR
    late = rows["ts_event"].view(np.int64) >= clock(ROLL, "09:30:00")
    rows["size"][late & (rows["instrument_id"] == NEAR) & (rows["action"] == b"T")] *= 1_000
    return rows


def thin_trades(rows):
    """Leave out the premarket's trades and those of a minute and a half of the afternoon."""
    trade = rows["action"] == b"T"
    return rows[~(trade & (PREMARKET.holds(rows) | QUIET.holds(rows)))]


CHANGES: dict[str, tuple[tuple[str, ...], Callable]] = {
    BAD_BOOK: (("mbp-10",), spoil_book),
    ROLL: (("mbp-10", "trades"), roll),
    THIN_TRADES: (("mbp-10", "trades"), thin_trades),
}


@dataclass(frozen=True)
class OddDay:
    """A session and the lake it was materialized in, from vendor files to Gold."""

    day: str
    lake: TestLake

    @property
    def session(self) -> Session:
        """The session."""
        return session_on(date.fromisoformat(self.day))

    def at(self, moment: str) -> int:
        """Nanoseconds of a wall clock time of the session's date."""
        return clock(self.day, moment)

    def table(self, dataset):
        """A dataset's rows."""
        return self.lake.lake.read(dataset, self.day)

    def quality(self, dataset):
        """What the manifest counts of a dataset."""
        return self.lake.lake.in_force(dataset, self.day).quality


def odd_files(day: str, raw: Path) -> None:
    """Write the vendor files of an odd day."""
    simulate_session(
        session_on(date.fromisoformat(day)), raw, SimulationParams(seed=7, book_records=50_000)
    )
    schemas, change = CHANGES.get(day, ((), None))
    for manifest in raw.rglob("manifest.json"):
        manifest.unlink()  # the hashes are no longer those of the files
    for schema in schemas:
        for path in raw.rglob(f"*.{schema}.dbn.zst"):
            rewrite(path, change)
    if day == NO_OPTIONS:
        for job in raw.glob("OPRA-*"):
            shutil.rmtree(job)


def materialized(day: str, factory: pytest.TempPathFactory) -> OddDay:
    """An odd day with every table of it built."""

    def build(folder):
        lake = TestLake(folder)
        odd_files(day, folder / "raw")
        lake.forget_runs()
        assert set(outcomes(lake.run_at_home(day)).values()) == {"built"}

    return OddDay(day, TestLake(filled_once(factory, day, build)))


def on(*days: str) -> pytest.MarkDecorator:
    """The days a test is about."""
    return pytest.mark.parametrize("odd", days, indirect=True)


def between(starts, ends, column="ts_event_ns"):
    return pl.col(column).is_between(starts, ends, closed="left")


def unknown(frame, columns):
    """Columns whose every value is null."""
    return {name for name in columns if frame[name].null_count() == frame.height}


def known(frame, columns):
    """Columns without a null."""
    return {name for name in columns if frame[name].null_count() == 0}


def measured(dataset):
    """A dataset's columns but those that name the touch."""
    return set(dataset.dtypes.names()) - {"event_id", "ts_event_ns", "level_kind", "level_u"}


def front_of(odd, dataset):
    """The front contract's rows."""
    symbol = odd.table(FRONT_CONTRACT)["raw_symbol"].item()
    return odd.table(dataset).filter(pl.col("raw_symbol") == symbol)

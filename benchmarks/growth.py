"""Time and memory as sessions grow, and as there are more of them."""

import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.machine import cores
from benchmarks.measurement import Run, measure

FIRST_SESSION: Final = "2025-09-02"
DAY: Final = "a whole day"  # the part that is one `lake backfill`, from vendor files to the audit
_STEPS: Final = ("ingest", "compute")
PARTS: Final = (*_STEPS, DAY)
_ON: Final = "2025-12-17"  # the day that `benchmarks.session` simulates
_MILLION: Final = 1e6
_QUARTER: Final = 4


@dataclass(frozen=True, slots=True)
class Grown:
    """A session of a size: seconds and most memory of each part."""

    records: int
    seconds: dict[str, float]
    peak_mb: dict[str, float]

    def per_million(self, part: str) -> float:
        """Seconds a million records."""
        return self.seconds[part] / self.records * _MILLION


@dataclass(frozen=True, slots=True)
class Backfilled:
    """A backfill: so many sessions by so many workers."""

    sessions: int
    workers: int
    run: Run

    @property
    def per_session(self) -> float:
        """Seconds."""
        return self.run.seconds / self.sessions

    @property
    def used(self) -> float:
        """Share of the cores' time that was worked in."""
        return self.run.cpu_s / self.run.seconds / cores()


def grow(sizes: Sequence[int], *, repeats: int) -> list[Grown]:
    """Ingest, compute and backfill sessions of growing size; one at a time is on disk."""
    return [_grow(records, repeats) for records in sizes]


def _grow(records: int, repeats: int) -> Grown:
    with tempfile.TemporaryDirectory() as folder:
        measure("-m", "benchmarks.session", "simulate", folder, records)
        runs: dict[str, list[Run]] = {part: [] for part in PARTS}
        for _ in range(repeats):
            for part in _STEPS:
                runs[part].append(measure("-m", "benchmarks.session", part, folder))
            runs[DAY].append(_backfill(Path(folder), [_ON], 1).run)
    return Grown(
        records,
        {part: median(map(_seconds, those)) for part, those in runs.items()},
        {part: median(run.peak_mb for run in those) for part, those in runs.items()},
    )


def _seconds(run: Run) -> float:
    """Without what a new process pays once, where that is told apart."""
    return float(run.told.get("warm", run.told.get("seconds", run.seconds)))


def backfills(sessions: int, records: int, workers: Sequence[int]) -> list[Backfilled]:
    """Backfill a quarter of the sessions with one worker, then all of them with each number."""
    with tempfile.TemporaryDirectory() as folder:
        days = _days(sessions)
        measure("-m", "benchmarks.session", "simulate", folder, records, *days)
        few = max(1, sessions // _QUARTER)
        plan = [(few, 1), *((sessions, count) for count in workers)]
        return [_backfill(Path(folder), days[:count], each) for count, each in plan]


def _backfill(folder: Path, days: Sequence[str], workers: int) -> Backfilled:
    lake = folder / "backfilled"
    words = ["backfill", "--dates", ",".join(days), "--workers", str(workers), "--json"]
    run = measure(
        "-m",
        "lake_assets.cli.main",
        *words,
        LAKE_ROOT=lake,
        LAKE_RAW=folder / "raw",
        DAGSTER_HOME=lake / "_dagster",
    )
    shutil.rmtree(lake)
    return Backfilled(len(days), workers, run)


def _days(count: int) -> list[str]:
    """So many sessions from the first on."""
    told = measure("-m", "benchmarks.growth", "days", count).told
    return list(told["days"])


def list_days(count: str) -> dict[str, Any]:
    """A process of its own reads the calendar; the one that measures stays small."""
    from datetime import date  # noqa: PLC0415

    from lake_assets.market.sessions import session_days  # noqa: PLC0415

    first = date.fromisoformat(FIRST_SESSION)
    days = [day.isoformat() for day in session_days() if day >= first]
    return {"days": days[: int(count)]}


if __name__ == "__main__":
    from benchmarks.measurement import answer

    if sys.argv[1:]:
        answer({"days": list_days})

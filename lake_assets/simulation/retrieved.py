"""Macro series and geopolitical risk as somebody would have retrieved them, revisions included."""

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from lake_assets.market.sessions import regular_days
from lake_assets.simulation.paths import path_of

_DAILY: Final[Mapping[str, tuple[float, float]]] = {
    "^GSPC": (6900.0, 0.009),
    "^IXIC": (23000.0, 0.012),
    "^RUT": (2500.0, 0.013),
    "^VIX": (16.0, 0.05),
    "DGS10": (4.1, 0.008),
    "GLD": (390.0, 0.01),
}
_MONTHLY: Final[Mapping[str, tuple[float, float, int]]] = {
    "CPIAUCSL": (320.0, 0.002, 45),
    "UNRATE": (4.2, 0.015, 37),
    "FEDFUNDS": (4.0, 0.01, 33),
}
_ORIGIN: Final = date(2023, 1, 3)
_OBSERVATIONS: Final = 60
_GPR_FIRST: Final = date(2015, 1, 1)
_GPR_COLUMNS: Final = ("GPR", "GPRT", "GPRA", "GPRC_USA", "GPRC_CHN")
_RETRIEVED_ON: Final = 3  # day of the month
_REVISED_MONTHS: Final = 2


def simulate_macro(days: Sequence[date], raw_root: Path, *, seed: int) -> int:
    """Write the files retrieved on each date; returns the observations written.

    Values of the sessions before a date in one wide file, of the months published by it in a long
    one. The newest published month is revised when the next one is.
    """
    written = 0
    for day in days:
        folder = raw_root / "macro" / day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "metadata.json").write_text(json.dumps({"simulated": True}) + "\n")
        daily, monthly = list(_sessions(day, seed)), list(_published(day, seed))
        _write(folder / "daily.csv", ("DATE", *_DAILY), daily)
        _write(folder / "monthly.csv", ("date", "series_id", "value"), monthly)
        written += len(daily) * len(_DAILY) + len(monthly)
    return written


def _sessions(day: date, seed: int) -> Iterator[list[object]]:
    seen = [d for d in regular_days() if _ORIGIN <= d <= day]
    for place in range(max(len(seen) - _OBSERVATIONS, 0), len(seen)):
        values = (
            f"{start * math.exp(path_of(seed, name, place, size)):.4f}"
            for name, (start, size) in _DAILY.items()
        )
        yield [seen[place].isoformat(), *values]


def _published(day: date, seed: int) -> Iterator[list[object]]:
    for name, (start, size, lag) in _MONTHLY.items():
        months = [m for m in _months(_ORIGIN, day) if m + timedelta(days=lag) <= day]
        for place, month in enumerate(months):
            first = 0.001 if month == months[-1] else 0.0
            value = start * math.exp(path_of(seed, name, place, size) + first)
            yield [month.isoformat(), name, f"{value:.3f}"]


def simulate_gpr(months: Sequence[date], raw_root: Path, *, seed: int) -> int:
    """Write the file retrieved on the third of each month; returns the months written.

    It ends with the month before, and its last two months are still to be revised.
    """
    folder = raw_root / "gpr"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "metadata.json").write_text(json.dumps({"simulated": True}) + "\n")
    written = 0
    for month in months:
        rows = list(_risk(month, seed))
        path = folder / f"gpr-{month:%Y-%m}.csv"
        _write(path, ("month", *_GPR_COLUMNS), rows)
        told = {"retrieved_on": month.replace(day=_RETRIEVED_ON).isoformat()}
        path.with_name(f"{path.name}.json").write_text(json.dumps(told) + "\n")
        written += len(rows)
    return written


def _risk(month: date, seed: int) -> Iterator[list[object]]:
    known = _months(_GPR_FIRST, month)[:-1]
    for place, at in enumerate(known):
        early = 0.98 if place >= len(known) - _REVISED_MONTHS else 1.0
        walk = (path_of(seed, name, place, 0.15, pull=0.2) for name in _GPR_COLUMNS)
        values = (
            early * (100.0 if name in _GPR_COLUMNS[:3] else 1.0) * math.exp(step)
            for name, step in zip(_GPR_COLUMNS, walk, strict=True)
        )
        yield [at.isoformat(), *(f"{value:.4f}" for value in values)]


def _months(first: date, last: date) -> list[date]:
    """First days of the months from one date's to another's."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    places = (first.month - 1 + n for n in range(count))
    return [date(first.year + place // 12, place % 12 + 1, 1) for place in places]


def months_of(days: Sequence[date]) -> list[date]:
    """First days of the months some dates lie in, oldest first."""
    return sorted({day.replace(day=1) for day in days})


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)

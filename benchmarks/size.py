"""How large a run is: quick, or the reference day and beyond."""

from dataclasses import dataclass
from typing import Final

TRADES_PER_RECORD: Final = 0.055
OPTION_TRADES_PER_RECORD: Final = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Sizes of every benchmark, in records unless said.

    Attributes:
        day: book records of the simulated day.
        repeats: repetitions a median is of.
        pandas_day: book records of the day the pandas pipeline is given, beside ours.
        option_prints: prints our kernel is given.
        library_prints: prints of these that the slower libraries are given.
        trades: trades that bars are cut from.
        growth: book records of the days of growing size.
        slow_repeats: repetitions of what takes long: those, the pandas pipeline, Dagster.
        sessions: sessions of the backfill.
        session: book records of each of them.
        book_rows: rows of the day of option books.
        truth_days: days whose events are counted.
    """

    day: int
    repeats: int
    pandas_day: int
    option_prints: int
    library_prints: int
    trades: int
    growth: tuple[int, ...]
    slow_repeats: int
    sessions: int
    session: int
    book_rows: int
    truth_days: int


QUICK: Final = Size(
    day=500_000,
    repeats=3,
    pandas_day=200_000,
    option_prints=200_000,
    library_prints=20_000,
    trades=550_000,
    growth=(100_000, 500_000),
    slow_repeats=1,
    sessions=4,
    session=60_000,
    book_rows=400_000,
    truth_days=5,
)
FULL: Final = Size(
    day=10_000_000,
    repeats=5,
    pandas_day=4_000_000,
    option_prints=700_000,
    library_prints=200_000,
    trades=550_000,
    growth=(1_000_000, 2_000_000, 5_000_000, 10_000_000, 25_000_000),
    slow_repeats=3,
    sessions=60,
    session=100_000,
    book_rows=3_800_000,
    truth_days=81,
)

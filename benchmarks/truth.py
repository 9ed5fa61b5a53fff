"""What option books cost, from raw shards to the tables of many days."""

import tempfile
from collections.abc import Mapping
from typing import Final

from benchmarks.bench import Bench
from benchmarks.measurement import Runs, measure, repeat
from benchmarks.table import Line, Target

_WAYS: Final = ("-m", "benchmarks.market_truth")
_MB: Final = 1_500


def option_books(bench: Bench) -> Line:
    """Packed shards of a BANKNIFTY day to Bronze, to its state second by second, to its events."""
    with tempfile.TemporaryDirectory() as folder:
        measure(*_WAYS, "simulate", folder, bench.size.book_rows)
        repeats = bench.size.slow_repeats
        ingest, events = (_warm(repeats, way, folder) for way in ("ingest", "events"))
        rows: Mapping[str, int] = ingest.middle.told["rows"]
        laps: Mapping[str, float] = events.middle.told["laps"]
    return Line(
        work=f"one BANKNIFTY day, {rows['option_books']:,} rows",
        reference="23 s once reported of Bronze to events",
        targets=[
            Target(name="shards to Bronze", seen=ingest.told("seconds"), most=6, unit=" s"),
            Target(
                name="Bronze to events, the first in a process",
                seen=events.told("seconds"),
                most=3,
                unit=" s",
            ),
            Target(name="again", seen=events.told("again", "seconds"), most=3, unit=" s"),
            Target(name="peak", seen=events.peak_mb, most=_MB, digits=0, unit=" MB"),
        ],
        also=[f"{table} {seconds:.2f} s" for table, seconds in laps.items()],
    )


def truth_tables(bench: Bench) -> Line:
    """Event tables of many days to labels and truth tables."""
    with tempfile.TemporaryDirectory() as folder:
        measure(*_WAYS, "days", folder, bench.size.truth_days)
        runs = _warm(bench.size.slow_repeats, "tables", folder, "anew")
        again = repeat(bench.size.slow_repeats, *_WAYS, "tables", folder)
    return Line(
        work=f"truth tables of {bench.size.truth_days} days",
        targets=[
            Target(name="from scratch", seen=runs.told("seconds"), most=20, unit=" s"),
            Target(name="remembered", seen=again.told("seconds"), most=5, unit=" s"),
        ],
        also=[f"{runs.middle.told['rows']:,} rows", f"peak {runs.peak_mb:,.0f} MB"],
    )


def _warm(repeats: int, *words: object) -> Runs:
    """Repetitions after one that compiles the kernels."""
    measure(*_WAYS, *words)
    return repeat(repeats, *_WAYS, *words)

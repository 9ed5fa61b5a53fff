"""What every piece of work is given: the size, a simulated day, and what growth showed."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.growth import Backfilled, Grown
from benchmarks.measurement import Runs, measure, repeat
from benchmarks.size import Size

MILLION: Final = 1e6


@dataclass(frozen=True, slots=True)
class Bench:
    """The size, the simulated day, and what growth showed."""

    size: Size
    day: Path
    grown: Sequence[Grown]
    backfilled: Sequence[Backfilled]

    def in_session(self, way: str, *words: object) -> Runs:
        """Medians of a way of `benchmarks.session` on the day."""
        return repeat(self.size.repeats, "-m", "benchmarks.session", way, self.day, *words)


@contextmanager
def simulated(records: int) -> Iterator[Path]:
    """A day of so many book records, ingested; gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        measure("-m", "benchmarks.session", "simulate", name, records)
        measure("-m", "benchmarks.session", "ingest", name)
        yield Path(name)


def millions(records: int) -> str:
    """A number of records in words."""
    return f"{records / MILLION:g} M"

"""Everything the lake promises of its speed, in one run: `make bench`, `make bench-full`."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.bench import Bench, simulated
from benchmarks.growth import Backfilled, Grown, backfills, grow
from benchmarks.machine import cores, describe, keep_to
from benchmarks.measurement import measure
from benchmarks.size import FULL, QUICK, Size
from benchmarks.table import Line, markdown, plain
from benchmarks.work import WORK

HERE: Final = Path(__file__).parent
_WARM_RECORDS: Final = 60_000
_NEED_GROWTH: Final = {"book", "growth"}
_NEED_BACKFILL: Final = {"backfill"}
_MORE: Final = "The reference day has 10 M book records, 550 k trades and 700 k option prints."


def main() -> int:
    """Measure, print the table, and keep the last whole one."""
    arguments = _parse()
    size = FULL if arguments.full else QUICK
    keep_to(arguments.cores)
    wanted = arguments.only.split(",") if arguments.only else list(WORK)
    if unknown := set(wanted) - set(WORK):
        print(f"no work is called {', '.join(unknown)}; there are {', '.join(WORK)}")
        return 2
    start = time.perf_counter()
    _say("compiling every kernel once")
    _warm()
    grown = _grow(size) if _NEED_GROWTH & set(wanted) else []
    backfilled = _backfill(size) if _NEED_BACKFILL & set(wanted) else []
    lines = _measure(Bench(size, Path(), grown, backfilled), wanted)
    took = time.perf_counter() - start
    print(f"{describe()}; median of {size.repeats}; {took / 60:.1f} min\n\n{plain(lines)}")
    if wanted == list(WORK):
        _keep(size, lines)
        _draw(grown, backfilled)
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the reference day and growth beyond")
    parser.add_argument("--cores", type=int, default=2, help="cores used, as the targets assume")
    parser.add_argument("--only", help=f"some of {', '.join(WORK)}; nothing is then kept")
    return parser.parse_args()


def _warm() -> None:
    with simulated(_WARM_RECORDS) as day:
        for way in (("compute",), ("audit",), ("physics", 100)):
            measure("-m", "benchmarks.session", way[0], day, *way[1:])


def _grow(size: Size) -> list[Grown]:
    _say("growing sessions: " + ", ".join(f"{records:,}" for records in size.growth))
    return grow(size.growth, repeats=size.slow_repeats)


def _backfill(size: Size) -> list[Backfilled]:
    _say(f"backfilling {size.sessions} sessions")
    return backfills(size.sessions, size.session, sorted({1, cores()}))


def _measure(bench: Bench, wanted: Sequence[str]) -> list[Line]:
    _say(f"simulating and ingesting a day of {bench.size.day:,} book records")
    lines = []
    with simulated(bench.size.day) as day:
        held = Bench(bench.size, day, bench.grown, bench.backfilled)
        for name in wanted:
            _say(name)
            lines.append(WORK[name](held))
    return lines


def _keep(size: Size, lines: Sequence[Line]) -> None:
    """The last table; a quick one says that it is."""
    kind = "`make bench-full`" if size is FULL else "`make bench`, quick sizes"
    runs = f"medians of {size.repeats} runs, of {size.slow_repeats} where one takes long"
    head = f"# Speed\n\n{kind} on {describe()}; {runs}.\n{_MORE}"
    note = "Ratios are to the reference measured beside it in the same run."
    (HERE / "results.md").write_text(f"{head}\n{note}\n\n{markdown(lines)}\n")


def _draw(grown: Sequence[Grown], backfilled: Sequence[Backfilled]) -> None:
    facts = {
        "machine": describe(),
        "grown": [asdict(each) for each in grown],
        "backfills": [
            {
                "sessions": each.sessions,
                "workers": each.workers,
                "per_session": each.per_session,
                "used": each.used,
            }
            for each in backfilled
        ],
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(json.dumps(facts))
        file.flush()
        measure("-m", "benchmarks.picture", "draw", file.name, HERE / "growth.png")


def _say(text: str) -> None:
    print(f"... {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())

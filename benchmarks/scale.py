"""What many sessions, larger sessions and Dagster around a session cost."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.bench import Bench, millions
from benchmarks.growth import DAY, PARTS
from benchmarks.measurement import Run, Runs, measure
from benchmarks.table import Line, Target

_LINEAR: Final = 0.85  # so much of what a core more could give
_MUCH: Final = 10  # times as large: a day that growth of memory is seen against


def backfill(bench: Bench) -> Line:
    """Many sessions: linear in days and workers, and no memory kept."""
    few, *whole = bench.backfilled
    one, most = whole[0], whole[-1]
    faster = one.run.seconds / most.run.seconds
    return Line(
        work=f"backfill of {one.sessions} sessions, {millions(bench.size.session)} records each",
        reference=f"1 worker, {few.sessions} sessions: {few.per_session:.2f} s a session",
        targets=[
            Target(
                name="a session of all",
                seen=one.per_session / few.per_session,
                most=1.1,
                unit="x that of few",
            ),
            Target(
                name=f"with {most.workers} workers",
                seen=faster,
                least=_LINEAR * most.workers,
                unit="x the speed",
            ),
            Target(name="cores used", seen=most.used, least=_LINEAR),
            Target(
                name="memory",
                seen=one.run.peak_mb / few.run.peak_mb,
                most=1.1,
                unit="x that of few",
            ),
        ],
        also=[f"{run.per_session:.2f} s a session with {run.workers}" for run in (one, most)],
    )


def growth(bench: Bench) -> Line:
    """Time a record and memory, the largest session against a small one."""
    first, *_, last = bench.grown
    # of a whole day's memory most is what a process holds however small the day is
    smaller = [grown for grown in bench.grown if grown.records * _MUCH <= last.records][-1:]
    targets = [
        Target(
            name=f"{part}: time a record",
            seen=last.per_million(part) / first.per_million(part),
            most=1.2,
            unit="x",
        )
        for part in PARTS
    ] + [
        Target(
            name=f"{DAY}: memory",
            seen=last.peak_mb[DAY] / small.peak_mb[DAY],
            most=1.2,
            unit=f"x that of {millions(small.records)}",
        )
        for small in smaller
    ]
    sizes = ", ".join(millions(grown.records) for grown in bench.grown)
    return Line(
        work=f"growth, {millions(last.records)} against {millions(first.records)} records",
        reference=f"itself at {sizes}; growth.png",
        targets=targets,
        also=[
            f"{part} {last.per_million(part):.2f} s/M, peak {last.peak_mb[part]:,.0f} MB"
            for part in PARTS
        ],
    )


def whole_date(bench: Bench) -> Line:
    """A date through Dagster: over the assets' own seconds, and when nothing is to be done."""
    repeats, first, reused, empty = bench.size.slow_repeats, [], [], []
    told = measure("-m", "benchmarks.orchestration", "command").told
    for _ in range(repeats):
        with _dagster_lake(bench.day) as environ:
            first.append(_first(told["words"], environ))
            reused.append(measure(*told["words"], **environ))
            measure(*told["empty"], **environ)  # makes its tables
            empty.append(measure(*told["empty"], **environ))
    with _dagster_lake(bench.day) as environ:
        inside = measure("-m", "benchmarks.orchestration", "dates", repeats, **environ).told
    with _dagster_lake(bench.day) as environ:
        compiled = environ["LAKE_ROOT"] / "compiled"
        cold = measure(*told["words"], **environ, NUMBA_CACHE_DIR=compiled)
    over, again, floor = Runs(first), Runs(reused), Runs(empty)
    return Line(
        work="one date, the touches' graph, `dagster asset materialize`",
        reference=f"its assets' own {over.told('assets'):.2f} s; "
        f"an empty graph of the size {floor.seconds:.2f} s, {floor.cpu_s:.2f} s of processor",
        targets=[
            Target(name="over them", seen=over.told("over"), most=6, unit=" s"),
            Target(name="reused", seen=again.seconds, most=5, unit=" s"),
        ],
        also=[
            f"reused {again.cpu_s:.2f} s of processor",
            f"first {over.seconds:.2f} s, {cold.seconds:.2f} s with nothing compiled",
            *(
                f"run_partition {name} {inside[name]['seconds']:.2f} s, over {_s(inside, name)}"
                for name in ("cold", "warm", "reused")
            ),
        ],
    )


def _first(words: Sequence[str], environ: Mapping[str, Path]) -> Run:
    """The date built in a new lake, and what its assets say of it."""
    run = measure(*words, **environ)
    told = measure("-m", "benchmarks.orchestration", "computed", **environ).told
    return _over(run, float(told["seconds"]))


def _s(told: dict[str, Any], name: str) -> str:
    return f"{told[name]['over']:.2f} s"


def _over(run: Run, assets: float) -> Run:
    told = {"assets": assets, "over": run.seconds - assets}
    return Run(run.seconds, run.cpu_s, run.peak_mb, told)


@contextmanager
def _dagster_lake(day: Path) -> Iterator[dict[str, Path]]:
    """An empty lake beside the day's raw files, with the settings of Dagster that are shipped."""
    lake = day / "dagster_lake"
    (lake / "_dagster").mkdir(parents=True)
    shutil.copy("dagster.yaml", lake / "_dagster")
    try:
        yield {"LAKE_ROOT": lake, "LAKE_RAW": day / "raw", "DAGSTER_HOME": lake / "_dagster"}
    finally:
        shutil.rmtree(lake)

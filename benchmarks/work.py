"""Each piece of work on one day, measured beside its reference."""

import tempfile
from typing import Final

from benchmarks.bench import MILLION, Bench, millions, simulated
from benchmarks.measurement import Run, in_turn, measure
from benchmarks.scale import backfill, growth, whole_date
from benchmarks.table import Line, Target
from benchmarks.truth import option_books, truth_tables

_TOUCHES: Final = 5_000
_MB_PER_GB: Final = 1024
_FIFTH: Final = 5


def book(bench: Bench) -> Line:
    """The book's files to durable Bronze."""
    with tempfile.TemporaryDirectory() as out:
        words = ("-m", "benchmarks.book", "convert")
        runs = in_turn(
            bench.size.repeats,
            {way: (*words, way, bench.day, f"{out}/{way}") for way in ("ours", "vendor")},
        )
    ours, vendor = (runs[way].told("seconds") for way in ("ours", "vendor"))
    peak = runs["ours"].peak_mb
    return Line(
        work=f"DBN mbp-10 to durable Bronze, {millions(bench.size.day)} records",
        reference=f"databento to_parquet: {vendor:.2f} s, {runs['vendor'].peak_mb:,.0f} MB",
        targets=[
            Target(name="speed", seen=vendor / ours, least=2.5, unit="x"),
            Target(name="rate", seen=bench.size.day / ours / MILLION, least=1.5, unit=" M/s"),
            Target(name="peak", seen=peak / _MB_PER_GB, most=1.2, unit=" GB"),
            Target(name="peak, day over a fifth of it", seen=_flat(bench), most=1.2, unit="x"),
        ],
        also=[f"{ours:.2f} s"],
        ratio=vendor / ours,
    )


def _flat(bench: Bench) -> float:
    """Memory of the whole ingest of a day over that of a day a fifth its size."""
    peaks = {grown.records: grown.peak_mb["ingest"] for grown in bench.grown}
    return peaks[bench.size.day] / peaks[bench.size.day // _FIFTH]


def decode(bench: Bench) -> Line:
    """Decoding alone, beside decompression alone."""
    words = ("-m", "benchmarks.decode", "decode")
    runs = in_turn(
        bench.size.repeats,
        {way: (*words, way, bench.day) for way in ("floor", "ours", "vendor")},
    )
    floor, ours, vendor = (each.told("seconds") for each in runs.values())
    return Line(
        work=f"decode alone, {millions(bench.size.day)} records",
        reference=f"zstd decompression alone: {floor:.2f} s; databento to_ndarray: {vendor:.2f} s",
        targets=[Target(name="over the floor", seen=ours / floor, most=2, unit="x")],
        also=[f"{ours:.2f} s"],
        ratio=vendor / ours,
    )


def signals(bench: Bench) -> Line:
    """Bronze to Gold of a whole day; the pandas pipeline and ours at a size both are given."""
    whole = bench.in_session("compute")
    with simulated(bench.size.pandas_day) as folder:
        words = ("-m", "benchmarks.pandas_pipeline")
        ways = {
            "theirs": (*words, "run", folder),
            "ours": ("-m", "benchmarks.session", "compute", folder),
        }
        theirs, ours = in_turn(bench.size.slow_repeats, ways).values()
        agreement: dict[str, float] = measure(*words, "compare", folder).told["agreement"]
    slow, fast = theirs.told("seconds"), ours.told("seconds")
    alike = ", ".join(f"{name} {share:.2%}" for name, share in agreement.items())
    return Line(
        work=f"Bronze to Gold, {millions(bench.size.day)} records, "
        f"{whole.told('touches'):,.0f} touches",
        reference=f"pandas pipeline, {millions(bench.size.pandas_day)} records: {slow:.1f} s, "
        f"{theirs.peak_mb:,.0f} MB, "
        f"{slow / ours.told('touches') * 1e3:.1f} ms a touch; ours there {fast:.2f} s; "
        f"they agree on {alike}",
        targets=[
            Target(name="first in a process", seen=whole.told("seconds"), most=7, unit=" s"),
            Target(name="speed", seen=slow / fast, least=20, digits=1, unit="x"),
            Target(name="schema checks", seen=whole.told("checks_share"), most=0.1),
        ],
        also=[
            f"warm {whole.told('warm'):.2f} s",
            f"peak {whole.peak_mb:,.0f} MB",
            _slowest(whole.middle),
        ],
        ratio=slow / fast,
    )


def _slowest(run: Run, count: int = 5) -> str:
    laps: dict[str, float] = run.told["laps"]
    first = sorted(laps, key=lambda name: -laps[name])[:count]
    return "of which " + ", ".join(f"{name} {laps[name]:.2f} s" for name in first)


def options(bench: Bench) -> Line:
    """Volatilities and greeks."""
    size = bench.size
    words = ("-m", "benchmarks.options", "rate")
    found = in_turn(
        size.repeats,
        {
            way: (*words, way, size.option_prints, size.library_prints)
            for way in ("ours", "vollib", "quantlib")
        },
    )
    rate = {way: runs.told("iv_rate") for way, runs in found.items()}
    errors = {way: found[way].told("iv_error") for way in ("vollib", "quantlib")}
    return Line(
        work=f"implied volatility and greeks, {size.option_prints:,} prints",
        reference=f"vollib {rate['vollib']:.3f} M IV/s; QuantLib {rate['quantlib']:.3f} M IV/s",
        targets=[
            Target(name="rate", seen=rate["ours"], least=2, unit=" M IV/s"),
            *(
                Target(name=f"error to {way}", seen=error, most=1e-8)
                for way, error in errors.items()
            ),
        ],
        also=[
            f"with greeks {found['ours'].told('both_rate'):.2f} M/s",
            f"{rate['ours'] / rate['quantlib']:.0f}x QuantLib",
            f"compared on {found['vollib'].told('compared'):.0%} of {size.library_prints:,} prints",
        ],
        ratio=rate["ours"] / rate["vollib"],
    )


def touch_physics(bench: Bench) -> Line:
    """The engines for as many touches as a busy day has; the book's reading is counted apart."""
    runs = bench.in_session("physics", _TOUCHES)
    return Line(
        work=f"touch physics, {_TOUCHES:,} touches drawn from the day",
        reference="0.15 s once reported of a much larger machine",
        targets=[
            Target(name="with the score's grid", seen=runs.told("seconds"), most=0.5, unit=" s")
        ],
        also=[
            f"with the book read, {runs.told('whole'):.2f} s",
            _slowest(runs.middle),
        ],
    )


def audit(bench: Bench) -> Line:
    """What the proof that a partition saw no future costs."""
    runs = bench.in_session("audit")
    return Line(
        work="point-in-time audit, one cut, both probes",
        reference=f"building the session: {runs.told('laps', 'build'):.2f} s",
        targets=[Target(name="of building", seen=runs.told("ratio"), most=1, unit="x")],
        also=[f"{runs.told('laps', 'audit'):.2f} s", f"{runs.told('cells'):,.0f} cells compared"],
    )


def bars(bench: Bench) -> Line:
    """Minute bars, the only step that others write in one line."""
    words = ("-m", "benchmarks.bars", "cut")
    ours, polars, duckdb = (
        measure(*words, way, bench.size.trades, bench.size.repeats).told["seconds"] * 1e3
        for way in ("ours", "polars", "duckdb")
    )
    return Line(
        work=f"minute bars of {bench.size.trades:,} trades",
        reference=f"polars in one line {polars:.1f} ms; DuckDB in one line {duckdb:.1f} ms",
        also=[f"{ours:.1f} ms, with order check and fund's prices"],
        ratio=polars / ours,
    )


WORK: Final = {
    "book": book,
    "decode": decode,
    "signals": signals,
    "options": options,
    "touches": touch_physics,
    "option_books": option_books,
    "truth_tables": truth_tables,
    "backfill": backfill,
    "growth": growth,
    "dagster": whole_date,
    "audit": audit,
    "bars": bars,
}

"""How much of a session the ranges of its files leave out."""

from collections.abc import Iterable

from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Nanos
from lake_assets.sources.raw_file import RawFile


def gaps(files: Iterable[RawFile], wanted: Interval) -> list[Interval]:
    """Stretches of an interval that no file's range holds; a file without end holds nothing."""
    found, at = list[Interval](), wanted.opens
    for start, end in sorted((f.start_ns, f.end_ns) for f in files if f.end_ns is not None):
        if at < min(start, wanted.closes):
            found.append(Interval(at, Nanos(min(start, wanted.closes))))
        at = Nanos(max(at, min(end, wanted.closes)))
    if at < wanted.closes:
        found.append(Interval(at, wanted.closes))
    return found


def uncovered_ns(files: Iterable[RawFile], wanted: Interval) -> int:
    """Nanoseconds of an interval that no file's range holds."""
    return sum(gap.closes - gap.opens for gap in gaps(files, wanted))


def seconds(nanos: int) -> float:
    """Whole nanoseconds as seconds."""
    return nanos / NANOS_PER_SECOND


def until(interval: Interval, as_of_ns: int | None) -> Interval:
    """The part of an interval before a moment."""
    if as_of_ns is None:
        return interval
    closes = max(interval.opens, min(interval.closes, Nanos(as_of_ns)))
    return Interval(interval.opens, closes)

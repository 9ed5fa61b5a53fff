"""The books at the money: spreads, depth, flow and volatility of the observed seconds."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_books import POINTS, UNITS
from lake_assets.catalog.schema import SHARE
from lake_assets.market.truth_vocabulary import Statistic, Subject
from lake_assets.seconds.truth_means import Observations, Seen, Span
from lake_assets.seconds.truth_slices import cells
from lake_assets.seconds.truth_summary import Finding, Measure, described

LEGS: Final = ("ce", "pe")
_OF_A_LEG: Final = {
    "spread": POINTS,
    "obi_5": SHARE,
    "obi_1": SHARE,
    "bid_depth_5": UNITS,
    "ask_depth_5": UNITS,
    "depth_slope_bid": SHARE,
    "depth_slope_ask": SHARE,
    "ofi_10s": UNITS,
    "iv": "per year of 365 days",
}
THREADS: Final = 4
_WANTED: Final = (Statistic.MEAN, Statistic.MEDIAN, Statistic.P95)


def _measures() -> Mapping[str, tuple[str, pl.Expr]]:
    """Unit of each measure, and when its second counts: spot and the leg it is of observed."""
    found: dict[str, tuple[str, pl.Expr]] = {}
    for leg in LEGS:
        seen = pl.col("spot_observed") & pl.col(f"{leg}_observed")
        found |= {f"{leg}_{name}": (unit, seen) for name, unit in _OF_A_LEG.items()}
    both = pl.all_horizontal("spot_observed", *(f"{leg}_observed" for leg in LEGS))
    return {**found, "basis": (POINTS, both)}


MEASURES: Final = _measures()


def see_microstructure(seconds: pl.DataFrame, span: Span) -> Seen:
    """Each measure in the seconds in which it was observed: the sums in order, the values sorted.

    Sorted session by session, many sessions are merged in a fraction of the time they are sorted.
    """
    placed = seconds.with_columns(cell=pl.Series(cells(seconds)))

    def of(name: str) -> Observations:
        rows = placed.filter(MEASURES[name][1] & pl.col(name).is_not_null())
        value = rows[name].cast(pl.Float64).to_numpy(writable=True)
        day, cell = (rows[key].to_numpy(writable=True) for key in ("day", "cell"))
        tallies = Observations(value, day, cell).tallied(span)
        order = np.argsort(value, kind="stable")
        return Observations(
            value[order], day[order], cell[order], are_events=False, tallies=tallies
        )

    return {name: of(name) for name in MEASURES}


def of_microstructure(seen: Seen, span: Span) -> Iterator[Finding]:
    """Mean, median and 0.95 quantile of each measure over the seconds in which it was observed."""

    def of(name: str) -> list[Finding]:
        measure = Measure(Subject.MICROSTRUCTURE, name, MEASURES[name][0])
        return list(described(measure, seen[name], span, _WANTED))

    # Sorting two million values takes most of the time, and lets other threads run meanwhile.
    with ThreadPoolExecutor(THREADS) as pool:
        for findings in pool.map(of, MEASURES):
            yield from findings

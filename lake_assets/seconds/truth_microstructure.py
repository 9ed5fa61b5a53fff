"""The books at the money: spreads, depth, flow and volatility of the observed seconds."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import polars as pl

from lake_assets.catalog.option_books import POINTS, UNITS
from lake_assets.catalog.schema import SHARE
from lake_assets.market.truth_vocabulary import Statistic, Subject
from lake_assets.seconds.truth_means import Observations, Span
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


def of_microstructure(seconds: pl.DataFrame, span: Span) -> Iterator[Finding]:
    """Mean, median and 0.95 quantile of each measure over the seconds in which it was observed."""
    place = pl.Series("cell", cells(seconds))

    def of(name: str) -> list[Finding]:
        unit, counts = MEASURES[name]
        rows = seconds.select(
            pl.col(name).cast(pl.Float64), "day", place, counts=counts & pl.col(name).is_not_null()
        ).filter("counts")
        seen = Observations(
            rows[name].to_numpy(writable=True),
            rows["day"].to_numpy(writable=True),
            rows["cell"].to_numpy(writable=True),
            are_events=False,
        )
        return list(described(Measure(Subject.MICROSTRUCTURE, name, unit), seen, span, _WANTED))

    # Sorting two million values takes most of the time, and lets other threads run meanwhile.
    with ThreadPoolExecutor(THREADS) as pool:
        for findings in pool.map(of, MEASURES):
            yield from findings

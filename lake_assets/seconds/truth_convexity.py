"""How much an option answers to a small move of spot, and to a large one."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from lake_assets.market.option_vocabulary import OptionType
from lake_assets.market.truth_vocabulary import Statistic, Subject
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.readings import floats
from lake_assets.seconds.truth_means import Bounds, Observations, Seen, Span
from lake_assets.seconds.truth_slices import cells
from lake_assets.seconds.truth_summary import Finding, Measure, described

WINDOW_S: Final = 10
NEAR: Final = 5  # a move is near another if they differ by a fifth of it
UNIT: Final = "points per point"
_SLOTS: Final = ("_m2", "_m1", "", "_p1", "_p2")
_SIGNS: Final = {OptionType.CE: 1, OptionType.PE: -1}
COLUMNS: Final = (
    "spot_price",
    "spot_observed",
    "expiry",
    "dte_bucket",
    "time_of_day",
    *(
        f"{leg.lower()}_{name}{slot}"
        for leg in OptionType
        for name in ("strike", "mid", "observed")
        for slot in _SLOTS
    ),
)


def see_convexity(ends: pl.DataFrame, underlying: Underlying) -> Seen:
    """Responses to small and to large moves, calls to rises and puts to falls.

    ``ends`` are every tenth second from each open, so that a row and the next of its session are
    the ends of one window; with `COLUMNS`, ``regime`` and ``day``. A window's slice is that of
    the second it starts in. The contract at the money then is followed to its end, through
    whichever slot holds it; both ends are observed.
    """
    windows = _windows(ends, underlying)
    moves = {
        "small": underlying.convexity_small_points,
        "large": underlying.convexity_large_points,
    }
    return {
        _measure(leg, size).name: _near(windows, leg, points, underlying)
        for leg in OptionType
        for size, points in moves.items()
    }


def of_convexity(seen: Seen, span: Span) -> Iterator[Finding]:
    """Statistics of what `see_convexity` saw."""
    for leg in OptionType:
        measures = [_measure(leg, size) for size in ("small", "large")]
        small, large = (next(described(m, seen[m.name], span, _MEAN)) for m in measures)
        yield from (small, large)
        yield _compared(leg, small, large, Statistic.DIFFERENCE)
        yield _compared(leg, small, large, Statistic.RATIO)


_MEAN: Final = (Statistic.MEAN,)


def _measure(leg: OptionType, of: str) -> Measure:
    return Measure(Subject.CONVEXITY, f"{leg.lower()}_response_{of}", UNIT)


def _windows(ends: pl.DataFrame, underlying: Underlying) -> pl.DataFrame:
    """One row a window: its session, its cell, spot's move in units, and each leg's in points."""
    later = ends.select(pl.all().shift(-1))
    units = ends.with_columns(later["day"].alias("later")).select(
        same=(pl.col("day") == pl.col("later")).fill_null(value=False)
    )
    seen = units["same"] & ends["spot_observed"] & later["spot_observed"].fill_null(value=False)
    scale = 10**underlying.spot_decimals
    spot = np.rint(floats(ends, "spot_price") * scale), np.rint(floats(later, "spot_price") * scale)
    moves = {leg.value: _leg_moves(ends, later, leg.lower()) for leg in OptionType}
    return pl.DataFrame(
        {"day": ends["day"], "cell": cells(ends), "moved": spot[1] - spot[0], **moves}
    ).filter(seen)


def _leg_moves(ends: pl.DataFrame, later: pl.DataFrame, leg: str) -> pl.Series:
    """Change of the mid of the contract at the money at the start, null if an end is not seen."""
    found = pl.concat(
        [
            ends.select(
                "expiry",
                strike=f"{leg}_strike",
                start=pl.when(f"{leg}_observed").then(f"{leg}_mid"),
            ),
            later.rename({name: f"{name}_later" for name in later.columns}),
        ],
        how="horizontal",
    )
    held = pl.coalesce(
        pl.when(
            (pl.col(f"{leg}_strike{slot}_later") == pl.col("strike"))
            & (pl.col("expiry_later") == pl.col("expiry"))
            & pl.col(f"{leg}_observed{slot}_later")
        ).then(f"{leg}_mid{slot}_later")
        for slot in _SLOTS
    )
    return found.select(held - pl.col("start")).to_series()


def _near(
    windows: pl.DataFrame, leg: OptionType, points: float, underlying: Underlying
) -> Observations:
    """Responses of a leg to the moves toward it that are within a fifth of so many points."""
    about = round(points * 10**underlying.spot_decimals)
    size = pl.col("moved") * _SIGNS[leg]
    rows = windows.filter(
        (size > 0) & ((size - about).abs() * NEAR <= about) & pl.col(leg.value).is_not_null()
    )
    moved = rows["moved"].abs().to_numpy() / 10**underlying.spot_decimals
    return Observations(
        rows[leg.value].to_numpy() / moved,
        rows["day"].to_numpy(writable=True),
        rows["cell"].to_numpy(writable=True),
    )


def _compared(leg: OptionType, small: Finding, large: Finding, how: Statistic) -> Finding:
    """The large response less the small one, or by it; as sure as the rarer of the two."""
    if how is Statistic.DIFFERENCE:
        value, measure = large.value - small.value, _measure(leg, "large_less_small")
    else:
        zero = small.value == 0
        value = large.value / np.where(zero, np.nan, small.value)
        measure = Measure(Subject.CONVEXITY, _measure(leg, "large_to_small").name, "ratio")
    n, n_days = np.minimum(small.n, large.n), np.minimum(small.n_days, large.n_days)
    return Finding(measure, how, value, n, n_days, Bounds.none())

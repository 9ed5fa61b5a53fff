"""What kind of burst it was, as the bursts of earlier sessions judge it."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Quality, Rows
from lake_assets.catalog.truth import BURST_LABELS
from lake_assets.kernels.quantiles import expanding_quantiles
from lake_assets.market.option_vocabulary import BurstLabel
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.readings import floats, known
from lake_assets.seconds.truth_sessions import Days, WholeSessions, stacked

LEAST_PRIOR: Final = 20
_LOW, _HIGH = 0.3, 0.7
_SCORES: Final = {"tps": "tps", "vacuum": "vacuum_score"}


def label_bursts(bursts: Mapping[str, Days], regimes: Mapping[str, Days]) -> Rows:
    """Judge each burst by the quantiles of its underlying's earlier sessions.

    A burst of a session is never measured by itself, by its own session or by a later one; nor
    by one of which a score is null. Both arguments hold sessions by underlying.

    Returns the rows of `gold/burst_labels`, and which dates were used and which are missing.
    """
    quality: Quality = {}
    parts = [BURST_LABELS.empty()]
    for name in bursts:
        sessions = WholeSessions.of(
            underlying_named(name), {"bursts": bursts[name], "regimes": regimes[name]}
        )
        quality |= sessions.quality()
        if sessions.days:
            parts.append(_labels(sessions))
    return Rows(batches=pl.concat(parts).sort("event_id"), quality=quality)


def _labels(sessions: WholeSessions[pl.LazyFrame]) -> pl.DataFrame:
    bursts, regimes = sessions.tables["bursts"], sessions.tables["regimes"]
    rows = stacked(bursts, "event_id", "start_time", *_SCORES.values())
    rows = with_regime_before(rows, "start_time", stacked(regimes, "timestamp", "regime"))
    rows = rows.with_columns(_quantiles(rows))
    return (
        rows.with_columns(label=_label())
        .select(BURST_LABELS.dtypes.names())
        .cast(BURST_LABELS.dtypes)
    )


def with_regime_before(events: pl.DataFrame, at: str, seconds: pl.DataFrame) -> pl.DataFrame:
    """Events with ``regime_before``: of the second before the one in column ``at``."""
    before = seconds.select(
        (pl.col("timestamp") + pl.duration(seconds=1, time_unit="us")).alias(at),
        regime_before="regime",
    )
    return events.join(before, on=at, how="left", maintain_order="left", validate="m:1")


def _quantiles(rows: pl.DataFrame) -> list[pl.Series]:
    """Of the bursts before each row's session, and how many these are."""
    scores = {name: floats(rows, column) for name, column in _SCORES.items()}
    usable = ~np.isnan(np.array(list(scores.values()))).any(axis=0)
    day = rows["day"].to_numpy()
    # Rows come by session: those of earlier ones are the rows before the session's first.
    cuts = np.searchsorted(day, day, side="left")
    prior = np.concatenate(([0], np.cumsum(usable)))[cuts]
    return [pl.Series("n_prior", prior, dtype=pl.Int64), *_each(scores, usable, cuts)]


def _each(
    scores: Mapping[str, np.ndarray], usable: np.ndarray, cuts: np.ndarray
) -> Iterator[pl.Series]:
    for name, values in scores.items():
        for share in (_LOW, _HIGH):
            found = expanding_quantiles(values, usable, cuts, share)
            yield known(found).alias(f"{name}_q{share * 100:.0f}")


def _label() -> pl.Expr:
    tps, vacuum = (pl.col(column) for column in _SCORES.values())
    traded, empty = tps >= pl.col("tps_q70"), vacuum >= pl.col("vacuum_q70")
    label = (
        pl.when(traded & (vacuum <= pl.col("vacuum_q30")))
        .then(pl.lit(BurstLabel.TRADE))
        .when(empty & (tps <= pl.col("tps_q30")))
        .then(pl.lit(BurstLabel.VACUUM))
        .when(traded & empty)
        .then(pl.lit(BurstLabel.MIXED))
        .otherwise(pl.lit(BurstLabel.NEITHER))
    )
    judged = (pl.col("n_prior") >= LEAST_PRIOR) & tps.is_not_null() & vacuum.is_not_null()
    return pl.when(judged).then(label)

"""Size that was pulled from or put back into the book of the contract at the money."""

from typing import Final

import polars as pl

from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.windows import summed

_WINDOW_S: Final = 30
_PULLS: Final = ("bid_pull", "ask_pull")
_REPLENISHES: Final = ("bid_replenish", "ask_replenish")


def find_pulls(
    history: pl.DataFrame,
    vol_delta: pl.Series,
    rolled: pl.Series,
    lot_size: int,
    params: StateParams,
) -> pl.DataFrame:
    """Compare each second's book with the one before, where the two can be compared.

    ``history`` holds the contract's quotes and depths, ``now_`` and ``was_``. A flag is null where
    a second is not eligible; a condition whose operand is unknown is not met.
    """
    deep = params.min_depth_lots * lot_size
    observed = pl.col("now_bq0").is_not_null() & pl.col("was_bq0").is_not_null()
    thick = (pl.col("was_bid_depth") >= deep) & (pl.col("was_ask_depth") >= deep)
    eligible = _met(observed & ~rolled & vol_delta.is_not_null() & thick)
    quiet = pl.lit(vol_delta <= params.vol_small_lots * lot_size)
    spread, before = pl.col("now_spread_ticks"), pl.col("was_spread_ticks")
    wider = _met(spread > before)
    retreats = {
        "bid": wider | _met(pl.col("now_bid_ticks") <= pl.col("was_bid_ticks")),
        "ask": wider | _met(pl.col("now_ask_ticks") >= pl.col("was_ask_ticks")),
    }
    found = {
        **{f"{s}_pull": _falls(s, params) & quiet & retreats[s] for s in retreats},
        **{f"{s}_replenish": _rises(s, params) & _met(spread <= before) for s in retreats},
        "spread_changed": spread != before,
    }
    return history.select(
        pl.when(eligible).then(_met(flag)).alias(name) for name, flag in found.items()
    )


def measure_liquidity(flags: pl.DataFrame, params: StateParams) -> pl.DataFrame:
    """Rates of pulls and replenishes over half a minute, and whether the book flickers."""
    least = params.rate_min_seconds
    events = flags.select(
        pulls=_count(_PULLS), replenishes=_count(_REPLENISHES), changes="spread_changed"
    )
    eligible = events["changes"].is_not_null()
    sums = pl.DataFrame([summed(events[name], _WINDOW_S, least=least) for name in events.columns])
    seconds = summed(eligible, _WINDOW_S, least=1)
    pull_rate, replenish_rate = sums["pulls"] / seconds, sums["replenishes"] / seconds
    return sums.select(
        pull_rate_30s=pull_rate,
        replenish_rate_30s=replenish_rate,
        net_liquidity_30s=replenish_rate - pull_rate,
        flicker_30s=(pl.col("pulls") >= params.flicker_min_pulls)
        & (pl.col("replenishes") >= params.flicker_min_replenishes)
        & (pl.col("changes") >= params.flicker_min_spread_changes),
    )


def _falls(side: str, params: StateParams) -> pl.Expr:
    now, before = pl.col(f"now_{side}_depth"), pl.col(f"was_{side}_depth")
    return 100 * (before - now) >= params.p_drop_pct * before


def _rises(side: str, params: StateParams) -> pl.Expr:
    now, before = pl.col(f"now_{side}_depth"), pl.col(f"was_{side}_depth")
    return 100 * (now - before) >= params.p_rise_pct * before


def _count(names: tuple[str, str]) -> pl.Expr:
    """How many of two flags are up; null where they are."""
    return pl.col(names[0]).cast(pl.Int64) + pl.col(names[1]).cast(pl.Int64)


def _met(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(value=False)

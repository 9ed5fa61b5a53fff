"""The tape before each touch: who hit whom at the level, how fast, and in which sweep."""

from typing import Final

import polars as pl

from lake_assets.catalog.rows import Frame
from lake_assets.catalog.touch import TAPE
from lake_assets.kernels.tape import Prints, TapeRule, TapeSums, read_tape
from lake_assets.market.price import NANOS_PER_SECOND, NOTIONAL_PER_TICK_USD
from lake_assets.market.vocabulary import SweepDirection
from lake_assets.physics.contract import front_trades
from lake_assets.physics.order import ordered_ns
from lake_assets.physics.parameters import TapeParams

_NANOS_PER_MS: Final = 1_000_000
_KEYS: Final = ("event_id", "ts_event_ns", "level_kind", "level_u")
_SIDES: Final = {1: SweepDirection.UP, -1: SweepDirection.DOWN, 0: SweepDirection.NONE}


def measure_tape(
    touches: pl.DataFrame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    params: TapeParams,
) -> pl.DataFrame:
    """Give each touch the tape of the window before it.

    Returns the rows of `silver/tape`, in the touches' order. An imbalance is null where nobody
    known traded: no trade is not balance. A slope is null where there is no line.
    """
    prints = tape_prints(front_trades(es_trades, front_contract))
    ends = touches["ts_event_ns"].to_numpy(writable=True)
    levels = touches["level_e"].to_numpy(writable=True)
    sums = read_tape(prints, ends, levels, tape_rule(params))
    return _dress(touches.select(_KEYS), sums, params).select(TAPE.dtypes.names())


def tape_prints(trades: pl.DataFrame) -> Prints:
    """Columns of one contract's trades as the kernel reads them.

    Raises:
        UnorderedInputError: the trades go back in time.
    """
    size, side = (trades[name].to_numpy(writable=True) for name in ("size", "aggressor"))
    return Prints(
        ns=ordered_ns(trades, "ts_event_ns", "es_trades"),
        ticks=trades["price_ticks"].to_numpy(writable=True),
        size=size,
        side=side,
    )


def tape_rule(params: TapeParams) -> TapeRule:
    """The parameters in the kernel's units; a notional becomes a sum of ticks times contracts."""
    # ceil(usd / 12.5) in integers: lots reach the least notional exactly when they reach this
    usd_a_lot = round(2 * NOTIONAL_PER_TICK_USD)
    return TapeRule(
        window_ns=params.tape_window_s * NANOS_PER_SECOND,
        band_u=params.tape_band_u,
        sweep_gap_ns=params.sweep_gap_ms * _NANOS_PER_MS,
        sweep_min_prices=params.sweep_min_prices,
        sweep_min_lots=-(-2 * params.sweep_min_notional_usd // usd_a_lot),
    )


def _dress(keys: pl.DataFrame, sums: TapeSums, params: TapeParams) -> pl.DataFrame:
    known = pl.col("tape_buy_vol") + pl.col("tape_sell_vol")
    swept = pl.col("tape_sweep_detected")
    side = pl.Series(sums.sweep_side, dtype=pl.Int64)
    return keys.with_columns(
        tape_buy_vol=sums.buy,
        tape_sell_vol=sums.sell,
        tape_unknown_vol=sums.unknown,
        tape_trades=sums.trades,
        tape_velocity=sums.prints / params.tape_window_s,
        tape_sweep_detected=side != 0,
        tape_sweep_direction=side.replace_strict(_SIDES, return_dtype=pl.Enum(SweepDirection)),
        tape_sweep_notional=sums.sweep_lots * NOTIONAL_PER_TICK_USD,
        tape_price_slope=pl.when(pl.Series(sums.has_slope)).then(pl.Series(sums.slope)),
    ).with_columns(
        tape_imbalance=pl.when(known > 0).then(
            (pl.col("tape_buy_vol") - pl.col("tape_sell_vol")) / known
        ),
        tape_sweep_notional=pl.when(swept).then(pl.col("tape_sweep_notional")),
    )

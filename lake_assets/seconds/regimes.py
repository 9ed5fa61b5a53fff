"""The regime of each second: the first that applies, as it was known in that second."""

from typing import Final

import polars as pl

from lake_assets.catalog.option_events import REGIMES
from lake_assets.market.option_vocabulary import Regime, RegimeReason
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.event_parameters import ChopParams
from lake_assets.seconds.fear import FEARED, fear_active
from lake_assets.seconds.live_bursts import LIVED, live_through
from lake_assets.seconds.quiet import QUIET, quiet_seconds
from lake_assets.seconds.readings import read_seconds, taken

_KEPT: Final = ("underlying", "atm_target", "dte_days", "time_of_day", "flicker_30s")
_READ: Final = (*LIVED, *QUIET, *FEARED, *_KEPT)

# What is asked of a second, in this order; the first that holds names its reason and its regime.
_QUESTIONS: Final[tuple[tuple[pl.Expr, RegimeReason, Regime | None], ...]] = (
    (pl.col("spot_price").is_null(), RegimeReason.STALE_SPOT, None),
    (pl.col("rv_120s").is_null(), RegimeReason.WARM_UP, None),
    (pl.col("in_burst"), RegimeReason.IN_BURST, Regime.BURST),
    (pl.col("fear_active"), RegimeReason.FEAR_AFTER_BURST, Regime.FEAR),
    (pl.col("flicker_30s"), RegimeReason.FLICKER_COUNTS, Regime.FLICKER),
    (pl.col("chop_active"), RegimeReason.QUIET_TAPE, Regime.CHOP),
    (pl.lit(value=True), RegimeReason.NONE, Regime.NORMAL),
)


def label_regimes(
    option_state: pl.DataFrame | pl.LazyFrame,
    fear_spikes: pl.DataFrame,
    underlying: Underlying,
    session: Session,
    params: ChopParams,
) -> pl.DataFrame:
    """Say of each second what was on in it.

    Returns the rows of `gold/regimes`, one a second. A burst is on from its trigger, although its
    row measures from earlier, to the second in which its end is decided, although that may be
    after it; between an end and a reopening nothing is on.

    Raises:
        ComputationRefusedError: the state does not have one row for each second of the session.
    """
    state = read_seconds(option_state, _READ, session)
    lived = live_through(state, underlying, params)
    fear = fear_active(state, fear_spikes)
    names = lived.ids(state, underlying).to_frame()
    declared = REGIMES.of(underlying.name).dtypes
    return (
        state.with_columns(
            in_burst=lived.in_burst,
            burst_id=taken(names, "event_id", lived.burst),
            fear_active=fear,
            chop_active=quiet_seconds(state, lived.in_burst, fear, params).active,
        )
        .with_columns(reason=_reason())
        .with_columns(regime=_regime())
        .with_columns(regime_code=pl.col("regime").to_physical().cast(pl.Int8))
        .select(declared.names())
        .cast(declared)
    )


def _reason() -> pl.Expr:
    asked = [
        pl.when(met).then(pl.lit(reason.value, dtype=pl.Enum(RegimeReason)))
        for met, reason, _ in _QUESTIONS
    ]
    return pl.coalesce(asked)


def _regime() -> pl.Expr:
    regimes = {reason.value: regime and regime.value for _, reason, regime in _QUESTIONS}
    return pl.col("reason").replace_strict(regimes, return_dtype=pl.Enum(Regime))

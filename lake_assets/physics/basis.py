"""The basis between ES / 10 and SPY: put/call parity, and the plain ratio where it fails."""

from typing import Final, cast

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Frame, Rows
from lake_assets.catalog.silver import ES_SPY_BASIS
from lake_assets.errors import ComputationRefusedError
from lake_assets.kernels.parity import (
    CALL,
    PUT,
    Future,
    ParityRule,
    Quotes,
    Samples,
    median_of_samples,
    sample_parity,
)
from lake_assets.market.price import NANOS_PER_MINUTE, NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Session
from lake_assets.market.vocabulary import Conversion, ConversionMode, OptionRight
from lake_assets.physics.contract import front_trades
from lake_assets.physics.order import I8, ordered_ns
from lake_assets.physics.parameters import BasisParams

_QUOTE: Final = ("ts_event_ns", "strike_u", "right", "bid_u", "ask_u")
_RIGHTS: Final = {OptionRight.C: CALL, OptionRight.P: PUT}


def estimate_basis(
    spy_options: Frame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    session: Session,
    params: BasisParams,
) -> pl.DataFrame:
    """The rows of `basis_rows` without what was counted on the way."""
    rows = basis_rows(spy_options, es_trades, front_contract, session, params)
    return cast("pl.DataFrame", rows.batches)


def basis_rows(
    spy_options: Frame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    session: Session,
    params: BasisParams,
) -> Rows:
    """Give each regular minute, the close included, the basis its past tells.

    Returns the rows of `silver/es_spy_basis`; minutes after ``as_of_ns`` are left out. Only
    options that expire on the session's date count. The quality counts samples of the regular
    hours and those dropped for being too far from ES / 10, which each sample compares with the
    ES / 10 at its newest pair.

    Raises:
        ComputationRefusedError: more than half of those samples were dropped, in a session
            built whole.
    """
    if session.rth is None:
        return Rows(batches=ES_SPY_BASIS.empty())
    first = session.hours.opens + NANOS_PER_MINUTE
    ends = np.arange(first, session.rth.closes + 1, NANOS_PER_MINUTE, dtype=np.int64)
    samples = _samples(spy_options, front_trades(es_trades, front_contract), ends, session, params)
    far = np.abs(samples.basis_u) > params.basis_max_share * samples.es_u
    quality = _count(samples, far, ends, session.rth, params)
    kept = samples._replace(strikes=np.where(far, 0, samples.strikes).astype(np.int32))
    basis = _dress(kept, ends, params).filter(pl.col("minute_ns") >= session.rth.opens)
    if params.as_of_ns is not None:
        basis = basis.filter(pl.col("minute_ns") <= params.as_of_ns)
    return Rows(batches=basis, quality=dict(quality))


def _samples(
    spy_options: Frame,
    trades: pl.DataFrame,
    ends: I8,
    session: Session,
    params: BasisParams,
) -> Samples:
    future = Future(
        ordered_ns(trades, "ts_event_ns", "es_trades"),
        trades["price_ticks"].to_numpy(writable=True),
    )
    ordered_ns(spy_options.lazy().select("ts_event_ns").collect(), "ts_event_ns", "spy_options")
    same_day = spy_options.lazy().filter(
        pl.col("expiry") == session.day,
        pl.col("bid_u").is_not_null(),
        pl.col("ask_u").is_not_null(),
    )
    quoted = same_day.select(_QUOTE).collect()
    if params.conversion == ConversionMode.ratio:
        quoted = quoted.clear()
    strikes = quoted["strike_u"].unique().sort().to_numpy(writable=True)
    quotes = Quotes(
        quoted["ts_event_ns"].to_numpy(writable=True),
        np.searchsorted(strikes, quoted["strike_u"].to_numpy()),
        quoted["right"].replace_strict(_RIGHTS, return_dtype=pl.Int8).to_numpy(writable=True),
        quoted["bid_u"].to_numpy(writable=True),
        quoted["ask_u"].to_numpy(writable=True),
    )
    closes = cast("Interval", session.rth).closes
    return sample_parity(quotes, strikes, future, ends, closes, parity_rule(params))


def parity_rule(params: BasisParams) -> ParityRule:
    """The parameters in the kernel's units."""
    return ParityRule(
        quote_age_ns=params.parity_quote_age_s * NANOS_PER_SECOND,
        max_skew_ns=params.parity_max_skew_s * NANOS_PER_SECOND,
        max_spread_u=params.parity_max_spread_u,
        max_spread_pct=params.parity_max_spread_pct,
        max_gap_u=params.parity_max_gap_u,
        min_strikes=params.parity_min_strikes,
        max_strikes=params.parity_max_strikes,
        rate=params.rate,
        min_time_s=params.min_time_s,
    )


def _count(
    samples: Samples, far: np.ndarray, ends: I8, rth: Interval, params: BasisParams
) -> dict[str, int]:
    """How many samples of the regular hours there are, and how many cannot be right."""
    regular = (samples.strikes > 0) & (ends > rth.opens)
    total, dropped = int(regular.sum()), int((regular & far).sum())
    if 2 * dropped > total and params.as_of_ns is None:
        raise ComputationRefusedError(
            f"{dropped} of {total} parity samples are more than {params.basis_max_share:.0%} of "
            "ES / 10 away from it: options and future do not belong together; check that their "
            "raw files are of one session, or set conversion to ratio"
        )
    return {"basis_samples": total, "basis_samples_dropped": dropped}


def _dress(samples: Samples, ends: I8, params: BasisParams) -> pl.DataFrame:
    """One row a minute from the session's start on; a minute m stands at the place of end m."""
    basis, count, newest = median_of_samples(
        samples.basis_u, samples.strikes, params.basis_window_min, params.basis_carry_min
    )
    known = newest >= 0
    age_s = (ends - ends[newest]) // NANOS_PER_SECOND
    conversion = np.where(known, Conversion.PARITY.value, Conversion.RATIO.value)
    return pl.DataFrame(
        {
            "minute_ns": ends,
            "basis_u": np.rint(basis).astype(np.int64),
            "conversion": pl.Series(conversion, dtype=pl.Enum(Conversion)),
            "method_age_s": pl.Series(age_s).set(pl.Series(~known), None),
            "samples": count,
            "strikes": np.where(known, samples.strikes[newest], 0).astype(np.int32),
        },
        schema=ES_SPY_BASIS.dtypes,
    )

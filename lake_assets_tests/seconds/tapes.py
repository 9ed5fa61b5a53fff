"""Made-up option books of a few hours or a whole day, for tests that need a market's rows."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from lake_assets.catalog.option_books import OPTION_BOOKS
from lake_assets.market.option_vocabulary import OptionType, SpotSource, VolumeFlag
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Session, session_on
from lake_assets.market.underlyings import Underlying, underlying_named

DAY = date(2025, 8, 1)
HALF_DAY = date(2025, 11, 28)  # New York closes at 13:00
ORDER = ("expiry", "opt_type", "strike", "timestamp")
_LEVELS = 5


@dataclass(frozen=True, kw_only=True)
class Market:
    """What a made-up tape looks like.

    ``hit_rate`` is the share of seconds in which a contract has a row; ``start_s`` is negative
    for rows before the open.
    """

    underlying: str = "NIFTY"
    day: date = DAY
    seed: int = 1
    strikes: int = 9
    days_to_expiry: tuple[int, ...] = (6,)
    start_s: int = -5
    stop_s: int = 600
    hit_rate: float = 0.9
    spot: float | None = None
    swing: float = 1.0

    @property
    def registered(self) -> Underlying:
        """Its entry in the registry."""
        return underlying_named(self.underlying)

    @property
    def session(self) -> Session:
        """The whole session of the day."""
        return session_on(self.day, self.registered.calendar)

    @property
    def opens_us(self) -> int:
        """The open, us since the epoch."""
        return self.session.rth.opens // 1_000


def short(session: Session, seconds: int) -> Session:
    """The session, closing so many seconds after its open."""
    closes = session.rth.opens + seconds * NANOS_PER_SECOND
    return replace(session, rth=Interval(session.rth.opens, closes))


def tape(market: Market) -> pl.DataFrame:
    """Rows of `bronze/option_books` of a random walk, in order."""
    rng = np.random.default_rng(market.seed)
    underlying = market.registered
    spot_at = _walk(market, rng)
    step = underlying.strike_step
    middle = round(spot_at[0] / step) * step
    strikes = middle + step * (np.arange(market.strikes) - market.strikes // 2)
    seconds = np.arange(market.start_s, market.stop_s)
    parts = []
    for days in market.days_to_expiry:
        for right in OptionType:
            for strike in strikes.tolist():
                here = seconds[rng.random(len(seconds)) < market.hit_rate]
                spot = spot_at[here - market.start_s]
                expiry = market.day + timedelta(days=days)
                parts.append(_contract(market, rng, (expiry, right, strike), here, spot))
    dtypes = OPTION_BOOKS.of(underlying.name).dtypes
    return pl.concat(parts).select(pl.col(n).cast(d) for n, d in dtypes.items()).sort(ORDER)


def _walk(market: Market, rng) -> np.ndarray:
    underlying = market.registered
    start = market.spot or {"NIFTY": 24_600.0, "BANKNIFTY": 55_050.0}.get(underlying.name, 630.0)
    steps = rng.normal(0, market.swing * start * 3e-5, market.stop_s - market.start_s)
    return np.round(start + np.cumsum(steps), 2)


def _contract(market, rng, contract, seconds, spot) -> pl.DataFrame:
    underlying, count = market.registered, len(seconds)
    expiry, right, strike = contract
    tick, lot = underlying.option_tick, underlying.lot_size_on(market.day)
    inside = spot - strike if right is OptionType.CE else strike - spot
    width = 0.004 * spot
    fair = np.logaddexp(0, 2 * inside / width) * width / 2
    bid_ticks = np.maximum(np.floor(fair / tick) - rng.integers(0, 3, count), 0)
    ask_ticks = bid_ticks + rng.integers(0, 5, count)  # at times locked
    ask_ticks -= 2 * (rng.random(count) < 0.01)  # and at times crossed
    bid = np.where((bid_ticks > 0) & (rng.random(count) > 0.02), bid_ticks * tick, np.nan)
    ask = np.where((ask_ticks > 0) & (rng.random(count) > 0.02), ask_ticks * tick, np.nan)
    traded = lot * rng.integers(0, 3, count) * (rng.random(count) < 0.3)
    frame = pl.DataFrame(
        {
            "timestamp": market.opens_us + 1_000_000 * seconds + rng.integers(0, 10, count),
            "expiry": pl.repeat(expiry, count, eager=True),
            "strike": pl.repeat(int(strike), count, dtype=pl.Int32, eager=True),
            "volume": np.cumsum(traded),
            "vol_delta": traded,
            "bp0": np.round(bid, 2),
            "sp0": np.round(ask, 2),
            "spot_price": spot,
            **_sizes(underlying, rng, lot, np.isnan(bid), np.isnan(ask)),
        }
    )
    return frame.with_columns(
        pl.col("timestamp").cast(pl.Datetime("us", "UTC")),
        (pl.col("timestamp") * 1_000).alias("timestamp_ns"),
        pl.col("bp0", "sp0").fill_nan(None),
        pl.when(pl.int_range(pl.len()) > 0).then("vol_delta").alias("vol_delta"),
        underlying=pl.lit(underlying.name),
        session_date=pl.lit(market.day),
        opt_type=pl.lit(right.value),
        price=pl.lit(None),
        vol_flag=pl.lit(VolumeFlag.OK.value),
        vol_elapsed_s=pl.lit(None),
        vendor_vol_delta=pl.lit(None),
        oi=pl.lit(None),
        spot_price="spot_price"
        if underlying.spot_source is SpotSource.FEED
        else pl.lit(None, pl.Float64),
    )


def _sizes(underlying, rng, lot, no_bid, no_ask) -> dict[str, object]:
    """Sizes that double and halve often enough for pulls and replenishes."""
    count, sizes = len(no_bid), {}
    for side, missing in (("b", no_bid), ("s", no_ask)):
        mood = rng.choice([1.0, 0.5, 2.0], count, p=[0.7, 0.15, 0.15])
        for level in range(_LEVELS):
            if level >= underlying.depth_levels:
                sizes[f"{side}q{level}"] = pl.repeat(None, count, dtype=pl.Int64, eager=True)
                continue
            lots = np.floor(rng.integers(8, 40, count) * mood).astype(np.int64)
            sizes[f"{side}q{level}"] = np.where(missing & (level == 0), 0, lots * lot)
    return sizes

"""Volatility and greeks of every print of the options that expire on the session's date."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.bronze import SPY_OPTIONS
from lake_assets.catalog.options import OPTION_GREEKS
from lake_assets.catalog.rows import Frame
from lake_assets.kernels.black_scholes import (
    Options,
    VolatilityRule,
    implied_volatility,
    measure_greeks,
)
from lake_assets.kernels.parity import CALL, PUT
from lake_assets.kernels.smile import (
    INTERPOLATED,
    LAST,
    OWN,
    UNKNOWN,
    Smile,
    empty_smile,
    volatilities_in_force,
)
from lake_assets.market.conditions import is_cancel, is_late
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import IvMethod, OptionRight
from lake_assets.physics.contract import front_trades
from lake_assets.physics.order import I8, ordered_ns
from lake_assets.physics.parameters import OptionParams
from lake_assets.physics.rounding import dollars
from lake_assets.physics.session_trades import SessionTrades
from lake_assets.physics.spot import F8, known_spot, spot_before, years_left

RIGHTS: Final = {OptionRight.C: CALL, OptionRight.P: PUT}
IV_METHODS: Final = {
    OWN: IvMethod.OWN,
    LAST: IvMethod.LAST,
    INTERPOLATED: IvMethod.INTERP,
    UNKNOWN: None,
}
_PRINT: Final = [name for name in OPTION_GREEKS.columns if name in SPY_OPTIONS.columns]
_BATCH_PRINTS: Final = 65_536  # priced at once: the arrays of a day's prints would be its peak
_LATE: Final = "is_late"
_TWICE_PRICE: Final = "twice_price_u"


def price_greeks(  # noqa: PLR0913, PLR0917 - the arguments are the table's lineage
    spy_options: Frame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
    params: OptionParams,
) -> pl.DataFrame:
    """Give each print the volatility its price implies and the greeks that follow.

    Returns the rows of `silver/option_greeks`, in the prints' order; cancel reports are no
    prints. Spot is the future's last trade before the print. Where a print implies nothing,
    its contract's last volatility before it is used, else its neighbours'; greeks are null
    where there is no volatility or no spot. Built as of a moment, prints from then on are not
    seen.
    """
    if session.rth is None:
        return OPTION_GREEKS.empty()
    ordered_ns(spy_options.lazy().select("ts_event_ns").collect(), "ts_event_ns", "spy_options")
    prints = _same_day(spy_options.lazy(), session, params).collect()
    strikes = prints["strike_u"].unique().sort().to_numpy(writable=True)
    trades = SessionTrades.of(front_trades(es_trades, front_contract))
    smile = empty_smile(strikes.size)
    pricing = _Pricing(trades, es_spy_basis, session.rth.closes, strikes, smile, params)
    return pl.concat([OPTION_GREEKS.empty(), *map(pricing.price, _by_moments(prints))])


@dataclass(frozen=True, slots=True)
class _Pricing:
    """What the prints of a session are priced with, and the smile of those priced so far."""

    trades: SessionTrades
    es_spy_basis: pl.DataFrame
    closes_ns: int
    strikes: I8
    smile: Smile
    params: OptionParams

    def price(self, prints: pl.DataFrame) -> pl.DataFrame:
        """The greeks of the session's next prints."""
        ns, params = prints["ts_event_ns"].to_numpy(writable=True), self.params
        options = Options(
            spot_before(ns, self.trades, self.es_spy_basis, params),
            prints["strike_u"].to_numpy(writable=True),
            right_codes(prints),
            years_left(ns, self.closes_ns, params),
        )
        own_iv = _own_volatility(prints, options, params)
        used, method = volatilities_in_force(
            self.smile,
            ns,
            np.searchsorted(self.strikes, options.strike_u),
            options.right,
            own_iv,
            self.strikes,
            params.iv_neighbour_age_s * NANOS_PER_SECOND,
        )
        greeks = measure_greeks(options, used, params.rate)
        floats = {"iv": own_iv, "iv_used": used, **greeks._asdict()}
        return (
            prints.with_columns(
                spot_u=known_spot(options.spot_u),
                t_years=options.years,
                iv_method=method_names(method),
                **{name: pl.Series(values).fill_nan(None) for name, values in floats.items()},
            )
            .with_columns(spot=dollars(pl.col("spot_u")))
            .select(OPTION_GREEKS.dtypes.names())
        )


def _by_moments(prints: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Prints in batches; those of one moment, which do not see each other, are never parted."""
    ns, first = prints["ts_event_ns"], 0
    while first < len(prints):
        last = first + _BATCH_PRINTS
        if last < len(prints):
            moment = ns[last]
            last = int(ns.search_sorted(moment, side="left" if ns[first] < moment else "right"))
        yield prints[first:last]
        first = last


def right_codes(frame: pl.DataFrame) -> np.ndarray:
    """The column ``right`` as kernels spell it."""
    return frame["right"].replace_strict(RIGHTS, return_dtype=pl.Int8).to_numpy(writable=True)


def strike_places(frame: pl.DataFrame) -> tuple[I8, I8]:
    """The strikes there are, ascending, and the place of each row's among them."""
    strikes = frame["strike_u"].unique().sort().to_numpy(writable=True)
    return strikes, np.searchsorted(strikes, frame["strike_u"].to_numpy())


def method_names(codes: np.ndarray) -> pl.Series:
    """Where volatilities come from, spelled out; null where there is none."""
    return pl.Series(codes).replace_strict(IV_METHODS, return_dtype=pl.Enum(IvMethod))


def _same_day(spy_options: pl.LazyFrame, session: Session, params: OptionParams) -> pl.LazyFrame:
    """The prints that count, with the price a volatility is sought for.

    That is the mid of a quote that is not crossed, else the traded price; twice it, for an
    integer.
    """
    bid, ask = pl.col("bid_u"), pl.col("ask_u")
    seen = pl.lit(value=True)
    if params.as_of_ns is not None:
        seen = pl.col("ts_event_ns") < params.as_of_ns
    return spy_options.filter(
        pl.col("expiry") == session.day, ~is_cancel(pl.col("conditions")), seen
    ).select(
        *_PRINT,
        is_late(pl.col("conditions")).alias(_LATE),
        pl.when((bid > 0) & (ask >= bid))
        .then(bid + ask)
        .otherwise(2 * pl.col("price_u"))
        .alias(_TWICE_PRICE),
    )


def _own_volatility(prints: pl.DataFrame, options: Options, params: OptionParams) -> F8:
    """Volatility each price implies; a price reported late is of another moment."""
    rule = VolatilityRule(params.rate, params.iv_min, params.iv_max, params.iv_tol)
    iv = implied_volatility(options, prints[_TWICE_PRICE].to_numpy(writable=True), rule)
    iv[prints[_LATE].to_numpy()] = np.nan
    return iv

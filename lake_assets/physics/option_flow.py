"""Volume, premium, net customer flow and gamma of each same-day option, minute by minute."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.catalog.rows import Frame
from lake_assets.kernels.black_scholes import Options, measure_greeks
from lake_assets.kernels.option_flow import FlowRows, OptionPrints, sum_flow
from lake_assets.kernels.parity import CALL, PUT
from lake_assets.market.price import (
    NANOS_PER_MINUTE,
    NANOS_PER_SECOND,
    OPTION_MULTIPLIER,
)
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import OptionRight
from lake_assets.physics.contract import front_trades
from lake_assets.physics.greeks import method_names, right_codes, strike_places
from lake_assets.physics.order import I8, ordered_ns
from lake_assets.physics.parameters import OptionParams
from lake_assets.physics.rounding import dollars
from lake_assets.physics.session_trades import SessionTrades
from lake_assets.physics.spot import known_spot, spot_before, years_left

FLOW_GAMMAS: Final = ("gamma", "gross_gamma", "dealer_gamma")
_PRINT: Final = ("ts_event_ns", "strike_u", "right", "price_u", "size", "aggressor", "iv")
_RIGHTS: Final = {CALL: OptionRight.C, PUT: OptionRight.P}


def sum_option_flow(  # noqa: PLR0913, PLR0917 - the arguments are the table's lineage
    option_greeks: Frame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
    params: OptionParams,
) -> pl.DataFrame:
    """Sum the prints of each contract up to each minute end of the regular hours.

    Returns the rows of `silver/option_flow`: the first end is a minute after the open, the last
    the close, and a contract without a print so far has no row. A print stamped at an end is not
    in it. Built as of a moment, later ends are left out.
    """
    if session.rth is None:
        return OPTION_FLOW.empty()
    closes = session.rth.closes
    last = closes if params.as_of_ns is None else min(closes, params.as_of_ns)
    first = session.rth.opens + NANOS_PER_MINUTE
    ends = np.arange(first, last + 1, NANOS_PER_MINUTE, dtype=np.int64)
    prints = option_greeks.lazy().select(_PRINT).collect()
    strikes, places = strike_places(prints)
    rows = sum_flow(
        _prints(prints, places),
        strikes,
        ends,
        params.iv_neighbour_age_s * NANOS_PER_SECOND,
    )
    trades = SessionTrades.of(front_trades(es_trades, front_contract))
    options = Options(
        spot_before(ends, trades, es_spy_basis, params)[rows.end],
        strikes[rows.strike],
        rows.right,
        years_left(ends, closes, params)[rows.end],
    )
    return _dress(rows, options, ends[rows.end], params)


def _prints(greeks: pl.DataFrame, places: I8) -> OptionPrints:
    return OptionPrints(
        ns=ordered_ns(greeks, "ts_event_ns", "option_greeks"),
        strike=places,
        right=right_codes(greeks),
        price_u=greeks["price_u"].to_numpy(writable=True),
        size=greeks["size"].to_numpy(writable=True),
        side=greeks["aggressor"].to_numpy(writable=True),
        iv=greeks["iv"].fill_null(float("nan")).to_numpy(writable=True),
    )


def _dress(rows: FlowRows, options: Options, end_ns: I8, params: OptionParams) -> pl.DataFrame:
    gamma = pl.Series(measure_greeks(options, rows.iv, params.rate).gamma).fill_nan(None)
    return (
        pl.DataFrame(
            {
                "end_ns": end_ns,
                "strike_u": options.strike_u,
                "right": pl.Series(rows.right).replace_strict(
                    _RIGHTS, return_dtype=pl.Enum(OptionRight)
                ),
                "volume": rows.volume,
                "net_customer": rows.net,
                "size_sq": rows.size_sq,
                "last_iv": pl.Series(rows.iv).fill_nan(None),
                "iv_method": method_names(rows.method),
                "t_years": options.years,
                "gamma": gamma,
                "premium_u": rows.premium_u,
                "spot_u": known_spot(options.spot_u),
            }
        )
        .with_columns(
            premium=dollars(pl.col("premium_u") * OPTION_MULTIPLIER),
            spot=dollars(pl.col("spot_u")),
            gross_gamma=pl.col("volume") * OPTION_MULTIPLIER * pl.col("gamma"),
            dealer_gamma=-pl.col("net_customer") * OPTION_MULTIPLIER * pl.col("gamma"),
        )
        .select(OPTION_FLOW.dtypes.names())
    )

"""Volatility, greeks and flow of the options that expire on the session's date."""

import polars as pl

from lake_assets.catalog import OPTION_FLOW, OPTION_GREEKS
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.greeks import price_greeks
from lake_assets.physics.option_flow import sum_option_flow
from lake_assets.physics.parameters import OptionParams


@lake_asset(OPTION_GREEKS)
def option_greeks(
    spy_options: pl.LazyFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
    params: OptionParams,
) -> pl.DataFrame:
    """Solve each print's volatility and price its greeks."""
    return price_greeks(spy_options, es_trades, front_contract, es_spy_basis, session, params)


@lake_asset(OPTION_FLOW)
def option_flow(
    option_greeks: pl.LazyFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
    params: OptionParams,
) -> pl.DataFrame:
    """Sum the day's prints up to each minute's end."""
    return sum_option_flow(option_greeks, es_trades, front_contract, es_spy_basis, session, params)

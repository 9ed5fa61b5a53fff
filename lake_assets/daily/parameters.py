"""Every default number of the tables of days and months."""

from pydantic import Field

from lake_assets.catalog.parameters import Params


class ChainParams(Params):
    """How the volatility of a chain's mids is solved."""

    iv_rate: float = Field(0.04, gt=-1, lt=1, description="interest rate, continuous, per year")
    iv_yield: float = Field(
        0.0, gt=-1, lt=1, description="yield of the underlying, continuous, per year"
    )


class DailyParams(ChainParams):
    """All of them."""

"""Every default number of the one-second pipeline, held once, with its unit in its name.

Each step asks for its own group. A group may have two kinds of fields: the ones all underlyings
share, which `SecondsParams` gathers, and the ones an underlying has its own value of, which bear
the name of a field of `market.underlyings.Underlying` and have no default here.
"""

from typing import Final

from lake_assets.catalog.parameters import BookParams, Params
from lake_assets.seconds.event_parameters import (
    BurstParams,
    ChopParams,
    FearParams,
    LiquidityParams,
    SharedEventParams,
)
from lake_assets.seconds.parameters import StateParams

GROUPS: Final[tuple[type[Params], ...]] = (
    BookParams,
    StateParams,
    BurstParams,
    LiquidityParams,
    FearParams,
    ChopParams,
)
"""The groups the assets of an underlying ask for; each is tried when parameters are loaded."""


class SecondsParams(BookParams, StateParams, SharedEventParams):
    """What all underlyings share of every group."""

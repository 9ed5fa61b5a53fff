"""Every tunable number of the one-second clock, frozen and bounded, unit in the name."""

from pydantic import Field, model_validator

from lake_assets.catalog.parameters import Params


class StateParams(Params):
    """How the state of an option market is read off its books, second by second.

    Window lengths are no parameters: they are in the names of the columns.
    """

    book_max_age_s: int = Field(5, ge=0, le=60, description="a book or spot speaks no longer, s")
    atm_hysteresis_pct: int = Field(
        0, ge=0, lt=100, description="how far past halfway the target stays, % of a step"
    )
    spot_min_strikes: int = Field(3, gt=0, description="fewer strikes imply no spot")
    spot_max_strikes: int = Field(5, gt=0, le=50, description="strikes nearest the money used")
    window_known_pct: int = Field(
        80, gt=0, le=100, description="a window of returns or flow is known this much, %"
    )
    p_drop_pct: int = Field(35, gt=0, le=100, description="a pull takes this much of a side, %")
    p_rise_pct: int = Field(25, gt=0, description="a replenish adds this much to a side, %")
    vol_small_lots: int = Field(1, ge=0, description="trading beyond this explains a fall, lots")
    min_depth_lots: int = Field(10, ge=0, description="a thinner side is not judged, lots")
    rate_min_seconds: int = Field(
        10, gt=0, le=30, description="fewer eligible seconds in the window give no rate"
    )
    flicker_min_pulls: int = Field(5, gt=0, description="pulls in the window of a flicker")
    flicker_min_replenishes: int = Field(5, gt=0, description="replenishes in it")
    flicker_min_spread_changes: int = Field(10, gt=0, description="changes of spread in it")
    implied_min: float = Field(1e-4, gt=0, description="lowest volatility sought, per year")
    implied_max: float = Field(5.0, gt=0, description="highest volatility sought, per year")
    implied_tol: float = Field(
        1e-11, gt=0, le=1e-9, description="last step of the search, per year"
    )
    implied_min_time_s: int = Field(60, gt=0, description="no volatility closer to expiry, s")
    wide_spread_pct: int = Field(25, gt=0, description="a wider spread is doubtful, % of mid")

    @model_validator(mode="after")
    def _bounds_are_ordered(self) -> "StateParams":
        if self.implied_min >= self.implied_max:
            raise ValueError("implied_min must be below implied_max")
        if self.spot_min_strikes > self.spot_max_strikes:
            raise ValueError("spot_min_strikes must not exceed spot_max_strikes")
        return self

"""Every tunable number of the events of an option market, frozen and bounded, unit in the name.

What all underlyings share has its default here (`SharedEventParams`). The thresholds that are an
underlying's own have none: they come from its registry entry, or from whoever states them all, so
that none can be left out in silence.
"""

from typing import Annotated, Final, Self, TypeAlias

from pydantic import Field, model_validator

from lake_assets.catalog.parameters import Params
from lake_assets.market.underlyings import Underlying

# The root mean square of ten returns is at most sqrt(12) times that of the 120 they are among.
RATIO_CEILING: Final = 3.4641

_Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Opening: TypeAlias = Annotated[float, Field(gt=0, lt=RATIO_CEILING)]
_Theta: TypeAlias = Annotated[float, Field(gt=0, lt=1)]
PositivePerBucket: TypeAlias = tuple[_Positive, _Positive, _Positive, _Positive]
OpeningPerBucket: TypeAlias = tuple[_Opening, _Opening, _Opening, _Opening]
ThetaPerBucket: TypeAlias = tuple[_Theta, _Theta, _Theta, _Theta]


class SharedBurstParams(Params):
    """Lengths of a burst."""

    burst_warm_up_s: int = Field(120, ge=0, description="no trigger so soon after the open, s")
    burst_lookback_s: int = Field(10, gt=0, le=600, description="reach of the displacement, s")
    burst_merge_gap_s: int = Field(5, ge=0, description="a start so soon after an end reopens, s")
    burst_max_duration_s: int = Field(600, gt=0, description="longest burst, s")
    leg_max_age_s: int = Field(5, ge=0, description="a pinned option's book speaks no longer, s")

    @model_validator(mode="after")
    def _a_burst_outlasts_its_lookback(self) -> Self:
        if self.burst_max_duration_s <= self.burst_lookback_s:
            raise ValueError("burst_max_duration_s must exceed burst_lookback_s")
        return self


class SharedLiquidityParams(Params):
    """What counts as a collapse of an option's book; pulls and the like are Silver's."""

    vacuum_lookback_s: int = Field(3, gt=0, description="the fuller book is sought so far back, s")
    vacuum_rest_s: int = Field(5, ge=0, description="without the condition before the next, s")
    vacuum_fall_pct: int = Field(60, gt=0, le=100, description="least fall of depth, %")
    vacuum_widen_pct: int = Field(150, gt=100, description="least spread, % of the narrowest")
    vacuum_max_lots: int = Field(5, ge=0, description="trading beyond this explains it, lots")


class SharedFearParams(Params):
    """How hard books are pulled in a fall that ends in fear, and when that has decayed."""

    pull_rate_floor_per_s: float = Field(0.033, ge=0, description="least pull rate, events per s")
    pull_rate_share: float = Field(0.9, ge=0, le=1, description="quantile of the rates so far")
    calm_wait_s: int = Field(10, gt=0, description="earliest decay after the onset, s")
    calm_hold_s: int = Field(10, gt=0, description="no new low for so long, s")
    fear_longest_s: int = Field(600, gt=0, description="fear lasts no longer, s")
    exhausted_s: int = Field(60, gt=0, description="a decay so soon is exhaustion, s")

    @model_validator(mode="after")
    def _calm_may_come(self) -> Self:
        if not self.calm_wait_s <= self.exhausted_s <= self.fear_longest_s:
            raise ValueError("calm_wait_s, exhausted_s and fear_longest_s must not decrease")
        return self


class SharedChopParams(Params):
    """What counts as quiet: thresholds from the session so far, unless they are given."""

    chop_share: float = Field(0.25, ge=0, le=1, description="quantile of volatility and volume")
    chop_slack: float = Field(1.25, gt=0, description="times that quantile is still quiet")
    chop_spread_share: float = Field(0.5, ge=0, le=1, description="quantile of the spread")
    chop_settle_s: int = Field(1_800, ge=0, description="no quantile so soon after the open, s")
    chop_renew_s: int = Field(60, gt=0, description="quantiles are renewed so often, s")
    chop_max_rv: float | None = Field(None, gt=0, description="instead: volatility at most")
    chop_max_volume: float | None = Field(None, ge=0, description="instead: 30 s volume at most")
    chop_max_spread_points: float | None = Field(None, gt=0, description="instead: spread at most")
    pocket_max_hole_s: int = Field(3, ge=0, description="longest hole in a pocket, s")
    pocket_min_s: int = Field(15, gt=0, description="shortest pocket, s")


class SharedEventParams(
    SharedBurstParams, SharedLiquidityParams, SharedFearParams, SharedChopParams
):
    """What all underlyings share of every group."""


class BurstParams(SharedBurstParams):
    """What counts as a burst of one underlying, by days to expiry: 0, 2, 4, 6+."""

    burst_points: PositivePerBucket = Field(description="least displacement, points")
    burst_step_points: PositivePerBucket = Field(description="least move of one second, points")
    burst_end_points: PositivePerBucket = Field(description="displacement of a quiet 5 s, points")
    burst_k1: OpeningPerBucket = Field(description="rv_10s / rv_120s a burst starts above")
    burst_k2: PositivePerBucket = Field(description="rv_10s / rv_120s a burst ends below")

    @classmethod
    def of(cls, underlying: Underlying, **chosen: object) -> Self:
        """The defaults of an underlying, and what is chosen otherwise."""
        own = {n: getattr(underlying, n) for n in cls.model_fields if hasattr(underlying, n)}
        return cls(**{**own, **chosen})


class LiquidityParams(BurstParams, SharedLiquidityParams):
    """What counts as a collapse, and as the bursts it may fall into."""


class FearParams(BurstParams, SharedFearParams):
    """When a fall of one underlying ends in fear, and when that has decayed."""

    theta_put: ThetaPerBucket = Field(description="put's move at the low, share of spot's")


class ChopParams(BurstParams, SharedChopParams):
    """What counts as quiet outside bursts."""

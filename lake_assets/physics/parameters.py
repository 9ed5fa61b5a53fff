"""Every default number of the touch pipeline, held once, with its unit in its name.

Each step asks for its own group; `SignalParams` is all of them and what people set. Prices are
integers in units of $0.0001 (``_u``). Names are flat, so one file sets them all.
"""

from itertools import pairwise
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from lake_assets.catalog.parameters import Params, SessionParams
from lake_assets.market.vocabulary import ConversionMode, LevelKind


class BasisParams(SessionParams):
    """How ES prices become SPY prices."""

    conversion: ConversionMode = Field(ConversionMode.auto, description="try parity, or ratio only")
    basis_window_min: int = Field(15, gt=0, description="minutes of samples in the median")
    basis_carry_min: int = Field(30, ge=0, description="how old the newest sample may be, minutes")
    basis_max_share: float = Field(0.02, gt=0, description="farther from ES / 10 is dropped")
    parity_min_strikes: int = Field(3, gt=0, description="fewer strikes give no sample")
    parity_max_strikes: int = Field(7, gt=0, description="strikes nearest the money used")
    parity_max_skew_s: int = Field(5, ge=0, description="call and put this close in time, s")
    parity_quote_age_s: int = Field(60, gt=0, description="quotes this fresh, s")
    parity_max_spread_u: int = Field(
        1_000, gt=0, description="widest quote used, unless the share of mid allows more"
    )
    parity_max_spread_pct: int = Field(
        10, ge=0, description="widest quote used, % of mid, where that is more"
    )
    parity_max_gap_u: int = Field(
        100_000, gt=0, description="call and put mids farther apart are not near the money"
    )
    rate: float = Field(0.045, description="flat continuous interest rate, per year")
    min_time_s: int = Field(60, gt=0, description="time to expiry is never below this, s")


class OptionParams(BasisParams):
    """How option prints become volatilities, gamma, walls and the gamma flip."""

    iv_min: float = Field(0.01, gt=0, description="lowest volatility sought, per year")
    iv_max: float = Field(5.0, gt=0, description="highest volatility sought, per year")
    iv_tol: float = Field(1e-8, gt=0, description="last step of the search, per year")
    spot_max_age_s: int = Field(60, ge=0, description="how old the future's trade may be, s")
    iv_neighbour_age_s: int = Field(
        60, ge=0, description="how old a neighbouring strike's volatility may be, s"
    )
    flip_range_pct: int = Field(5, gt=0, le=50, description="reach of the flip, % of spot")
    flip_step_u: int = Field(2_500, gt=0, description="distance of the prices tried")
    flip_epsilon: float = Field(
        0.01, ge=0, lt=1, description="share of the largest gamma that counts as zero"
    )

    @model_validator(mode="after")
    def _volatilities_are_ordered(self) -> "OptionParams":
        if self.iv_min >= self.iv_max:
            raise ValueError("iv_min must be below iv_max")
        return self


class LevelParams(OptionParams):
    """Which levels are published."""

    opening_range_min: int = Field(15, gt=0, description="length of the opening range, minutes")
    round_step_u: int = Field(10_000, gt=0, description="spacing of round levels")
    round_range_u: int = Field(100_000, gt=0, description="reach of round levels from spot")
    strike_min_volume: int = Field(100, gt=0, description="contracts that make a strike a level")


class TouchParams(SessionParams):
    """When a level counts as touched."""

    opening_range_min: int = Field(15, gt=0, description="length of the opening range, minutes")
    touch_band_u: int = Field(3_000, gt=0, description="reach of a level, ends included")
    episode_gap_s: int = Field(300, gt=0, description="longest quiet inside an episode, s")


class TapeParams(Params):
    """How much tape, in time and price, counts as being at the level."""

    tape_window_s: int = Field(60, gt=0, description="window before the touch, s")
    tape_band_u: int = Field(5_000, ge=0, description="half width of the band, ends included")
    sweep_gap_ms: int = Field(100, ge=0, description="longest pause inside a sweep, ms")
    sweep_min_prices: int = Field(2, ge=1, description="prices a sweep crosses")
    sweep_min_notional_usd: int = Field(10_000_000, gt=0, description="smallest sweep, USD")


class BarrierParams(Params):
    """How much book, in time and price, counts as defending the level, and how it is judged."""

    barrier_window_s: int = Field(60, gt=0, description="window before the touch, s")
    zone_ticks: int = Field(8, gt=0, description="reach of the zone from the level, ends included")
    barrier_r_vacuum: float = Field(0.3, ge=0, description="replenished less than this is thin")
    barrier_r_wall: float = Field(1.5, ge=0, description="replenished more than this is firm")
    barrier_delta_contracts: int = Field(100, ge=0, description="net change beyond this is large")
    weak_depth_contracts: int = Field(50, ge=0, description="a zone holding less is weak")
    weak_ratio: float = Field(0.5, ge=0, description="a wall ratio below this is weak")
    balance_delta_contracts: int = Field(50, ge=0, description="net change below this is balance")
    balance_churn_contracts: int = Field(100, ge=0, description="churn above this is business")
    absorb_filled_contracts: int = Field(50, ge=0, description="least filled that is absorbed")
    wall_window_s: int = Field(300, gt=0, description="window of the usual depth, s")
    wall_min_weight_s: int = Field(60, ge=0, description="least time it is known for, s")
    book_stale_s: int = Field(5, gt=0, description="a book state speaks no longer than this, s")


class BarrierGridParams(BarrierParams):
    """How long before the touch the barrier is asked already."""

    score_grid_s: int = Field(10, ge=0, description="seconds before the touch that are scored, s")


class FuelParams(OptionParams):
    """Which strikes fuel a touch, and when their flow is no accident."""

    fuel_strike_range_u: int = Field(
        20_000, ge=0, description="strikes this close to the level, ends included"
    )
    fuel_z: float = Field(2.0, gt=0, description="net gamma this unlikely has an effect, sd")


class ScoreParams(BarrierGridParams, TapeParams, FuelParams):
    """How the engines become one score, and what the score says."""

    score_weight_liquidity: int = Field(45, gt=0, description="weight of the barrier")
    score_weight_hedge: int = Field(35, gt=0, description="weight of the fuel")
    score_weight_tape: int = Field(20, gt=0, description="weight of the tape")
    tape_slope_full_points_s: float = Field(
        0.5, gt=0, description="slope that scores in full, ES points/s"
    )
    score_tau_s: float = Field(2.0, gt=0, description="time constant of the smooth score, s")
    score_hold_s: int = Field(3, ge=0, description="how long BREAK and REJECT must have held, s")
    break_score: float = Field(80.0, ge=0, le=100, description="least score that is BREAK")
    reject_score: float = Field(20.0, ge=0, le=100, description="largest score that is REJECT")
    reject_distance_u: int = Field(
        1_000, ge=0, description="farthest from the level that is REJECT, end included"
    )
    contested_low: float = Field(30.0, ge=0, le=100, description="least score that is CONTESTED")
    contested_high: float = Field(70.0, ge=0, le=100, description="largest that is CONTESTED")
    contested_contracts: int = Field(500, ge=0, description="least volume in band of a fight")
    contested_imbalance: float = Field(
        0.25, ge=0, le=1, description="largest imbalance of a fight, either way"
    )
    confidence_high: float = Field(0.7, ge=0, le=1, description="least confidence that is HIGH")
    confidence_medium: float = Field(0.4, ge=0, le=1, description="least that is MEDIUM")
    confidence_churn_contracts: int = Field(500, gt=0, description="churn that is full evidence")
    confidence_tape_contracts: int = Field(500, gt=0, description="volume that is full evidence")
    confidence_fuel_contracts: int = Field(
        1_000, gt=0, description="option volume that is full evidence"
    )

    @model_validator(mode="after")
    def _the_grid_holds_what_must_hold(self) -> "ScoreParams":
        if self.score_hold_s > self.score_grid_s:
            raise ValueError("score_hold_s must not exceed score_grid_s")
        return self


class RunwayParams(Params):
    """Which levels stand in the way behind the touched one, and how near."""

    # words, not LevelKind: the launchpad cannot show a list of enum members
    runway_excluded_kinds: list[str] = Field(
        [LevelKind.ROUND.value], description="kinds that obstruct nothing"
    )
    runway_same_price_u: int = Field(
        1_000, ge=0, description="levels this close are the touched one, end included"
    )
    runway_clear_u: int = Field(10_000, gt=0, description="an obstacle this far obstructs nothing")

    @field_validator("runway_excluded_kinds")
    @classmethod
    def _kinds_exist(cls, kinds: list[str]) -> list[str]:
        return [LevelKind(kind).value for kind in kinds]


class LabelPathParams(SessionParams):
    """What holds of every path after a touch, whatever its horizon and barriers."""

    label_gap_s: int = Field(60, gt=0, description="longest silence a label survives, s")
    label_shift_outside: bool = Field(
        default=True, description="move a barrier the touch already stands beyond"
    )


class LabelParams(LabelPathParams):
    """What counts as a break or a bounce, and until when."""

    label_horizon_min: int = Field(5, gt=0, description="how far a label looks, minutes")
    label_threshold_u: int = Field(2_000, gt=0, description="move from the level that decides")


class LabelGridParams(LabelPathParams):
    """Which moves and horizons every touch is labelled for."""

    # Lists, not tuples: the launchpad can show no tuple.
    grid_thresholds_u: list[Annotated[int, Field(gt=0, le=1_000_000)]] = Field(
        [2_000, 5_000, 10_000, 20_000],
        min_length=1,
        max_length=16,
        description="moves that decide, rising",
    )
    grid_horizons_min: list[Annotated[int, Field(gt=0, le=1_440)]] = Field(
        [1, 5, 15], min_length=1, max_length=16, description="how far labels look, minutes, rising"
    )

    @field_validator("grid_thresholds_u", "grid_horizons_min")
    @classmethod
    def _each_rises(cls, values: list[int]) -> list[int]:
        if any(later <= earlier for earlier, later in pairwise(values)):
            raise ValueError(f"values must rise, none twice; found {values}")
        return values


class FoldParams(Params):
    """How sessions are cut for walk-forward validation."""

    n_splits: int = Field(5, ge=1, le=62, description="test blocks; each is a bit of the mask")
    embargo_s: int = Field(3_600, ge=0, description="quiet between training and test, s")


class SignalParams(
    LevelParams,
    TouchParams,
    ScoreParams,
    RunwayParams,
    LabelParams,
    LabelGridParams,
    FoldParams,
):
    """Every parameter of the pipeline from Bronze to Gold."""

    @model_validator(mode="after")
    def _strikes_are_ordered(self) -> "SignalParams":
        if self.parity_min_strikes > self.parity_max_strikes:
            raise ValueError("parity_min_strikes must not exceed parity_max_strikes")
        return self

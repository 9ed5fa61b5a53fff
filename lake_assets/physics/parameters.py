"""Every default number of the touch pipeline, held once, with its unit in its name.

Each step asks for its own group; `SignalParams` is all of them and what people set. Prices are
integers in units of $0.0001 (``_u``). Names are flat, so one file sets them all.
"""

import json
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lake_assets.market.vocabulary import ConversionMode, TouchHours


class Params(BaseModel):
    """Base of every group: frozen, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def digest(self) -> str:
        """Hash of every name and value; equal parameters, equal digest."""
        return sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


class SessionParams(Params):
    """Which part of a session is worked on, and as of when."""

    touch_hours: TouchHours = Field(
        TouchHours.rth, description="minutes searched for touches: regular hours, or all of Globex"
    )
    as_of_ns: int | None = Field(
        None, ge=0, description="build as it was known at this moment, ns UTC; null: all of it"
    )


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
    rate: float = Field(0.045, description="flat continuous interest rate, per year")
    min_time_s: int = Field(60, gt=0, description="time to expiry is never below this, s")


class LevelParams(BasisParams):
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


class LabelParams(SessionParams):
    """What counts as a break or a bounce, and until when."""

    label_horizon_min: int = Field(5, gt=0, description="how far a label looks, minutes")
    label_threshold_u: int = Field(2_000, gt=0, description="move from the level that decides")
    label_gap_s: int = Field(60, gt=0, description="longest silence a label survives, s")
    label_shift_outside: bool = Field(
        default=True, description="move a barrier the touch already stands beyond"
    )


class FoldParams(Params):
    """How sessions are cut for walk-forward validation."""

    n_splits: int = Field(5, ge=1, description="test blocks")
    embargo_s: int = Field(3_600, ge=0, description="quiet between training and test, s")


class SignalParams(LevelParams, TouchParams, TapeParams, LabelParams, FoldParams):
    """Every parameter of the pipeline from Bronze to Gold."""

    @model_validator(mode="after")
    def _strikes_are_ordered(self) -> "SignalParams":
        if self.parity_min_strikes > self.parity_max_strikes:
            raise ValueError("parity_min_strikes must not exceed parity_max_strikes")
        return self

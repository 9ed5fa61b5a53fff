"""What a simulated day of option books is made from."""

from pydantic import BaseModel, ConfigDict, Field


class OptionBookParams(BaseModel):
    """Seed, size, plants and flaws of a day of option books; all of it decides the bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(0, ge=0, lt=2**32, description="of every random draw, with day and name")
    strikes: int = Field(21, ge=21, le=201, description="strikes of each of the two expiries")
    near_strikes: int = Field(3, ge=3, le=50, description="each side of spot, a row every second")
    update_share: float = Field(
        0.02, ge=0, le=1, description="seconds in which another contract has a row"
    )
    days_to_expiry: int | None = Field(
        None, ge=0, le=60, description="of the nearer expiry; None: the next Thursday"
    )
    spot_points: float | None = Field(
        None, gt=0, description="at the open; None: 550 strike steps, where listing is centred"
    )
    volatility: float = Field(0.12, ge=0.05, le=1, description="at the money, a year as one")
    repeats: int = Field(4, ge=1, le=8, description="plants of each kind, as far as they fit")
    apart_s: int = Field(
        60, ge=0, le=600, description="from a plant to the next; under 60 they mix"
    )
    quiet: bool = Field(default=False, description="plant nothing, not even spans of chop")
    flaws: bool = Field(default=False, description="repeat, lose and damage rows as a vendor does")
    shards: int = Field(2, ge=2, le=64, description="files of packed books")

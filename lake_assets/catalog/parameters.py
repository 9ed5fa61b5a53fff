"""What every group of parameters is, and the one group that all layers share."""

import json
from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

from lake_assets.market.vocabulary import TouchHours


class Params(BaseModel):
    """Base of every group: frozen, and unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def digest(self) -> str:
        """Hash of every name and value; equal parameters, equal digest."""
        return sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


class AsOfParams(Params):
    """As of when a session is built."""

    as_of_ns: int | None = Field(
        None, ge=0, description="build as it was known at this moment, ns UTC; null: all of it"
    )


class SessionParams(AsOfParams):
    """Which part of a session is worked on, and as of when."""

    touch_hours: TouchHours = Field(
        TouchHours.rth, description="minutes searched for touches: regular hours, or all of Globex"
    )


class BookParams(AsOfParams):
    """How option books are typed."""

    start_tolerance_s: int = Field(
        5, ge=0, description="a contract seen this soon after the open was seen from its start, s"
    )

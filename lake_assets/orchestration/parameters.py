"""Every parameter of the lake: one flat set, and what one underlying has of its own."""

from dataclasses import fields
from typing import Any, Final, TypeVar

from pydantic import Field, model_validator

from lake_assets.catalog.parameters import Params
from lake_assets.daily.parameters import DailyParams
from lake_assets.market.underlyings import UNDERLYINGS, Underlying, underlying_named
from lake_assets.physics.parameters import SignalParams
from lake_assets.seconds.params import GROUPS, SecondsParams

Group = TypeVar("Group", bound=Params)

_REGISTERED: Final = frozenset(field.name for field in fields(Underlying))
_NAMES: Final = sorted({name for group in GROUPS for name in group.model_fields})


class LakeParams(SignalParams, SecondsParams, DailyParams):  # type: ignore[misc] # one model_construct a base
    """Every parameter from Bronze to Gold: of the touches, of the seconds, of the days."""

    underlyings: dict[str, dict[str, Any]] = Field(
        {},  # no factory: a resource's defaults are replaced by what the environment sets
        description="by underlying, parameters with a value of its own: NIFTY: {burst_points: ...}",
    )

    def group(self, wanted: type[Group], underlying: str | None = None) -> Group:
        """The values of one group.

        For an underlying, what ``underlyings`` says comes first, then the registry's entry, then
        the flat set. A group holds no other underlying's numbers, so that changing those rebuilds
        nothing of this one.
        """
        own: dict[str, Any] = {}
        if underlying is not None:
            entry = underlying_named(underlying)
            own = {name: getattr(entry, name) for name in _REGISTERED}
            own |= self.underlyings.get(underlying, {})
        return wanted(**{n: own[n] if n in own else getattr(self, n) for n in wanted.model_fields})

    @model_validator(mode="after")
    def _every_group_can_be_made(self) -> "LakeParams":
        for name, held in self.underlyings.items():
            underlying_named(name)
            if strangers := sorted(set(held) - set(_NAMES)):
                raise ValueError(
                    f"underlyings.{name} sets {', '.join(strangers)}; "
                    f"the parameters there are {', '.join(_NAMES)}"
                )
        for name in UNDERLYINGS:
            for wanted in GROUPS:
                self.group(wanted, name)
        return self

"""How a value is written for a person: rounded once, in its unit, never rescaled."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from lake_assets.retrieval.definition import Metric
from lake_assets.retrieval.vocabulary import Display

ABSENT: Final = "n/a"
_SUFFIX: Final = {Display.PERCENT: "%", Display.POINTS: " pp", Display.PLAIN: ""}
# The largest float has 309 digits before its point.
_EXACT: Final = Context(prec=400, rounding=ROUND_HALF_UP)


def exact(number: float) -> Decimal:
    """The decimal number that a float is written as: its shortest text that reads back."""
    return Decimal(repr(number))


def round_half_away(number: Decimal, decimals: int) -> Decimal:
    """A number to so many decimals, halves away from zero."""
    return number.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)


def shown(metric: Metric, value: float | None, text: str | None = None) -> str:
    """Text of a result; `ABSENT` for a null."""
    if metric.display is Display.TEXT:
        return ABSENT if text is None else text
    if value is None:
        return ABSENT
    number = exact(value)
    if metric.rounding is not None:
        number = round_half_away(number, metric.rounding)
    if not number:
        number = abs(number)  # no minus before nothing
    return f"{number:f}{_SUFFIX[metric.display]}"

"""The closed sets of macro series."""

from enum import StrEnum


class MacroUnit(StrEnum):
    """What a macro series counts in."""

    POINTS = "points"
    USD = "usd"
    INDEX = "index"
    PERCENT = "percent"
    RATIO = "ratio"


class Frequency(StrEnum):
    """How often a macro series is observed."""

    DAILY = "Daily"
    WEEKLY = "Weekly"
    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly"


class MacroLayout(StrEnum):
    """How a landed macro file lays its observations out."""

    WIDE = "wide"
    LONG = "long"
    PRICE_HISTORY = "price_history"

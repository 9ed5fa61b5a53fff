"""The closed sets of the truth tables: slices, subjects, statistics."""

from enum import StrEnum


class DteSlice(StrEnum):
    """Days to expiry of a slice: each `DteBucket`, and all of them."""

    ZERO = "0"
    TWO = "2"
    FOUR = "4"
    SIX_UP = "6+"
    ALL = "all"


class TimeSlice(StrEnum):
    """Part of the session of a slice: each `TimeOfDay`, and all of them."""

    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    ALL = "all"


class RegimeSlice(StrEnum):
    """Regime of a slice: each `Regime`, and all of them, the unknown one too."""

    NORMAL = "normal"
    CHOP = "chop"
    FLICKER = "flicker"
    BURST = "burst"
    FEAR = "fear"
    ALL = "all"


class Subject(StrEnum):
    """What a statistic is about."""

    BURST = "burst"
    FEAR = "fear"
    LIQUIDITY = "liquidity"
    CHOP = "chop"
    REGIME = "regime"
    MICROSTRUCTURE = "microstructure"
    CONVEXITY = "convexity"


class Statistic(StrEnum):
    """What was made of a measure."""

    COUNT = "count"
    PER_SESSION = "per_session"
    SHARE = "share"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "p90"
    P95 = "p95"
    STD = "std"
    MAX = "max"
    RATIO = "ratio"
    DIFFERENCE = "difference"


class CiMethod(StrEnum):
    """How an interval was found."""

    ORDER_STATISTICS = "order_statistics"
    BOOTSTRAP_DAYS = "bootstrap_days"
    BOOTSTRAP_EVENTS = "bootstrap_events"

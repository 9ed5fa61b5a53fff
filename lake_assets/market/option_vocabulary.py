"""The closed sets of the one-second option state and of the events in it."""

from enum import StrEnum


class OptionType(StrEnum):
    """Call or put, as packed books name them."""

    CE = "CE"
    PE = "PE"


class VolumeFlag(StrEnum):
    """Where a row's ``vol_delta`` comes from."""

    OK = "ok"
    RESET = "reset"
    FIRST_KNOWN = "first_known"
    FIRST_UNKNOWN = "first_unknown"
    MISSING = "missing"


class IvQuality(StrEnum):
    """Why a slot has a volatility, or has none; only the last three have one."""

    NO_FORWARD = "no_forward"
    NO_MID = "no_mid"
    TOO_SHORT = "too_short"
    BELOW_INTRINSIC = "below_intrinsic"
    ABOVE_BOUND = "above_bound"
    NO_CONVERGENCE = "no_convergence"
    WIDE = "wide"
    FILLED = "filled"
    OK = "ok"


class TimeOfDay(StrEnum):
    """Part of the session, by the exchange's clock."""

    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"


class DteBucket(StrEnum):
    """Days to expiry, by whole dates: none, one or two, three or four, five and more."""

    ZERO = "0"
    TWO = "2"
    FOUR = "4"
    SIX_UP = "6+"

    @property
    def place(self) -> int:
        """Where a table by bucket holds this one."""
        return list(DteBucket).index(self)

    @classmethod
    def of(cls, dte_days: int) -> "DteBucket":
        """The bucket of a count of days, which is never negative."""
        return list(cls)[min((dte_days + 1) // 2, 3)]


class LiquidityEventType(StrEnum):
    """What happened to the resting size of one option."""

    BID_PULL = "bid_pull"
    ASK_PULL = "ask_pull"
    BID_REPLENISH = "bid_replenish"
    ASK_REPLENISH = "ask_replenish"
    VACUUM = "vacuum"
    FLICKER = "flicker"


class BurstEnd(StrEnum):
    """What ended a burst."""

    QUIET = "quiet"
    MAX_DURATION = "max_duration"
    GAP = "gap"
    CLOSE = "close"


class BurstLabel(StrEnum):
    """Whether a burst was traded, ran through an empty book, or both."""

    TRADE = "trade"
    VACUUM = "vacuum"
    MIXED = "mixed"
    NEITHER = "neither"


class Regime(StrEnum):
    """What kind of second it was, in the order of their codes."""

    NORMAL = "normal"
    CHOP = "chop"
    FLICKER = "flicker"
    BURST = "burst"
    FEAR = "fear"


class RegimeReason(StrEnum):
    """Why a second has its regime, or has none."""

    IN_BURST = "in_burst"
    FEAR_AFTER_BURST = "fear_after_burst"
    FLICKER_COUNTS = "flicker_counts"
    QUIET_TAPE = "quiet_tape"
    NONE = "none"
    STALE_SPOT = "stale_spot"
    WARM_UP = "warm_up"


class BookSource(StrEnum):
    """Which vendor layout an underlying's option books come in."""

    PACKED = "packed"
    DBN = "dbn"


class SpotSource(StrEnum):
    """Where an underlying's price comes from: the feed's own column, or put/call parity."""

    FEED = "feed"
    PARITY = "parity"


class BookQuarantine(StrEnum):
    """Why a row of a packed book is unusable."""

    BAD_TIME = "bad_time"
    WRONG_DAY = "wrong_day"
    EXPIRED = "expired"
    BAD_STRIKE = "bad_strike"
    BAD_TYPE = "bad_type"
    NEGATIVE = "negative"

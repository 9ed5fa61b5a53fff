"""The closed sets: every word a column may hold, spelled once."""

from enum import StrEnum


class Direction(StrEnum):
    """Which way price came to a level."""

    UP = "UP"
    DOWN = "DOWN"


class LevelKind(StrEnum):
    """The fourteen kinds of price level, in the order that breaks ties."""

    PM_HIGH = "PM_HIGH"
    PM_LOW = "PM_LOW"
    OR_HIGH = "OR_HIGH"
    OR_LOW = "OR_LOW"
    SMA_200 = "SMA_200"
    SMA_400 = "SMA_400"
    STRIKE = "STRIKE"
    VWAP = "VWAP"
    ROUND = "ROUND"
    CALL_WALL = "CALL_WALL"
    PUT_WALL = "PUT_WALL"
    GAMMA_FLIP = "GAMMA_FLIP"
    SESSION_HIGH = "SESSION_HIGH"
    SESSION_LOW = "SESSION_LOW"


class PriceScale(StrEnum):
    """Where a level's value was born: the future's prices or the fund's."""

    ES = "ES"
    SPY = "SPY"


class Conversion(StrEnum):
    """How ES prices became SPY prices: put/call parity, or the plain ratio of ten."""

    PARITY = "parity"
    RATIO = "ratio"


class FrontMethod(StrEnum):
    """How the session's contract was chosen."""

    OVERRIDE = "override"
    OVERNIGHT = "overnight"
    CALENDAR = "calendar"


class TouchHours(StrEnum):
    """Which minutes of a session are searched for touches.

    Members are lower case because the launchpad shows names, not values.
    """

    rth = "rth"
    globex = "globex"


class ConversionMode(StrEnum):
    """Whether parity is tried at all; lower case as in TouchHours."""

    auto = "auto"
    ratio = "ratio"


class BarrierState(StrEnum):
    """What the defending side of the book did before a touch."""

    VACUUM = "VACUUM"
    WALL = "WALL"
    ABSORPTION = "ABSORPTION"
    CONSUMED = "CONSUMED"
    WEAK = "WEAK"
    NEUTRAL = "NEUTRAL"


class SweepDirection(StrEnum):
    """Side of the largest sweep before a touch."""

    UP = "UP"
    DOWN = "DOWN"
    NONE = "NONE"


class FuelEffect(StrEnum):
    """What dealer hedging does to a move through the level."""

    AMPLIFY = "AMPLIFY"
    DAMPEN = "DAMPEN"
    NEUTRAL = "NEUTRAL"


class Signal(StrEnum):
    """What the score says of a touch."""

    BREAK = "BREAK"
    REJECT = "REJECT"
    CONTESTED = "CONTESTED"
    NEUTRAL = "NEUTRAL"


class Confidence(StrEnum):
    """How much evidence the score rests on."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


class RunwayQuality(StrEnum):
    """Whether another level stands close behind the touched one."""

    CLEAR = "CLEAR"
    OBSTRUCTED = "OBSTRUCTED"


class Outcome(StrEnum):
    """What price did after a touch."""

    BREAK = "BREAK"
    BOUNCE = "BOUNCE"
    CHOP = "CHOP"


class LabelReason(StrEnum):
    """Why a touch has a label, or has none."""

    OK = "OK"
    PAST_CLOSE = "PAST_CLOSE"
    DATA_GAP = "DATA_GAP"


class Anchor(StrEnum):
    """Where the barriers of a label are measured from; lower case, as its readers write it."""

    LEVEL = "level"
    TOUCH = "touch"


class OptionRight(StrEnum):
    """Call or put."""

    C = "C"
    P = "P"


class OptionSource(StrEnum):
    """Which vendor layout an option print came from."""

    TCBBO = "tcbbo"
    TRADES = "trades"
    CSV = "csv"


class AggressorMethod(StrEnum):
    """Which rule named the aggressor of an option print."""

    QUOTE = "QUOTE"
    TICK = "TICK"
    NONE = "NONE"


class IvMethod(StrEnum):
    """Where an option's volatility comes from: its print, its past, or its neighbours."""

    OWN = "own"
    LAST = "last"
    INTERP = "interp"


class Provenance(StrEnum):
    """Whether a file came from the market or from the simulation."""

    SIMULATED = "simulated"
    VENDOR = "vendor"

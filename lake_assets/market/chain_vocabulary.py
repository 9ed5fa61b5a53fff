"""The closed sets of daily option chains."""

from enum import IntFlag, StrEnum


class CallPut(StrEnum):
    """Call or put, spelled out as the retrieval tool answers it; calls come first."""

    CALL = "call"
    PUT = "put"


class ChainSource(StrEnum):
    """Where a row of a chain comes from: a style of chain file, or OPRA's records of the day."""

    YFINANCE = "yfinance"
    VENDOR_GREEKS = "vendor_greeks"
    OSI_GREEKS = "osi_greeks"
    OPRA = "opra"


class UnderlyingSource(StrEnum):
    """Where the underlying's price of a session comes from, the best first."""

    RAW = "raw"
    DAILY_CLOSE = "daily_close"
    PARITY = "parity"


class IvSource(StrEnum):
    """Which volatility a contract's is: the vendor's, the one solved from its mid, or neither."""

    VENDOR = "vendor"
    SOLVED = "solved"
    NONE = "none"


class QuoteTimeSource(StrEnum):
    """What told when a contract was quoted: its own row, its file's description, or nothing."""

    ROW = "row"
    FILE = "file"
    NONE = "none"


class SnapshotFlag(IntFlag):
    """What is odd about a contract's row; the bits of one number."""

    CROSSED_QUOTE = 1
    NO_QUOTE = 2
    VENDOR_IV_REJECTED = 4
    NEGATIVE_NULLED = 8
    QUOTE_TIME_UNKNOWN = 16
    UNDERLYING_FROM_PARITY = 32

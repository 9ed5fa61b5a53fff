"""What each reason says to a person; never a path, never SQL."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lake_assets.retrieval.vocabulary import Reason

MESSAGES: Final[Mapping[Reason, str]] = MappingProxyType(
    {
        Reason.NO_PARTITIONS: "the lake holds no data that old",
        Reason.NOT_KNOWN_AT_AS_OF: "published later than the day asked about",
        Reason.OUTSIDE_WINDOW: "no qualifying row lies in the window",
        Reason.ZERO_CALL_VOLUME: "no call volume to divide by",
        Reason.ZERO_CALL_OI: "no call open interest to divide by",
        Reason.TOO_FEW_DAYS: "fewer than two days have an ATM implied volatility",
        Reason.FLAT_SERIES: "every day has the same ATM implied volatility",
        Reason.NO_WING: "no liquid contract lies in the wing",
        Reason.NOT_APPLICABLE_FREQUENCY: "the series is not published that often",
        Reason.RATE_SERIES_USES_LEVEL: "a rate changes by percentage points, not by percent",
        Reason.NOT_FINITE: "the result is not a finite number",
        Reason.OLDER_THAN_SNAPSHOT: "newer sessions hold no qualifying row",
        Reason.RESERVED: "the name is reserved; the lake holds nothing to answer it",
        Reason.BAD_TICKER: "not spelled as a ticker",
        Reason.UNKNOWN_TICKER: "the lake holds no such ticker",
        Reason.NO_TICKER: "the metric belongs to a ticker, and none is left to ask about",
        Reason.TIMEOUT: "the request took too long",
        Reason.READ_FAILED: "a file could not be read",
        Reason.MISSING_COLUMNS: "a file lacks a column the metric needs",
        Reason.OUT_OF_RANGE: "the result is none this metric can have",
        Reason.INPUT_ALTERED: "a file is not the one its manifest describes",
        Reason.NON_SESSION: "the day is no trading session",
        Reason.WRONG_SESSION: "the quotes belong to another session",
    }
)

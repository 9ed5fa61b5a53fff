"""The closed sets of retrieval: what a number is, what an answer may say, what a log may hold."""

from enum import StrEnum
from typing import Final

GLOBAL: Final = "GLOBAL"  # the entity of metrics that belong to no ticker


class Family(StrEnum):
    """Metrics answered by one template."""

    PUT_CALL_RATIO = "put_call_ratio"
    OPTIONS_ANALYSIS = "options_analysis"
    LIQUIDITY_ANALYSIS = "liquidity_analysis"
    PRICING_SPREAD = "pricing_spread"
    MACRO_ANALYSIS = "macro_analysis"
    GEOPOLITICAL_ANALYSIS = "geopolitical_analysis"


class EntityKind(StrEnum):
    """What a metric is a number of."""

    TICKER = "ticker"
    MACRO_SYMBOL = "macro_symbol"
    GLOBAL = "global"


class SilverTable(StrEnum):
    """Silver datasets that templates read."""

    OPTION_SNAPSHOTS = "option_snapshots"
    OPTION_DAILY = "option_daily"
    MACRO_SERIES = "macro_series"
    GPR_MONTHLY = "gpr_monthly"


class SourceType(StrEnum):
    """Kinds of sources a request may name; the last three are answered here."""

    SEC = "sec"
    NEWS = "news"
    GPR = "gpr"
    MACRO_HISTORY = "macro_history"
    OPTIONS = "options"


class ColumnType(StrEnum):
    """Type of a Silver column, as DuckDB names it."""

    DATE = "DATE"
    TEXT = "VARCHAR"
    FLOAT = "DOUBLE"
    INTEGER = "BIGINT"
    BOOLEAN = "BOOLEAN"


class ValueType(StrEnum):
    """Whether a metric's result is in ``value`` or in ``text``."""

    NUMBER = "number"
    LABEL = "label"


class Unit(StrEnum):
    """Unit of a value; a percentage point is never multiplied by 100 again."""

    RATIO = "ratio"
    IV_DECIMAL = "iv_decimal"
    PERCENTILE_0_100 = "percentile_0_100"
    PERCENT_POINTS = "percent_points"
    CONTRACTS = "contracts"
    COUNT = "count"
    USD = "usd"
    INDEX_POINTS = "index_points"
    SERIES_UNIT = "series_unit"
    DAYS = "days"
    LABEL = "label"
    DATE = "date"


class Display(StrEnum):
    """How a value is written: with ``%``, with `` pp``, bare, or the text itself."""

    PERCENT = "percent"
    POINTS = "points"
    PLAIN = "plain"
    TEXT = "text"


class Additivity(StrEnum):
    """Over what a metric may be summed: nothing, contracts of one session, last per period."""

    NONE = "none"
    WITHIN_SESSION = "within_session"
    SEMI_ADDITIVE = "semi_additive"


class Frequency(StrEnum):
    """How often a macro series is observed."""

    DAILY = "Daily"
    WEEKLY = "Weekly"
    MONTHLY = "Monthly"
    QUARTERLY = "Quarterly"


class TimeWindow(StrEnum):
    """Time words of a request."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    PAST_WEEK = "past_week"
    PAST_MONTH = "past_month"
    PAST_SIX_MONTHS = "past_six_months"
    ALL = "all"


class Granularity(StrEnum):
    """What a day of a window stands for."""

    DAILY = "daily"
    MONTHLY = "monthly"


class Knowledge(StrEnum):
    """Whether later revisions count: what was known then, or what is known of then."""

    STRICT = "strict"
    LATEST_VINTAGE = "latest_vintage"


class AnchorSource(StrEnum):
    """What decided the newest partition a window may reach."""

    AS_OF = "as_of"
    STATE = "state"
    MANIFEST = "manifest"
    CLOCK = "clock"


class WidenReason(StrEnum):
    """Why a window is longer than its word."""

    PREVIOUS_SESSION = "PREVIOUS_SESSION"
    MONTHLY_FLOOR = "MONTHLY_FLOOR"


class MacroAlias(StrEnum):
    """Whether a ticker stands for the index it follows."""

    ALWAYS = "always"
    NEVER = "never"


class Status(StrEnum):
    """What an answer is."""

    OK = "ok"
    STALE = "stale"
    NO_DATA = "no_data"
    UNSUPPORTED = "unsupported"
    CAPPED = "capped"
    ERROR = "error"


class Reason(StrEnum):
    """Why something is not simply a value."""

    # no rows to answer from
    NO_PARTITIONS = "NO_PARTITIONS"
    NOT_KNOWN_AT_AS_OF = "NOT_KNOWN_AT_AS_OF"
    OUTSIDE_WINDOW = "OUTSIDE_WINDOW"
    # rows, but no number in them
    ZERO_CALL_VOLUME = "ZERO_CALL_VOLUME"
    ZERO_CALL_OI = "ZERO_CALL_OI"
    TOO_FEW_DAYS = "TOO_FEW_DAYS"
    FLAT_SERIES = "FLAT_SERIES"
    NO_WING = "NO_WING"
    NOT_APPLICABLE_FREQUENCY = "NOT_APPLICABLE_FREQUENCY"
    RATE_SERIES_USES_LEVEL = "RATE_SERIES_USES_LEVEL"
    NOT_FINITE = "NOT_FINITE"
    # a number older than it should be
    OLDER_THAN_SNAPSHOT = "OLDER_THAN_SNAPSHOT"
    # asked for what is not answered
    RESERVED = "RESERVED"
    BAD_TICKER = "BAD_TICKER"
    UNKNOWN_TICKER = "UNKNOWN_TICKER"
    NO_TICKER = "NO_TICKER"
    # the handler failed
    TIMEOUT = "TIMEOUT"
    READ_FAILED = "READ_FAILED"
    MISSING_COLUMNS = "MISSING_COLUMNS"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    INPUT_ALTERED = "INPUT_ALTERED"
    # a landing file that makes no partition
    NON_SESSION = "NON_SESSION"
    WRONG_SESSION = "WRONG_SESSION"


class RequestError(StrEnum):
    """Why a whole request has no numbers."""

    NO_SUPPORTED_METRICS = "NO_SUPPORTED_METRICS"
    NO_TICKERS = "NO_TICKERS"
    TIMEOUT = "TIMEOUT"


class Note(StrEnum):
    """What a reader of a whole result should know."""

    STATE_AHEAD_OF_DATA = "STATE_AHEAD_OF_DATA"
    STATE_UNAVAILABLE = "STATE_UNAVAILABLE"
    AVG_SPREAD_COLLISION = "AVG_SPREAD_COLLISION"


class Verdict(StrEnum):
    """What re-running a citation showed."""

    VERIFIED = "verified"
    SUPERSEDED = "superseded"
    MISMATCH = "mismatch"
    INPUTS_ALTERED = "inputs_altered"
    INPUTS_MISSING = "inputs_missing"
    DEFINITION_CHANGED = "definition_changed"
    UNKNOWN_CITATION = "unknown_citation"


class ClaimVerdict(StrEnum):
    """What a number in a text is, held against the answer it cites."""

    VERIFIED = "verified"
    TOO_COARSE = "too_coarse"
    VALUE_MISMATCH = "value_mismatch"
    UNIT_MISMATCH = "unit_mismatch"
    UNKNOWN_ANCHOR = "unknown_anchor"
    UNCITED = "uncited"


class AuditEvent(StrEnum):
    """What the audit log records."""

    GENESIS = "GENESIS"
    TAIL_REPAIRED = "TAIL_REPAIRED"
    SCHEMA_CHECK = "SCHEMA_CHECK"
    SQL_RANGE = "SQL_RANGE"
    START_QUERY = "START_QUERY"
    FUZZY_MATCH = "FUZZY_MATCH"
    UNSUPPORTED_METRICS = "UNSUPPORTED_METRICS"
    EMPTY_TICKERS = "EMPTY_TICKERS"
    TICKER_CAP = "TICKER_CAP"
    EXECUTION_ERROR = "EXECUTION_ERROR"
    CITATION = "CITATION"
    FINISH_QUERY = "FINISH_QUERY"


class Level(StrEnum):
    """How much an audited event matters."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class RangeMode(StrEnum):
    """Which sessions of a window a family reads."""

    WINDOW = "window"
    LATEST_IN_WINDOW = "latest_in_window"
    LATEST_ONLY = "latest_only"

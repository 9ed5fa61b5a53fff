"""What the environment may set of retrieval; a value out of bounds stops the start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lake_assets.errors import UnknownNameError

_MEMORY: Final = re.compile(r"[1-9][0-9]{0,5}(MB|GB)")
_MOST_TICKERS: Final = 50
_MOST_DAYS: Final = 3_650
_MOST_THREADS: Final = 256
_MOST_SECONDS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """How DuckDB may use the machine; read once, when the tool is made."""

    threads: int = 4
    memory: str = "2GB"
    timeout_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySettings:
    """What a query may ask for; read at each query."""

    max_tickers: int = 5
    lookback_days: int = 180


_ENGINE: Final = EngineSettings()
_QUERY: Final = QuerySettings()


def engine_settings(environ: Mapping[str, str]) -> EngineSettings:
    """SILVER_DUCKDB_THREADS, SILVER_DUCKDB_MEMORY, SILVER_QUERY_TIMEOUT_S.

    Raises:
        UnknownNameError: a value is malformed or out of bounds.
    """
    memory = environ.get("SILVER_DUCKDB_MEMORY", _ENGINE.memory)
    if not _MEMORY.fullmatch(memory):
        raise UnknownNameError(f"SILVER_DUCKDB_MEMORY={memory!r}: expected a size such as 2GB")
    return EngineSettings(
        threads=_whole(environ, "SILVER_DUCKDB_THREADS", _ENGINE.threads, _MOST_THREADS),
        memory=memory,
        timeout_s=_seconds(environ, "SILVER_QUERY_TIMEOUT_S", _ENGINE.timeout_s),
    )


def query_settings(environ: Mapping[str, str]) -> QuerySettings:
    """SILVER_MAX_TICKERS (1 to 50) and IV_RANK_LOOKBACK_DAYS, calendar days.

    Raises:
        UnknownNameError: a value is malformed or out of bounds.
    """
    return QuerySettings(
        max_tickers=_whole(environ, "SILVER_MAX_TICKERS", _QUERY.max_tickers, _MOST_TICKERS),
        lookback_days=_whole(environ, "IV_RANK_LOOKBACK_DAYS", _QUERY.lookback_days, _MOST_DAYS),
    )


def _whole(environ: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = environ.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise UnknownNameError(f"{name}={text!r}: expected a whole number from 1 to {most}")
    return int(text)


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name, str(default))
    try:
        seconds = float(text)
    except ValueError as error:
        raise UnknownNameError(f"{name}={text!r}: expected seconds") from error
    if not 0 < seconds <= _MOST_SECONDS:
        raise UnknownNameError(f"{name}={text!r}: expected more than 0, at most {_MOST_SECONDS}")
    return seconds

"""Sale conditions of option prints: which take a print back, and which report it late.

OPRA names them by a letter, the flat files by a number; a print may carry several.
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

CANCEL_CODES: Final = ("A", "C", "E", "G", "201", "203", "205", "207")
LATE_CODES: Final = ("B", "F", "202", "206")


def is_cancel(conditions: pl.Expr) -> pl.Expr:
    """Whether the record takes an earlier print back, and is none itself."""
    return _names_any(conditions, CANCEL_CODES)


def is_late(conditions: pl.Expr) -> pl.Expr:
    """Whether the print is reported out of sequence: its volume counts, its price is old."""
    return _names_any(conditions, LATE_CODES)


def _names_any(conditions: pl.Expr, codes: Iterable[str]) -> pl.Expr:
    """Whether one of the codes stands between separators, whatever those are; null names none."""
    pattern = rf"(?:^|[^0-9A-Za-z])(?:{'|'.join(codes)})(?:[^0-9A-Za-z]|$)"
    return conditions.str.contains(pattern).fill_null(value=False)

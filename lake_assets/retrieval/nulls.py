"""Why a number of a row that was read is null."""

from collections.abc import Callable, Mapping
from typing import Final

from lake_assets.retrieval.engine import Row
from lake_assets.retrieval.vocabulary import Frequency, Reason

_CHANGES: Final = {
    "daily": {Frequency.DAILY},
    "mom": {Frequency.MONTHLY},
    "yoy": {Frequency.MONTHLY, Frequency.QUARTERLY},
}


def why_null(metric: str, column: str, row: Row) -> Reason | None:
    """The reason to give; None for a null that needs none, as a mean over nothing."""
    if column in row.not_finite:
        return Reason.NOT_FINITE
    if row[column] is not None:
        return None
    if metric.startswith("macro_") and "_change_" in metric:
        return _why_no_change(metric, row)
    why = _REASONS.get(metric)
    return why(row) if why else None


def _why_no_change(metric: str, row: Row) -> Reason | None:
    """A change of the wrong kind for the series; one that merely lacks its past has no reason."""
    _, span, _, kind = metric.split("_")
    if Frequency(str(row["frequency"])) not in _CHANGES[span]:
        return Reason.NOT_APPLICABLE_FREQUENCY
    if kind == "pct" and row["is_rate"]:
        return Reason.RATE_SERIES_USES_LEVEL
    return None if row["is_rate"] or kind == "pct" else Reason.NOT_APPLICABLE_FREQUENCY


def _no_call_volume(row: Row) -> Reason | None:
    return Reason.ZERO_CALL_VOLUME if row["no_call_volume"] else None


def _no_call_interest(row: Row) -> Reason | None:
    return Reason.ZERO_CALL_OI if row["no_call_interest"] else None


def _no_rank(row: Row) -> Reason:
    days = row["rows_read"]
    return Reason.TOO_FEW_DAYS if isinstance(days, int) and days < 2 else Reason.FLAT_SERIES  # noqa: PLR2004 - a place among two at least


def _no_wing(_: Row) -> Reason:
    return Reason.NO_WING


_REASONS: Final[Mapping[str, Callable[[Row], Reason | None]]] = {
    "pcr_volume": _no_call_volume,
    "pcr_status": _no_call_volume,
    "pcr_open_interest": _no_call_interest,
    "iv_percentile": _no_rank,
    "iv_rank": _no_rank,
    "iv_skew": _no_wing,
    "otm_put_iv": _no_wing,
    "otm_call_iv": _no_wing,
}

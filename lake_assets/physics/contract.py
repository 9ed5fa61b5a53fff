"""The contract a session is read from, and its trades."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from lake_assets.catalog.parameters import SessionParams
from lake_assets.catalog.rows import Frame
from lake_assets.catalog.silver import FRONT_CONTRACT
from lake_assets.errors import ComputationRefusedError
from lake_assets.market.contracts import expiry_of, front_expiry, front_overrides
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import FrontMethod, TouchHours
from lake_assets.physics.order import ordered_ns

_CONTRACT: Final = ("ts_event_ns", "raw_symbol", "instrument_id", "size")
_PRINT: Final = ("ts_event_ns", "sequence", "price_ticks", "size", "aggressor")
_DEFAULTS: Final = SessionParams.model_validate({})


def choose_front(
    es_trades: Frame,
    session: Session,
    params: SessionParams = _DEFAULTS,
    *,
    overrides: Mapping[date, str] | None = None,
) -> pl.DataFrame:
    """Choose the contract by dated override, else overnight volume, else the calendar.

    Returns the one row of `silver/front_contract`. Nothing at or after the regular open is
    used, so the choice is known before the first touch. If all of Globex is searched for
    touches there is no volume to go by before the first, and the calendar decides; so it does
    in a session without regular hours. ``overrides`` replaces the table of
    `lake_assets.market.contracts`.

    Raises:
        ComputationRefusedError: no contract traded, or the one to choose did not.
    """
    trades = es_trades.lazy().select(_CONTRACT).collect()
    ordered_ns(trades, "ts_event_ns", "es_trades")
    if trades.is_empty():
        raise ComputationRefusedError(
            f"{session.day}: no outright ES contract traded in the session, so there is no front "
            "contract to read; check that the raw trade files cover it"
        )
    dictated = (front_overrides() if overrides is None else overrides).get(session.day)
    volumes = _overnight_volumes(trades, session, params)
    if dictated is not None:
        symbol, method = _traded(dictated, trades, session), FrontMethod.OVERRIDE
    elif volumes:
        symbol, method = _heaviest(volumes, session.day), FrontMethod.OVERNIGHT
    else:
        symbol, method = _by_calendar(trades, session.day), FrontMethod.CALENDAR
    return _row(trades, symbol, method, volumes)


def front_trades(es_trades: Frame, front_contract: pl.DataFrame) -> pl.DataFrame:
    """Time, sequence, price, size and aggressor of the front contract's trades, in their order.

    The symbol decides and not the venue's number, which may change with the UTC day.
    """
    of_front = pl.col("raw_symbol") == front_contract["raw_symbol"].item()
    return es_trades.lazy().filter(of_front).select(_PRINT).collect()


def _overnight_volumes(
    trades: pl.DataFrame, session: Session, params: SessionParams
) -> dict[str, int]:
    """Volume of each contract before the regular open; empty where it must not decide."""
    if session.rth is None or params.touch_hours == TouchHours.globex:
        return {}
    night = pl.col("ts_event_ns").is_between(session.hours.opens, session.rth.opens, closed="left")
    volumes = trades.filter(night).group_by("raw_symbol").agg(pl.col("size").sum())
    return dict(volumes.sort("raw_symbol").iter_rows())


def _heaviest(volumes: Mapping[str, int], day: date) -> str:
    """Largest volume; of equals the earlier expiry."""
    return min(volumes, key=lambda s: (-volumes[s], expiry_of(s, day) or date.max, s))


def _traded(symbol: str, trades: pl.DataFrame, session: Session) -> str:
    symbols = _symbols(trades)
    if symbol not in symbols:
        raise ComputationRefusedError(
            f"{session.day}: front_overrides.csv dictates {symbol}, but the session has trades of "
            f"{', '.join(symbols)} alone; correct the override or add the contract's raw files"
        )
    return symbol


def _by_calendar(trades: pl.DataFrame, day: date) -> str:
    """The contract of the quarterly cycle, or the only one there is."""
    wanted, symbols = front_expiry(day), _symbols(trades)
    for symbol in symbols:
        if expiry_of(symbol, day) == wanted:
            return symbol
    if len(symbols) == 1:
        return symbols[0]
    raise ComputationRefusedError(
        f"{day}: the calendar asks for the contract expiring on {wanted}, but the session has "
        f"trades of {', '.join(symbols)} alone; add its raw files or a row to front_overrides.csv"
    )


def _symbols(trades: pl.DataFrame) -> list[str]:
    return trades["raw_symbol"].unique().sort().to_list()


def _row(
    trades: pl.DataFrame, symbol: str, method: FrontMethod, volumes: Mapping[str, int]
) -> pl.DataFrame:
    chosen = trades.filter(pl.col("raw_symbol") == symbol)
    total = sum(volumes.values())
    return pl.DataFrame(
        {
            "raw_symbol": [symbol],
            "instrument_id": [chosen["instrument_id"][0]],
            "method": [method],
            "volume_share": [volumes.get(symbol, 0) / total if total else None],
        },
        schema=FRONT_CONTRACT.dtypes,
    )

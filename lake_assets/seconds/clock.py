"""The grid of a session: one row for each second from open to close, both stamps included."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.errors import UnknownSessionError
from lake_assets.market.option_vocabulary import BookSource, TimeOfDay
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying

I8: TypeAlias = npt.NDArray[np.int64]

MICROS_PER_SECOND: Final = 1_000_000
UTC_MICROS: Final = pl.Datetime("us", "UTC")
# A packed book's spot may be a print up to a second later than its row.
_KNOWN_AFTER_S: Final = {BookSource.PACKED: 2, BookSource.DBN: 1}


@dataclass(frozen=True, slots=True)
class Clock:
    """The seconds of a session: second ``i`` is ``[opens + i, opens + i + 1)``, s."""

    session: Session
    underlying: Underlying
    opens_ns: int
    seconds: int

    @classmethod
    def of(cls, session: Session, underlying: Underlying) -> "Clock":
        """The clock of a session, however short it is.

        Raises:
            UnknownSessionError: the options do not trade in it.
        """
        if session.rth is None:
            raise UnknownSessionError(f"{underlying.name} options do not trade on {session.day}")
        opens, closes = session.rth.opens, session.rth.closes
        return cls(session, underlying, opens, (closes - opens) // NANOS_PER_SECOND + 1)

    @property
    def zone(self) -> ZoneInfo:
        """The exchange's time zone."""
        return ZoneInfo(self.underlying.time_zone)

    @property
    def closing_time(self) -> time:
        """When the session closes, by the exchange's clock."""
        last_s = self.opens_ns // NANOS_PER_SECOND + self.seconds - 1
        return datetime.fromtimestamp(last_s, self.zone).time()

    def stamps_s(self) -> I8:
        """Start of each second, s since the epoch."""
        return self.opens_ns // NANOS_PER_SECOND + np.arange(self.seconds)

    def second_of(self, timestamp: pl.Expr) -> pl.Expr:
        """Second of session of a time; negative before the open."""
        micros = timestamp.dt.timestamp("us") - self.opens_ns // 1_000
        return micros.floordiv(MICROS_PER_SECOND).cast(pl.Int32)


def read_clock(clock: Clock) -> pl.DataFrame:
    """Columns that the clock alone decides, one row a second."""
    stamps = pl.Series("timestamp", clock.stamps_s() * MICROS_PER_SECOND).cast(UTC_MICROS)
    known_after_s = _KNOWN_AFTER_S[clock.underlying.source]
    local = pl.col("timestamp").dt.convert_time_zone(clock.underlying.time_zone)
    return pl.DataFrame([stamps]).select(
        "timestamp",
        (pl.col("timestamp").dt.timestamp("us") * 1_000).alias("timestamp_ns"),
        known_at=pl.col("timestamp") + pl.duration(seconds=known_after_s, time_unit="us"),
        local_time=local.dt.strftime("%H:%M:%S"),
        second_of_session=pl.int_range(pl.len(), dtype=pl.Int32),
        underlying=pl.lit(clock.underlying.name),
        session_date=pl.lit(clock.session.day),
        time_of_day=_time_of_day(local.dt.time(), clock.underlying),
    )


def _time_of_day(local: pl.Expr, underlying: Underlying) -> pl.Expr:
    return (
        pl.when(local < underlying.morning_until)
        .then(pl.lit(TimeOfDay.MORNING))
        .when(local < underlying.midday_until)
        .then(pl.lit(TimeOfDay.MIDDAY))
        .otherwise(pl.lit(TimeOfDay.AFTERNOON))
        .cast(pl.Enum(TimeOfDay))
    )

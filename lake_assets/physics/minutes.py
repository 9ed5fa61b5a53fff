"""The minutes of a session that are searched for touches, each with its basis."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from lake_assets.catalog.parameters import SessionParams
from lake_assets.market.price import NANOS_PER_MINUTE
from lake_assets.market.sessions import Interval, Session
from lake_assets.market.vocabulary import Conversion, TouchHours
from lake_assets.physics.order import I8


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minute starts within ``hours``, ascending, and the basis in force in each."""

    hours: Interval
    starts: I8
    basis_u: I8


def touch_hours(session: Session, params: SessionParams) -> Interval | None:
    """The part of a session that is worked on; None if it has no regular hours."""
    return session.hours if params.touch_hours == TouchHours.globex else session.rth


def basis_in_force(minute_ns: pl.Series, es_spy_basis: pl.DataFrame) -> pl.DataFrame:
    """Basis, conversion and age of each minute; the ratio, 0, where the table has no minute."""
    return (
        pl.DataFrame({"minute_ns": minute_ns})
        .join(es_spy_basis, on="minute_ns", how="left", maintain_order="left")
        .select(
            "minute_ns",
            pl.col("basis_u").fill_null(0),
            pl.col("conversion").fill_null(Conversion.RATIO),
            basis_age_s="method_age_s",
        )
    )


def minutes_of(hours: Interval, es_spy_basis: pl.DataFrame, params: SessionParams) -> Minutes:
    """Minute starts of the hours, none after ``as_of_ns``.

    A minute that starts at ``as_of_ns`` is told of: what holds in it is known before it.
    """
    closes = hours.closes if params.as_of_ns is None else min(hours.closes, params.as_of_ns + 1)
    starts = np.arange(hours.opens, closes, NANOS_PER_MINUTE, dtype=np.int64)
    basis = basis_in_force(pl.Series(starts, dtype=pl.Int64), es_spy_basis)["basis_u"]
    return Minutes(hours, starts, basis.to_numpy(writable=True))

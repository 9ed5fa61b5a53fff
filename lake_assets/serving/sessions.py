"""What heads a playback: whose day it is, its hours, and the moment all others are counted from."""

from collections.abc import Mapping, Sequence

import polars as pl

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.reading import Pinned
from lake_assets.market.sessions import Calendar, Interval, session_on
from lake_assets.serving.words import day_of
from lake_assets.serving.workers import Deadline


def playback_facts(
    calendar: Calendar, partition: str, symbol: str, pins: Sequence[Pinned], **more: object
) -> Mapping[str, object]:
    """Facts of a session; moments as text, since no float of JavaScript holds them."""
    session = session_on(day_of(partition), calendar)
    return {
        "symbol": symbol,
        "date": partition,
        "calendar": calendar,
        "time_zone": calendar.zone,
        "origin_ns": str(session.hours.opens),
        "session": _bounds(session.hours),
        "regular": session.rth and _bounds(session.rth),
        "why": session.why,
        "provenance": pins[0].generation.provenance,
        "sha256": {key_of(pin.dataset): pin.generation.sha256 for pin in pins},
        **more,
    }


def key_of(dataset: Dataset) -> str:
    """The dataset's key as one word."""
    return "/".join(dataset.key)


def front_symbol(pin: Pinned, deadline: Deadline) -> str | None:
    """The contract a session is read from; None where there is none."""
    found = deadline.collect(pin.scan().select("raw_symbol"))["raw_symbol"].to_list()
    return str(found[0]) if found else None


def of_front(pin: Pinned, symbol: str | None) -> pl.LazyFrame:
    """The records of one contract."""
    return pin.scan().filter(pl.col("raw_symbol") == symbol)


def _bounds(hours: Interval) -> dict[str, str]:
    return {"opens_ns": str(hours.opens), "closes_ns": str(hours.closes)}

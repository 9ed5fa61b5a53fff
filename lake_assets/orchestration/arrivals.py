"""Sessions whose raw files are new or have changed, and the sensor that sees them."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Final

import dagster as dg

from lake_assets.catalog import GPR_PRINTS, MACRO_PRINTS, OPTION_CHAINS
from lake_assets.catalog.dataset import day_of
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Calendar, Session, session_on, sessions_between
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.orchestration.jobs import (
    CHAINS,
    GPR,
    MACRO,
    SIGNALS,
    AssetJob,
    keys_of,
    truth_job,
)
from lake_assets.orchestration.resources import LakeResource
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.landed import LANDED, landed_partitions
from lake_assets.sources.option_books import (
    book_days,
    book_fingerprints,
    recorded_underlyings,
)
from lake_assets.sources.selection import input_fingerprints

_LANDED_FOR: Final = {
    CHAINS: OPTION_CHAINS.name,
    MACRO: MACRO_PRINTS.name,
    GPR: GPR_PRINTS.name,
}
"""By job, the Bronze dataset whose files it waits for."""


def make_sensor(jobs: Mapping[str, AssetJob]) -> dg.SensorDefinition:
    """Asks for a run of each session whose raw files are new or have changed, of each job."""
    truths = [truth_job(calendar) for calendar in Calendar]
    asked = [jobs[name] for name in (SIGNALS, *truths, *_LANDED_FOR)]

    @dg.sensor(
        jobs=asked,
        name="new_raw_files",
        minimum_interval_seconds=60,
        description="Sees raw files arrive or change and asks for the sessions they touch.",
    )
    def new_raw_files(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SensorResult:
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        now = {f"{job}/{day}": digest for job, day, digest in raw_digests(lake.inventory)}
        requests = [
            dg.RunRequest(
                job_name=job,
                partition_key=day,
                run_key=f"{name}:{digest}",
                asset_selection=_recorded(lake.inventory, job, day),
            )
            for name, digest in now.items()
            for job, day in [name.split("/")]
            if seen.get(name) != digest
        ]
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(now, sort_keys=True))

    return new_raw_files


def _recorded(inventory: Inventory, job: str, day: str) -> list[dg.AssetKey] | None:
    """Assets of the underlyings that were recorded; None is all of the job."""
    calendar = next((each for each in Calendar if truth_job(each) == job), None)
    if calendar is None:
        return None
    session = session_on(date.fromisoformat(day), calendar)
    return keys_of([each.name for each in recorded_underlyings(inventory, session)])


def raw_digests(inventory: Inventory) -> Iterator[tuple[str, str, str]]:
    """Job and session that raw files are there for, and a digest of every file it would read.

    ES trades call for `signals`, option books for `market_truth`, landed tables for those
    questions are answered from.
    """
    for session in sessions_with_trades(inventory):
        files = [
            input_fingerprints(inventory, session, name)
            for name in ("es_trades", "es_mbp10", "spy_options")
        ]
        yield SIGNALS, session.day.isoformat(), _digest(files)
    for calendar in Calendar:
        own = [u for u in UNDERLYINGS.values() if u.calendar is calendar]
        for day in sorted({day for underlying in own for day in book_days(inventory, underlying)}):
            session = session_on(day, calendar)
            books = [book_fingerprints(inventory, session, underlying) for underlying in own]
            yield truth_job(calendar), day.isoformat(), _digest(books)
    for job, name in _LANDED_FOR.items():
        for partition in landed_partitions(inventory, name):
            day_named = day_of(partition)
            if day_named is not None:
                yield job, partition, _digest([LANDED[name](inventory, day_named)])


def _digest(files: list[list[tuple[str, str]]]) -> str:
    return sha256(json.dumps(files).encode()).hexdigest()[:16]


def sessions_with_trades(inventory: Inventory) -> list[Session]:
    """Sessions for which a raw file holds ES trades, oldest first."""
    found: set[date] = set()
    for span in inventory.spans("es_trades"):
        # A session may begin the evening before its date, in any zone: look a day around.
        first, last = (_utc_day(moment) for moment in (span.opens, span.closes))
        near = sessions_between(first - timedelta(days=1), last + timedelta(days=1))
        found |= {session.day for session in near if session.hours.overlaps(span)}
    return [session_on(day) for day in sorted(found)]


def _utc_day(moment: int) -> date:
    return datetime.fromtimestamp(moment // NANOS_PER_SECOND, UTC).date()

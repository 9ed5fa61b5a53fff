"""Jobs, the daily schedule, and the sensor that sees new raw files."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from lake_assets.catalog.dataset import Layer
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import (
    Calendar,
    Session,
    session_days,
    session_on,
    sessions_between,
)
from lake_assets.orchestration.lake_asset import LakeAsset
from lake_assets.orchestration.resources import LakeResource
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.selection import input_fingerprints

AssetJob = UnresolvedAssetJobDefinition  # what Dagster's define_asset_job returns


def make_jobs(assets: Sequence[LakeAsset]) -> dict[str, AssetJob]:
    """`ingest`, `signals`, `training_set`, and a `market_truth` for each exchange's sessions.

    A job's assets share one partitions definition: the underlyings of one calendar go together.
    """
    touches = [a for a in assets if a.recipe.dataset.underlying is None]
    daily = [a for a in touches if a.recipe.dataset.calendar is not None]
    whole = [a for a in touches if a.recipe.dataset.calendar is None]
    bronze = [a for a in daily if a.recipe.dataset.layer is Layer.BRONZE]
    jobs = {
        "ingest": dg.define_asset_job(
            "ingest",
            _select(bronze),
            description="Vendor files of one session to Bronze.",
        ),
        "signals": dg.define_asset_job(
            "signals",
            _select(daily),
            description="Vendor files of one session to Gold.",
        ),
        "training_set": dg.define_asset_job(
            "training_set",
            _select(whole),
            description="Every materialized session, stacked and cut into folds.",
        ),
    }
    for calendar in Calendar:
        seconds = [
            a
            for a in assets
            if a.recipe.dataset.underlying and a.recipe.dataset.calendar is calendar
        ]
        name = f"market_truth_{calendar}"
        names = sorted({str(a.recipe.dataset.underlying) for a in seconds})
        jobs[name] = dg.define_asset_job(
            name,
            _select(seconds),
            description=f"Option books of one session to its events: {', '.join(names)}.",
        )
    return jobs


def _select(assets: Sequence[LakeAsset]) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(a.definition for a in assets))


def make_schedule(job: AssetJob) -> dg.ScheduleDefinition:
    """At 03:00 New York, the session that ended the evening before."""

    @dg.schedule(
        job=job,
        cron_schedule="0 3 * * *",
        execution_timezone=Calendar.NEW_YORK.zone,
        name="signals_after_the_session",
        description="Materializes the session that ended yesterday, if yesterday was one.",
    )
    def after_the_session(
        context: dg.ScheduleEvaluationContext,
    ) -> dg.RunRequest | dg.SkipReason:
        local = context.scheduled_execution_time.astimezone(ZoneInfo(Calendar.NEW_YORK.zone))
        day = local.date() - timedelta(days=1)
        if day not in set(session_days(Calendar.NEW_YORK)):
            return dg.SkipReason(f"{day} was no session")
        return dg.RunRequest(partition_key=day.isoformat(), run_key=day.isoformat())

    return after_the_session


def make_sensor(job: AssetJob) -> dg.SensorDefinition:
    """Asks for a run of each session whose raw ES trades are new or have changed."""

    @dg.sensor(
        job=job,
        name="new_raw_files",
        minimum_interval_seconds=60,
        description="Sees raw files arrive or change and asks for the sessions they touch.",
    )
    def new_raw_files(context: dg.SensorEvaluationContext, lake: LakeResource) -> dg.SensorResult:
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        now = raw_digests(lake.inventory)
        changed = [day for day, digest in now.items() if seen.get(day) != digest]
        requests = [
            dg.RunRequest(partition_key=day, run_key=f"{day}:{now[day]}") for day in changed
        ]
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(now, sort_keys=True))

    return new_raw_files


def raw_digests(inventory: Inventory) -> dict[str, str]:
    """Sessions that have raw ES trades, each with a digest of every file it would read."""
    return dict(_digests(inventory))


def _digests(inventory: Inventory) -> Iterator[tuple[str, str]]:
    for session in sessions_with_trades(inventory):
        files = [
            input_fingerprints(inventory, session, name)
            for name in ("es_trades", "es_mbp10", "spy_options")
        ]
        yield session.day.isoformat(), sha256(json.dumps(files).encode()).hexdigest()[:16]


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

"""Jobs, and the daily schedules of those whose sessions end."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from lake_assets.catalog import FAMILIES
from lake_assets.catalog.dataset import Layer
from lake_assets.catalog.family import MARKET_TRUTH as TRUTH_ROOM
from lake_assets.errors import UnknownNameError
from lake_assets.market.sessions import (
    Calendar,
    Session,
    regular_days,
    session_days,
    session_on,
)
from lake_assets.orchestration.freshness import SCHEDULED_HOUR
from lake_assets.orchestration.lake_asset import LakeAsset
from lake_assets.orchestration.resources import LakeResource
from lake_assets.sources.option_books import recorded_underlyings

AssetJob = UnresolvedAssetJobDefinition  # what Dagster's define_asset_job returns
INGEST: Final = "ingest"
SIGNALS: Final = "signals"
TRAINING_SET: Final = "training_set"
MARKET_TRUTH: Final = "market_truth"
TRUTH_TABLES: Final = "market_truth_tables"
EVERYTHING: Final = "everything"  # no job of Dagster's, whose assets share one calendar


def truth_job(calendar: Calendar) -> str:
    """Name of the job of an exchange's option books."""
    return f"{MARKET_TRUTH}_{calendar}"


def jobs_meant(name: str) -> list[str]:
    """Jobs of one session each that a name stands for.

    `market_truth` is one of each exchange; `everything` is those and `signals`.

    Raises:
        UnknownNameError: it stands for none.
    """
    each = [truth_job(calendar) for calendar in Calendar]
    meant = {
        INGEST: [INGEST],
        SIGNALS: [SIGNALS],
        MARKET_TRUTH: each,
        EVERYTHING: [SIGNALS, *each],
        **{name: [name] for name in each},
    }
    if name not in meant:
        raise UnknownNameError(f"no job is called {name!r}; there are {', '.join(meant)}")
    return meant[name]


def make_jobs(assets: Sequence[LakeAsset]) -> dict[str, AssetJob]:
    """`ingest`, `signals`, `training_set`, and `market_truth` of each exchange and of all sessions.

    A job's assets share one partitions definition: the underlyings of one calendar go together.
    """
    touches = [a for a in assets if a.recipe.dataset.underlying is None]
    daily = [a for a in touches if a.recipe.dataset.calendar is not None]
    whole = [a for a in touches if a.recipe.dataset.calendar is None]
    truths = [a for a in whole if a.recipe.dataset.room == TRUTH_ROOM]
    bronze = [a for a in daily if a.recipe.dataset.layer is Layer.BRONZE]
    jobs = {
        INGEST: dg.define_asset_job(
            INGEST,
            _select(bronze),
            description="Vendor files of one session to Bronze.",
        ),
        SIGNALS: dg.define_asset_job(
            SIGNALS,
            _select(daily),
            description="Vendor files of one session to Gold.",
        ),
        TRAINING_SET: dg.define_asset_job(
            TRAINING_SET,
            _select([a for a in whole if a not in truths]),
            description="Every materialized session, stacked and cut into folds.",
        ),
        TRUTH_TABLES: dg.define_asset_job(
            TRUTH_TABLES,
            _select(truths),
            description="Every materialized session's events, labelled and counted.",
        ),
    }
    for calendar in Calendar:
        seconds = [
            a
            for a in assets
            if a.recipe.dataset.underlying and a.recipe.dataset.calendar is calendar
        ]
        name = truth_job(calendar)
        names = sorted({str(a.recipe.dataset.underlying) for a in seconds})
        jobs[name] = dg.define_asset_job(
            name,
            _select(seconds),
            description=f"Option books of one session to its events: {', '.join(names)}.",
        )
    return jobs


def _select(assets: Sequence[LakeAsset]) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(a.definition for a in assets))


def make_schedules(jobs: dict[str, AssetJob]) -> list[dg.ScheduleDefinition]:
    """A schedule for each job that goes from a session's raw files to its Gold."""
    york = Calendar.NEW_YORK
    signals = _after_the_session(jobs[SIGNALS], york, set(session_days(york)), _all_of_it)
    # On some holidays futures trade and options do not.
    truth = [
        _after_the_session(jobs[truth_job(c)], c, set(regular_days(c)), _what_was_recorded)
        for c in Calendar
    ]
    return [signals, *truth]


RequestOf = Callable[[LakeResource, Session], dg.RunRequest | dg.SkipReason]


def _all_of_it(_: LakeResource, session: Session) -> dg.RunRequest:
    day = session.day.isoformat()
    return dg.RunRequest(partition_key=day, run_key=day)


def _what_was_recorded(lake: LakeResource, session: Session) -> dg.RunRequest | dg.SkipReason:
    names = [underlying.name for underlying in recorded_underlyings(lake.inventory, session)]
    if not names:
        return dg.SkipReason(f"the raw folder has no option books of {session.day}")
    day = session.day.isoformat()
    return dg.RunRequest(partition_key=day, run_key=day, asset_selection=keys_of(names))


def keys_of(underlyings: Collection[str]) -> list[dg.AssetKey]:
    """Every asset of some underlyings."""
    members = (dataset for family in FAMILIES for dataset in family)
    return [dg.AssetKey(d.key) for d in members if d.underlying in underlyings]


def _after_the_session(
    job: AssetJob, calendar: Calendar, days: Collection[date], request_of: RequestOf
) -> dg.ScheduleDefinition:
    """In the night after it by the exchange's clock, the session that ended the day before."""

    @dg.schedule(
        job=job,
        cron_schedule=f"0 {SCHEDULED_HOUR} * * *",
        execution_timezone=calendar.zone,
        name=f"{job.name}_after_the_session",
        description="Materializes the session that ended yesterday, if yesterday was one.",
    )
    def after_the_session(
        context: dg.ScheduleEvaluationContext, lake: LakeResource
    ) -> dg.RunRequest | dg.SkipReason:
        local = context.scheduled_execution_time.astimezone(ZoneInfo(calendar.zone))
        day = local.date() - timedelta(days=1)
        if day not in days:
            return dg.SkipReason(f"{day} was no session")
        return request_of(lake, session_on(day, calendar))

    return after_the_session

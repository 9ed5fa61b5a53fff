"""Jobs, and the daily schedules of those whose sessions end."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from lake_assets.catalog import FAMILIES, OPTION_CHAINS, RETRIEVAL_TABLES
from lake_assets.catalog.dataset import Cut, Layer
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
from lake_assets.orchestration.recipe import is_of_touches
from lake_assets.orchestration.resources import LakeResource
from lake_assets.sources.landed import LANDED
from lake_assets.sources.option_books import recorded_underlyings

AssetJob = UnresolvedAssetJobDefinition  # what Dagster's define_asset_job returns
INGEST: Final = "ingest"
SIGNALS: Final = "signals"
TRAINING_SET: Final = "training_set"
MARKET_TRUTH: Final = "market_truth"
TRUTH_TABLES: Final = "market_truth_tables"
EVERYTHING: Final = "everything"  # no job of Dagster's, whose assets share one calendar
RETRIEVAL: Final = "retrieval_tables"
CHAINS: Final = f"{RETRIEVAL}_chains"
MACRO: Final = f"{RETRIEVAL}_macro"
GPR: Final = f"{RETRIEVAL}_gpr"
RETRIEVAL_JOBS: Final[Mapping[str, Calendar | Cut]] = {
    CHAINS: Calendar.NEW_YORK,
    MACRO: Cut.DAY,
    GPR: Cut.MONTH,
}
"""Jobs of the tables questions are answered from, each by what its partitions are."""


def truth_job(calendar: Calendar) -> str:
    """Name of the job of an exchange's option books."""
    return f"{MARKET_TRUTH}_{calendar}"


def jobs_meant(name: str) -> list[str]:
    """Jobs of one partition each that a name stands for.

    `market_truth` is one of each exchange, `retrieval_tables` of chains, macro series and risk;
    `everything` is those and `signals`.

    Raises:
        UnknownNameError: it stands for none.
    """
    each = [truth_job(calendar) for calendar in Calendar]
    alone = [INGEST, SIGNALS, *each, *RETRIEVAL_JOBS]
    meant = {
        **{name: [name] for name in alone},
        MARKET_TRUTH: each,
        RETRIEVAL: list(RETRIEVAL_JOBS),
        EVERYTHING: [SIGNALS, *each, *RETRIEVAL_JOBS],
    }
    if name not in meant:
        raise UnknownNameError(f"no job is called {name!r}; there are {', '.join(meant)}")
    return meant[name]


def make_jobs(assets: Sequence[LakeAsset]) -> dict[str, AssetJob]:
    """`ingest`, `signals`, `training_set`; `market_truth` of each exchange and of all sessions.

    And `retrieval_tables` of each cut. A job's assets share one partitions definition: the
    underlyings of one calendar go together.
    """
    daily = [a for a in assets if is_of_touches(a.recipe)]
    whole = [a for a in assets if a.recipe.dataset.is_whole]
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
    for name, cut in RETRIEVAL_JOBS.items():
        tables = [a for a in assets if _is_retrieved(a, cut)]
        jobs[name] = dg.define_asset_job(
            name,
            _select(tables),
            description="Landed files of one partition to the tables questions are answered from.",
        )
    return jobs


def _is_retrieved(asset: LakeAsset, cut: Calendar | Cut) -> bool:
    dataset = asset.recipe.dataset
    return dataset in RETRIEVAL_TABLES and dataset.cut is cut


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
    # Macro files and risk come when they come: the sensor sees them.
    chains = _after_the_session(jobs[CHAINS], york, set(regular_days(york)), _what_landed)
    return [signals, *truth, chains]


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


def _what_landed(lake: LakeResource, session: Session) -> dg.RunRequest | dg.SkipReason:
    if not LANDED[OPTION_CHAINS.name](lake.inventory, session.day):
        return dg.SkipReason(f"the raw folder has no option chains of {session.day}")
    return _all_of_it(lake, session)


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

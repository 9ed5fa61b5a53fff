"""How soon after its session a table is expected, as Dagster's health of an asset is told."""

from datetime import timedelta
from functools import cache
from typing import Final

import dagster as dg

from lake_assets.catalog.dataset import Dataset
from lake_assets.market.sessions import Calendar

SCHEDULED_HOUR: Final = 3
"""Hour of the exchange's clock at which the schedules ask for the session of the day before."""

_AFTER_SESSIONS: Final = "2-6"  # Tuesday to Saturday: the days after Monday's to Friday's session


def freshness_of(dataset: Dataset) -> dg.FreshnessPolicy | None:
    """When a partition of the session before must have been made, reused or adopted.

    It must be so between the hour of the schedules and ``fresh_within`` later, on days that follow
    a weekday. Dagster looks at an asset's latest materialization, whatever its partition, and
    knows of weekdays only: after a holiday the asset is late until the next session is made. None
    for a dataset that is made when someone asks.
    """
    if dataset.calendar is None or dataset.fresh_within is None:
        return None
    return _policy(dataset.calendar, dataset.fresh_within)


@cache
def _policy(calendar: Calendar, within: timedelta) -> dg.FreshnessPolicy:
    """One for all tables of an exchange: Dagster counts 1,000 ticks of each it is asked to make."""
    due = timedelta(hours=SCHEDULED_HOUR) + within
    hour, minute = divmod(due // timedelta(minutes=1), 60)
    return dg.FreshnessPolicy.cron(
        deadline_cron=f"{minute} {hour} * * {_AFTER_SESSIONS}",
        lower_bound_delta=within,
        timezone=calendar.zone,
    )

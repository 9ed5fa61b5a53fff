"""When a table is late: by the clock of its exchange, as long after the schedule as declared."""

import asyncio
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.definitions.freshness_evaluator import CronFreshnessPolicyEvaluator
from dagster._core.loader import LoadingContextForTest
from dagster._core.test_utils import freeze_time

from lake_assets.catalog import BURSTS, LABELS, SIGNALS, SIGNALS_MULTI_DAY, TRUTH_TABLES
from lake_assets.definitions import lake_assets
from lake_assets.orchestration.freshness import freshness_of

ALL = [asset.definition for asset in lake_assets()]
POLICIES = {spec.key: spec.freshness_policy for a in ALL for spec in a.specs}


def policy_of(dataset):
    return POLICIES[dg.AssetKey(dataset.key)]


def test_every_table_of_a_session_is_expected_and_no_aggregate_is():
    for asset in lake_assets():
        expected = asset.recipe.dataset.calendar is not None
        assert (policy_of(asset.recipe.dataset) is not None) == expected
    assert policy_of(SIGNALS_MULTI_DAY) is policy_of(TRUTH_TABLES) is None


def test_a_table_follows_the_clock_of_its_own_exchange():
    assert policy_of(SIGNALS).timezone == "America/New_York"
    assert policy_of(BURSTS.of("NIFTY")).timezone == "Asia/Kolkata"
    assert policy_of(BURSTS.of("SPY")).timezone == "America/New_York"


def test_tables_due_at_one_time_share_one_policy():
    assert policy_of(SIGNALS) is policy_of(LABELS)
    assert policy_of(SIGNALS) is not policy_of(BURSTS.of("NIFTY"))


@pytest.mark.parametrize(
    ("made", "looked", "state"),
    [
        ("2025-12-18T03:05", "2025-12-18T15:01", FreshnessState.PASS),  # by the schedule
        ("2025-12-18T03:05", "2025-12-19T14:59", FreshnessState.PASS),  # nothing is due yet
        (
            "2025-12-18T03:05",
            "2025-12-19T15:01",
            FreshnessState.FAIL,
        ),  # Friday's night brought none
        ("2025-12-17T21:00", "2025-12-18T15:01", FreshnessState.FAIL),  # not after the schedule
        ("2025-12-20T03:05", "2025-12-23T14:59", FreshnessState.PASS),  # over the weekend
        (None, "2025-12-18T15:01", FreshnessState.UNKNOWN),
    ],
)
def test_late_is_what_the_night_did_not_bring_by_the_afternoon(made, looked, state):
    zone = ZoneInfo("America/New_York")

    @dg.asset(freshness_policy=freshness_of(SIGNALS))
    def table() -> None:
        """A table made whenever it is asked for."""

    with dg.DagsterInstance.ephemeral() as instance:
        if made:
            with freeze_time(datetime.fromisoformat(made).replace(tzinfo=zone)):
                dg.materialize([table], instance=instance)
        with freeze_time(datetime.fromisoformat(looked).replace(tzinfo=zone)):
            node = dg.Definitions(assets=[table]).resolve_asset_graph().get(table.key)
            found = asyncio.run(
                CronFreshnessPolicyEvaluator().evaluate_freshness(
                    LoadingContextForTest(instance), node
                )
            )

    assert found is state


def test_how_late_is_declared_with_the_table():
    assert policy_of(SIGNALS).deadline_cron == "0 15 * * 2-6"
    assert policy_of(SIGNALS).lower_bound_delta == SIGNALS.fresh_within == timedelta(hours=12)

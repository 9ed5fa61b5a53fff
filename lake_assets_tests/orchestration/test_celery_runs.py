"""When a run of a queue is lost: what the result backend says, and what no worker says."""

from uuid import uuid4

import dagster as dg
import pytest
from celery import states
from dagster._core.launcher import WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher

from lake_assets.orchestration.celery_runs import TASK_ID, CeleryRuns

MEMORY = {"broker": "memory://", "backend": "cache+memory://"}


@dg.op
def nothing():
    """Do nothing."""


@dg.job
def idle():
    nothing()


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


@pytest.fixture
def launcher(instance):
    """A launcher whose broker and backend lie in this process, and no worker listens."""
    made = CeleryRuns(default_queue="dagster", **MEMORY)
    made.register_instance(instance)
    return made


@pytest.fixture
def run(instance):
    """A run that was made a task."""
    return instance.create_run_for_job(idle, tags={TASK_ID: str(uuid4())})


def tell(launcher, run, state, result=None):
    """Have the backend say this of a run's task."""
    launcher.celery.backend.store_result(run.tags[TASK_ID], result, state)


def test_a_run_that_is_no_task_is_left_to_its_command(launcher, instance):
    own = instance.create_run_for_job(idle)
    assert launcher.check_run_worker_health(own).status is WorkerStatus.RUNNING


def test_a_task_that_failed_has_lost_its_run(launcher, run):
    tell(launcher, run, states.FAILURE, RuntimeError("the pool's process was killed"))
    assert launcher.check_run_worker_health(run).status is WorkerStatus.FAILED


def test_a_task_that_ended_before_its_run_has_lost_it(launcher, instance, run):
    tell(launcher, run, states.SUCCESS, 1)
    assert CeleryRunLauncher.check_run_worker_health(launcher, run).status is WorkerStatus.SUCCESS
    assert launcher.check_run_worker_health(run).status is WorkerStatus.FAILED
    instance.report_run_failed(run)
    assert launcher.check_run_worker_health(run).status is WorkerStatus.SUCCESS


def test_a_task_that_nobody_answers_for_is_lost_whatever_the_backend_says(launcher, run):
    tell(launcher, run, states.STARTED, {"pid": 1, "hostname": "dagster@gone"})
    assert CeleryRunLauncher.check_run_worker_health(launcher, run).status is WorkerStatus.RUNNING
    assert launcher.check_run_worker_health(run).status is WorkerStatus.FAILED

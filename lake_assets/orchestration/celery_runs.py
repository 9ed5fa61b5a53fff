"""Runs as Celery tasks, and how one is known to be lost."""

from typing import Final
from uuid import uuid4

from celery import Signature
from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG as TASK_ID

_TRIES: Final = 3
_PATIENCE_S: Final = 5.0  # of each try; a worker on a busy machine answers late
_ELSEWHERE: Final = CheckRunHealthResult(WorkerStatus.RUNNING, "it is no task: its command ends it")
_SILENT: Final = CheckRunHealthResult(WorkerStatus.FAILED, "no worker works on its task any more")
_MUTE: Final = CheckRunHealthResult(WorkerStatus.FAILED, "its task ended without a word of the run")


class CeleryRuns(CeleryRunLauncher):
    """Dagster's Celery launcher, which believes the result backend, and asks the workers too.

    A worker that was killed, or whose machine is gone, writes nothing more: its task stays STARTED.
    And a task that could not tell the database of its run's failure ends as SUCCESS. Either run
    would count as started for ever.
    """

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether a worker still works on a started run."""
        if TASK_ID not in run.tags:
            return _ELSEWHERE
        told = super().check_run_worker_health(run)
        if told.status in {WorkerStatus.RUNNING, WorkerStatus.UNKNOWN}:
            if self._is_worked_on(run.tags[TASK_ID]):
                return CheckRunHealthResult(WorkerStatus.RUNNING)
            told = super().check_run_worker_health(run)  # it may have ended in between
            if told.status is WorkerStatus.RUNNING:
                return _SILENT
        if told.status is WorkerStatus.SUCCESS:
            now = self._instance.get_run_by_id(run.run_id)
            return told if now is None or now.is_finished else _MUTE
        return told

    def _is_worked_on(self, task_id: str) -> bool:
        """Ask the worker that began a task; one started anew by its name knows no task."""
        begun = self.celery.AsyncResult(task_id).info
        name = begun.get("hostname") if isinstance(begun, dict) else None
        whom, limit = ([name], 1) if name else (None, None)
        for _ in range(_TRIES):
            asked = self.celery.control.inspect(whom, timeout=_PATIENCE_S, limit=limit)
            if answers := asked.query_task(task_id):
                return any(task_id in tasks for tasks in answers.values())
        return False

    def _launch_celery_task_run(
        self, run: DagsterRun, task_signature: Signature, routing_key: str
    ) -> None:
        """Write the task's id down before it is sent: the daemon may be killed between the two."""
        task_id = str(uuid4())
        self._instance.add_run_tags(run.run_id, {TASK_ID: task_id})
        super()._launch_celery_task_run(run, task_signature.set(task_id=task_id), routing_key)

"""Which runs of this machine live: each holds a lock that the kernel takes back when it dies."""

import fcntl
import os
from datetime import datetime
from pathlib import Path
from typing import Final

from dagster import DagsterEvent, DagsterEventType, DagsterInstance, DagsterRun, RunsFilter
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage

_ENDS: Final = {
    DagsterEventType.RUN_SUCCESS,
    DagsterEventType.RUN_FAILURE,
    DagsterEventType.RUN_CANCELED,
}
_LOST: Final = "The process of this run is gone: it was killed, or the machine was switched off."

# Of the whole process: an instance may be opened several times in it.
_held: Final[dict[Path, int]] = {}  # lock file -> descriptor


def home() -> str:
    """Where this machine's run history lies: DAGSTER_HOME, or beside the lake."""
    if named := os.environ.get("DAGSTER_HOME"):
        return named
    # Imported here: a server that only shows runs need not load what makes them.
    from lake_assets.lake.places import DEFAULT_ROOT  # noqa: PLC0415
    from lake_assets.lake.roots import home_of  # noqa: PLC0415

    return str(home_of(os.environ.get("LAKE_ROOT", DEFAULT_ROOT)) / "_dagster")


class LockedRuns(SqlRunStorage):
    """A storage of runs whose executing process holds the run's lock from its start to its end."""

    def handle_run_event(
        self, run_id: str, event: DagsterEvent, update_timestamp: datetime | None = None
    ) -> None:
        """Lock first, then say that it started; say how it ended, then unlock."""
        if event.event_type is DagsterEventType.RUN_START:
            _hold(_lock(run_id))
        super().handle_run_event(run_id, event, update_timestamp)
        if event.event_type in _ENDS:
            _release(_lock(run_id))


class RunsHere(DefaultRunLauncher):
    """Dagster's own launcher of one machine, which also notices that a run's process is gone.

    So Dagster's run monitoring fails the runs that a killed daemon, command or machine left behind,
    when it starts and every while; they would else keep their places in the run queue for ever.
    """

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Yes."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Whether the process of a started run lives."""
        if is_lost(run.run_id):
            return CheckRunHealthResult(WorkerStatus.FAILED, _LOST)
        return CheckRunHealthResult(WorkerStatus.RUNNING)


def is_lost(run_id: str) -> bool:
    """Whether a started run's process died; of a run of another machine nothing is known."""
    path = _lock(run_id)
    if path in _held:
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def fail_lost_runs(instance: DagsterInstance) -> list[str]:
    """Fail the runs whose process is gone; for a command that no daemon goes before."""
    waiting = instance.get_runs(RunsFilter(statuses=IN_PROGRESS_RUN_STATUSES))
    lost = [run for run in waiting if is_lost(run.run_id)]
    for run in lost:
        instance.report_run_failed(run, _LOST)
    return [run.run_id for run in lost]


def _lock(run_id: str) -> Path:
    return Path(home()) / "alive" / f"{run_id}.lock"


def _hold(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    _held[path] = descriptor


def _release(path: Path) -> None:
    path.unlink(missing_ok=True)
    if descriptor := _held.pop(path, None):
        os.close(descriptor)


def _forget() -> None:
    """A forked child runs nothing: its copies of the descriptors must not keep locks alive."""
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget)

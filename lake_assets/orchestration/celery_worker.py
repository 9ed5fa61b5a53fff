"""What a worker machine runs: `celery -A lake_assets.orchestration.celery_worker worker`.

It imports nothing of the lake's numerics: a pool forks, and threads do not survive that.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from typing import Final

from celery import Celery
from celery.signals import worker_process_init
from dagster_celery.defaults import task_default_queue
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_execute_job_task

from lake_assets.errors import UnknownNameError

BROKER: Final = "LAKE_BROKER_URL"
_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of prctl(2)
SETTINGS: Final = {
    # A run is begun once: whoever notices that its worker is lost begins another. Were a message
    # acknowledged late, a run longer than the broker's patience would be begun beside itself.
    "task_acks_late": False,
    # and a message waits in the queue for an idle worker, not inside a busy one that may die
    "worker_prefetch_multiplier": 1,
    "worker_disable_prefetch": True,
    "task_default_queue": task_default_queue,
    "broker_connection_retry_on_startup": True,
}


def build_worker(environ: Mapping[str, str]) -> Celery:
    """The Celery application of a worker; LAKE_BROKER_URL names the Redis of tasks and results.

    Raises:
        UnknownNameError: it is not set.
    """
    broker = environ.get(BROKER)
    if not broker:
        raise UnknownNameError(f"set {BROKER}, such as redis://broker:6379/0")
    made: Celery = make_app({"broker": broker, "backend": broker, "config_source": SETTINGS})  # type: ignore[no-untyped-call]
    create_execute_job_task(made)
    return made


@worker_process_init.connect  # type: ignore[untyped-decorator]
def die_with_the_worker(**_: object) -> None:
    """Have the kernel end a run with its worker: else it would go on, unseen, beside its retry."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


app = build_worker(os.environ)

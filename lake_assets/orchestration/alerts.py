"""Alerts: a run that failed is told to the log and, if one is set, to a webhook."""

import json
import logging
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import dagster as dg

from lake_assets.errors import UnknownNameError
from lake_assets.lake.log import tell

_LOG: Final = logging.getLogger(__name__)
WEBHOOK: Final = "LAKE_ALERT_WEBHOOK"
_PATIENCE_S: Final = 10.0
_SHOWN: Final = 2_000  # characters of an error


def make_alerts(environ: Mapping[str, str]) -> dg.SensorDefinition:
    """The sensor of failed runs; it is on without being switched on.

    Raises:
        UnknownNameError: LAKE_ALERT_WEBHOOK is no http or https address.
    """
    webhook = environ.get(WEBHOOK, "")
    if webhook and not _is_address(webhook):
        raise UnknownNameError(f"{WEBHOOK} is no address; write it as https://host/path")

    @dg.run_failure_sensor(
        name="failed_runs",
        description=f"Tells the log, and the webhook {WEBHOOK} names, of each run that failed.",
        default_status=dg.DefaultSensorStatus.RUNNING,
        monitor_all_code_locations=True,  # else what the command runs in its process is not seen
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        alert = alert_of(context)
        context.log.error(alert["text"])
        tell("run_failed", logging.ERROR, **{k: v for k, v in alert.items() if k != "text"})
        if webhook:
            post(webhook, alert)

    return failed_runs


def alert_of(context: dg.RunFailureSensorContext) -> dict[str, str | None]:
    """What is told of a failed run; ``text`` alone is enough for a chat."""
    run = context.dagster_run
    steps = context.get_step_failure_events()
    asset = str(steps[0].step_key).replace("__", "/") if steps else None
    why = _reason(steps[0] if steps else context.failure_event)
    partition = run.tags.get("dagster/partition")
    named = f"{run.job_name} of {partition}" if partition else run.job_name
    return {
        "text": f"{named} failed{f' at {asset}' if asset else ''}: {why}",
        "job": run.job_name,
        "partition": partition,
        "asset": asset,
        "why": why,
        "run_id": run.run_id,
    }


def post(webhook: str, alert: Mapping[str, str | None]) -> bool:
    """Post an alert as JSON; whether it was taken. A webhook that is down fails nothing."""
    body = json.dumps(alert).encode()
    asked = Request(webhook, body, {"Content-Type": "application/json"})  # noqa: S310 - http or https
    try:
        with urlopen(asked, timeout=_PATIENCE_S):  # noqa: S310 - as above
            return True
    except (OSError, ValueError) as error:
        # The address is a secret of its own: an error may quote it, so only its kind is told.
        _LOG.warning("%s took no alert (%s)", WEBHOOK, type(error).__name__)
        return False


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _reason(event: dg.DagsterEvent) -> str:
    """The sentence of the error that started it all."""
    data = event.step_failure_data if event.is_step_failure else event.job_failure_data
    error, said = data.error, event.message or "no reason was given"
    while error is not None and error.cause is not None:
        error = error.cause
    return (error.message.strip() if error else said)[:_SHOWN]

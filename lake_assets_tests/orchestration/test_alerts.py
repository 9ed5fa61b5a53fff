"""A failed run is told to the log and to a webhook; a webhook that is down fails nothing."""

import json

import dagster as dg
import pytest

from lake_assets.definitions import build_definitions
from lake_assets.errors import UnknownNameError
from lake_assets.lake import log
from lake_assets.orchestration.alerts import make_alerts, post
from lake_assets_tests.orchestration.posted import listening

HOOK = "/hooks/secret"


def failed_run(lake, instance):
    """A run of `signals` for a session that has no raw files."""
    definitions = build_definitions(lake.environ)
    job = definitions.resolve_job_def("signals")
    return job.execute_in_process(
        instance=instance, partition_key="2025-12-15", raise_on_error=False
    )


def context_of(result, instance):
    """What Dagster's daemon would hand the sensor."""
    (event,) = [each for each in result.all_events if each.is_job_failure]
    return dg.build_run_status_sensor_context(
        sensor_name="failed_runs",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=result.dagster_run,
    ).for_run_failure()


def test_a_failed_run_is_told_to_the_log_and_the_webhook(empty_lake, tmp_path):
    file = tmp_path / "lake.log"
    log.set_up({"LAKE_LOG": "json", "LAKE_LOG_FILE": str(file)})
    with listening(path=HOOK) as (webhook, taken), dg.DagsterInstance.get() as instance:
        sensor = make_alerts({"LAKE_ALERT_WEBHOOK": webhook})
        result = failed_run(empty_lake, instance)
        sensor(context_of(result, instance))
    log.set_up({})
    ((path, headers, alert),) = taken
    assert (path, headers["Content-Type"]) == ("/hooks/secret", "application/json")
    assert (alert["job"], alert["partition"]) == ("signals", "2025-12-15")
    assert alert["run_id"] == result.run_id
    assert alert["asset"] in ("bronze/es_mbp10", "bronze/es_trades", "bronze/spy_options")
    assert "expected" in alert["why"]
    assert alert["text"].startswith(f"signals of 2025-12-15 failed at {alert['asset']}: ")
    told = [json.loads(line) for line in file.read_text().splitlines()]
    (line,) = [each for each in told if each["event"] == "run_failed"]
    assert (line["level"], line["why"]) == ("error", alert["why"])
    assert "/hooks/secret" not in file.read_text()


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_refuses_fails_nothing_and_stays_secret(status, caplog):
    with listening(lambda _: status, HOOK) as (webhook, _):
        assert not post(webhook, {"text": "x"})
    assert "took no alert" in caplog.text
    assert "secret" not in caplog.text


def test_a_webhook_nobody_answers_at_fails_nothing(caplog):
    with listening(path=HOOK) as (webhook, _):
        pass
    assert not post(webhook, {"text": "x"})
    assert "took no alert (URLError)" in caplog.text


@pytest.mark.parametrize("address", ["file:///etc/passwd", "hooks.example.org", "ftp://a/b"])
def test_what_is_no_web_address_is_refused_at_once(address):
    with pytest.raises(UnknownNameError, match="no address"):
        make_alerts({"LAKE_ALERT_WEBHOOK": address})


def test_the_code_location_has_it_switched_on(empty_lake):
    sensor = build_definitions(empty_lake.environ).resolve_sensor_def("failed_runs")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING

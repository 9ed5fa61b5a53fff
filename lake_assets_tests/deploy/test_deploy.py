"""The files of `deploy/` name what exists: commands, modules, settings, variables, files."""

import json
import re
from importlib import import_module
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from dagster._core.instance.ref import InstanceRef

from lake_assets.cli.main import parser
from lake_assets.errors import UnknownNameError
from lake_assets.orchestration.celery_runs import CeleryRuns

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = {name: s for name, s in SERVICES.items() if s["image"].startswith("${LAKE_IMAGE")}
KNOWN = {
    "build", "command", "depends_on", "deploy", "environment", "healthcheck", "image", "ports",
    "restart", "volumes",
}  # fmt: skip
SECRET = re.compile(r"PASSWORD|TOKEN|HASH|SECRET|ACCESS_KEY")


def test_dagster_takes_its_settings(tmp_path, monkeypatch):
    for name, value in (
        ("LAKE_POSTGRES_URL", "postgresql+psycopg2://lake@localhost/lake"),
        ("LAKE_WORKERS", "5"),
    ):
        monkeypatch.setenv(name, value)
    (tmp_path / "dagster.yaml").write_text((DEPLOY / "dagster.yaml").read_text())
    ref = InstanceRef.from_dir(str(tmp_path))  # refuses what its schema does not know
    assert isinstance(ref.run_launcher, CeleryRuns)
    assert ref.run_launcher.celery.conf.broker_url == "redis://localhost:1/0"
    assert ref.run_coordinator.get_run_queue_config().max_concurrent_runs == 5
    assert type(ref.compute_log_manager).__name__ == "NoOpComputeLogManager"
    assert ref.storage_data.class_name == "DagsterPostgresStorage"
    # what travels with a task names variables, not what they hold
    assert "localhost" not in json.dumps(ref.to_dict(), default=str)


@pytest.fixture(autouse=True)
def broker(monkeypatch):
    """The worker's module reads it when it is imported; nobody connects."""
    monkeypatch.setenv("LAKE_BROKER_URL", "redis://localhost:1/0")


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_a_program_of_the_image(name):
    program, *words = OURS[name]["command"]
    assert program in {script.name for script in entry_points(group="console_scripts")}
    for option, module in pairwise(words):
        if option in {"-m", "-A"}:
            assert import_module(module)
        if option == "-w":
            assert (DEPLOY / module).exists()
    if program == "lake":
        assert parser().parse_args(words).command == words[0]


def test_variables_are_read_somewhere():
    readers = [*ROOT.glob("lake_assets/**/*.py"), *DEPLOY.glob("*.yaml"), DEPLOY / "Caddyfile"]
    read = "".join(path.read_text() for path in readers if path.name != "compose.yaml")
    given = {name for service in SERVICES.values() for name in service["environment"]}
    inside = {"LAKE_BROKER_PASSWORD"}  # of the command of Redis
    assert [n for n in given if n.startswith("LAKE_") and n not in read and n not in inside] == []


@pytest.mark.parametrize("name", SERVICES)
def test_a_secret_comes_from_outside_or_it_does_not_start(name):
    for variable, value in SERVICES[name].get("environment", {}).items():
        if SECRET.search(variable) or "://" in value:
            assert re.search(r"\$\{\w+:\?", value), variable


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert {key for service in SERVICES.values() for key in service} <= KNOWN
    volumes = [v for s in SERVICES.values() for v in s.get("volumes", ()) if v[0] not in "$."]
    assert {volume.partition(":")[0] for volume in volumes} == set(COMPOSE["volumes"])


def test_the_page_that_everybody_sees_changes_nothing():
    assert "--read-only" in SERVICES["web-read-only"]["command"]
    sites = (DEPLOY / "Caddyfile").read_text().split("\n{$LAKE_SITE")[1:]
    assert len(sites) == 3
    assert all("basicauth" in site for site in sites)
    writing = [site for site in sites if "{$LAKE_UI:" in site]
    assert len(writing) == 1
    assert "LAKE_READER" not in writing[0]


def test_the_image_copies_what_there_is():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert copied
    assert [name for name in copied if not (ROOT / name).exists()] == []


def test_the_chart_starts_our_code_and_a_pod_a_run():
    values = yaml.safe_load((DEPLOY / "helm-values.yaml").read_text())
    (code,) = values["dagster-user-deployments"]["deployments"]
    assert import_module(code["dagsterApiGrpcArgs"][-1])
    assert values["runLauncher"]["type"] == "K8sRunLauncher"
    assert values["dagsterDaemon"]["runMonitoring"]["enabled"] is True
    assert not re.search(r"(?i)password:\s*\S", (DEPLOY / "helm-values.yaml").read_text())


def test_a_worker_needs_a_broker_and_keeps_no_message_waiting():
    made = import_module("lake_assets.orchestration.celery_worker")
    with pytest.raises(UnknownNameError, match="LAKE_BROKER_URL"):
        made.build_worker({})
    assert {name: made.app.conf[name] for name in made.SETTINGS} == made.SETTINGS
    assert "execute_job" in made.app.tasks

"""A backfill of several dates, launched as the UI does it: GraphQL to a real server."""

import json
import socket
import time
import urllib.error
import urllib.request

import pytest

from lake_assets.catalog import DATASETS
from lake_assets.orchestration.runs import SETTINGS
from lake_assets_tests.orchestration.lakes import DAYS

WORKSPACE = "load_from:\n  - python_module: lake_assets.definitions\n"
DAGSTER_YAML = f"""
{SETTINGS}
run_coordinator: {{module: dagster.core.run_coordinator, class: QueuedRunCoordinator}}
concurrency: {{runs: {{max_concurrent_runs: 2}}}}
backfills: {{use_threads: false}}
"""
LAUNCH = """
mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename
    ... on LaunchBackfillSuccess { backfillId }
    ... on PythonError { message }
    ... on PartitionKeysNotFoundError { message }
  }
}
"""
STATUS = """
query ($id: String!) {
  partitionBackfillOrError(backfillId: $id) {
    ... on PartitionBackfill { status runs(limit: 50) { id status tags { key value } } }
  }
}
"""
OUTCOMES = """
query ($runId: ID!) {
  runOrError(runId: $runId) {
    ... on Run { assetMaterializations { assetKey { path } tags { key value } } }
  }
}
"""
KEYS = [{"path": list(d.key)} for d in DATASETS if d.calendar and d.group == d.layer]


@pytest.fixture
def server(empty_lake):
    """`dagster dev` on a free loopback port, ended with everything it started."""
    (empty_lake.root / "workspace.yaml").write_text(WORKSPACE)
    (empty_lake.root / "_dagster" / "dagster.yaml").write_text(DAGSTER_YAML)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (empty_lake.root / "server.log").open("w")
    process = empty_lake.start(
        *("dagster", "dev", "--host", "127.0.0.1", "--port", str(port)),
        output=log,
        LAKE_AUDIT_CUTS="0",
    )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: ready(address, process, empty_lake), seconds=90)
        yield empty_lake, f"{address}/graphql"
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()


def until(met, *, seconds):
    """Poll a condition of a real process; fail when it takes too long."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.3)


def ready(address, process, lake):
    assert process.poll() is None, (lake.root / "server.log").read_text()[-2000:]
    try:
        with urllib.request.urlopen(f"{address}/server_info", timeout=5):  # noqa: S310 - loopback
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def ask(address, query, **variables):
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback
        address, body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - loopback
        data = json.load(answer)
    assert "errors" not in data, data
    return data["data"]


def backfill(address):
    """Launch a backfill of both dates, wait for its end, and return the outcome of each asset."""
    params = {"assetSelection": KEYS, "partitionNames": list(DAYS), "tags": []}
    launched = ask(address, LAUNCH, params=params)["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    found = {}

    def ended():
        found.update(ask(address, STATUS, id=launched["backfillId"])["partitionBackfillOrError"])
        return found["status"] not in {"REQUESTED", "CANCELING"}

    until(ended, seconds=240)
    assert found["status"] == "COMPLETED_SUCCESS", found
    assert len(found["runs"]) == len(DAYS)
    return [outcome for run in found["runs"] for outcome in outcomes_of(address, run["id"])]


def outcomes_of(address, run_id):
    made = ask(address, OUTCOMES, runId=run_id)["runOrError"]["assetMaterializations"]
    return [t["value"] for m in made for t in m["tags"] if t["key"] == "lake/outcome"]


def test_a_backfill_succeeds_and_launched_again_computes_nothing(server):
    lake, address = server
    first = backfill(address)
    assert first == ["built"] * len(KEYS) * len(DAYS)
    before = lake.files()
    assert len(before) == len(KEYS) * len(DAYS)
    second = backfill(address)
    assert second == ["reused"] * len(KEYS) * len(DAYS)
    assert lake.files() == before

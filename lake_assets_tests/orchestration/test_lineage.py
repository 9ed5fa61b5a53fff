"""Lineage: events a collector understands, and no run that waits for one."""

import subprocess
import sys
import threading
import time

import dagster as dg
import jsonschema
import pytest

from lake_assets.catalog import ES_TRADES, FRONT_CONTRACT
from lake_assets.orchestration import lineage
from lake_assets_tests.orchestration.lakes import DAY
from lake_assets_tests.orchestration.posted import listening

TWO = [dg.AssetKey(ES_TRADES.key), dg.AssetKey(FRONT_CONTRACT.key)]

# What OpenLineage 2-0-2 demands of a RunEvent, from its specification.
_FACETS = {
    "type": "object",
    "additionalProperties": {"type": "object", "required": ["_producer", "_schemaURL"]},
}
_DATASETS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["namespace", "name"],
        "properties": {"facets": _FACETS, "outputFacets": _FACETS},
    },
}
EVENT = {
    "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job", "eventType"],
    "properties": {
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "eventTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$"},
        "producer": {"type": "string", "format": "uri"},
        "run": {
            "type": "object",
            "required": ["runId"],
            "properties": {"runId": {"type": "string", "format": "uuid"}, "facets": _FACETS},
        },
        "job": {"type": "object", "required": ["namespace", "name"]},
        "inputs": _DATASETS,
        "outputs": _DATASETS,
    },
}


def accept(_):
    """What a collector answers."""
    return 201


@pytest.fixture
def sent(monkeypatch):
    """Name a collector, and wait until all was sent to it."""

    def name(url):
        monkeypatch.setenv("OPENLINEAGE_URL", url)

    yield name
    lineage._collector.cache_clear()  # noqa: SLF001 - one a process, and a test is not one


def wait_for(url):
    """All that is in line has left."""
    lineage._collector(url).close()  # noqa: SLF001 - as at the end of a process


def test_each_request_begins_and_completes_with_what_it_read_and_made(
    empty_lake, sent, monkeypatch
):
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "a-key")
    with listening(accept) as (url, taken):
        sent(url)
        assert empty_lake.run(select=TWO).error is None
        wait_for(url)
    events = [event for _, _, event in taken]
    for event in events:
        jsonschema.validate(event, EVENT, cls=jsonschema.Draft202012Validator)
    assert {(path, headers["Authorization"]) for path, headers, _ in taken} == {
        ("/api/v1/lineage", "Bearer a-key")
    }
    told = [(event["eventType"], event["job"]["name"]) for event in events]
    assert told == [
        (kind, "/".join(dataset.key))
        for dataset in (ES_TRADES, FRONT_CONTRACT)
        for kind in ("START", "COMPLETE")
    ]
    assert [e["run"]["runId"] for e in events[:2]] == [events[0]["run"]["runId"]] * 2
    (output,) = events[1]["outputs"]
    held = empty_lake.lake.in_force(ES_TRADES, DAY)
    assert output["facets"]["version"]["datasetVersion"] == held.sha256
    assert output["facets"]["lake"]["fingerprint"] == held.fingerprint.digest
    assert output["facets"]["lake"]["outcome"] == "built"
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == held.rows
    named = [field["name"] for field in output["facets"]["schema"]["fields"]]
    assert named == list(ES_TRADES.columns)
    assert {each["name"].split("/")[0] for each in events[1]["inputs"]} == {"raw"}
    read = {each["name"]: each["facets"] for each in events[3]["inputs"]}
    assert read["bronze/es_trades"]["version"]["datasetVersion"] == held.sha256
    parents = {e["run"]["facets"]["parent"]["run"]["runId"] for e in events}
    assert len(parents) == 1


def test_what_fails_is_told_with_its_reason(empty_lake, sent):
    with listening(accept) as (url, taken):
        sent(url)
        assert empty_lake.run(select=[dg.AssetKey(FRONT_CONTRACT.key)]).error
        wait_for(url)
    start, fail = [event for _, _, event in taken]
    jsonschema.validate(fail, EVENT)
    assert (start["eventType"], fail["eventType"]) == ("START", "FAIL")
    assert "is not materialized" in fail["run"]["facets"]["errorMessage"]["message"]


REQUEST = lineage.Request(
    dataset=ES_TRADES,
    partition=DAY,
    run_id="7f0a3ad5-3a0f-4f7c-9a7e-0d3b0d7f9a11",
    job="signals",
)


@pytest.mark.parametrize("status", [404, 500])
def test_a_collector_that_refuses_is_asked_once_and_fails_nothing(sent, caplog, status):
    with listening(lambda _: status) as (url, taken):
        sent(url)
        lineage.began(REQUEST)
        lineage.began(REQUEST)
        wait_for(url)
    assert len(taken) == 1
    assert caplog.text.count("took no event") == 1


def test_a_collector_that_is_down_fails_nothing(empty_lake, sent, caplog):
    with listening(accept) as (url, _):
        pass
    sent(url)
    assert empty_lake.run(select=TWO[:1]).error is None
    wait_for(url)
    assert caplog.text.count("took no event") == 1


def test_no_run_waits_for_a_collector_that_does_not_answer(sent):
    stop = threading.Event()
    with listening(lambda _: stop.wait(60) and 201) as (url, _):
        sent(url)
        start = time.process_time()
        for _ in range(50):
            lineage.began(REQUEST)  # nothing of it has been answered
        assert time.process_time() - start < 5
        assert not stop.is_set()
        stop.set()
        wait_for(url)


def test_without_a_collector_nothing_of_it_is_imported():
    code = (
        "import sys, lake_assets.definitions;"
        "print([m for m in sys.modules if m.startswith('openlineage')])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_an_address_that_is_none_fails_nothing(sent, caplog):
    sent("nowhere at all")
    lineage.began(REQUEST)
    assert "OPENLINEAGE_URL" in caplog.text

"""`/metrics` counts what happened, in a bounded number of series, for those who have the token."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lake_assets.catalog import LEVELS, SIGNALS
from lake_assets.lake import log
from lake_assets.lake.lake import Lake
from lake_assets.serving.limits import Limits
from lake_assets_tests.lake.tables import levels, publish
from lake_assets_tests.serving.servers import DAY, NIFTY, UNMADE, serving

TOKEN = "0123456789abcdef" * 4
PLENTY = {"requests_per_s": 1e6, "burst": 10**6}


def samples(client, **headers):
    """Every sample of a scrape: by name and labels, its value."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def own(tmp_path):
    """A client of a server whose counters nobody else moves, and its lake."""
    lake = Lake(tmp_path / "lake")
    publish(lake, LEVELS, levels(1), DAY)
    with serving(lake.root) as client:
        yield client, lake


def test_requests_are_counted_by_template_and_status(own):
    client, _ = own
    sent = 0
    for path in (DAY, DAY, UNMADE, "x"):
        sent += len(client.get(f"/v1/datasets/levels/{path}").content)
    route = "/v1/datasets/{name}/{date}"
    found = samples(client)
    counted = {key: n for key, n in found.items() if key[0] == "lake_http_requests_total"}
    assert counted[("lake_http_requests_total", *sorted((route, "200", "GET")))] == 2
    assert counted[("lake_http_requests_total", *sorted((route, "404", "GET")))] == 1
    assert counted[("lake_http_requests_total", *sorted((route, "422", "GET")))] == 1
    assert found["lake_http_request_seconds_count", route] == 4
    assert found["lake_http_requests_in_flight",] == 1
    assert sum(n for k, n in found.items() if k[0] == "lake_http_response_bytes_total") == sent


def test_no_caller_makes_a_series_of_his_own(own):
    client, _ = own
    before = set(samples(client))
    for n in range(50):
        client.get(f"/nowhere/{n}")
        client.get(f"/v1/datasets/levels/2025-01-{n:02}")
        client.get(f"/v1/datasets/levels{n}/{DAY}", headers={"Host": f"host-{n}"})
        client.request(f"VERB{n}", "/health")
    new = {key for key in set(samples(client)) - before if "bucket" not in key[0]}
    assert 0 < len(new) < 20
    assert not [key for key in new for part in key if "2025" in part or "nowhere" in part]


def test_what_the_door_refuses_is_counted(tmp_path):
    with serving(tmp_path, token=TOKEN) as client:
        assert client.get("/metrics").status_code == 401
        assert client.get("/v1/days").status_code == 401
        found = samples(client, Authorization=f"Bearer {TOKEN}")
    assert found[("lake_http_requests_total", *sorted(("GET", "other", "401")))] == 2


def test_what_is_late_and_what_was_refused_is_counted(served_root):
    limits = Limits(**PLENTY, waiting=1, threads=1)
    with serving(served_root, limits=limits) as client, ThreadPoolExecutor(8) as pool:
        path = f"/v1/day/{NIFTY}/{DAY}/playback"
        codes = list(pool.map(lambda _: client.get(path).status_code, range(24)))
        refused = codes.count(503)
        found = samples(client)
    assert refused
    assert found["lake_work_refused_total",] == refused
    assert found["lake_work_held",] == 1  # the scrape itself


def test_what_is_kept_is_told(served_root):
    with serving(served_root) as client:
        for _ in range(3):
            client.get(f"/v1/datasets/levels/{DAY}", params={"limit": 1})
        found = samples(client)
    assert found["lake_kept_hits_total", "answers"] == 2
    assert found["lake_kept_misses_total", "answers"] == 1
    assert found["lake_kept_bytes", "answers"] > 0


def test_the_lake_is_told_as_it_is_now(own):
    client, lake = own
    key = "/".join(LEVELS.key)
    held = lake.in_force(LEVELS, DAY)
    found = samples(client)
    assert found["lake_partitions", key] == 1
    assert found["lake_partition_bytes", key] == held.bytes
    assert found["lake_partition_rows", key] == held.rows
    assert found["lake_newest_partition_timestamp_seconds", key] == 1_765_929_600  # 2025-12-17
    assert ("lake_partitions", "/".join(SIGNALS.key)) not in found
    publish(lake, LEVELS, levels(2, 7), "2025-12-18")
    again = samples(client)
    assert again["lake_partitions", key] == 2
    assert again["lake_partition_rows", key] == held.rows + 7
    assert again["lake_newest_partition_timestamp_seconds", key] == 1_765_929_600 + 86_400
    assert again["lake_datasets_unseen",] == 0
    assert again["process_resident_memory_bytes",] > 0


def test_each_request_is_a_line_of_the_log(tmp_path):
    file = tmp_path / "lake.log"
    log.set_up({"LAKE_LOG": "json", "LAKE_LOG_FILE": str(file)})
    try:
        with serving(tmp_path) as client:
            client.get("/health")
            client.get('/v1/datasets/levels/a"%0Ab')
    finally:
        log.set_up({})
    told = [json.loads(line) for line in file.read_text().splitlines()]
    asked = [each for each in told if each["event"] == "request"]
    assert [(each["route"], each["status"]) for each in asked] == [
        ("/health", 200),
        ("/v1/datasets/{name}/{date}", 422),
    ]
    assert asked[0]["bytes"] == len(b'{"status":"ok"}')


def test_the_server_says_so_in_the_log_too():
    code = (
        "import os; from pathlib import Path; from lake_assets.lake import log\n"
        "log.set_up({'LAKE_LOG': 'json'})\n"
        "from lake_assets.lake.lake import Lake\n"
        "from lake_assets.serving.listening import server_of\n"
        "from lake_assets.serving.settings import Settings\n"
        "import logging; server_of(Lake(Path('.')), Settings())\n"
        "logging.getLogger('uvicorn.error').warning('odd')"
    )
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    (line,) = done.stderr.splitlines()
    assert json.loads(line)["message"] == "odd"

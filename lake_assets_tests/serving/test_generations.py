"""Answers carry their partition's hash; a republished partition is never served stale or mixed."""

import threading

import polars as pl
import pytest

from lake_assets.catalog import LEVELS, OPTION_STATE, REGIMES
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake.tables import DAY, MADE_FROM, SIMULATED, levels, publish
from lake_assets_tests.serving.servers import NIFTY, serving

PATH = f"/v1/datasets/levels/{DAY}"


@pytest.fixture
def lake(tmp_path):
    """A lake with one partition."""
    found = Lake(tmp_path / "lake")
    publish(found, LEVELS, levels(1), DAY)
    return found


def test_the_tag_is_the_hash_of_the_partition(client, served):
    for table, dataset in (("levels", LEVELS),):
        answer = client.get(f"/v1/datasets/{table}/{DAY}", params={"limit": 1})
        assert answer.headers["ETag"] == f'W/"{served.in_force(dataset, DAY).sha256}"'
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.json()["sha256"] == served.in_force(dataset, DAY).sha256


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        f"/v1/signals/{DAY}/playback",
        f"/v1/signals/{DAY}/depth?start=2025-12-17T15:00:00Z&end=2025-12-17T15:00:10Z",
        f"/v1/day/{NIFTY}/{DAY}/features?format=arrow",
        f"/v1/day/{NIFTY}/{DAY}/window",
        f"/v1/day/{NIFTY}/{DAY}/summary",
        f"/v1/day/{NIFTY}/{DAY}/playback",
        "/v1/truth?subject=burst",
    ],
)
def test_who_has_the_rows_gets_none(client, path):
    etag = client.get(path).headers["ETag"]
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["ETag"] == etag
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_republished_partition_has_another_tag(lake):
    with serving(lake.root) as client:
        old = client.get(PATH)
        publish(lake, LEVELS, levels(2), DAY)
        new = client.get(PATH, headers={"If-None-Match": old.headers["ETag"]})
        assert new.status_code == 200
        assert new.headers["ETag"] != old.headers["ETag"]
        assert {row["level_e"] for row in new.json()["rows"]} == {2}
        assert client.get(PATH, headers={"If-None-Match": new.headers["ETag"]}).status_code == 304


def test_rows_of_two_tables_have_a_tag_of_both(own_root):
    lake, path = Lake(own_root), f"/v1/day/{NIFTY}/{DAY}/features"
    with serving(own_root) as client:
        before = client.get(path, params={"limit": 1}).headers["ETag"]
        rows = lake.read(REGIMES.of(NIFTY), DAY)
        changed = rows.with_columns(pl.lit(value=True).alias("chop_active"))
        publish(lake, REGIMES.of(NIFTY), changed, DAY)
        after = client.get(path, params={"limit": 1})
    assert after.headers["ETag"] != before
    assert after.json()["rows"][0]["chop_active"] is True


def test_a_partition_republished_while_it_is_read_is_old_or_new_and_whole(lake):
    rows, stop = 5_000, threading.Event()

    def keep_publishing():
        generation = 2
        while not stop.is_set():
            publish(lake, LEVELS, levels(generation, rows), DAY)
            generation += 1

    publish(lake, LEVELS, levels(1, rows), DAY)
    writer = threading.Thread(target=keep_publishing)
    with serving(lake.root) as client:
        writer.start()
        try:
            answers = [client.get(PATH).json() for _ in range(60)]
        finally:
            stop.set()
            writer.join()
    seen = []
    for answer in answers:
        generations = {row["level_e"] for row in answer["rows"]}
        assert len(answer["rows"]) == rows
        assert len(generations) == 1
        seen.append((generations.pop(), answer["sha256"]))
    # one hash a generation, and never an older one after a newer
    assert len({sha for _, sha in seen}) == len({generation for generation, _ in seen}) > 1
    assert [generation for generation, _ in seen] == sorted(generation for generation, _ in seen)


def test_a_partition_removed_is_no_longer_there(lake):
    with serving(lake.root) as client:
        assert client.get(PATH).status_code == 200
        (lake.root / LEVELS.path(DAY)).unlink()
        assert client.get(PATH).status_code == 404


def test_a_stale_partition_says_why(own_root):
    lake = Lake(own_root)
    table = lake.read(OPTION_STATE.of(NIFTY), DAY)
    publish(lake, OPTION_STATE.of(NIFTY), table.with_columns(spot_conflict=pl.lit(value=True)), DAY)
    with serving(own_root) as client:
        held = {
            (each["underlying"], each["date"]): each["stale"]
            for each in client.get("/v1/datasets/bursts").json()["holdings"]
        }
        state = client.get("/v1/datasets/option_state").json()["holdings"][0]
    assert held[NIFTY, DAY] == ["input changed: silver/NIFTY/option_state"]
    assert held[NIFTY, "2025-12-18"] == []
    # published by the test as made from something else
    assert f"code version {MADE_FROM.code_version}→1" in state["stale"]
    assert state["provenance"] == SIMULATED

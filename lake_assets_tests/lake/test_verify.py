"""Whatever was edited, deleted, added or left over is found; a sound lake has no findings."""

import random

import pytest

from lake_assets.catalog import ES_TRADES, LEVELS
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.tables import DAY, levels, publish, trades


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path)
    publish(lake, ES_TRADES, trades(2_000))
    publish(lake, LEVELS, levels(1))
    publish(lake, LEVELS, levels(2))
    publish(lake, LEVELS, levels(1), "2025-12-16")
    assert lake.verify() == []
    return lake


def found(lake, *scope):
    return [(f.kind.value, f.path) for f in lake.verify(*scope)]


DATA = LEVELS.path(DAY)
MANIFEST = f"_manifests/{LEVELS.stem(DAY)}.json"


def test_any_one_byte_edit_is_found_though_its_stamp_is_kept(lake):
    path = lake.root / ES_TRADES.path(DAY)
    whole, status = path.read_bytes(), path.stat()
    places = random.Random(3).sample(range(len(whole)), 60)  # noqa: S311 - places, not secrets
    for at in places:
        with path.open("r+b") as file:
            file.seek(at)
            file.write(bytes([whole[at] ^ 1]))
        assert found(lake) == [("edited", ES_TRADES.path(DAY))]
        path.write_bytes(whole)
    assert path.stat().st_ino == status.st_ino
    assert found(lake) == []


def test_an_edited_manifest_is_found(lake):
    path = lake.root / MANIFEST
    path.write_text(path.read_text().replace('"rows": 3', '"rows": 4', 1))
    assert found(lake) == [("wrong_manifest", MANIFEST)]
    assert lake.in_force(LEVELS, DAY) is None


def test_a_manifest_in_anothers_place_is_found(lake):
    (lake.root / MANIFEST).replace(lake.root / MANIFEST.replace(DAY, "2025-12-15"))
    assert found(lake) == [
        ("wrong_manifest", MANIFEST.replace(DAY, "2025-12-15")),
        ("added", DATA),
    ]


@pytest.mark.parametrize(
    ("gone", "finding"),
    [
        (DATA, ("missing", DATA)),
        (MANIFEST, ("added", DATA)),
        ("_manifests/lake.json", ("missing", "_manifests/lake.json")),
    ],
)
def test_a_deleted_file_is_found(lake, gone, finding):
    (lake.root / gone).unlink()
    assert found(lake) == [finding]


@pytest.mark.parametrize(
    "path",
    [
        LEVELS.path("2025-12-18"),
        "silver/levels/.hidden",
        "gold/note.txt",
        "bronze/deep/er/x.parquet",
        "_manifests/silver/levels/x.txt",
    ],
)
def test_an_added_file_is_found(lake, path):
    (lake.root / path).parent.mkdir(parents=True, exist_ok=True)
    (lake.root / path).write_bytes(b"PAR1")
    assert found(lake) == [("added", path)]


def test_raw_files_and_other_folders_are_nobodys_business(lake):
    for name in ("raw/a.dbn.zst", "_dagster/runs.db", "_manifests/raw_files.json"):
        (lake.root / name).parent.mkdir(parents=True, exist_ok=True)
        (lake.root / name).write_bytes(b"x")
    assert found(lake) == []


def test_an_edited_identity_is_found(lake):
    path = lake.root / "_manifests/lake.json"
    path.write_text(path.read_text().replace("simulated", "vendor"))
    assert found(lake) == [("wrong_manifest", "_manifests/lake.json")]


def test_what_a_dead_writer_left_is_found_until_the_next_writer_comes(lake):
    draft = lake.root / f"_staging/{LEVELS.stem(DAY)}.rows"
    draft.write_bytes(b"half")
    assert found(lake) == [("leftover", f"_staging/{LEVELS.stem(DAY)}.rows")]
    with lake.lock(LEVELS, DAY):
        assert not draft.exists()
    assert found(lake) == []


def test_a_living_writers_draft_is_no_leftover(lake):
    process, pipe = writers.start(writers.hold_forever, lake.root)
    assert pipe.recv() == "held"
    (lake.root / f"_staging/{LEVELS.stem(DAY)}.rows").write_bytes(b"half")
    assert found(lake) == []
    process.kill()
    process.join()
    assert [kind for kind, _ in found(lake)] == ["leftover"]


def test_a_part_of_the_lake_is_verified_alone(lake):
    (lake.root / DATA).write_bytes(b"x")
    assert found(lake, ES_TRADES) == []
    assert found(lake, LEVELS, "2025-12-16") == []
    assert found(lake, LEVELS) == [("edited", DATA)]
    assert found(lake, LEVELS, DAY) == [("edited", DATA)]

"""Already materialized means not regenerated: the truth table, row by row."""

import shutil

import pytest

from lake_assets.catalog import DATASETS, LABELS, OHLCV_2M, TAPE
from lake_assets_tests.orchestration.lakes import DAY, built, outcomes

DAILY_NAMES = {d.name for d in DATASETS if d.calendar and d.group == d.layer}


def test_a_first_run_builds_everything(built_once):
    assert (built_once.root.parent / "built.txt").read_text().split() == sorted(DAILY_NAMES)
    assert built_once.lake.verify() == []


def test_a_deleted_file_is_rebuilt_and_nothing_else(built_lake):
    path = built_lake.root / TAPE.path(DAY)
    content = path.read_bytes()
    path.unlink()
    assert built(built_lake.run()) == {"tape"}
    assert path.read_bytes() == content


def test_an_edited_file_is_rebuilt(built_lake):
    path = built_lake.root / LABELS.path(DAY)
    content = path.read_bytes()
    path.write_bytes(content[:-9] + b"x" + content[-8:])
    assert built(built_lake.run()) == {"labels"}
    assert path.read_bytes() == content


def test_new_code_with_the_same_bytes_stops_the_cascade(built_lake):
    object.__setattr__(OHLCV_2M, "version", "next")
    try:
        run = built_lake.run()
    finally:
        object.__setattr__(OHLCV_2M, "version", "1")
    assert built(run) == {"ohlcv_2m"}
    why = next(a.why for a in run.assets if a.key.endswith("ohlcv_2m"))
    assert "code version 1→next" in why


def test_a_changed_parameter_rebuilds_what_depends_on_it(built_lake):
    run = built_lake.run(parameters={"label_threshold_u": 3_000})
    assert built(run) == {"labels", "signals"}
    why = next(a.why for a in run.assets if a.key.endswith("labels"))
    assert "label_threshold_u 2000→3000" in why
    assert built(built_lake.run()) == {"labels", "signals"}  # what was found changed does not stick


def test_a_changed_grid_rebuilds_the_grid_and_no_label(built_lake):
    run = built_lake.run(parameters={"grid_horizons_min": [1, 30]})
    assert built(run) == {"label_grid", "signals"}
    why = next(a.why for a in run.assets if a.key.endswith("label_grid"))
    assert "grid_horizons_min [1,5,15]→[1,30]" in why


def test_a_changed_raw_file_makes_bronze_stale(built_lake):
    for path in list(built_lake.root.joinpath("raw").rglob("*.tcbbo.dbn.zst")):
        shutil.rmtree(path.parent)
    rebuilt = built(built_lake.run())
    assert "spy_options" in rebuilt
    assert "es_trades" not in rebuilt
    assert "es_mbp10" not in rebuilt


def test_stale_partitions_can_be_kept(built_lake):
    before = built_lake.files()
    run = built_lake.run(parameters={"label_threshold_u": 3_000}, LAKE_STALE="keep")
    assert outcomes(run)["labels"] == "kept_stale"
    assert built_lake.files() == before


@pytest.mark.parametrize(
    ("force", "rebuilt"), [("*", DAILY_NAMES), ("silver/tape, gold/labels", {"tape", "labels"})]
)
def test_force_rebuilds_what_it_names(built_lake, force, rebuilt):
    assert built(built_lake.run(force=force)) == rebuilt


def test_a_fresh_instance_adopts_what_is_on_disk(built_lake):
    before = built_lake.files()
    built_lake.forget_runs()
    assert set(outcomes(built_lake.run()).values()) == {"adopted"}
    assert set(outcomes(built_lake.run()).values()) == {"reused"}
    assert built_lake.files() == before


def test_a_second_run_computes_and_writes_nothing_even_in_a_copy(built_lake, tmp_path, monkeypatch):
    copy = type(built_lake)(tmp_path / "elsewhere")
    shutil.copytree(built_lake.root, copy.root, copy_function=shutil.copy)
    monkeypatch.setenv("DAGSTER_HOME", copy.environ["DAGSTER_HOME"])
    before = copy.files()
    assert set(outcomes(copy.run()).values()) == {"reused"}
    assert copy.files() == before

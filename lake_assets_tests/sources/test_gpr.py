"""The published file of risk: dated by what is written beside it, the last of a month wins."""

import os
import shutil
from datetime import date

import pytest

from lake_assets.errors import (
    ConflictingInputError,
    CorruptFileError,
    MissingInputError,
    WrongContentError,
)
from lake_assets.sources.gpr import gpr_fingerprints, gpr_months, read_gpr, undated
from lake_assets_tests.sources.landed_files import inventory, said, table

MAY = date(2026, 5, 1)


def land(root, name, *rows, on=None):
    path = table(root / "gpr" / name, *rows)
    if on is not None:
        said(path.with_name(f"{name}.json"), retrieved_on=on)
    return path


def read(root, month=MAY):
    made = read_gpr(inventory(root), month)
    return made.batches, made.quality


ROW = {"month": "2026-04-01", "GPR": "120", "GPRC_USA": "3.5"}


def test_a_month_is_read_with_every_number_the_file_has(tmp_path):
    land(tmp_path, "a.csv", ROW, on="2026-05-06")
    row = read(tmp_path)[0].row(0, named=True)
    assert (row["date"], row["gpr"], row["gprc_usa"]) == (date(2026, 4, 1), 120.0, 3.5)
    assert (row["vintage_month"], row["retrieval_date"]) == ("2026-05", date(2026, 5, 6))
    assert row["gprh"] is None


def test_the_last_file_retrieved_in_a_month_wins(tmp_path):
    land(tmp_path, "b.csv", ROW, on="2026-05-06")
    land(tmp_path, "a.csv", ROW | {"GPR": "121"}, on="2026-05-20")
    land(tmp_path, "c.csv", ROW | {"GPR": "122"}, on="2026-06-01")
    assert read(tmp_path)[0]["gpr"].to_list() == [121.0]
    assert gpr_months(inventory(tmp_path)) == [MAY, date(2026, 6, 1)]


def test_a_files_own_times_prove_nothing(tmp_path):
    path = land(tmp_path, "a.csv", ROW)
    os.utime(path, (0, 1_778_000_000))
    assert gpr_months(inventory(tmp_path)) == []
    (fault,) = undated(inventory(tmp_path))
    assert "retrieved_on" in str(fault)
    with pytest.raises(MissingInputError, match="1 files do not say"):
        read(tmp_path)


def test_two_different_files_of_one_day_are_refused(tmp_path):
    land(tmp_path, "a.csv", ROW, on="2026-05-06")
    land(tmp_path, "b.csv", ROW, on="2026-05-06")
    assert read(tmp_path)[0].height == 1
    land(tmp_path, "b.csv", ROW | {"GPR": "1"}, on="2026-05-06")
    with pytest.raises(ConflictingInputError, match=r"a\.csv, gpr/b\.csv"):
        read(tmp_path)


@pytest.mark.parametrize("word", ["soon", "2026-13-01"])
def test_a_date_nobody_can_read_is_a_fault_of_its_file_alone(tmp_path, word):
    land(tmp_path, "a.csv", ROW, on="2026-05-06")
    land(tmp_path, "b.csv", ROW | {"GPR": "1"}, on=word)
    land(tmp_path, "c.csv", ROW).with_name("c.csv.json").write_text("{")
    assert read(tmp_path)[0]["gpr"].to_list() == [120.0]
    assert gpr_months(inventory(tmp_path)) == [MAY]
    assert [fault.path.name for fault in undated(inventory(tmp_path))] == [
        "b.csv.json",
        "c.csv.json",
    ]


@pytest.mark.parametrize("word", ["4/1/2026", "2026-04-01", "20260401", "2026-04-30"])
def test_months_come_in_many_forms(tmp_path, word):
    land(tmp_path, "a.csv", ROW | {"month": word}, on="2026-05-06")
    assert read(tmp_path)[0]["date"].to_list() == [date(2026, 4, 1)]


def test_labels_and_blank_rows_are_dropped(tmp_path):
    labels = {"var_name": "gpr", "var_label": "Recent"}
    blank = dict.fromkeys([*ROW, *labels], "")
    land(tmp_path, "a.csv", ROW | labels, blank | labels, blank, on="2026-05-06")
    frame, quality = read(tmp_path)
    assert (frame.height, quality["rows_without_month"]) == (1, 2)
    assert "unknown_columns" not in quality


def test_a_number_nobody_knows_is_named(tmp_path):
    land(tmp_path, "a.csv", ROW | {"GPR_NEW": "1"}, on="2026-05-06")
    assert read(tmp_path)[1]["unknown_columns"] == "gpr_new"


def test_a_month_told_twice_is_told_once_or_not_at_all(tmp_path):
    march = ROW | {"month": "2026-03-01"}
    land(tmp_path, "a.csv", ROW, ROW, march, march | {"GPR": "1"}, on="2026-05-06")
    frame, quality = read(tmp_path)
    assert frame["date"].to_list() == [date(2026, 4, 1)]
    assert quality["duplicates_dropped"] == 1
    assert quality["quarantined_conflicting_duplicates"] == 2


@pytest.mark.parametrize(
    ("odd", "reason"),
    [({"month": "2026-06-01"}, "from_the_future"), ({"GPR": "high"}, "bad_number")],
)
def test_unusable_months_are_quarantined(tmp_path, odd, reason):
    land(tmp_path, "a.csv", ROW | odd, on="2026-05-06")
    frame, quality = read(tmp_path)
    assert (frame.height, quality[f"quarantined_{reason}"]) == (0, 1)


def test_other_tables_and_broken_workbooks_are_refused(tmp_path):
    land(tmp_path, "a.csv", {"year": "2026"}, on="2026-05-06")
    with pytest.raises(WrongContentError, match="named GPR"):
        read(tmp_path)
    land(tmp_path, "b.xls", ROW, on="2026-05-07")
    with pytest.raises(CorruptFileError, match="a workbook"):
        read(tmp_path)


def test_the_word_of_its_date_is_part_of_what_a_month_is_made_from(tmp_path):
    land(tmp_path, "a.csv", ROW, on="2026-05-06")
    names = [name for name, _ in gpr_fingerprints(inventory(tmp_path), MAY)]
    assert names == ["gpr/a.csv", "gpr/a.csv.json"]
    assert gpr_fingerprints(inventory(tmp_path), date(2026, 6, 1)) == []


def test_real_files_differ_where_the_index_was_revised(market_data, tmp_path):
    for name, on in (
        ("gpr-vintage-2024-03.csv", "2024-04-03"),
        ("gpr-vintage-2025-12.xls", "2026-01-05"),
    ):
        (tmp_path / "gpr").mkdir(exist_ok=True)
        shutil.copy(market_data / "macro" / name, tmp_path / "gpr" / name)
        said(tmp_path / "gpr" / f"{name}.json", retrieved_on=on)
    old, _ = read(tmp_path, date(2024, 4, 1))
    new, quality = read(tmp_path, date(2026, 1, 1))
    assert (old.height, new.height) == (75, 1512)
    assert "unknown_columns" not in quality
    both = old.join(new, on="date", suffix="_new")
    revised = both.filter((both["gpr"] - both["gpr_new"]).abs() > 0.0051)
    assert revised.height == 15
    assert both.row(-1, named=True)["gpr"] == 124.06
    assert round(both.row(-1, named=True)["gpr_new"], 2) == 133.21

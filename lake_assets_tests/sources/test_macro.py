"""Macro files: three layouts, nothing that is no observation, nothing from the future."""

import shutil
from datetime import date

import pytest

from lake_assets.errors import CorruptFileError, MissingInputError, WrongContentError
from lake_assets.sources.macro import layout_of, macro_days, read_macro
from lake_assets_tests.sources.landed_files import inventory, said, table

DAY = date(2026, 5, 29)


def land(root, name, *rows):
    return table(root / "macro" / str(DAY) / name, *rows)


def read(root, day=DAY):
    made = read_macro(inventory(root), day)
    return made.batches, made.quality


def rows(root):
    return read(root)[0].select("series", "observation_date", "value").rows()


@pytest.mark.parametrize("name", ["DATE", "observation_date", "Date"])
def test_a_wide_file_has_a_series_a_column(tmp_path, name):
    land(tmp_path, "a.csv", {name: "2026-05-28", "DGS10": "4.5", "SP500": "5900"})
    assert rows(tmp_path) == [
        ("DGS10", date(2026, 5, 28), 4.5),
        ("SP500", date(2026, 5, 28), 5900.0),
    ]


@pytest.mark.parametrize("name", ["symbol", "series_id"])
def test_a_long_file_has_a_row_a_value(tmp_path, name):
    land(tmp_path, "a.csv", {"date": "2026-05-28", name: "DGS10", "value": "4.5"})
    assert rows(tmp_path) == [("DGS10", date(2026, 5, 28), 4.5)]


def test_a_price_history_is_named_by_its_file_and_valued_by_its_close(tmp_path):
    prices = {"Open": "1", "High": "3", "Low": "1", "Close": "2", "Volume": "9"}
    land(tmp_path, "^GSPC.csv", {"Date": "2026-05-28", **prices})
    assert rows(tmp_path) == [("^GSPC", date(2026, 5, 28), 2.0)]


@pytest.mark.parametrize("header", [["value"], ["DATE"], []])
def test_other_headers_are_refused(tmp_path, header):
    with pytest.raises(WrongContentError, match="a column of dates"):
        layout_of(tmp_path / "a.csv", header)


@pytest.mark.parametrize("word", [".", "", "NaN"])
def test_nothing_is_no_zero(tmp_path, word):
    land(tmp_path, "a.csv", {"DATE": "2026-05-28", "DGS10": word, "SP500": "5900"})
    frame, quality = read(tmp_path)
    assert frame["series"].to_list() == ["SP500"]
    assert quality["missing_values"] == 1


def test_an_observation_after_its_retrieval_is_quarantined(tmp_path):
    land(tmp_path, "a.csv", {"DATE": "2026-05-30", "X": "1"}, {"DATE": "2026-05-29", "X": "1"})
    frame, quality = read(tmp_path)
    assert (frame.height, quality["quarantined_from_the_future"]) == (1, 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [({"DATE": "2026-05-28", "X": "high"}, "bad_number"), ({"DATE": "May", "X": "1"}, "bad_date")],
)
def test_what_cannot_be_read_is_quarantined(tmp_path, row, reason):
    land(tmp_path, "a.csv", row)
    frame, quality = read(tmp_path)
    assert (frame.height, quality[f"quarantined_{reason}"]) == (0, 1)


def test_one_date_told_twice_is_told_once_or_not_at_all(tmp_path):
    days = [{"DATE": f"2026-05-{n}", "X": "1"} for n in (27, 27, 28)]
    land(tmp_path, "a.csv", *days, {"DATE": "2026-05-28", "X": "2"})
    frame, quality = read(tmp_path)
    assert frame["observation_date"].to_list() == [date(2026, 5, 27)]
    assert quality["duplicates_dropped"] == 1
    assert quality["quarantined_conflicting_duplicates"] == 2


def test_a_date_without_files_is_said(tmp_path):
    with pytest.raises(MissingInputError, match="2026-05-29"):
        read(tmp_path)


def test_any_date_may_be_one_of_retrieval(tmp_path):
    table(tmp_path / "macro" / "2026-05-30" / "a.csv", {"DATE": "2026-05-28", "X": "1"})
    (tmp_path / "macro" / "notes").mkdir()
    assert macro_days(inventory(tmp_path)) == [date(2026, 5, 30)]


def test_simulated_files_say_so(tmp_path):
    land(tmp_path, "a.csv", {"DATE": "2026-05-28", "X": "1"})
    assert read(tmp_path)[1]["provenance"] == "vendor"
    said(tmp_path / "macro" / str(DAY) / "metadata.json", simulated=True)
    assert read(tmp_path)[1]["provenance"] == "simulated"


def test_a_ragged_file_is_refused(tmp_path):
    land(tmp_path, "a.csv", {"DATE": "2026-05-28", "X": "1"}).write_text("DATE,X\n1,2,3\n")
    with pytest.raises(CorruptFileError, match=r"a\.csv"):
        read(tmp_path)


def test_real_files(market_data, tmp_path):
    there = tmp_path / "macro" / "2026-07-29"
    there.mkdir(parents=True)
    shutil.copy(market_data / "macro" / "vix-daily.csv", there / "^VIX.csv")
    shutil.copy(market_data / "macro" / "fred-unrate.parquet", there / "unrate.parquet")
    frame, quality = read(tmp_path, date(2026, 7, 29))
    assert frame.group_by("series").len().sort("series").rows() == [
        ("UNRATE", 1540),
        ("^VIX", 2656),
    ]
    assert quality["missing_values"] == 0

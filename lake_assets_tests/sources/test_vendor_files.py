"""Every real vendor file gives exactly the records it holds, or the error it deserves."""

import csv
from importlib.resources import files

import numpy as np
import pytest

from lake_assets import errors
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.inventory import scan_raw

OUTCOMES = list(
    csv.DictReader(files(__package__).joinpath("vendor_files.csv").read_text().splitlines())
)


@pytest.fixture(scope="module")
def inventory(market_data):
    return scan_raw(market_data)


def outcome_of(inventory, name):
    found = [f for f in inventory.files if f.name == name]
    if found:
        return str(sum(len(records) for records in iter_records(found[0], chunk_records=1_000)))
    faults = [f for f in inventory.faults if f.path == inventory.root / name]
    return type(faults[0]).__name__


@pytest.mark.parametrize("row", OUTCOMES, ids=[row["file"] for row in OUTCOMES])
def test_a_vendor_file_has_its_known_outcome(inventory, row):
    assert outcome_of(inventory, row["file"]) == row["outcome"]


def test_every_vendor_file_is_in_the_table(market_data):
    folders = [market_data / "es", market_data / "dbn-edge"]
    there = {p.relative_to(market_data).as_posix() for d in folders for p in d.rglob("*.*")}

    assert there == {row["file"] for row in OUTCOMES}


def test_an_unusable_file_says_what_to_do(inventory):
    for fault in inventory.faults:
        assert isinstance(fault, errors.RawInputError)
        assert str(fault.path) in str(fault)
        assert fault.remedy


@pytest.mark.parametrize(
    "schema", ["trades", "mbo", "mbp-1", "mbp-10", "tbbo", "definition", "statistics", "ohlcv-1s"]
)
def test_every_version_gives_the_same_records(inventory, schema):
    versions = [
        np.concatenate(list(iter_records(file)))
        for file in inventory.files
        if file.name.startswith(f"dbn-edge/versions/{schema}.v") and file.name.endswith(".zst")
    ]

    assert len(versions) == 3
    fields = [n for n in versions[0].dtype.names if n not in ("length", "rtype")]
    shared = fields if schema != "definition" else ["instrument_id", "raw_symbol", "expiration"]
    for name in shared:
        assert (versions[0][name] == versions[1][name]).all()
        assert (versions[1][name] == versions[2][name]).all()

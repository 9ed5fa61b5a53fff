"""The audit from vendor files: their records cut off at a moment, or replaced from it on."""

import shutil

import numpy as np
import pytest

from lake_assets.audit.comparison import compare
from lake_assets.sources.layouts import layout_of
from lake_assets_tests.orchestration.audits import RECIPES, audit_of, rebuild_of
from lake_assets_tests.orchestration.in_memory import bronze_from
from lake_assets_tests.orchestration.lakes import DAY
from lake_assets_tests.sources.dbn_files import rewrite

CUTS = 12
ES_TICK, OPTION_TICK = 250_000_000, 10_000_000
UNDEFINED = 2**63 - 1


def truncated(cut, _):
    return lambda records: records[records["ts_event"] < cut]


def scrambled(cut, seed):
    """The records from a moment on at other prices, resized and turned, a fifth of them lost."""
    random = np.random.default_rng(seed)

    def change(records):
        after = records["ts_event"] >= cut
        count = int(after.sum())
        if records.dtype == layout_of("tcbbo", 3).stored:
            moves = random.integers(1, 60, count) * OPTION_TICK
        else:
            moves = random.integers(-60, 61, count) * ES_TICK
        for name in [n for n in records.dtype.names if n == "price" or n[4:6] == "px"]:
            old = records[name][after]
            records[name][after] = np.where(old == UNDEFINED, old, old + moves)
        for name in [n for n in records.dtype.names if n == "size" or n[4:6] == "sz"]:
            records[name][after] *= random.integers(1, 9, count).astype(records[name].dtype)
        sides = records["side"][after]
        turned = np.where(sides == b"A", b"B", np.where(sides == b"B", b"A", sides))
        records["side"][after] = turned
        lost = np.zeros(len(records), bool)
        lost[after] = random.integers(0, 5, count) == 0
        return records[~lost]

    return change


@pytest.mark.parametrize("probe", [truncated, scrambled])
@pytest.mark.parametrize("place", range(CUTS))
def test_a_session_from_changed_files_says_the_same_of_its_past(
    built_once, simulated_raw, tmp_path, place, probe
):
    published = audit_of(built_once.lake, DAY)
    cut = published.draw(CUTS, seed=23)[place]
    shutil.copytree(simulated_raw, tmp_path / "raw", ignore=shutil.ignore_patterns("*.json"))
    for file in sorted((tmp_path / "raw").rglob("*.dbn.zst")):
        if ".definition." not in file.name:
            rewrite(file, probe(cut, place))

    bronze = bronze_from(tmp_path / "raw", published.rebuild.session)
    rebuilt = rebuild_of(built_once.lake, DAY).from_bronze(bronze, cut)

    found = [
        compare(r.dataset, published.published[r.dataset.name], rebuilt.tables[r.dataset.name], cut)
        for r in RECIPES
    ]
    assert [leak for table in found for leak in table.leaks] == []
    assert sum(table.rows for table in found) > 1_000

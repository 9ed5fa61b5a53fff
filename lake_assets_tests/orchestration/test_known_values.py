"""The values of a table change only with its version: they are kept, as hashes, from before.

A change of code that makes a table faster leaves them as they are. One that means to change them
raises the table's version, without which lakes would keep the old partitions, and writes
`known_values.json` anew: LAKE_KNOWN_VALUES=write.
"""

import json
import os
from pathlib import Path

import pytest

from lake_assets.catalog import FAMILIES
from lake_assets.catalog.dataset import Layer
from lake_assets.definitions import lake_assets
from lake_assets.orchestration.recipe import is_of_touches
from lake_assets_tests.orchestration.evening import EVENING
from lake_assets_tests.orchestration.lakes import DAY
from lake_assets_tests.orchestration.planted import FIRST, UNDERLYINGS, planted_lake
from lake_assets_tests.orchestration.values import contents

KNOWN = Path(__file__).parent / "known_values.json"
OF_TOUCHES = [asset.recipe.dataset for asset in lake_assets() if is_of_touches(asset.recipe)]
OF_SECONDS = [family.of(name) for family in FAMILIES for name in UNDERLYINGS]
OTHER_SESSION = "OTHER SESSION: this processor's exponentials simulate other records than are known"


def test_of_a_real_evening(evening):
    check("evening", values(evening["levels"], OF_TOUCHES, EVENING))


def test_of_a_simulated_session(built_once):
    check("session", values(built_once, OF_TOUCHES, DAY))


def test_of_planted_seconds(tmp_path_factory):
    check("seconds", values(planted_lake(tmp_path_factory), OF_SECONDS, str(FIRST)))


def values(lake, datasets, day: str) -> dict[str, dict[str, str]]:
    """Layer, version and hash of each table, without what names the bytes of its inputs."""
    tables = {d.name: lake.lake.read(d, day).drop("inputs_hash", strict=False) for d in datasets}
    hashes = contents(tables)
    return {
        d.name: {"layer": d.layer, "version": d.version, "sha256": hashes[d.name]}
        for d in sorted(datasets, key=lambda d: d.name)
    }


def check(what: str, found: dict[str, dict[str, str]]) -> None:
    known = json.loads(KNOWN.read_text())
    if os.environ.get("LAKE_KNOWN_VALUES") == "write":
        KNOWN.write_text(json.dumps(known | {what: found}, indent=1, sort_keys=True) + "\n")
        return
    if what != "evening" and bronze(known[what]) != bronze(found):
        pytest.skip(OTHER_SESSION)
    assert found == known[what], (
        f"{what}: expected the values of known_values.json; if they are meant to change, raise "
        "the table's version and write them anew"
    )


def bronze(tables: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {name: told for name, told in tables.items() if told["layer"] == Layer.BRONZE}

"""A real evening of ES, materialized from vendor files to Gold."""

import shutil
from pathlib import Path

import pytest

from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.lakes import TestLake, outcomes

EVENING = "2023-12-26"
GLOBEX = {"touch_hours": "globex"}
SCHEMAS = {"levels": ("mbp-10", "trades"), "orders": ("mbo",)}


def evening_lake(kind: str, market_data: Path, factory: pytest.TempPathFactory) -> TestLake:
    """The evening's lake from one kind of file."""

    def build(folder):
        lake = TestLake(folder)
        (folder / "raw").mkdir()
        for schema in SCHEMAS[kind]:
            name = f"glbx-mdp3-20231225.esh4.{schema}.dbn.zst"
            shutil.copy(market_data / "es" / name, folder / "raw" / name)
        lake.forget_runs()
        outcomes(lake.run_at_home(EVENING, parameters=GLOBEX))

    return TestLake(filled_once(factory, f"evening-{kind}", build))

"""Every measured way runs, at the smallest size, so that a bench at full size has no surprise."""

from importlib import import_module
from pkgutil import iter_modules

import pytest

import benchmarks
from benchmarks import market_truth, session
from benchmarks.orchestration import KEYS
from lake_assets.catalog import dataset_named
from lake_assets_tests.folders import filled_once


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    def fill(folder):
        session.simulate(str(folder), "60000")
        assert set(session.ingest(str(folder))["laps"]) > {"es_trades", "es_mbp10"}

    return str(filled_once(tmp_path_factory, "bench_day", fill))


def test_a_day_is_computed_table_by_table(day):
    told = session.compute(day)
    assert told["touches"] > 100
    assert {"read", "barrier", "score", "signals"} <= set(told["laps"])


def test_a_day_is_audited_beside_its_building(day):
    told = session.audit(day)
    assert told["cells"] > 1_000
    assert told["ratio"] > 0


def test_the_engines_are_timed_for_any_touches(day):
    told = session.physics(day, "50")
    assert {"barrier", "tape", "fuel", "score"} <= set(told["laps"])


def test_option_books_go_from_shards_to_tables(tmp_path):
    market_truth.days(str(tmp_path), "3")
    told = market_truth.tables(str(tmp_path))
    assert told["rows"] > 100
    assert {"burst_labels", "truth_tables"} <= set(told["laps"])


def test_a_large_day_has_the_rows_asked_for(tmp_path):
    market_truth.simulate(str(tmp_path), "400000")
    rows = market_truth.ingest(str(tmp_path))["rows"]["option_books"]
    assert abs(rows - 400_000) < 40_000


def test_one_command_materializes_assets_of_one_calendar():
    assert len({dataset_named("/".join(key.path)).calendar for key in KEYS}) == 1


@pytest.mark.parametrize("name", [m.name for m in iter_modules(benchmarks.__path__)])
def test_every_benchmark_is_made_of_what_is_there(name):
    if name != "__main__":
        import_module(f"benchmarks.{name}")

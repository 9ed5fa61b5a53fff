"""Every table of one underlying's session, from the vendor's shards to its regimes."""

from datetime import date

import dagster as dg
import pytest

from lake_assets.catalog import BURSTS, FAMILIES, OPTION_STATE, REGIMES
from lake_assets.orchestration.io_manager import Upstream
from lake_assets.orchestration.pictures import png
from lake_assets_tests.sources.packed_shards import put

DAY, EMPTY = "2025-08-01", "2025-08-04"
TABLES = [family.of("NIFTY") for family in FAMILIES]
EVENTS = ("bursts", "liquidity", "fear", "chop", "regimes")


@pytest.fixture
def lake(books_lake):
    return books_lake


def run(lake, day=DAY, **options):
    """Materialize every table; outcomes by its name."""
    done = lake.run(day, select=[dg.AssetKey(table.key) for table in TABLES], **options)
    assert done.error is None, done.error
    return {asset.key.rsplit("/", 1)[-1]: asset.outcome for asset in done.assets}


def test_every_table_of_an_underlying_is_built_once(lake):
    built = run(lake)

    assert set(built.values()) == {"built"}
    assert set(run(lake).values()) == {"reused"}
    for name in EVENTS:
        assert f"gold/market_truth/{name}_NIFTY_{DAY}.parquet" in lake.files()
    assert lake.lake.verify() == []


def test_every_event_table_carries_the_certificate_of_its_audit(lake):
    run(lake)

    kept = [lake.lake.in_force(table, DAY).certificate for table in TABLES]
    assert kept[:2] == [None, None]  # Bronze and Silver are behind those that are audited
    for table, certificate in zip(TABLES[2:], kept[2:], strict=True):
        assert certificate["leaks"] == []
        assert len(certificate["cuts"]) == 1
        assert certificate["rows"]["option_state_NIFTY"] > 0
        assert table.name in certificate["rows"]


def test_a_threshold_rebuilds_what_it_can_change(lake):
    run(lake)

    again = run(lake, parameters={"underlyings": {"NIFTY": {"theta_put": [0.7, 0.7, 0.7, 0.7]}}})

    # the fear spikes are the same bytes, so nothing after them is made again
    assert {name for name, outcome in again.items() if outcome == "built"} == {"fear_spikes"}


def test_a_recording_without_rows_has_no_event(lake):
    put(lake.root / "raw", [], underlying="NIFTY", day=date.fromisoformat(EMPTY))
    run(lake, EMPTY)

    regimes = lake.lake.read(REGIMES.of("NIFTY"), EMPTY)
    assert regimes["regime"].null_count() == regimes.height


def test_the_same_partition_gives_the_same_picture(lake):
    run(lake)

    inputs = {"option_state": Upstream(lake.lake, OPTION_STATE.of("NIFTY"), DAY)}
    for table in (BURSTS.of("NIFTY"), REGIMES.of("NIFTY")):
        first, again = (png(table, lake.root / table.path(DAY), inputs) for _ in range(2))
        assert first.startswith(b"\x89PNG")
        assert first == again

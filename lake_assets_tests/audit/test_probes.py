"""What the probes leave of Bronze: the past to the bit, and a well-formed other future."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from lake_assets.audit.probes import Probe, probe_bronze
from lake_assets.catalog import ES_MBP10, ES_TRADES, SPY_OPTIONS, dataset_named
from lake_assets.catalog.stream import RowStream
from lake_assets_tests.orchestration.audits import bronze_in
from lake_assets_tests.orchestration.lakes import DAY

BRONZE = [ES_TRADES, ES_MBP10, SPY_OPTIONS]
ORDER = ["ts_event_ns", "sequence", "file_rank", "row"]


@pytest.fixture(scope="module")
def bronze(built_once):
    return bronze_in(built_once.lake, DAY)


@pytest.fixture(scope="module")
def cut(bronze):
    times = bronze["es_trades"].select("ts_event_ns").collect().to_series()
    return times[len(times) // 2]


def probed(bronze, cut, probe, seed=1):
    return {n: whole(n, rows) for n, rows in probe_bronze(bronze, probe, cut, seed).items()}


def whole(name, rows):
    """The rows in memory, of a stream, too."""
    if isinstance(rows, RowStream):
        return pl.concat(rows.batches(list(dataset_named(f"bronze/{name}").columns)))
    return rows.collect()


@pytest.mark.parametrize("probe", list(Probe))
def test_nothing_before_the_cut_is_touched(bronze, cut, probe):
    before = pl.col("ts_event_ns") < cut
    for name, rows in probed(bronze, cut, probe).items():
        assert_frame_equal(rows.filter(before), whole(name, bronze[name]).filter(before))


def test_a_record_at_the_cut_is_the_future(bronze, cut):
    for rows in probed(bronze, cut, Probe.TRUNCATED).values():
        assert rows["ts_event_ns"].max() < cut


@pytest.mark.parametrize("dataset", BRONZE, ids=lambda d: d.name)
def test_the_other_future_is_well_formed(bronze, cut, dataset):
    rows = probed(bronze, cut, Probe.SCRAMBLED)[dataset.name]
    assert rows.schema == dataset.dtypes
    dataset.schema.validate(rows)
    assert rows["ts_event_ns"].is_sorted()


def test_the_other_future_is_another(bronze, cut):
    after = pl.col("ts_event_ns") >= cut
    for name, rows in probed(bronze, cut, Probe.SCRAMBLED).items():
        old, new = whole(name, bronze[name]).filter(after), rows.filter(after)
        same = old.join(new, on=[c for c in old.columns if c != "flags"], nulls_equal=True)
        assert same.height < old.height / 10
        assert new.join(old, on="ts_event_ns", how="anti").height > 0, "nothing was invented"
        assert old.join(new, on="ts_event_ns", how="anti").height > 0, "nothing was dropped"


def test_equal_seeds_give_equal_futures_and_others_do_not(bronze, cut):
    first, again, other = (probed(bronze, cut, Probe.SCRAMBLED, seed) for seed in (1, 1, 2))
    for name in bronze:
        assert_frame_equal(first[name], again[name])
        assert not first[name].equals(other[name])


def test_the_total_order_of_trades_and_options_holds(bronze, cut):
    made = probed(bronze, cut, Probe.SCRAMBLED)
    for name in ("es_trades", "spy_options"):
        assert made[name].select(ORDER).rows() == sorted(made[name].select(ORDER).rows())


@pytest.mark.parametrize("dataset", [ES_TRADES, SPY_OPTIONS], ids=lambda d: d.name)
def test_who_asks_for_less_is_told_the_same(bronze, cut, dataset):
    lazy = probe_bronze(bronze, Probe.SCRAMBLED, cut, 1)[dataset.name]
    rows, price = lazy.collect(), next(name for name in dataset.columns if "price" in name)
    for asked in (pl.col("size") > 3, pl.col("ts_event_ns") >= cut, pl.col("row") % 2 == 0):
        some = lazy.filter(asked).select("size", price).collect()
        assert some.equals(rows.filter(asked).select("size", price))

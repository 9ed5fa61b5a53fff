"""One set of values, however the book is cut into pieces, decoded, and read once or many times."""

import json
import os
import subprocess
import sys
from fractions import Fraction

import polars as pl
import pytest

from lake_assets.catalog import BARRIER_GRID, SCORE, TOUCHES
from lake_assets.catalog.bronze import BOOK_DEPTH
from lake_assets.lake.contract import in_order
from lake_assets.lake.lake import Lake
from lake_assets.physics.barrier import measure_barrier
from lake_assets.physics.contract import front_trades
from lake_assets.physics.parameters import SignalParams
from lake_assets.physics.score import score_touches
from lake_assets_tests.oracles import barrier as oracle
from lake_assets_tests.orchestration.audits import RECIPES, bronze_in, rebuild_of
from lake_assets_tests.orchestration.lakes import DAY
from lake_assets_tests.orchestration.values import contents

PARAMS = SignalParams()
SECOND = 1_000_000_000
SECONDS = range(PARAMS.score_grid_s + 1)


def published(lake) -> dict[str, str]:
    """Of what the lake holds."""
    return contents({r.dataset.name: lake.read(r.dataset, DAY) for r in RECIPES})


def rebuilt(lake, **bronze) -> dict[str, str]:
    """Of what is made again in memory, some of Bronze given in another form."""
    rebuild = rebuild_of(lake, DAY)
    held = bronze_in(lake, DAY) | bronze
    return contents(rebuild.from_bronze(held, rebuild.session.hours.closes).tables)


@pytest.mark.parametrize("rows", [1_000, 7_777, 10**9], ids="row groups of {:,}".format)
def test_row_groups_change_no_value(built_once, tmp_path, rows):
    file = tmp_path / "book.parquet"
    book = built_once.lake.scan(*at("es_mbp10")).collect()
    book.write_parquet(file, row_group_size=rows)

    assert rebuilt(built_once.lake, es_mbp10=pl.scan_parquet(file)) == published(built_once.lake)


@pytest.mark.parametrize("rows", [777, 10**9], ids="chunks of {:,}".format)
def test_chunks_change_no_value(built_once, rows):
    book = built_once.lake.scan(*at("es_mbp10")).collect()
    pieces = pl.concat(list(book.iter_slices(rows)), rechunk=False)

    assert rebuilt(built_once.lake, es_mbp10=pieces.lazy()) == published(built_once.lake)


REBUILT = """
import json, sys
from pathlib import Path
from lake_assets.lake.lake import Lake
from lake_assets_tests.orchestration.test_same_values import rebuilt
print(json.dumps(rebuilt(Lake(Path(sys.argv[1])))))
"""


@pytest.mark.parametrize("threads", ["1", "2", "4"])
def test_threads_change_no_value(built_once, threads):
    told = subprocess.run(
        [sys.executable, "-c", REBUILT, str(built_once.root)],
        env={**os.environ, "POLARS_MAX_THREADS": threads, "NUMBA_NUM_THREADS": threads},
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(told.stdout) == published(built_once.lake)


def test_a_reading_of_the_book_for_each_second_gives_the_grid_and_the_score(built_once):
    lake = built_once.lake
    front, trades, touches, flow = (
        lake.read(*at(name)) for name in ("front_contract", "es_trades", "touches", "option_flow")
    )
    each = [
        measure_barrier(
            touches.with_columns(pl.col("ts_event_ns") - back * SECOND),
            lake.stream(*at("es_mbp10")),
            trades,
            front,
            PARAMS,
        ).with_columns(touches["ts_event_ns"], seconds_before=pl.lit(back, pl.Int64))
        for back in SECONDS
    ]
    grid = in_order(BARRIER_GRID, pl.concat(each).select(list(BARRIER_GRID.columns)))
    engines = [lake.read(*at(name)) for name in ("barrier", "tape", "fuel")]
    score = score_touches(touches, *engines, grid, trades, front, flow, PARAMS)

    assert len(touches) > 100
    assert contents({"barrier_grid": grid, "score": in_order(SCORE, score)}).items() <= (
        published(lake).items()
    )


def test_the_slow_twin_gives_the_grid_of_some_touches(built_once):
    lake = built_once.lake
    touches = lake.read(TOUCHES, DAY).gather_every(60)
    grid = lake.read(BARRIER_GRID, DAY)

    for touch in touches.iter_rows(named=True):
        records, trades = before(lake, touch["ts_event_ns"])
        rows = grid.filter(event_id=touch["event_id"])
        assert rows["seconds_before"].to_list() == list(SECONDS)
        for row in rows.iter_rows(named=True):
            end_ns = row["ts_event_ns"] - row["seconds_before"] * SECOND
            sign = 1 if touch["direction"] == "UP" else -1
            slow = oracle.barrier(records, trades, (end_ns, touch["level_e"], sign), PARAMS)
            assert row["barrier_state"] == oracle.state_of(slow, PARAMS)
            for name in row.keys() & slow.keys():
                exact = slow[name]
                expected = pytest.approx(float(exact)) if isinstance(exact, Fraction) else exact
                assert row[name] == expected, name


def at(name):
    """Dataset and partition, as the lake asks for them."""
    made = {r.dataset.name: r.dataset for r in RECIPES}
    read = {up.name: up for r in RECIPES for up in r.upstream()}
    return (made | read)[name], DAY


def before(lake: Lake, end_ns):
    """The front contract's records and trades of the ten minutes before, as the slow twin's."""
    recent = pl.col("ts_event_ns").is_between(end_ns - 600 * SECOND, end_ns, closed="left")
    front = lake.read(*at("front_contract"))
    book = lake.scan(*at("es_mbp10")).filter(recent).collect()
    trades = front_trades(lake.scan(*at("es_trades")).filter(recent).collect(), front)
    records = [
        (row["ts_event_ns"], row["sequence"], row["flags"], row["action"], *map(list, sides(row)))
        for row in book.filter(raw_symbol=front["raw_symbol"].item()).iter_rows(named=True)
    ]
    names = ("ts_event_ns", "sequence", "price_ticks", "size", "aggressor")
    return records, trades.select(names).rows()


def sides(row):
    """Bids and asks of a record, those there are."""
    for side in ("bid", "ask"):
        levels = ((row[f"{side}_ticks_{n}"], row[f"{side}_size_{n}"]) for n in range(BOOK_DEPTH))
        yield ((price, size) for price, size in levels if price is not None)

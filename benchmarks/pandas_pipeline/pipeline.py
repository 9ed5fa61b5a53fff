"""The steps in order, each timed."""

from pathlib import Path

import pandas as pd

from benchmarks.measurement import Stopwatch
from benchmarks.pandas_pipeline.barrier import measure_barrier
from benchmarks.pandas_pipeline.basis import build_bars, estimate_basis
from benchmarks.pandas_pipeline.day import read_day
from benchmarks.pandas_pipeline.flow import find_walls, sum_flow
from benchmarks.pandas_pipeline.fuel import Fuel, measure_fuel
from benchmarks.pandas_pipeline.greeks import price_greeks
from benchmarks.pandas_pipeline.labels import label_touches
from benchmarks.pandas_pipeline.levels import list_levels
from benchmarks.pandas_pipeline.score import score_touches
from benchmarks.pandas_pipeline.tape import Tape, measure_tape
from benchmarks.pandas_pipeline.touches import find_touches
from lake_assets.market.sessions import Session
from lake_assets.physics.parameters import SignalParams

BAR_S, LEVEL_BAR_S = 60, 120


def run_pipeline(lake: Path, session: Session) -> tuple[pd.DataFrame, Stopwatch]:
    """Bronze of a session to one wide row a touch, and the seconds of each step."""
    params, watch = SignalParams(), Stopwatch()
    day = read_day(lake, session)
    watch.lap("read")
    basis = estimate_basis(day, params)
    watch.lap("basis")
    build_bars(day, basis, BAR_S)
    bars = build_bars(day, basis, LEVEL_BAR_S)
    watch.lap("bars")
    greeks = price_greeks(day, basis, params)
    watch.lap("greeks")
    flow = sum_flow(day, greeks, basis, params)
    walls = find_walls(flow, params)
    watch.lap("flow")
    levels = list_levels(day, basis, bars, flow, walls, params)
    watch.lap("levels")
    touches = find_touches(day, levels, basis, params)
    watch.lap("touches")
    book = measure_barrier(touches, day, params)
    watch.lap("barrier")
    tape = Tape(day, params)
    prints = measure_tape(touches, tape)
    watch.lap("tape")
    fuel = Fuel(flow, params)
    gamma = measure_fuel(touches, fuel, walls)
    watch.lap("fuel")
    score = score_touches(touches, book, tape, fuel, params)
    watch.lap("score")
    labels = label_touches(touches, day, params)
    watch.lap("labels")
    seconds = params.score_grid_s + 1
    now = book.iloc[seconds - 1 :: seconds].reset_index(drop=True).add_prefix("book_")
    return pd.concat([touches, now, prints, gamma, score, labels], axis=1), watch

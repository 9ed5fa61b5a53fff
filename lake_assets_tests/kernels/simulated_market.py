"""A small simulated market for the kernels' tests: half an hour of one quiet night."""

from datetime import date
from functools import cache

import numpy as np
from databento_dbn import MBP10Msg

from lake_assets.market.sessions import session_on
from lake_assets.simulation.contracts import futures_of
from lake_assets.simulation.fair_value import draw_course
from lake_assets.simulation.futures import FuturesMarket
from lake_assets.simulation.parameters import SimulationParams

DAY = date(2025, 11, 20)


@cache
def records():
    """All records of a session of the smallest size."""
    session, params = session_on(DAY), SimulationParams(seed=3, book_records=50_000)
    rng = np.random.default_rng(3)
    course = draw_course(session, params, rng)
    market = FuturesMarket(session, params, futures_of(DAY), course, rng)
    words = np.concatenate([chunk.copy() for chunk in market.chunks()])
    return words.view(np.dtype(MBP10Msg._dtypes))[:, 0]  # noqa: SLF001 the vendor's layout


def of_front():
    """Those of the front contract."""
    found = records()
    return found[found["instrument_id"] == futures_of(DAY)[0].instrument_id]

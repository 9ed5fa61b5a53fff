"""The state of an option market in each second of a session."""

import numpy as np
import polars as pl

from lake_assets.catalog.option_state import OPTION_STATE
from lake_assets.kernels.cells import B1
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.book import lay_out
from lake_assets.seconds.clock import Clock, read_clock
from lake_assets.seconds.contracts import find_contracts
from lake_assets.seconds.expiry import choose_expiry, read_expiry
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.returns import measure_returns
from lake_assets.seconds.rows import read_books, read_tape
from lake_assets.seconds.slots import measure_slots
from lake_assets.seconds.spot import observe_spot
from lake_assets.seconds.strikes import choose_slots
from lake_assets.seconds.volume import put_call_ratio


def build_option_state(
    option_books: pl.DataFrame | pl.LazyFrame,
    session: Session,
    underlying: Underlying,
    params: StateParams,
) -> pl.DataFrame:
    """Say what the market of an underlying's options looked like in each second.

    Returns the rows of `silver/option_state`: every second from open to close, whatever rows are
    missing. Each second is told from rows stamped before it ended. Rows before the open list
    contracts, name expiries and count into volumes of the day; books and spot start at the open.

    Raises:
        UnknownSessionError: the options do not trade in the session.
    """
    clock = Clock.of(session, underlying)
    tape = read_tape(option_books, clock)
    contracts = find_contracts(tape, clock)
    chosen = choose_expiry(contracts, clock)
    spot = observe_spot(tape, contracts, chosen, clock, params)
    slots = choose_slots(spot, contracts, chosen, clock, params)
    ratio, alive = put_call_ratio(tape, contracts, chosen, clock), _alive(tape, clock)
    del tape  # its rows are not needed any more, and the books are large
    books = lay_out(read_books(option_books, contracts, slots.ever()), contracts, alive, clock)
    parts = [
        read_clock(clock),
        read_expiry(chosen, clock),
        spot.frame.with_columns(feed_alive=pl.Series(alive)),
        measure_returns(spot.observed, params),
        slots.frame.with_columns(ratio),
        measure_slots(books, slots, chosen, spot, params),
    ]
    dtypes = OPTION_STATE.of(underlying.name).dtypes
    return pl.concat(parts, how="horizontal").select(
        pl.col(name).cast(dtype) for name, dtype in dtypes.items()
    )


def _alive(tape: pl.DataFrame, clock: Clock) -> B1:
    """Whether any contract has a row in each second."""
    second = tape["second"].to_numpy()
    alive = np.zeros(clock.seconds, np.bool_)
    alive[second[(second >= 0) & (second < clock.seconds)]] = True
    return alive

"""The state of an option market in each second of a session."""

import polars as pl

from lake_assets.catalog.option_state import OPTION_STATE
from lake_assets.kernels.cells import seconds_with_rows
from lake_assets.kernels.compile import load_ahead
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.book import lay_out
from lake_assets.seconds.clock import Clock, read_clock
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
    load_ahead()
    clock = Clock.of(session, underlying)
    tape = read_tape(option_books, clock)
    contracts = tape.contracts
    chosen = choose_expiry(contracts, clock)
    spot = observe_spot(tape, chosen, clock, params)
    slots = choose_slots(spot, contracts, chosen, clock, params)
    ratio = put_call_ratio(tape, chosen, clock)
    alive = seconds_with_rows(tape.second, clock.seconds)
    del tape  # its rows are not needed any more, and the books are large
    wanted = read_books(option_books, contracts, slots.ever(), clock)
    books = lay_out(wanted, contracts, alive, clock)
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

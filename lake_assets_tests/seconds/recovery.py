"""From simulated files to every event table, in memory: the whole way a lake goes, without one."""

from dataclasses import dataclass

import polars as pl

from lake_assets.catalog.parameters import BookParams
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.seconds.bursts import find_bursts
from lake_assets.seconds.chop import find_chop_pockets
from lake_assets.seconds.event_parameters import (
    BurstParams,
    ChopParams,
    FearParams,
    LiquidityParams,
)
from lake_assets.seconds.fear import find_fear_spikes
from lake_assets.seconds.liquidity_events import find_liquidity_events
from lake_assets.seconds.option_state import build_option_state
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.regimes import label_regimes
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.option_books import read_option_books
from lake_assets_tests.seconds.matching import Events


@dataclass(frozen=True)
class Recovered:
    """What the lake makes of one simulated day."""

    state: pl.DataFrame
    events: Events
    regimes: pl.DataFrame


def recover(made, raw_root):
    """Read the books from the raw folder and find everything in them, by default parameters."""
    underlying, session = made.underlying, made.session
    groups = LakeParams()
    books = read_option_books(
        scan_raw(raw_root), session, underlying, groups.group(BookParams, underlying.name)
    ).batches
    rows = books if isinstance(books, pl.DataFrame) else pl.from_arrow(books.read_all())
    held = rows.lazy()

    def of(group):
        return underlying, session, groups.group(group, underlying.name)

    state = build_option_state(held, session, *of(StateParams)[::2])
    fear = find_fear_spikes(state, held, *of(FearParams))
    events = Events(
        bursts=find_bursts(state, held, *of(BurstParams)),
        liquidity=find_liquidity_events(state, *of(LiquidityParams)),
        fear=fear,
        chop=find_chop_pockets(state, fear, *of(ChopParams)),
    )
    return Recovered(state, events, label_regimes(state, fear, *of(ChopParams)))

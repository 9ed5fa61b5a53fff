"""Random tapes before the close, and touches by some of their trades."""

from itertools import accumulate

import polars as pl
from hypothesis import strategies as st

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.catalog.silver import FRONT_CONTRACT
from lake_assets.catalog.touch import TOUCHES
from lake_assets_tests.physics.frames import OPEN_NS, SESSION, table

FRONT = table(FRONT_CONTRACT)
SECOND, MINUTE = 10**9, 60 * 10**9
TOUCH_NS = OPEN_NS + 5 * MINUTE
CLOSE_NS = int(SESSION.rth.closes)
QUIET = dict.fromkeys(range(50, 901, 50), 27_600)  # at 690.00, never silent

# Prices and times that tie, stand exactly on a barrier, fall silent, and cross the close.
trade = st.tuples(st.sampled_from([0, 1, 20, 50, 60, 61]), st.integers(27_588, 27_612))
trades_in_order = st.lists(trade, min_size=1, max_size=40).map(
    lambda rows: [
        (CLOSE_NS - 1_200 * SECOND + at * SECOND, ticks)
        for at, (_, ticks) in zip(accumulate(pause for pause, _ in rows), rows, strict=True)
    ]
)
chosen_trades = st.lists(st.tuples(st.integers(0, 60), st.sampled_from([1, -1])), max_size=6)


def tape(trades) -> pl.DataFrame:
    """ES trades of (ns, ticks)."""
    return table(
        ES_TRADES, ts_event_ns=[ns for ns, _ in trades], price_ticks=[k for _, k in trades]
    )


def touch_some(trades, chosen, basis_u=0) -> pl.DataFrame:
    """Touches by some of the trades, at 690.00 in ES scale, from either side."""
    rows = sorted((trades[at % len(trades)], side) for at, side in chosen)
    return table(
        TOUCHES,
        ts_event_ns=[ns for (ns, _), _ in rows],
        price_ticks=[ticks for (_, ticks), _ in rows],
        direction=["UP" if side > 0 else "DOWN" for _, side in rows],
        level_u=6_900_000 - basis_u,
        level_e=6_900_000,
        basis_u=basis_u,
    )


def told_of(touches: pl.DataFrame) -> list[tuple]:
    """The touches as the slow walk takes them: (ns, ticks, level_u, basis_u, sign)."""
    rows = touches.select("ts_event_ns", "price_ticks", "level_u", "basis_u", "direction").rows()
    return [(*row, 1 if side == "UP" else -1) for *row, side in rows]


def upside_down(touches: pl.DataFrame, trades) -> tuple[pl.DataFrame, list]:
    """The same market, mirrored at 690.00."""
    turned = touches.with_columns(
        price_ticks=2 * 27_600 - pl.col("price_ticks"),
        direction=pl.col("direction").replace({"UP": "DOWN", "DOWN": "UP"}),
    )
    return turned, [(ns, 2 * 27_600 - ticks) for ns, ticks in trades]

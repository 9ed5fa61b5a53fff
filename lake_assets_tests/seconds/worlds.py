"""Sessions in which everything happens often, drawn from a seed: states with their books.

Cells need not agree with each other: events must hold for whatever state they are given.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

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
from lake_assets.seconds.regimes import label_regimes
from lake_assets_tests.seconds.states import (
    LEG,
    NIFTY,
    OPEN_NS,
    SECOND,
    WHOLE,
    books,
    session_of,
    state,
)

SETTLED = 180  # chop is looked for this soon in these short sessions, s
STRIKES = range(23_700, 24_301, 50)
CHANGING = {
    "spread_total": [1.0, 1.0, 1.5, 2.0, None],
    "opt_vol_1s": [0, 75, 150, None],
    "opt_vol_30s": [750, 1_500, 3_000, None],
}
LEG_CHANGING = {
    "observed": [True] * 30 + [False],
    "vol_delta": [0] * 10 + [75, 600, None],
    "bid_pull": [False] * 9 + [True, None],
    "ask_pull": [False] * 9 + [True, None],
    "bid_replenish": [False] * 9 + [True, None],
    "ask_replenish": [False] * 9 + [True, None],
    "pull_rate_30s": [0.01, 0.02, 0.05, 0.1, None],
    "replenish_rate_30s": [0.01, 0.05, 0.1, 0.2, None],
}
CHANGES = ("bid_pull", "ask_pull", "bid_replenish", "ask_replenish")


@dataclass(frozen=True)
class World:
    """One session as the events see it."""

    state: pl.DataFrame
    books: pl.DataFrame

    @property
    def session(self):
        """The session, as long as the state."""
        return session_of(self.state.height)


def drawn(seed: int, seconds: int = 600) -> World:
    """A world of a seed."""
    rng = np.random.default_rng(seed)
    calm = (np.arange(seconds) // 60 % 3 == 0) & (rng.random(seconds) < 0.95)
    path = _path(rng, calm)
    cells = {
        name: [values[0] if still else value for value, still in zip(column, calm, strict=True)]
        for name, values in CHANGING.items()
        for column in [_some(rng, values, seconds)]
    }
    for leg in ("ce", "pe"):
        cells |= {f"{leg}_{n}": _some(rng, v, seconds) for n, v in LEG_CHANGING.items()}
        for change in CHANGES:  # there is nothing before the first second to compare it with
            cells[f"{leg}_{change}"][0] = None
        cells |= {f"{leg}_{n}": v for n, v in _book(rng, seconds).items()}
        cells[f"{leg}_strike"] = _strikes(path)
        cells[f"{leg}_flicker_30s"] = _runs(rng, seconds)
    cells["flicker_30s"] = [
        a or b for a, b in zip(cells["ce_flicker_30s"], cells["pe_flicker_30s"], strict=True)
    ]
    cells["pe_iv"] = _some(rng, [0.15, 0.2, None], seconds)
    return World(state(path, **cells), _books(rng, path))


def silent(seconds: int = 600) -> World:
    """A world in which nothing was ever seen."""
    unseen = {f"{leg}_{name}": None for leg in ("ce", "pe") for name in LEG}
    unseen |= {f"{leg}_observed": False for leg in ("ce", "pe")}
    known = {"session_date", "time_of_day", "feed_alive"}
    unseen |= {name: None for name in WHOLE if name not in known} | {"feed_alive": False}
    return World(state([None] * seconds, **unseen), books({}))


def spliced(past: World, future: World, cut: int) -> World:
    """One world up to and with a second, another after it."""
    ends_ns = OPEN_NS + (cut + 1) * SECOND
    return World(
        pl.concat([past.state[: cut + 1], future.state[cut + 1 :]]),
        pl.concat(
            [
                past.books.filter(pl.col("timestamp_ns") < ends_ns),
                future.books.filter(pl.col("timestamp_ns") >= ends_ns),
            ]
        ),
    )


def events(world: World) -> dict[str, pl.DataFrame]:
    """Every event of a world, and its regimes."""
    chop = ChopParams.of(NIFTY, chop_settle_s=SETTLED)
    given = world.state, world.books, NIFTY, world.session
    fear = find_fear_spikes(*given, FearParams.of(NIFTY))
    after = world.state, fear, NIFTY, world.session, chop
    return {
        "bursts": find_bursts(*given, BurstParams.of(NIFTY)),
        "liquidity_events": find_liquidity_events(
            world.state, NIFTY, world.session, LiquidityParams.of(NIFTY)
        ),
        "fear_spikes": fear,
        "chop_pockets": find_chop_pockets(*after),
        "regimes": label_regimes(*after),
    }


def _path(rng, calm) -> list:
    """Trembling, with sudden moves, seconds left out and silences."""
    price, path, push, seconds = 24_000.0, [], [], len(calm)
    for t, still in enumerate(calm):
        if not push and rng.random() < (0.005 if still else 0.03):
            push = [float(rng.choice([-1, 1]) * rng.choice([2.5, 3.5]))] * int(rng.integers(3, 9))
        price += push.pop() if push else (0.05 if still else 0.5) * (-1) ** t
        path.append(round(price, 2))
    gone = rng.random(seconds) < 0.01
    for start in np.flatnonzero(rng.random(seconds) < 0.006):
        gone[start : start + 9] = True
    return [None if out else p for p, out in zip(path, gone, strict=True)]


def _some(rng, values: list, seconds: int) -> list:
    return [values[at] for at in rng.integers(0, len(values), seconds)]


def _runs(rng, seconds: int) -> list:
    """True in a few stretches of some seconds."""
    held = np.zeros(seconds, bool)
    for start in np.flatnonzero(rng.random(seconds) < 0.006):
        held[start : start + int(rng.integers(1, 20))] = True
    return held.tolist()


def _strikes(path) -> list:
    held, strikes = 24_000.0, []
    for price in path:
        held = held if price is None else price
        strikes.append(int(held // 50 * 50))
    return strikes


def _book(rng, seconds: int) -> dict[str, list]:
    """Full, and now and then collapsed and wide."""
    thin = rng.random(seconds) < 0.03
    size = [300 if out else 1_500 for out in thin]
    spread = [1.0 if out else 0.5 for out in thin]
    return {
        "bid_depth_5": size,
        "ask_depth_5": size,
        "bid": [100.0] * seconds,
        "ask": [100.0 + s for s in spread],
        "spread": spread,
    }


def _books(rng, path) -> pl.DataFrame:
    """Calls and puts of every strike, in most of the seconds."""
    held, quotes = 24_000.0, {(r, k): {} for r in ("CE", "PE") for k in STRIKES}
    for second, price in enumerate(path):
        held = held if price is None else price
        for (right, strike), rows in quotes.items():
            if price is not None and rng.random() < 0.9:
                slope = 0.5 if right == "CE" else -0.75
                bid = round(max(400 + slope * (held - strike), 1.0) * 20) / 20
                rows[second] = (
                    bid,
                    bid + float(rng.choice([0.5, 1.0])),
                    1_500,
                    int(rng.choice([0, 75])),
                )
    return books(quotes)

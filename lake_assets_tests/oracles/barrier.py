"""The barrier before a touch, state by state and price by price from the definitions alone.

Records are (ns, sequence, flags, action, bids, asks), trades (ns, sequence, ticks, size, side),
both in order; bids and asks are (ticks, size), best first. UP has ``sign`` +1: asks defend.
"""

from fractions import Fraction
from itertools import pairwise

SECOND = 10**9
LAST, SNAPSHOT, BAD = 128, 32, 4


def book_states(records):
    """(ns, sequence, stretch, bids, asks) of each trusted state; sides map price to size."""
    states, trusted, stretch, began = [], False, 0, False
    for ns, sequence, flags, action, *ladders in records:
        if flags & BAD or action == "R":
            trusted, stretch = False, stretch + 1
            continue
        bids, asks = ({p: n for p, n in side if n} for side in ladders)
        crossed = bids and asks and max(bids) >= min(asks)
        if not flags & LAST or crossed:
            continue
        if bids and asks:
            trusted = began = True
        elif flags & SNAPSHOT and began:
            trusted = True
        if trusted:
            states.append((ns, sequence, stretch, bids, asks))
    return states


def barrier(records, trades, window, params):
    """Every column of one window (end, level, sign), ``[end - 60 s, end)``; ratios exact."""
    end_ns, level_e, sign = window
    opens = end_ns - params.barrier_window_s * SECOND
    states = [state for state in book_states(records) if state[0] < end_ns]
    near = range(level_e // 250 - 100, level_e // 250 + 100)
    zone = [p for p in near if abs(250 * p - level_e) <= 250 * params.zone_ticks]
    row = {
        "book_updates": sum(state[0] >= opens for state in states),
        "book_coverage_s": Fraction(sum(weights(states, opens, end_ns, params)), SECOND),
    }
    if row["book_updates"] < 2:
        return row
    row |= account(states, trades, opens, zone, sign)
    return row | depth(states, zone, end_ns, sign, params)


def defending(state, sign):
    return state[4] if sign > 0 else state[3]


def is_visible(price, side, sign):
    return bool(side) and (price <= max(side) if sign > 0 else price >= min(side))


def account(states, trades, opens, zone, sign):
    """Added, canceled, filled, hidden and masked over the pairs that end in the window."""
    added = canceled = filled = hidden = masked = 0
    for prev, cur in pairwise(states):
        if cur[0] < opens or prev[2] != cur[2]:
            continue
        before, after = defending(prev, sign), defending(cur, sign)
        for price in zone:
            seen = is_visible(price, before, sign) + is_visible(price, after, sign)
            masked += seen == 1
            if seen < 2:
                continue
            change = after.get(price, 0) - before.get(price, 0)
            traded = sum(
                size
                for ns, sequence, ticks, size, side in trades
                if prev[:2] < (ns, sequence) <= cur[:2] and ticks == price and side == sign
            )
            if change > 0:
                added += change
                hidden += traded
            elif change < 0:
                filled += min(-change, traded)
                canceled += -change - min(-change, traded)
                hidden += max(0, traded + change)
            else:
                hidden += traded
    removed = canceled + filled
    return {
        "barrier_added": added,
        "barrier_canceled": canceled,
        "barrier_filled": filled,
        "barrier_delta_liq": added - removed,
        "barrier_replenishment_ratio": Fraction(added, removed) if removed else None,
        "churn": added + removed,
        "barrier_hidden": hidden,
        "barrier_masked_updates": masked,
    }


def depth(states, zone, end_ns, sign, params):
    """Depth, zone prices and wall ratio of the last state."""
    last, nothing = states[-1], dict.fromkeys(("depth_in_zone", "barrier_zone_prices"))
    side = defending(last, sign)
    stale = end_ns - last[0] > params.book_stale_s * SECOND
    if stale or not any(is_visible(p, side, sign) for p in zone):
        return {**nothing, "wall_ratio": None}
    total = sum(n for p, n in side.items() if p in zone)
    prices = sum(min(side) <= p <= max(side) for p in zone)
    usual = usual_depth(states, end_ns, sign, params)
    ratio = Fraction(total) / (usual * prices) if usual and prices else None
    return {"depth_in_zone": total, "barrier_zone_prices": prices, "wall_ratio": ratio}


def usual_depth(states, end_ns, sign, params):
    """Time-weighted mean depth a price; None where too little time is known."""
    weight = weights(states, end_ns - params.wall_window_s * SECOND, end_ns, params)
    if not sum(weight) or sum(weight) < params.wall_min_weight_s * SECOND:
        return None
    mass = Fraction(0)
    for span, state in zip(weight, states, strict=True):
        if span:
            side = defending(state, sign)
            mass += Fraction(span * sum(side.values()), max(side) - min(side) + 1)
    return mass / sum(weight)


def weights(states, opens, end_ns, params):
    """Nanoseconds of ``[opens, end)`` each state of two sides speaks for."""
    spans = []
    for place, (ns, _, _, bids, asks) in enumerate(states):
        until = states[place + 1][0] if place + 1 < len(states) else end_ns
        until = min(until, ns + params.book_stale_s * SECOND, end_ns)
        spans.append(max(0, until - max(ns, opens)) if bids and asks else 0)
    return spans


def state_of(row, params):
    """The decision list, rule by rule."""
    if "barrier_added" not in row:
        return None
    added, canceled, filled = (row[f"barrier_{name}"] for name in ("added", "canceled", "filled"))
    ratio, delta = row["barrier_replenishment_ratio"], row["barrier_delta_liq"]
    if ratio is None:
        ratio = float("inf") if added > 0 else float("nan")
    zone, wall = row["depth_in_zone"], row["wall_ratio"]
    large, many = params.barrier_delta_contracts, filled >= params.absorb_filled_contracts
    balance = abs(delta) < params.balance_delta_contracts
    weak = zone is not None and (
        zone < params.weak_depth_contracts or (wall is not None and wall < params.weak_ratio)
    )
    rules = [
        (ratio < params.barrier_r_vacuum and delta < -large and canceled > filled, "VACUUM"),
        (ratio > params.barrier_r_wall and delta > large, "WALL"),
        (delta < -large and filled >= canceled, "CONSUMED"),
        (many and delta >= 0, "ABSORPTION"),
        (weak, "WEAK"),
        (many and balance and row["churn"] > params.balance_churn_contracts, "ABSORPTION"),
        (True, "NEUTRAL"),
    ]
    return next(word for holds, word in rules if holds)

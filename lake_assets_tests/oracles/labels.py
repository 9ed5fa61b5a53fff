"""What followed a touch, told print by print from the definitions alone."""

from itertools import pairwise

UNITS_PER_TICK = 250
UNKNOWN = {
    "outcome": None,
    "future_price_5min": None,
    "excursion_max": None,
    "excursion_min": None,
    "label_barrier_shifted": None,
    "time_to_break_s": None,
    "time_to_bounce_s": None,
    "label_end_ns": None,
}


def label(trades, touch, closes, params):
    """``trades`` are (ns, ticks), in order; ``touch`` is (ns, ticks, level_u, basis_u, sign).

    ``trades`` include the touching one.
    """
    t, touch_ticks, level, basis, sign = touch
    ends = t + params.label_horizon_min * 60 * 10**9
    path = [(ns, sign * (price(ticks, basis) - level)) for ns, ticks in trades if t < ns <= ends]
    reason = reason_for([t, *(ns for ns, _ in path), ends], closes, params)
    if reason != "OK":
        return {**UNKNOWN, "label_reason": reason, "label_horizon_end_ns": ends}

    y0 = sign * (price(touch_ticks, basis) - level)
    up, down, shifted = barriers(y0, params.label_threshold_u, params)
    outcome, decided = "CHOP", ends
    to_break = to_bounce = None
    for ns, y in path:
        crossed = "BREAK" if y > up else "BOUNCE" if y < down else None
        if crossed and outcome == "CHOP":
            outcome, decided = crossed, ns
        if crossed == "BREAK" and to_break is None:
            to_break = (ns - t) / 1e9
        if crossed == "BOUNCE" and to_bounce is None:
            to_bounce = (ns - t) / 1e9
    moves = [y / 1e4 for _, y in path]
    return {
        "outcome": outcome,
        "future_price_5min": future_price(trades, t, basis, closes, params),
        "excursion_max": max(moves, default=None),
        "excursion_min": min(moves, default=None),
        "label_reason": reason,
        "label_barrier_shifted": shifted,
        "time_to_break_s": to_break,
        "time_to_bounce_s": to_bounce,
        "label_end_ns": decided,
        "label_horizon_end_ns": ends,
    }


def grid(trades, touch, closes, params):
    """Outcome, hit and reason of one touch by (anchor, threshold in USD, minutes), in order."""
    t, touch_ticks, level, basis, sign = touch
    y0 = sign * (price(touch_ticks, basis) - level)
    cells = {}
    for anchor in ("level", "touch"):
        for threshold in params.grid_thresholds_u:
            for minutes in params.grid_horizons_min:
                ends = t + minutes * 60 * 10**9
                path = [
                    (ns, sign * (price(k, basis) - level)) for ns, k in trades if t < ns <= ends
                ]
                up, down = y0 + threshold, y0 - threshold
                if anchor == "level":
                    up, down, _ = barriers(y0, threshold, params)
                reason = reason_for([t, *(ns for ns, _ in path), ends], closes, params)
                told = first_hit(path, up, down) if reason == "OK" else (None, None)
                cells[anchor, threshold / 1e4, minutes] = (*told, reason)
    return cells


def first_hit(path, up, down):
    """The outcome and the deciding trade's time."""
    for ns, y in path:
        if y > up:
            return "BREAK", ns
        if y < down:
            return "BOUNCE", ns
    return "CHOP", None


def price(ticks, basis):
    """SPY units of a tick."""
    return UNITS_PER_TICK * ticks - basis


def reason_for(stamps, closes, params):
    """Why a label can be given, or not; the as-of moment hides what is stamped at it."""
    if stamps[-1] > closes:
        return "PAST_CLOSE"
    if params.as_of_ns is not None and stamps[-1] >= params.as_of_ns:
        return "DATA_GAP"
    longest = max(b - a for a, b in pairwise(stamps))
    return "DATA_GAP" if longest > params.label_gap_s * 10**9 else "OK"


def barriers(y0, threshold, params):
    """The break and the bounce barrier, and whether either moved."""
    up, down = threshold, -threshold
    if params.label_shift_outside and y0 >= threshold:
        up = y0 + threshold
    if params.label_shift_outside and y0 <= -threshold:
        down = y0 - threshold
    return up, down, (up, down) != (threshold, -threshold)


def future_price(trades, t, basis, closes, params):
    """Last price at or before five minutes on, whatever the horizon."""
    ends = t + 300 * 10**9
    if ends > closes or (params.as_of_ns is not None and ends >= params.as_of_ns):
        return None
    seen = [ticks for ns, ticks in trades if ns <= ends]
    return price(seen[-1], basis) / 1e4 if seen else None


def follow(trades, touch, horizon_ns, gap_ns):
    """As the kernel tells it: ``touch`` is (ns, level_e, sign, up, down); places, -1 never."""
    t, level_e, sign, up, down = touch
    path = [
        (place, ns, sign * (UNITS_PER_TICK * ticks - level_e))
        for place, (ns, ticks) in enumerate(trades)
        if t < ns <= t + horizon_ns
    ]
    stamps = [t, *(ns for _, ns, _ in path), t + horizon_ns]
    return (
        next((place for place, _, y in path if y > up), -1),
        next((place for place, _, y in path if y < down), -1),
        max((y for *_, y in path), default=0),
        min((y for *_, y in path), default=0),
        len(path),
        any(b - a > gap_ns for a, b in pairwise(stamps)),
    )

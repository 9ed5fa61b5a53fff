"""Every level at every minute, from the definitions alone."""

from fractions import Fraction

MINUTE = 60 * 10**9
PREMARKET = 330 * MINUTE  # 04:00 to 09:30


def levels(trades, bars, basis_u, session, params):
    """Rows (minute, kind, level_id, level_u, level_e, scale, known_at).

    ``trades`` are (ns, ticks, size) in order, ``bars`` (end_ns, close_ticks), ``basis_u`` maps
    minutes to units.
    """
    rows = []
    hours = session.hours if params.touch_hours == "globex" else session.rth
    if hours is None:
        return rows
    for minute in range(hours.opens, hours.closes, MINUTE):
        if params.as_of_ns is not None and minute > params.as_of_ns:
            break
        basis = basis_u.get(minute, 0)
        es = of_day(minute, trades, session, params) + averages(minute, bars)
        es += so_far(minute, between(trades, hours.opens, minute))
        rows += [(minute, kind, kind, e - basis, e, "ES", known) for kind, e, known in es]
        before = [k for ns, k, _ in trades if ns < minute]
        if before:
            spot_u = 250 * before[-1] - basis
            rows += [(minute, *row) for row in rounds(spot_u, basis, minute, params)]
    return rows


def of_day(minute, trades, session, params):
    """Premarket and opening range, once their windows are over."""
    if session.rth is None or minute < session.rth.opens:
        return []
    opens = session.rth.opens
    found = extremes("PM", between(trades, opens - PREMARKET, opens), opens)
    range_end = opens + params.opening_range_min * MINUTE
    if minute >= range_end:
        found += extremes("OR", between(trades, opens, range_end), range_end)
    return found


def averages(minute, bars):
    found = []
    for count in (200, 400):
        done = [bar for bar in bars if bar[0] <= minute][-count:]
        if len(done) == count:
            mean = round(Fraction(250 * sum(close for _, close in done), count))
            found.append((f"SMA_{count}", mean, done[-1][0]))
    return found


def so_far(minute, trades):
    found = extremes("SESSION", trades, minute)
    if trades:
        traded = sum(k * size for _, k, size in trades)
        volume = sum(size for *_, size in trades)
        found.append(("VWAP", round(Fraction(250 * traded, volume)), minute))
    return found


def between(trades, start, stop):
    return [trade for trade in trades if start <= trade[0] < stop]


def extremes(prefix, trades, known):
    if not trades:
        return []
    ticks = [k for _, k, _ in trades]
    return [(f"{prefix}_HIGH", 250 * max(ticks), known), (f"{prefix}_LOW", 250 * min(ticks), known)]


def rounds(spot_u, basis, minute, params):
    step, reach = params.round_step_u, params.round_range_u
    first = -(-(spot_u - reach) // step) * step
    return [
        ("ROUND", f"ROUND_{u / 10_000:.2f}", u, u + basis, "SPY", minute)
        for u in range(first, spot_u + reach + 1, step)
    ]

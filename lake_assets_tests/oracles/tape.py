"""The tape before a touch, counted one print at a time from the definitions alone."""

from fractions import Fraction

UNITS_PER_TICK = 250


def tape(trades, end_ns, level_e, params):
    """``trades`` are (ns, ticks, size, side), in order; one window ``[end - 60 s, end)``."""
    opens = end_ns - params.tape_window_s * 10**9
    window = [trade for trade in trades if opens <= trade[0] < end_ns]
    band = [
        trade for trade in window if abs(UNITS_PER_TICK * trade[1] - level_e) <= params.tape_band_u
    ]
    direction, notional = sweep(band, params)
    return {
        "buy": sum(size for _, _, size, side in band if side > 0),
        "sell": sum(size for _, _, size, side in band if side < 0),
        "unknown": sum(size for _, _, size, side in band if side == 0),
        "prints": len(band),
        "trades": len(window),
        "slope": slope(window),
        "direction": direction,
        "notional": notional,
    }


def slope(window):
    """Least squares of points on seconds, exactly; None where there is no line."""
    if len({ns for ns, *_ in window}) < 2:
        return None
    seconds = [Fraction(ns, 10**9) for ns, *_ in window]
    points = [Fraction(ticks, 4) for _, ticks, *_ in window]
    mean_s, mean_p = sum(seconds) / len(window), sum(points) / len(window)
    pairs = list(zip(seconds, points, strict=True))
    return sum((s - mean_s) * (p - mean_p) for s, p in pairs) / sum(
        (s - mean_s) ** 2 for s in seconds
    )


def sweep(band, params):
    """Direction (+1, -1 or 0) and dollars of the largest sweep, the later one of equals."""
    best = (0, None)
    for run in runs([trade for trade in band if trade[3] != 0], params.sweep_gap_ms * 10**6):
        notional = sum(Fraction(25, 2) * ticks * size for _, ticks, size, _ in run)
        wide = len({ticks for _, ticks, *_ in run}) >= params.sweep_min_prices
        large = notional >= params.sweep_min_notional_usd
        if wide and large and (best[1] is None or notional >= best[1]):
            best = (run[0][3], notional)
    return best


def runs(known, gap_ns):
    """Cut known-aggressor prints where the side changes or the pause is too long."""
    cut = []
    for trade in known:
        if cut and trade[3] == cut[-1][-1][3] and trade[0] - cut[-1][-1][0] <= gap_ns:
            cut[-1].append(trade)
        else:
            cut.append([trade])
    return cut

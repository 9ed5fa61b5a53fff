"""Bars, print by print."""

UNITS_PER_TICK = 250


def bars(trades, basis_u, period_ns):
    """``trades`` are (ns, ticks, size) in order; ``basis_u`` maps minutes to units."""
    groups = {}
    for trade in trades:
        groups.setdefault(trade[0] - trade[0] % period_ns, []).append(trade)
    return [bar(start, groups[start], basis_u.get(start, 0), period_ns) for start in sorted(groups)]


def bar(start, trades, basis, period_ns):
    ticks = [k for _, k, _ in trades]
    ohlc = (ticks[0], max(ticks), min(ticks), ticks[-1])
    volume = sum(size for *_, size in trades)
    spy = tuple((UNITS_PER_TICK * k - basis) / 10_000 for k in ohlc)
    return (start, start + period_ns, *ohlc, volume, len(trades), *spy)

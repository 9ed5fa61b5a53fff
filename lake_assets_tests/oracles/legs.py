"""The pinned pair second by second, from the definitions alone.

A leg is a list of rows (second, mid, spread, depth, volume), in time order, None where unknown.
"""


def book(leg, t, max_age):
    """Mid, spread and depth in force: those of the last row, if young enough."""
    rows = [row for row in leg if row[0] <= t]
    if not rows or t - rows[-1][0] > max_age:
        return None, None, None
    return rows[-1][1:4]


def traded(leg, t, alive):
    """Volume of a second: the sum of its rows, none if only others had rows, else unknown."""
    rows = [row[4] for row in leg if row[0] == t]
    if rows:
        return None if None in rows else sum(rows)
    return 0 if leg and alive[t] else None


def together(values):
    """A sum with an unknown part is unknown."""
    values = list(values)
    return None if None in values else sum(values)


def follow(legs, alive, span, max_age):
    """Mids of both legs at start, end and peak; widening, thinning and volume of the pair."""
    start, end, peak = span
    mids = [[book(leg, t, max_age)[0] for t in (start, end, peak)] for leg in legs]
    seconds = range(start, end + 1)
    spreads = [together(book(leg, t, max_age)[1] for leg in legs) for t in seconds]
    depths = [together(book(leg, t, max_age)[2] for leg in legs) for t in seconds]
    volumes = [together(traded(leg, t, alive) for leg in legs) for t in seconds if t > start]
    widening = thinning = None
    if spreads[0]:
        widest = max(x for x in spreads if x is not None)
        widening = max(0, widest - spreads[0]) / spreads[0]
    if depths[0]:
        thinnest = min(q for q in depths if q is not None)
        thinning = max(0, depths[0] - thinnest) / depths[0]
    return mids, widening, thinning, together(volumes)

"""Fewer rows that keep each stretch's extremes, one value after the other."""


def thinned(rows, points, times, last):
    """``rows`` are dicts; a column is measured if all its known values are numbers or truths."""
    if len(rows) <= points:
        return rows
    stretches = points // 2
    out = []
    for i in range(stretches):
        stretch = rows[len(rows) * i // stretches : len(rows) * (i + 1) // stretches]
        pair = ({}, {})
        for name in rows[0]:
            first, second = _two(stretch, name, name in times, name in last)
            pair[0][name], pair[1][name] = first[name], second[name]
        out += pair
    return out


def _two(stretch, name, is_time, is_last):
    if is_last:
        return stretch[-1], stretch[-1]
    known = [row for row in stretch if row[name] is not None]
    if is_time or any(isinstance(row[name], str) for row in known):
        return stretch[0], stretch[-1]
    if not known:
        return stretch[0], stretch[0]
    low = min(known, key=lambda row: row[name])
    high = max(known, key=lambda row: row[name])
    return sorted((low, high), key=stretch.index)

"""Slow twin of the volume difference: the table of cases, looked up row by row."""


def difference_volume(rows, known_from_us):
    """``rows`` are (contract, us, volume or None), in any order that is right for each contract."""
    return [_one(rows, at, known_from_us) for at in range(len(rows))]


def _one(rows, at, known_from_us):
    contract, now, volume = rows[at]
    before = [row for row in rows[:at] if row[0] == contract]
    elapsed = (now - before[-1][1]) // 1_000_000 if before else None
    volumes = [row[2] for row in before if row[2] is not None]
    if volume is None:
        return None, "missing", elapsed
    if volumes and volume >= volumes[-1]:
        return volume - volumes[-1], "ok", elapsed
    if volumes:
        return 0, "reset", elapsed
    first_us = before[0][1] if before else now
    if first_us <= known_from_us or volume == 0:
        return volume, "first_known", elapsed
    return None, "first_unknown", elapsed

"""Spot of a second from all rows that name one."""


def spot_of_second(rows):
    """``rows`` are (time, spot) of one second; (spot, conflict)."""
    named = [(time, spot) for time, spot in rows if spot is not None]
    if not named:
        return None, False
    latest = max(time for time, _ in named)
    opinions = sorted(spot for time, spot in named if time == latest)
    return opinions[(len(opinions) - 1) // 2], len(set(opinions)) > 1

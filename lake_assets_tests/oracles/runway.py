"""The runway of one touch, level by level from the definitions alone."""

CENTS_10, DOLLAR = 1_000, 10_000
KINDS = [
    "PM_HIGH",
    "PM_LOW",
    "OR_HIGH",
    "OR_LOW",
    "SMA_200",
    "SMA_400",
    "STRIKE",
    "VWAP",
    "ROUND",
    "CALL_WALL",
    "PUT_WALL",
    "GAMMA_FLIP",
    "SESSION_HIGH",
    "SESSION_LOW",
]


def runway(touch, levels, excluded=("ROUND",)):
    """(direction, next price in units, distance in units, quality, kind) of one touch.

    ``touch`` is (minute_ns, level_u, direction, signal); ``levels`` are (minute_ns, kind, level_u).
    """
    minute_ns, level_u, direction, signal = touch
    if signal == "REJECT":
        direction = "DOWN" if direction == "UP" else "UP"
    best = None
    for minute, kind, price in levels:
        beyond = price - level_u if direction == "UP" else level_u - price
        if minute != minute_ns or kind in excluded or beyond <= CENTS_10:
            continue
        if best is None or (beyond, KINDS.index(kind)) < best[:2]:
            best = (beyond, KINDS.index(kind), price)
    if best is None:
        return direction, None, None, "CLEAR", None
    quality = "CLEAR" if best[0] >= DOLLAR else "OBSTRUCTED"
    return direction, best[2], best[0], quality, KINDS[best[1]]

"""The regime of a second, asked one question after the other."""


def regime(second):
    """``second`` holds spot, rv_120s and four conditions by name; regime, code and reason."""
    asked = [
        (second["spot_price"] is None, (None, None, "stale_spot")),
        (second["rv_120s"] is None, (None, None, "warm_up")),
        (second["in_burst"], ("burst", 3, "in_burst")),
        (second["fear_active"], ("fear", 4, "fear_after_burst")),
        (second["flicker_30s"], ("flicker", 2, "flicker_counts")),
        (second["chop_active"], ("chop", 1, "quiet_tape")),
        (True, ("normal", 0, "none")),
    ]
    return next(answer for met, answer in asked if met)

"""What a month of geopolitical risk says, month by month, in plain Python."""


def months(seen):
    """``seen`` is {(year, month): value}; by month the five numbers Silver adds."""
    order = sorted(seen)
    return {at: _month(seen, order, place) for place, at in enumerate(order)}


def _month(seen, order, place):
    at = order[place]
    known, value = [seen[m] for m in order[: place + 1]], seen[at]
    one, two, year = (seen.get(_before(at, n)) for n in (1, 2, 12))
    return (
        None if one is None else (value / one - 1) * 100,
        None if year is None else (value / year - 1) * 100,
        None if one is None or two is None else (two + one + value) / 3,
        percentile(value, known),
        percentile(value, list(seen.values())),
    )


def _before(month, back):
    place = month[0] * 12 + month[1] - 1 - back
    return place // 12, place % 12 + 1


def percentile(value, known):
    less = sum(v < value for v in known)
    equal = sum(v == value for v in known)
    return 100 * (less + (equal + 1) / 2) / len(known)

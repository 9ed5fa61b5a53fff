"""What a pocket held, from the definitions alone.

A second is (rv, spot, seen, volume), None where unknown.
"""


def pocket(seconds, first, last):
    """Mean volatility, range of observed prices, and volume, first and last second included."""
    span = seconds[first : last + 1]
    known = [rv for rv, *_ in span if rv is not None]
    prices = [spot for _, spot, seen, _ in span if seen]
    volumes = [volume for *_, volume in span]
    return (
        sum(known) / len(known) if known else None,
        max(prices) - min(prices) if prices else None,
        None if None in volumes else sum(volumes),
    )

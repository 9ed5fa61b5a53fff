"""Volume of a chain by a second: each contract's last known one, added up."""


def chain_volume(contracts, t):
    """``contracts`` are lists of (second, volume) in time order; (sum, contracts with one)."""
    last = [[v for second, v in rows if second <= t and v is not None][-1:] for rows in contracts]
    return sum(v for found in last for v in found), sum(len(found) for found in last)

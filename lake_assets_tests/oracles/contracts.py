"""Rows of contracts, looked at one pair after another."""

from itertools import pairwise


def place_rows(rows, opens_us):
    """``rows`` are (expiry, right, strike, time in us).

    First rows of contracts, seconds, and True; None where the rows are out of order.
    """
    if any(after < before for before, after in pairwise(rows)):
        return None
    opens = [i for i, row in enumerate(rows) if i == 0 or row[:3] != rows[i - 1][:3]]
    return opens, [(row[3] - opens_us) // 1_000_000 for row in rows]

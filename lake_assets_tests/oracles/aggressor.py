"""Slow twin of the aggressor kernel: the rules, read aloud."""

from itertools import pairwise

NAMES = {0: "NONE", 1: "QUOTE", 2: "TICK"}


def classify_aggressor(prints):
    """``prints`` are (contract, price, bid or None, ask or None, report), in total order."""
    return [_one(prints, at) for at in range(len(prints))]


def _one(prints, at):
    _, price, bid, ask, report = prints[at]
    if report == "cancel":
        return 0, "NONE"
    quoted = bid is not None and ask is not None and ask > bid >= 0
    if quoted and 2 * price != bid + ask:
        return (1 if 2 * price > bid + ask else -1), "QUOTE"
    tick = 0 if report == "late" else _tick(prints, at)
    return tick, "TICK" if tick else "NONE"


def _tick(prints, at):
    contract = prints[at][0]
    series = [p[1] for p in prints[: at + 1] if p[0] == contract and p[4] == "regular"]
    changes = [b - a for a, b in pairwise(series) if a != b]
    return (changes[-1] > 0) - (changes[-1] < 0) if changes else 0

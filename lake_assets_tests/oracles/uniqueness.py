"""Average uniqueness of labels, second by second."""

from fractions import Fraction


def average_uniqueness(lives):
    """``lives`` are (first, last) whole seconds, both included; one exact mean each."""
    means = []
    for first, last in lives:
        seconds = range(first, last + 1)
        alive = [sum(a <= second <= b for a, b in lives) for second in seconds]
        means.append(sum(Fraction(1, count) for count in alive) / len(seconds))
    return means

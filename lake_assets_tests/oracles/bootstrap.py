"""A percentile bootstrap in Python's whole numbers, one generator a group."""

from lake_assets_tests.oracles.quantiles import quantile

_ALL_BITS = 2**64 - 1


def split_mix(seed):
    """Numbers of SplitMix64, from its published code."""
    state = seed
    while True:
        state = (state + 0x9E3779B97F4A7C15) & _ALL_BITS
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _ALL_BITS
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _ALL_BITS
        yield z ^ (z >> 31)


def interval(units, seed, draws, tail):
    """Bounds of sum(top) / sum(bottom) of (top, bottom) units; None twice of no units."""
    if not units:
        return None, None
    numbers, means = split_mix(seed), []
    for _ in range(draws):
        above = below = 0.0
        for _ in units:
            top, bottom = units[((next(numbers) >> 32) * len(units)) >> 32]
            above += top
            below += bottom
        means.append(above / below)
    return quantile(means, tail), quantile(means, 1.0 - tail)

"""The gamma flip of one moment: every price tried, every change of sign listed."""

import math
from itertools import pairwise

from lake_assets_tests.oracles import black_scholes


def dealer_gamma(chain, price, years, rate):
    """``chain`` is (strike_u, net, iv) of each contract."""
    return sum(
        -net * black_scholes.greeks((price, strike_u / 10_000, "C", years), iv, rate)[1] * 100
        for strike_u, net, iv in chain
    )


def flip(chain, spot_u, years, params):
    """Price in units, not rounded, or None."""
    if not chain:
        return None
    lowest, highest = min(c[0] for c in chain), max(c[0] for c in chain)
    reach = math.floor(params.flip_range_pct / 100 * spot_u / params.flip_step_u) + 1
    tried = [spot_u + params.flip_step_u * j for j in range(-reach, reach + 1)]
    near = [
        u
        for u in tried
        if lowest <= u <= highest and 100 * abs(u - spot_u) <= params.flip_range_pct * spot_u
    ]
    curve = [(u, dealer_gamma(chain, u / 10_000, years, params.rate)) for u in near]
    found = zeros(curve, params.flip_epsilon)
    return min(found, key=lambda u: (abs(u - spot_u), u), default=None)


def zeros(curve, epsilon):
    """Where ``curve``, (x, y) a step apart, changes its sign."""
    limit = epsilon * max((abs(y) for _, y in curve), default=0.0)
    signs = [0 if abs(y) <= limit else math.copysign(1, y) for _, y in curve]
    solid = [i for i, sign in enumerate(signs) if sign != 0]
    found = []
    for i, j in pairwise(solid):
        if signs[i] == signs[j]:
            continue
        if j == i + 1:
            (a, ya), (b, yb) = curve[i], curve[j]
            found.append(a + (b - a) * ya / (ya - yb))
        else:
            found.append((curve[i + 1][0] + curve[j - 1][0]) / 2)
    return found

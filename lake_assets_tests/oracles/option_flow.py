"""The option flow of a minute end, summed from scratch."""

from lake_assets_tests.oracles import black_scholes, smile

SECOND = 10**9


def flow(prints, end_ns, max_age_ns):
    """``prints`` are (ns, strike_u, right, price_u, size, side, iv or None), in order.

    Returns (strike_u, right, volume, premium in units, net, squares, iv, method), sorted.
    """
    before = [p for p in prints if p[0] < end_ns]
    seen = [(ns, strike, right, iv) for ns, strike, right, *_, iv in prints]
    rows = []
    for strike, right in sorted({(p[1], p[2]) for p in before}):
        mine = [p for p in before if p[1] == strike and p[2] == right]
        iv, method = smile.in_force(seen, strike, right, end_ns, max_age_ns)
        rows.append(
            (
                strike,
                right,
                sum(size for *_, size, _, _ in mine),
                sum(price * size for _, _, _, price, size, _, _ in mine),
                sum(size * side for *_, size, side, _ in mine),
                sum(size * size for *_, size, side, _ in mine if side != 0),
                iv,
                method,
            )
        )
    return rows


def spot_u(trades, basis, at_ns, max_age_s):
    """SPY in units at a moment; ``trades`` are (ns, ticks), ``basis`` is by minute start."""
    before = [(ns, ticks) for ns, ticks in trades if ns < at_ns]
    if not before or at_ns - before[-1][0] > max_age_s * SECOND:
        return None
    return 250 * before[-1][1] - basis.get(at_ns // (60 * SECOND) * 60 * SECOND, 0)


def years(at_ns, close_ns, params):
    seconds = max(params.min_time_s, (close_ns - at_ns) / SECOND)
    return seconds / black_scholes.YEAR_S

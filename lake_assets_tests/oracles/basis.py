"""The basis of every regular minute, minute by minute from the definitions alone."""

import statistics

from lake_assets_tests.oracles import parity

MINUTE = 60 * 10**9


def basis(quotes, trades, session, params):
    """Rows (minute, basis_u, conversion, age_s, samples, strikes); and samples dropped in RTH."""
    rth, samples, dropped = session.rth, {}, 0
    end = session.hours.opens + MINUTE
    while end <= rth.closes:
        found = parity.sample(quotes, trades, end, rth.closes, params)
        if found is not None:
            if abs(found[0]) > params.basis_max_share * found[1]:
                dropped += end > rth.opens
            else:
                samples[end] = found
        end += MINUTE
    rows, last = [], None
    minute = session.hours.opens
    while minute <= rth.closes:
        row = from_window(minute, samples, params)
        if row is not None:
            last = row
        row = row or carried(minute, last, params) or (minute, 0, "ratio", None, 0, 0)
        if minute >= rth.opens:
            rows.append(row)
        minute += MINUTE
    return rows, dropped


def from_window(minute, samples, params):
    ends = [e for e in samples if minute - params.basis_window_min * MINUTE < e <= minute]
    if not ends:
        return None
    value = round(statistics.median(samples[e][0] for e in ends))
    age_s = (minute - max(ends)) // 10**9
    return (minute, value, "parity", age_s, len(ends), samples[max(ends)][2])


def carried(minute, last, params):
    """The last parity basis, while its newest sample is not too old."""
    if last is None:
        return None
    age_s = (minute - last[0]) // 10**9 + last[3]
    if age_s > params.basis_carry_min * 60:
        return None
    return (minute, last[1], "parity", age_s, last[4], last[5])

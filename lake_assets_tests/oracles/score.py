"""The score of one touch, second by second from the definitions alone.

A touch is (ns, level_e, level_u, sign, ticks); UP has ``sign`` +1. Records and trades are those of
the slow barrier and the slow tape; ``flows`` maps a minute's start to the slow fuel's contracts.
"""

import math
from fractions import Fraction

from lake_assets_tests.oracles import barrier, fuel, tape

SECOND = 10**9
MINUTE = 60 * SECOND
LIQUIDITY = {"VACUUM": 100, "WEAK": 75, "CONSUMED": 60, "NEUTRAL": 50, "WALL": 0, "ABSORPTION": 0}
HEDGE = {"AMPLIFY": 100, "NEUTRAL": 50, "DAMPEN": 0}


def score(records, trades, flows, touch, params):
    """Every column of one touch; fractions where they are exact."""
    ns, level_e, level_u, sign, ticks = touch
    path = [
        see(records, trades, flows, (ns - back * SECOND, level_e, level_u, sign), params)
        for back in range(params.score_grid_s, -1, -1)
    ]
    raws = [weigh(seen["components"], params)[0] for seen in path]
    now = path[-1]
    raw, bits = weigh(now["components"], params)
    liquidity, hedge, run = now["components"]
    row = {
        "liquidity_score": liquidity,
        "hedge_score": hedge,
        "tape_score": run,
        "break_score_raw": raw,
        "score_components": bits,
        "break_score_smooth": smooth(raws, params.score_tau_s),
        "signal": signal(raws, abs(250 * ticks - level_e), now["tape"], params),
    }
    words = "confidence", "confidence_liquidity", "confidence_tape", "confidence_hedge"
    found = confidence(now, params) if raw is not None else (None,) * 4
    return row | dict(zip(words, found, strict=True))


def see(records, trades, flows, moment, params):
    """What the engines say of one moment."""
    ns, level_e, level_u, sign = moment
    book = barrier.barrier(records, trades, (ns, level_e, sign), params)
    prints = [(at, ticks, size, side) for at, _, ticks, size, side in trades]
    run = tape.tape(prints, ns, level_e, params)
    gamma = fuel.fuel(flows.get(ns - ns % MINUTE, []), level_u, params)
    components = (
        LIQUIDITY.get(barrier.state_of(book, params)),
        HEDGE.get(gamma["fuel_effect"]),
        tape_score(sign, run, params),
    )
    return {"components": components, "book": book, "tape": run, "fuel": gamma}


def tape_score(sign, run, params):
    if run["trades"] == 0:
        return None
    if run["direction"] == sign:
        return Fraction(100)
    total, known = Fraction(0), run["buy"] + run["sell"]
    if run["slope"] is not None and sign * run["slope"] > 0:
        full = Fraction(params.tape_slope_full_points_s)
        total += 25 * min(Fraction(1), abs(run["slope"]) / full)
    if known and sign * (run["buy"] - run["sell"]) > 0:
        total += 25 * Fraction(abs(run["buy"] - run["sell"]), known)
    return total


def weigh(components, params):
    """The weighted mean of the components there are, and their bits."""
    weights = params.score_weight_liquidity, params.score_weight_hedge, params.score_weight_tape
    there = [at for at, value in enumerate(components) if value is not None]
    if not there:
        return None, None
    total = sum(weights[at] * Fraction(components[at]) for at in there)
    return total / sum(weights[at] for at in there), sum(2**at for at in there)


def smooth(raws, tau_s):
    if raws[-1] is None:
        return None
    known = [(at, float(raw)) for at, raw in enumerate(raws) if raw is not None]
    (last, mean), *others = known
    for at, raw in others:
        mean += (1 - math.exp(-(at - last) / tau_s)) * (raw - mean)
        last = at
    return mean


def signal(raws, distance_u, run, params):
    raw, held = raws[-1], raws[-1 - params.score_hold_s :]
    if raw is None:
        return None
    if None not in held and min(held) >= params.break_score:
        return "BREAK"
    near = distance_u <= params.reject_distance_u
    if near and None not in held and max(held) <= params.reject_score:
        return "REJECT"
    volume = run["buy"] + run["sell"]
    if params.contested_low <= raw <= params.contested_high and volume:
        balance = Fraction(abs(run["buy"] - run["sell"]), volume)
        if volume >= params.contested_contracts and balance <= params.contested_imbalance:
            return "CONTESTED"
    return "NEUTRAL"


def confidence(now, params):
    """The word and the three shares behind it; an absent engine counts 0."""
    book, run, gamma = now["book"], now["tape"], now["fuel"]
    churned = min(Fraction(1), Fraction(book.get("churn", 0), params.confidence_churn_contracts))
    options = Fraction(gamma["fuel_volume"] or 0, params.confidence_fuel_contracts)
    shares = (
        churned * book["book_coverage_s"] / params.barrier_window_s,
        min(Fraction(1), Fraction(run["buy"] + run["sell"], params.confidence_tape_contracts)),
        min(Fraction(1), options) * Fraction(gamma["fuel_gamma_share"] or 0),
    )
    mean = sum(shares) / 3
    if mean >= Fraction(str(params.confidence_high)):
        return ("HIGH", *shares)
    return ("MEDIUM" if mean >= Fraction(str(params.confidence_medium)) else "LOW", *shares)

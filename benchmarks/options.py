"""Implied volatilities and greeks of option prints: our kernel, vollib, QuantLib.

The prints are a trading day's of options that expire at its close: strikes about the money, quotes
in cents. The slower libraries are given the first of them and compared by rate.
"""

import math
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np
import QuantLib
from vollib.black_scholes.greeks import analytical
from vollib.black_scholes.implied_volatility import implied_volatility as vollib_implied
from vollib.lets_be_rational import PriceIsAboveMaximum, PriceIsBelowIntrinsic

from benchmarks.measurement import answer
from lake_assets.kernels.black_scholes import (
    Options,
    VolatilityRule,
    implied_volatility,
    measure_greeks,
)
from lake_assets.kernels.parity import CALL, PUT
from lake_assets.kernels.simulated_options import price_options
from lake_assets.market.price import UNITS_PER_DOLLAR
from lake_assets.physics.parameters import OptionParams

PARAMS: Final = OptionParams()
RULE: Final = VolatilityRule(PARAMS.rate, PARAMS.iv_min, PARAMS.iv_max, PARAMS.iv_tol)
YEAR_S: Final = 365 * 86_400
REGULAR_S: Final = 23_400
# A quote in cents decides a volatility to this many dollars a unit of it, or it says little.
LEAST_VEGA: Final = 0.01
_SIDES: Final = {CALL: QuantLib.Option.Call, PUT: QuantLib.Option.Put}
_ACCURACY: Final = 1e-8  # as ours is asked for, and what its rate is measured at
_EXACT: Final = 1e-12  # what ours is compared with
_EVALUATIONS: Final = 100


class Prints(NamedTuple):
    """What is priced, and twice its price in units of $0.0001."""

    options: Options
    twice_price_u: np.ndarray

    def head(self, count: int) -> "Prints":
        """The first of them."""
        return Prints(Options(*(c[:count] for c in self.options)), self.twice_price_u[:count])

    def rows(self) -> list[tuple[float, float, int, float, float]]:
        """Spot, strike, right, years and price of each, in dollars, for libraries of one option."""
        spot, strike = self.options.spot_u / UNITS_PER_DOLLAR, self.options.strike_u / 10_000
        price = self.twice_price_u / (2 * UNITS_PER_DOLLAR)
        columns = (spot, strike, self.options.right, self.options.years, price)
        return list(zip(*(column.tolist() for column in columns), strict=True))


class Found(NamedTuple):
    """Volatility, delta, gamma, theta a day and vega a point, (5, n); NaN where there is none."""

    values: np.ndarray
    iv_s: float
    greeks_s: float


def draw_prints(count: int) -> Prints:
    """Prints from the open to a minute before the close; mids of quotes in cents."""
    rng = np.random.default_rng(20_251_217)
    seconds = np.sort(rng.uniform(60, REGULAR_S, count))[::-1].copy()
    spot_u = np.rint(UNITS_PER_DOLLAR * (690 + np.cumsum(rng.normal(0, 0.004, count))))
    strike_u = np.rint(spot_u / UNITS_PER_DOLLAR + rng.normal(0, 4, count)) * UNITS_PER_DOLLAR
    right = np.where(rng.random(count) < 0.5, CALL, PUT).astype(np.int8)  # noqa: PLR2004 - a coin
    years = seconds / YEAR_S
    options = Options(spot_u.astype(np.int64), strike_u.astype(np.int64), right, years)
    sigma = rng.uniform(0.1, 0.35, count)
    spot, strike = spot_u / UNITS_PER_DOLLAR, strike_u / UNITS_PER_DOLLAR
    call = (right == CALL).astype(np.int64)
    fair = price_options(spot, strike, years, sigma, call, PARAMS.rate)
    half_cents = np.maximum(np.rint(fair * 200), 1).astype(np.int64)
    return Prints(options, half_cents * 100)


def ours(prints: Prints) -> Found:
    """The lake's kernels, compiled before."""
    few = prints.head(2)
    measure_greeks(few.options, implied_volatility(few.options, few.twice_price_u, RULE), RULE.rate)
    start = time.perf_counter()
    iv = implied_volatility(prints.options, prints.twice_price_u, RULE)
    middle = time.perf_counter()
    greeks = measure_greeks(prints.options, iv, RULE.rate)
    end = time.perf_counter()
    return Found(np.array([iv, *greeks]), middle - start, end - middle)


def vollib(prints: Prints) -> Found:
    """vollib, an option at a time: its interface takes no arrays."""
    rows = prints.rows()
    start = time.perf_counter()
    iv = [_vollib_one(*row) for row in rows]
    middle = time.perf_counter()
    values = [
        _vollib_greeks(row, sigma) if sigma == sigma else (math.nan,) * 4  # noqa: PLR0124 - not NaN
        for row, sigma in zip(rows, iv, strict=True)
    ]
    end = time.perf_counter()
    return Found(np.vstack([iv, np.array(values).T]), middle - start, end - middle)


def _vollib_one(spot: float, strike: float, right: int, years: float, price: float) -> float:
    try:
        flag = "c" if right == CALL else "p"
        return float(vollib_implied(price, spot, strike, years, RULE.rate, flag))
    except (PriceIsAboveMaximum, PriceIsBelowIntrinsic):
        return math.nan


def _vollib_greeks(row: tuple[float, float, int, float, float], sigma: float) -> tuple[float, ...]:
    spot, strike, right, years, _ = row
    given = ("c" if right == CALL else "p", spot, strike, years, RULE.rate, sigma)
    names = (analytical.delta, analytical.gamma, analytical.theta, analytical.vega)
    return tuple(each(*given) for each in names)


def quantlib(prints: Prints) -> Found:
    """QuantLib's Black formula and calculator, an option at a time."""
    rows = prints.rows()
    start = time.perf_counter()
    iv = [_quantlib_one(*row, _ACCURACY) for row in rows]
    middle = time.perf_counter()
    values = [
        _quantlib_greeks(row, sigma) if sigma > 0 else (math.nan,) * 4
        for row, sigma in zip(rows, iv, strict=True)
    ]
    end = time.perf_counter()
    exact = [_quantlib_one(*row, _EXACT) for row in rows]
    return Found(np.vstack([exact, np.array(values).T]), middle - start, end - middle)


def _quantlib_one(  # noqa: PLR0913, PLR0917 - an option, and how exactly
    spot: float, strike: float, right: int, years: float, price: float, accuracy: float
) -> float:
    growth = math.exp(RULE.rate * years)
    try:
        spread = QuantLib.blackFormulaImpliedStdDev(
            _SIDES[right],
            strike,
            spot * growth,
            price,
            1 / growth,
            0.0,
            QuantLib.nullDouble(),
            accuracy * math.sqrt(years),
            _EVALUATIONS,
        )
    except RuntimeError:
        return math.nan
    return float(spread) / math.sqrt(years)


def _quantlib_greeks(
    row: tuple[float, float, int, float, float], sigma: float
) -> tuple[float, ...]:
    spot, strike, right, years, _ = row
    growth = math.exp(RULE.rate * years)
    payoff = QuantLib.PlainVanillaPayoff(_SIDES[right], strike)
    made = QuantLib.BlackCalculator(payoff, spot * growth, sigma * math.sqrt(years), 1 / growth)
    theta, vega = made.theta(spot, years) / 365, made.vega(years) / 100
    return made.delta(spot), made.gamma(spot), theta, vega


WAYS: Final[dict[str, Callable[[Prints], Found]]] = {
    "ours": ours,
    "vollib": vollib,
    "quantlib": quantlib,
}


def rate(way: str, count: str, library_count: str) -> dict[str, Any]:
    """Millions a second of one way, and how far its values are from ours.

    Errors are over the prints that determine their volatility, as the reported share says.
    """
    prints = draw_prints(int(count))
    if way != "ours":
        prints = prints.head(int(library_count))
    found = WAYS[way](prints)
    size = prints.twice_price_u.size / 1e6
    mine = found if way == "ours" else ours(prints)
    known = ~np.isnan(mine.values[0]) & ~np.isnan(found.values[0])
    known &= mine.values[4] * 100 >= LEAST_VEGA
    return {
        "iv_rate": size / found.iv_s,
        "both_rate": size / (found.iv_s + found.greeks_s),
        "iv_error": _largest(found.values[0] - mine.values[0], known),
        "delta_error": _largest(found.values[1] - mine.values[1], known),
        "compared": float(known.mean()),
    }


def _largest(error: np.ndarray, where: np.ndarray) -> float:
    return float(np.abs(error[where]).max()) if where.any() else 0.0


if __name__ == "__main__":
    answer({"rate": rate})

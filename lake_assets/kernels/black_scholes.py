"""Black, Scholes and Merton's formulas for many options at once, and their inverse."""

import math
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.parity import CALL
from lake_assets.market.price import UNITS_PER_DOLLAR

I8: TypeAlias = npt.NDArray[np.int64]
I1: TypeAlias = npt.NDArray[np.int8]
F8: TypeAlias = npt.NDArray[np.float64]

_MAX_STEPS: Final = 100
_DAYS_A_YEAR: Final = 365
_POINTS: Final = 100  # volatility points in a volatility of 1
_ROOT_HALF: Final = math.sqrt(0.5)
_ROOT_TWO_PI: Final = math.sqrt(2 * math.pi)


class Options(NamedTuple):
    """One place an option at a moment, (n,) each.

    Attributes:
        spot_u: units of $0.0001, not positive where unknown.
        strike_u: units of $0.0001, positive.
        right: `CALL` or `PUT`.
        years: to expiry, a year being 365 days, positive.
    """

    spot_u: I8
    strike_u: I8
    right: I1
    years: F8


class VolatilityRule(NamedTuple):
    """Interest rate a year, where a volatility may lie, and its precision."""

    rate: float
    lowest: float
    highest: float
    tolerance: float


class Greeks(NamedTuple):
    """Sensitivities, (n,) each: per $1, per $1 twice, a day, a volatility point."""

    delta: F8
    gamma: F8
    theta: F8
    vega: F8


@kernel
def implied_volatility(options: Options, twice_price_u: I8, rule: VolatilityRule) -> F8:
    """Find the volatility that gives each price.

    Args:
        options: what is priced.
        twice_price_u: (n,) twice the price, so that a mid is an integer; units of $0.0001.
        rule: rate, bounds and precision.

    Returns:
        (n,) volatilities a year; NaN where the price leaves no room for one, where none in the
        bounds gives it, and where spot is unknown.

    Source:
        docs/features.md, "Options".
    """
    count = twice_price_u.shape[0]
    found = np.full(count, np.nan)
    for i in range(count):
        spot_u, strike_u = options.spot_u[i], options.strike_u[i]
        inside_u = spot_u - strike_u if options.right[i] == CALL else strike_u - spot_u
        if spot_u > 0 and twice_price_u[i] > 2 * max(0, inside_u):
            years = options.years[i]
            paid = strike_u / UNITS_PER_DOLLAR * math.exp(-rule.rate * years)
            price = twice_price_u[i] / (2 * UNITS_PER_DOLLAR)
            found[i] = imply_one(
                spot_u / UNITS_PER_DOLLAR, paid, price, options.right[i], years, rule
            )
    return found


@kernel
def imply_one(
    spot: float, paid: float, price: float, right: int, years: float, rule: VolatilityRule
) -> float:
    """Volatility of one price; ``paid`` is the discounted strike.

    By parity the time value is the price of the right that is out of the money. Over the
    geometric mean of spot and discounted strike it depends on their ratio and the spread alone.
    """
    inside, most = (spot - paid, spot) if right == CALL else (paid - spot, paid)
    if price <= inside or price >= most:
        return math.nan
    ratio = -abs(math.log(spot / paid))
    wanted = (price - max(0.0, inside)) / math.sqrt(spot * paid)
    root = math.sqrt(years)
    spread = _find_spread(
        ratio, wanted, rule.lowest * root, rule.highest * root, rule.tolerance * root
    )
    return spread / root


@kernel
def _find_spread(
    ratio: float, wanted: float, lowest: float, highest: float, tolerance: float
) -> float:
    """Volatility times root of time by Newton, halving the bracket where a step is no good.

    A step is no good if it leaves the bracket or is more than half the one before it.
    """
    low, high, step = lowest, highest, 2 * highest
    spread = min(max(_first_guess(ratio, wanted), lowest), highest)
    for _ in range(_MAX_STEPS):
        worth, slope = _time_value(ratio, spread)
        if worth > wanted:
            high = spread
        else:
            low = spread
        following = spread + (wanted - worth) / slope if slope > 0 else high
        if not low <= following <= high or 2 * abs(following - spread) > step:
            following = 0.5 * (low + high)
        step = abs(following - spread)
        spread = following
        if step <= tolerance:
            break
    if lowest + 2 * tolerance < spread < highest - 2 * tolerance:
        return spread
    # only now, because most prices have a root well inside and need not be priced at the bounds
    if _time_value(ratio, lowest)[0] <= wanted <= _time_value(ratio, highest)[0]:
        return spread
    return math.nan


@kernel
def _first_guess(ratio: float, wanted: float) -> float:
    """A spread to start from, by Corrado and Miller near the money.

    Elsewhere it is the inflection point, from which Newton cannot overshoot (Manaster and
    Koehler, The Calculation of Implied Variances, 1982).
    """
    centre = wanted - 0.5 * ratio
    square = centre * centre - ratio * ratio / math.pi
    if square > 0 and wanted > -0.25 * ratio:
        return 0.5 * _ROOT_TWO_PI * (centre + math.sqrt(square))
    return math.sqrt(-2 * ratio)


@kernel
def _time_value(ratio: float, spread: float) -> tuple[float, float]:
    """Normalised price of the right out of the money, and its slope in the spread."""
    middle, half = ratio / spread, 0.5 * spread
    slope = math.exp(-0.5 * (middle * middle + half * half)) / _ROOT_TWO_PI
    root = math.exp(0.5 * ratio)
    worth = root * normal_cdf(middle + half) - normal_cdf(middle - half) / root
    return worth, slope


@kernel
def normal_cdf(x: float) -> float:
    """Chance of a standard normal below x, precise to the last digits in the far tail too."""
    return 0.5 * math.erfc(-x * _ROOT_HALF)


@kernel
def measure_greeks(options: Options, volatility: F8, rate: float) -> Greeks:
    """Sensitivities of each option, NaN where spot or volatility is unknown.

    Args:
        options: what is measured.
        volatility: (n,) a year, NaN where unknown.
        rate: a year, continuous.

    Returns:
        Delta and gamma per $1 of spot, theta a calendar day, vega a volatility point.

    Source:
        docs/features.md, "Options".
    """
    count = volatility.shape[0]
    greeks = Greeks(*_unknown(count))
    for i in range(count):
        if options.spot_u[i] > 0 and not math.isnan(volatility[i]):
            spot = options.spot_u[i] / UNITS_PER_DOLLAR
            strike = options.strike_u[i] / UNITS_PER_DOLLAR
            _measure(
                spot, strike, options.right[i], options.years[i], volatility[i], rate, i, greeks
            )
    return greeks


@kernel
def _unknown(count: int) -> tuple[F8, F8, F8, F8]:
    return (
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, np.nan),
    )


@kernel
def _measure(
    spot: float,
    strike: float,
    right: int,
    years: float,
    volatility: float,
    rate: float,
    i: int,
    out: Greeks,
) -> None:
    """Fill place ``i`` of ``out``."""
    sign = 1.0 if right == CALL else -1.0
    root = math.sqrt(years)
    spread = volatility * root
    d1 = (math.log(spot / strike) + rate * years) / spread + 0.5 * spread
    density = math.exp(-0.5 * d1 * d1) / _ROOT_TWO_PI
    earned = rate * strike * math.exp(-rate * years) * normal_cdf(sign * (d1 - spread))
    decay = -spot * density * volatility / (2 * root) - sign * earned
    out.delta[i] = sign * normal_cdf(sign * d1)
    out.gamma[i] = density / (spot * spread)
    out.theta[i] = decay / _DAYS_A_YEAR
    out.vega[i] = spot * density * root / _POINTS

"""Division as prices need it: once, at the end, and to the nearest."""

import numpy as np
import polars as pl

from lake_assets.market.price import UNITS_PER_CENT, UNITS_PER_DOLLAR
from lake_assets.physics.order import I8


def divide_to_even(dividend: I8, divisor: I8) -> I8:
    """Nearest integer to an exact quotient, halves to the even one; divisors are positive."""
    floor, rest = np.divmod(dividend, divisor)
    twice = 2 * rest
    nearest: I8 = floor + ((twice > divisor) | ((twice == divisor) & (floor % 2 == 1)))
    return nearest


def whole_cents(units: pl.Expr) -> pl.Expr:
    """Units of $0.0001 to cents, halves to the even one."""
    floor, rest = units // UNITS_PER_CENT, units % UNITS_PER_CENT
    half = UNITS_PER_CENT // 2
    return floor + ((rest > half) | ((rest == half) & (floor % 2 == 1))).cast(pl.Int64)


def dollars(units: pl.Expr) -> pl.Expr:
    """Units of $0.0001 as the float nearest to the price.

    Polars multiplies by the inverse of a constant divisor, which gives 691.1451000000001 for
    6911451; a divisor with as many rows as the dividend is divided by.
    """
    return units / (units * 0 + UNITS_PER_DOLLAR)

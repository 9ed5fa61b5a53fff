"""Exact integer prices: ES ticks, SPY units, and the ratio between them.

ES is kept in ticks ``k`` of 0.25 points; SPY in units ``u`` of $0.0001. An ES price in SPY
scale is ``e = 250 * k``, and a SPY price is ``u = e - basis_u``.
"""

from typing import Final

TICK_POINTS: Final = 0.25
UNITS_PER_DOLLAR: Final = 10_000
UNITS_PER_TICK: Final = 250
UNITS_PER_CENT: Final = 100
NOTIONAL_PER_TICK_USD: Final = 12.5  # $50 a point
DBN_PRICE_SCALE: Final = 1_000_000_000
DBN_UNITS_PER_TICK: Final = DBN_PRICE_SCALE // 4
DBN_UNITS_PER_UNIT: Final = DBN_PRICE_SCALE // UNITS_PER_DOLLAR
DBN_UNDEFINED_PRICE: Final = 2**63 - 1
OPTION_MULTIPLIER: Final = 100
NANOS_PER_MICRO: Final = 1_000
NANOS_PER_SECOND: Final = 1_000_000_000
NANOS_PER_MINUTE: Final = 60 * NANOS_PER_SECOND

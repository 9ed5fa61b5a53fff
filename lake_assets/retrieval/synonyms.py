"""Phrases that mean a metric or a bundle and are neither its id nor its label."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "put_call_ratio": ("pcr", "put call ratio", "put to call", "p/c ratio"),
        "options_analysis": ("iv", "implied volatility (iv)", "implied vol"),
        "iv_percentile": ("iv rank pct", "iv percentile rank"),
        "iv_skew": ("skew", "volatility skew", "vol skew", "put skew"),
        "liquidity_analysis": ("liquidity", "liquidity risk", "market liquidity"),
        "market_impact_risk": ("impact risk",),
        "open_interest": ("oi",),
        "daily_option_volume": ("option volume",),
        "pricing_spread": ("option price", "bid ask"),
        "underlying_price": ("spot",),
        "macro_analysis": ("macro",),
        "macro_last_value": ("prices",),
        "macro_daily_change_pct": ("daily change",),
        "macro_mom_change_pct": ("mom change",),
        "macro_yoy_change_pct": ("yoy change",),
        "geopolitical_analysis": ("gpr", "geopolitics"),
    }
)

# Names of things Silver does not hold, kept so that no likeness is taken for them.
RESERVED: Final = (
    "Greeks",
    "Yield Spread",
    "Institutional Flows",
    "Insider Trading",
    "Moneyness / OTM",
    "Time Decay / DTE",
    "Realized Volatility",
    "Realised Volatility",
    "Historical Volatility",
)

"""How easily the options of a symbol trade: its tier, and how far from the money it reaches."""

from enum import StrEnum
from typing import Final

from lake_assets.market.facts import Facts


class Tier(StrEnum):
    """Liquidity tier of an underlying; a symbol that is not listed is unknown."""

    TIER1 = "tier1"
    TIER2 = "tier2"
    TIER3 = "tier3"
    UNKNOWN = "unknown"


MONEYNESS_BANDS: Final = {Tier.TIER1: 0.15, Tier.TIER2: 0.10, Tier.TIER3: 0.10, Tier.UNKNOWN: 0.10}
"""Farthest ``moneyness_ratio`` of a contract that can be traded at its quote, by tier."""


class LiquidityTiers(Facts):
    """The tier of each listed symbol."""

    file = "liquidity_tiers.csv"
    columns = ("symbol", "tier")

    def __init__(self, rows: list[dict[str, str]]) -> None:
        super().__init__(rows)
        self.by_symbol = {row["symbol"].upper(): Tier(row["tier"]) for row in rows}

    def tier(self, symbol: str) -> Tier:
        """The symbol's tier."""
        return self.by_symbol.get(symbol, Tier.UNKNOWN)

    def band(self, symbol: str) -> float:
        """How far from the money its contracts count as tradable, a ratio."""
        return MONEYNESS_BANDS[self.tier(symbol)]

"""How much of a chain is the one of the session before: a vendor that stood still."""

from typing import Final

import polars as pl

WARNING_SHARE: Final = 0.95
_SAME: Final = ("bid", "ask", "last_price", "volume", "open_interest")


def share_of_repeats(chain: pl.DataFrame, before: pl.DataFrame) -> float | None:
    """Share of the contracts in both that say the same; None if none is in both.

    The same bid, ask, last price, volume and open interest; unknown in both is the same.
    """
    common = chain.join(before, on="contract_symbol", suffix="_before")
    if not common.height:
        return None
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_before")) for name in _SAME)
    return int(common.select(same.sum()).item()) / common.height

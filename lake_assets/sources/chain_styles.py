"""How the vendors of daily option chains name their columns: one entry a style."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lake_assets.errors import WrongContentError
from lake_assets.market.chain_vocabulary import ChainSource

NULLS: Final = frozenset({"", "nan", "none", "null", "na", "n/a"})
"""Words for nothing, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Column names of one vendor's chain files.

    ``columns`` maps our names to the vendor's. A header is of the style if it holds every
    ``required`` name and one of ``contract_columns``. Where ``kind``, ``expiration`` or
    ``underlying`` are not mapped, the OCC symbol tells. ``iv_percent`` styles give 25 for 25 %.
    """

    source: ChainSource
    contract_columns: tuple[str, ...]
    required: frozenset[str]
    columns: Mapping[str, str] = field(default_factory=dict)
    nulls: frozenset[str] = NULLS
    iv_percent: bool = False

    def fits(self, header: frozenset[str]) -> bool:
        """Whether a header is of this style."""
        return self.required <= header and not header.isdisjoint(self.contract_columns)

    def contract(self, header: frozenset[str]) -> str:
        """The column with the contracts' symbols."""
        return next(name for name in self.contract_columns if name in header)


_GREEKS: Final = {name: name for name in ("delta", "gamma", "theta", "vega", "rho")}
STYLES: Final = (
    Style(
        source=ChainSource.YFINANCE,
        contract_columns=("contractSymbol",),
        required=frozenset(
            {
                "lastTradeDate",
                "strike",
                "lastPrice",
                "bid",
                "ask",
                "volume",
                "openInterest",
                "impliedVolatility",
                "inTheMoney",
            }
        ),
        # lastTradeDate is when somebody last traded, not when the quote stood.
        columns={
            "strike": "strike",
            "last_price": "lastPrice",
            "bid": "bid",
            "ask": "ask",
            "volume": "volume",
            "open_interest": "openInterest",
            "vendor_iv": "impliedVolatility",
        },
    ),
    Style(
        source=ChainSource.VENDOR_GREEKS,
        contract_columns=("contract", "symbol"),
        required=frozenset(
            {
                "underlying",
                "expiration",
                "strike",
                "type",
                "bid",
                "ask",
                "volume",
                "open_interest",
                "implied_volatility",
                "delta",
                "gamma",
                "theta",
                "vega",
            }
        ),
        columns={
            "underlying": "underlying",
            "expiration": "expiration",
            "kind": "type",
            "strike": "strike",
            "last_price": "last",
            "bid": "bid",
            "ask": "ask",
            "volume": "volume",
            "open_interest": "open_interest",
            "vendor_iv": "implied_volatility",
            "underlying_price": "underlying_price",
            "quote_time": "quote_time",
            **_GREEKS,
        },
    ),
    Style(
        source=ChainSource.OSI_GREEKS,
        contract_columns=("symbol_value",),
        required=frozenset(
            {
                "expiry",
                "right",
                "strike",
                "close",
                "volume",
                "open_interest",
                "implied_volatility",
                "file_date",
                "spot",
            }
        ),
        columns={
            "expiration": "expiry",
            "kind": "right",
            "strike": "strike",
            "last_price": "close",
            "volume": "volume",
            "open_interest": "open_interest",
            "vendor_iv": "implied_volatility",
            "underlying_price": "spot",
            "session": "file_date",
            **_GREEKS,
        },
    ),
)


def style_of(path: Path, columns: list[str]) -> Style:
    """The only style whose names a file's header holds.

    Raises:
        WrongContentError: none does, or more than one.
    """
    header = frozenset(columns)
    found = [style for style in STYLES if style.fits(header)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(style.source.value for style in found or STYLES)
    raise WrongContentError(
        path,
        expected="an option chain of one known style",
        found=f"a header of {len(found)} styles ({names}): {', '.join(sorted(header))}"
        if found
        else f"a header of none of {names}: {', '.join(sorted(header))}",
        remedy="name its columns in sources/chain_styles.py, or move it out of the folder",
    )

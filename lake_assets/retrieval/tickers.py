"""Which tickers run: spelled right, held by the lake, within the cap; never by likeness."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from lake_assets.retrieval.vocabulary import MacroAlias, Reason

# Funds that stand for the index they follow, in macro metrics only.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "SPY": "^GSPC",
        "IVV": "^GSPC",
        "VOO": "^GSPC",
        "QQQ": "^IXIC",
        "IWM": "^RUT",
        "VIXY": "^VIX",
    }
)
_TICKER: Final = re.compile(r"\^[A-Z]{1,8}|[A-Z][A-Z0-9]{0,14}(?:[.-][A-Z0-9]{1,4}){0,2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class TickerChoice:
    """Tickers that run, those over the cap, and those refused with why; each in request order."""

    run: tuple[str, ...]
    capped: tuple[str, ...]
    refused: Mapping[str, Reason]


def is_ticker(text: str) -> bool:
    """Whether a text is spelled as a ticker."""
    return _TICKER.fullmatch(text) is not None


def allow_list(symbols: Iterable[str]) -> frozenset[str]:
    """Tickers that may be asked about: symbols of the lake, and those that stand for one."""
    return frozenset(symbols) | ALIASES.keys()


def choose(asked: Iterable[str], allowed: Collection[str], cap: int) -> TickerChoice:
    """Sort the tickers of a request; what is refused does not use up the cap."""
    known: dict[str, None] = {}
    refused: dict[str, Reason] = {}
    for text in asked:
        stripped = text.strip()
        ticker = stripped.upper()
        # upper() turns some letters beyond ASCII into ASCII ones: that would be a guess
        if not (stripped.isascii() and is_ticker(ticker)):
            refused[ticker] = Reason.BAD_TICKER
        elif ticker not in allowed:
            refused[ticker] = Reason.UNKNOWN_TICKER
        else:
            known[ticker] = None
    names = tuple(known)
    return TickerChoice(run=names[:cap], capped=names[cap:], refused=MappingProxyType(refused))


def macro_symbol(ticker: str, alias: MacroAlias) -> tuple[str, str | None]:
    """The series a ticker is answered from, and that series again when it stands for it."""
    index = ALIASES.get(ticker) if alias is MacroAlias.ALWAYS else None
    return (ticker, None) if index is None else (index, index)

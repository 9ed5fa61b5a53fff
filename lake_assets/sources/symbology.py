"""Instrument numbers to contract names, as a file's metadata maps them day by day."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from lake_assets.market.contracts import MONTH_LETTERS
from lake_assets.sources.header import Header, MappedSpan
from lake_assets.sources.layouts import Records

UNMAPPED: Final = -1
SPREAD: Final = -2
OTHER: Final = -3
# A continuous request maps its own name, ES.c.0, to the contract of the day.
_OUTRIGHT: Final = re.compile(rf"ES[{MONTH_LETTERS}]\d{{1,2}}|ES\.[a-z]\.\d+")
_SPREAD: Final = re.compile(r"[-:]")
_FEW: Final = 16  # instruments; beyond, sorting out those present is cheaper
Codes = npt.NDArray[np.int32]


class Symbology:
    """Names of one file's instruments; a code is a place in ``names``, or negative."""

    def __init__(
        self, names: Sequence[str], spans: Mapping[int, list[tuple[int, MappedSpan]]]
    ) -> None:
        self.names = names
        self._spans = spans

    def codes(self, records: Records) -> Codes:
        """A code per record, by its instrument and the UTC day it was received.

        The capture time decides: a snapshot's event time may be of a day not mapped.
        """
        # Copied out of the wide records once: each look at them there is a walk through memory.
        numbers = np.ascontiguousarray(records["instrument_id"])
        received = np.ascontiguousarray(records["ts_recv"])
        out = np.full(len(numbers), UNMAPPED, np.int32)
        few = len(self._spans) <= _FEW
        for number in self._spans if few else np.unique(numbers).tolist():
            here = numbers == number
            for code, span in self._spans.get(number, ()):
                out[here & (received >= span.start_ns) & (received < span.end_ns)] = code
        return out

    def instruments(self) -> frozenset[int]:
        """Numbers of the instruments with a name we read."""
        return frozenset(n for n, held in self._spans.items() if any(c >= 0 for c, _ in held))


def es_outrights(header: Header) -> Symbology:
    """Outright ES contracts, and what was asked for as a continuous one."""
    return _symbology(header, _OUTRIGHT)


def option_contracts(root: str) -> Callable[[Header], Symbology]:
    """Options of a root; others, SPYG beside SPY among them, are other instruments."""
    wanted = re.compile(rf"{re.escape(f'{root:<6}')}\d{{6}}[CP]\d{{8}}")
    return lambda header: _symbology(header, wanted)


spy_contracts: Final = option_contracts("SPY")


def _symbology(header: Header, wanted: re.Pattern[str]) -> Symbology:
    names = sorted({span.raw_symbol for span in header.mapped if wanted.fullmatch(span.raw_symbol)})
    place = {name: code for code, name in enumerate(names)}
    spans: dict[int, list[tuple[int, MappedSpan]]] = {}
    for span in header.mapped:
        other = SPREAD if _SPREAD.search(span.raw_symbol) else OTHER
        code = place.get(span.raw_symbol, other)
        spans.setdefault(span.instrument_id, []).append((code, span))
    return Symbology(names, spans)

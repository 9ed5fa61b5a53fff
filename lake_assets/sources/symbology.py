"""Instrument numbers to contract names, as a file's metadata maps them day by day."""

import re
from collections.abc import Mapping, Sequence
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
_SPY_OPTION: Final = re.compile(r"SPY {3}\d{6}[CP]\d{8}")
_SPREAD: Final = re.compile(r"[-:]")
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
        numbers = records["instrument_id"]
        if not len(numbers):
            return np.empty(0, np.int32)
        out = np.full(len(numbers), UNMAPPED, np.int32)
        same = bool((numbers == numbers[0]).all())
        for number in [numbers[0]] if same else np.unique(numbers):
            here = slice(None) if same else numbers == number
            received = records["ts_recv"][here]
            codes = np.full(len(received), UNMAPPED, np.int32)
            for code, span in self._spans.get(int(number), ()):
                codes[(received >= span.start_ns) & (received < span.end_ns)] = code
            out[here] = codes
        return out

    def instruments(self) -> frozenset[int]:
        """Numbers of the instruments with a name we read."""
        return frozenset(n for n, held in self._spans.items() if any(c >= 0 for c, _ in held))


def es_outrights(header: Header) -> Symbology:
    """Outright ES contracts, and what was asked for as a continuous one."""
    return _symbology(header, _OUTRIGHT)


def spy_contracts(header: Header) -> Symbology:
    """SPY options; other underlyings, SPYG among them, are other instruments."""
    return _symbology(header, _SPY_OPTION)


def _symbology(header: Header, wanted: re.Pattern[str]) -> Symbology:
    names = sorted({span.raw_symbol for span in header.mapped if wanted.fullmatch(span.raw_symbol)})
    place = {name: code for code, name in enumerate(names)}
    spans: dict[int, list[tuple[int, MappedSpan]]] = {}
    for span in header.mapped:
        other = SPREAD if _SPREAD.search(span.raw_symbol) else OTHER
        code = place.get(span.raw_symbol, other)
        spans.setdefault(span.instrument_id, []).append((code, span))
    return Symbology(names, spans)

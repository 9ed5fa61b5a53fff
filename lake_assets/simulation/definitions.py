"""Definition records of the simulated options, as the vendor leaves out what OPRA does not say."""

from typing import Final

import numpy as np
from databento_dbn import InstrumentDefMsg

from lake_assets.market.price import DBN_PRICE_SCALE, NANOS_PER_SECOND
from lake_assets.simulation.contracts import Option
from lake_assets.simulation.dbn_file import Records
from lake_assets.simulation.options import OPRA_PUBLISHER

_LENGTH: Final = 130  # of a record, in units of four bytes
_RTYPE: Final = 19
_LATENCY_NS: Final = 200_000
_STATED_ZERO: Final = (
    "leg_instrument_id",
    "leg_ratio_price_numerator",
    "leg_ratio_price_denominator",
    "leg_ratio_qty_numerator",
    "leg_ratio_qty_denominator",
    "leg_underlying_id",
    "leg_count",
    "leg_index",
)
_TEXTS: Final = {
    "currency": b"USD",
    "group": b"popra-1",
    "exchange": b"OPRA",
    "asset": b"SPY",
    "security_type": b"OPT",
    "unit_of_measure": b"USD",
    "underlying": b"SPY",
    "strike_price_currency": b"USD",
    "match_algorithm": b" ",
    "security_update_action": b"A",
    "user_defined_instrument": b"N",
    "leg_side": b"N",
}


def define_options(options: list[Option], published_ns: int) -> Records:
    """One record an option; a number nobody states is the largest its field can hold."""
    records = np.zeros(len(options), np.dtype(InstrumentDefMsg._dtypes))  # noqa: SLF001 the vendor's layout has no other name
    for name in records.dtype.names or ():
        kind = records.dtype[name]
        if kind.kind in "iu" and name not in _STATED_ZERO:
            records[name] = np.iinfo(kind).max
    for name, text in _TEXTS.items():
        records[name] = text
    ids = [option.instrument_id for option in options]
    records["length"], records["rtype"] = _LENGTH, _RTYPE
    records["publisher_id"], records["underlying_id"] = OPRA_PUBLISHER, OPRA_PUBLISHER
    records["channel_id"] = 1
    records["instrument_id"], records["raw_instrument_id"] = ids, ids
    records["ts_event"] = published_ns + NANOS_PER_SECOND // 1000 * np.arange(len(options))
    records["ts_recv"] = records["ts_event"] + _LATENCY_NS
    records["expiration"] = [option.expires_ns for option in options]
    records["strike_price"] = [option.strike * DBN_PRICE_SCALE for option in options]
    records["raw_symbol"] = [option.raw_symbol.encode() for option in options]
    records["instrument_class"] = [option.right.encode() for option in options]
    return records

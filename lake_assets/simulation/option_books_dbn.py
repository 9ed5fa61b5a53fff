"""Rows of simulated option books as OPRA sends them: quotes a second, and trades."""

from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from databento_dbn import CBBOMsg, CMBP1Msg

from lake_assets.market.price import DBN_PRICE_SCALE, DBN_UNDEFINED_PRICE, NANOS_PER_SECOND
from lake_assets.market.vocabulary import OptionRight
from lake_assets.simulation.contracts import Option
from lake_assets.simulation.dbn_file import Records
from lake_assets.simulation.option_books_rows import BookRows
from lake_assets.simulation.option_books_scene import I8, Scene
from lake_assets.simulation.options import OPRA_PUBLISHER

_Rng: TypeAlias = np.random.Generator

_CBBO_1S: Final = 192
_TCBBO: Final = 194
_LENGTH: Final = 20  # of either record, in units of four bytes
_UNDEFINED_TIME: Final = 2**64 - 1
_F_LAST: Final = 128
_FIRST_ID: Final = 20_000_000
_LATENCY_NS: Final = 150_000


def listed_options(scene: Scene) -> list[Option]:
    """The contracts in the order of their numbers."""
    root = scene.underlying.name
    listed = [
        (place, expiry, right, strike)
        for place, expiry in enumerate(scene.expiries)
        for right in OptionRight
        for strike in scene.strikes.tolist()
    ]
    return [
        Option(
            raw_symbol=f"{root:<6}{expiry:%y%m%d}{right}{strike * 1000:08d}",
            instrument_id=_FIRST_ID + number,
            expiry=expiry,
            expires_ns=scene.expires_ns(place),
            strike=strike,
            right=right,
        )
        for number, (place, expiry, right, strike) in enumerate(listed)
    ]


def quote_records(scene: Scene, rows: BookRows) -> Records:
    """``cbbo-1s``: a row's book, stamped with the end of its second."""
    rows = rows.part(rows.quoted)
    records = _records(CBBOMsg, scene, rows, _CBBO_1S)
    records["ts_recv"] = scene.hours.opens + (rows.second + 1) * NANOS_PER_SECOND
    printed = scene.hours.opens + rows.printed * NANOS_PER_SECOND
    ever = rows.printed >= 0
    records["ts_event"] = np.where(ever, printed.astype(np.uint64), np.uint64(_UNDEFINED_TIME))
    records["price"] = np.where(rows.traded > 0, _nanos(scene, rows.ask), DBN_UNDEFINED_PRICE)
    records["size"] = rows.traded
    return records


def trade_records(scene: Scene, rows: BookRows, rng: _Rng) -> Records:
    """``tcbbo``: what a contract traded in a second, in one print at either side of its quote."""
    rows = rows.part(rows.traded > 0)
    records = _records(CMBP1Msg, scene, rows, _TCBBO)
    within = rng.integers(0, NANOS_PER_SECOND - 2 * _LATENCY_NS, rows.second.size)
    moment = scene.hours.opens + rows.second * NANOS_PER_SECOND + within
    records["ts_event"], records["ts_recv"] = moment, moment + _LATENCY_NS
    records["ts_in_delta"] = _LATENCY_NS // 2
    records["action"] = b"T"
    buys = (rng.random(rows.second.size) < 0.5) | (rows.bid == 0)
    records["price"] = _nanos(scene, np.where(buys, rows.ask, rows.bid))
    records["size"] = rows.traded
    return records[np.argsort(records["ts_recv"], kind="stable")]


def _records(layout: type, scene: Scene, rows: BookRows, rtype: int) -> Records:
    dtypes: npt.NDArray[Any] = layout._dtypes  # type: ignore[attr-defined]  # noqa: SLF001 the vendor's layout has no other name
    records = np.zeros(rows.second.size, np.dtype(dtypes))
    records["length"], records["rtype"] = _LENGTH, rtype
    records["publisher_id"] = OPRA_PUBLISHER
    records["instrument_id"] = _FIRST_ID + rows.contract
    records["side"], records["flags"] = b"N", _F_LAST
    bids = rows.bid > 0
    records["bid_px_00"] = np.where(bids, _nanos(scene, rows.bid), DBN_UNDEFINED_PRICE)
    records["bid_sz_00"] = np.where(bids, rows.bid_lots * scene.lot_size, 0)
    records["bid_pb_00"] = np.where(bids, OPRA_PUBLISHER, 0)
    records["ask_px_00"] = _nanos(scene, rows.ask)
    records["ask_sz_00"] = rows.ask_lots * scene.lot_size
    records["ask_pb_00"] = OPRA_PUBLISHER
    return records


def _nanos(scene: Scene, ticks: I8) -> I8:
    return ticks * (DBN_PRICE_SCALE // scene.ticks_per_point)

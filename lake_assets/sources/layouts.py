"""How a DBN record of each schema and version lies in bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import databento_dbn as dbn
import numpy as np
import numpy.typing as npt

Records: TypeAlias = npt.NDArray[Any]

VERSIONS: Final = (1, 2, 3)
_WORD: Final = 4  # a record tells its length in 32-bit words
_TS_OUT_BYTES: Final = 8

_LATEST: Final[Mapping[str, tuple[type, int]]] = {
    "trades": (dbn.TradeMsg, 0),
    "mbp-1": (dbn.MBP1Msg, 1),
    "tbbo": (dbn.MBP1Msg, 1),
    "mbp-10": (dbn.MBP10Msg, 10),
    "mbo": (dbn.MBOMsg, 160),
    "cmbp-1": (dbn.CMBP1Msg, 177),
    "tcbbo": (dbn.CMBP1Msg, 194),
    "cbbo-1s": (dbn.CBBOMsg, 192),
    "cbbo-1m": (dbn.CBBOMsg, 193),
    "bbo-1s": (dbn.BBOMsg, 195),
    "bbo-1m": (dbn.BBOMsg, 196),
    "definition": (dbn.InstrumentDefMsg, 19),
    "statistics": (dbn.StatMsg, 24),
    "status": (dbn.StatusMsg, 18),
    "ohlcv-1s": (dbn.OHLCVMsg, 32),
    "ohlcv-1m": (dbn.OHLCVMsg, 33),
    "ohlcv-1h": (dbn.OHLCVMsg, 34),
    "ohlcv-1d": (dbn.OHLCVMsg, 35),
}
_OLDER: Final[Mapping[tuple[str, int], type]] = {
    ("definition", 1): dbn.InstrumentDefMsgV1,
    ("definition", 2): dbn.InstrumentDefMsgV2,
    ("statistics", 1): dbn.StatMsgV1,
    ("statistics", 2): dbn.StatMsgV1,
}
_FIRST_LEVEL: Final = "bid_px_00"
_LAST_LEVEL: Final = "bid_px_09"
_UNDEFINED_QUANTITY_V1: Final = 2**31 - 1
_UNDEFINED_QUANTITY: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """The records of one file: as they lie there, and as the newest version has them."""

    stored: np.dtype[np.void]
    latest: np.dtype[np.void]
    rtype: int

    @property
    def record_bytes(self) -> int:
        """Bytes of one record in the file."""
        return int(self.stored.itemsize)

    def first_damaged(self, records: Records) -> int | None:
        """Place of the first record that is not one of this layout, if any."""
        length, rtype = records["length"], records["rtype"]
        good = (length == self.record_bytes // _WORD) & (rtype == self.rtype)
        return None if good.all() else int(np.argmin(good))

    def upgraded(self, records: Records) -> Records:
        """The records as the newest version has them; the same array where nothing changed."""
        if self.stored == self.latest:
            return records
        out = np.zeros(len(records), self.latest)
        for name in set(self.latest.names or ()) & set(self.stored.names or ()):
            out[name] = records[name]
        if "quantity" in (self.latest.names or ()):
            unknown = records["quantity"] == _UNDEFINED_QUANTITY_V1
            out["quantity"][unknown & (self.stored["quantity"].itemsize == _WORD)] = (
                _UNDEFINED_QUANTITY
            )
        return out


def heads_of(records: Records) -> Records:
    """The fields before the levels of ten-level records, side by side; others as they are.

    Of 368 bytes of a record 48 are read field by field. Copied out once they lie within the
    cache, where every look at a field of the records is a walk through memory.
    """
    fields: Mapping[str, Any] = records.dtype.fields or {}
    if _LAST_LEVEL not in fields:
        return records
    stop = fields[_FIRST_LEVEL][1]
    head = np.dtype([(name, kind) for name, (kind, at, *_) in fields.items() if at < stop])
    raw = records.view(np.uint8).reshape(len(records), records.dtype.itemsize)
    return np.ascontiguousarray(raw[:, :stop]).view(head)[:, 0]


def is_known(schema: str | None) -> bool:
    """Whether the lake has a layout for the schema."""
    return schema in _LATEST


def layout_of(schema: str, version: int, *, ts_out: bool = False) -> Layout:
    """Layout of a schema's records; ``ts_out`` files add a send time to each."""
    newest, rtype = _LATEST[schema]
    stored = _dtype(_OLDER.get((schema, version), newest))
    if ts_out:
        stored = np.dtype([*stored.descr, ("ts_out", "u8")])
    return Layout(stored, _dtype(newest), rtype)


def _dtype(message: type) -> np.dtype[np.void]:
    fields = message._dtypes  # type: ignore[attr-defined]  # noqa: SLF001 - the decoder's table
    dtype: np.dtype[np.void] = np.dtype(fields)
    return dtype

"""The slices of the truth tables: every cross of expiry, part of the session and regime."""

from itertools import product
from typing import Final, TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.market.truth_vocabulary import DteSlice, RegimeSlice, TimeSlice
from lake_assets.seconds.readings import I8, whole

U8: TypeAlias = npt.NDArray[np.uint64]

_PARTS: Final = (DteSlice, TimeSlice, RegimeSlice)
SHAPE: Final = tuple(len(part) for part in _PARTS)
"""Slices by expiry, part of the session and regime; the last of each is all of them."""

NAMES: Final = tuple(product(*_PARTS))
"""The slices in their order: ``(dte_bucket, time_of_day, regime)``."""


def cells(frame: pl.DataFrame, regime: str = "regime") -> I8:
    """The finest slice of each row; an unknown expiry or regime has the place of all."""
    codes = [
        whole(frame[name].to_physical(), missing=len(part) - 1)
        for name, part in zip(("dte_bucket", "time_of_day", regime), _PARTS, strict=True)
    ]
    found: I8 = np.ravel_multi_index(codes, SHAPE).astype(np.int64)
    return found


def _slices_of() -> I8:
    """The slices each cell belongs to, padded with -1: itself, and those that leave parts open."""
    found = np.full((len(NAMES), 8), -1, np.int64)
    for cell in range(len(NAMES)):
        place = np.unravel_index(cell, SHAPE)
        options = [sorted({int(p), size - 1}) for p, size in zip(place, SHAPE, strict=True)]
        mine = [int(np.ravel_multi_index(choice, SHAPE)) for choice in product(*options)]
        found[cell, : len(mine)] = mine
    return found


SLICES_OF: Final = _slices_of()


def seeds_of(underlying: str) -> U8:
    """First state of each slice's draws: CRC-32 of ``NIFTY/0/morning/chop``."""
    keys = ["/".join((underlying, *name)) for name in NAMES]
    return np.array([crc32(key.encode()) for key in keys], np.uint64)

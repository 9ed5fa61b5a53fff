"""How far out of order a file's records are, learnt before a row of it is handed on."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from lake_assets.market.sessions import Interval
from lake_assets.sources.layouts import Records
from lake_assets.sources.screening import I8, effective_ns

_NEVER: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Disorder:
    """Order of the records inside an interval.

    Attributes:
        first_ns: the earliest effective time; the end of time if there is no record.
        lateness_ns: how far a record lies behind an earlier one, at most.
    """

    first_ns: int
    lateness_ns: int


def measure_disorder(arrays: Iterable[Records], hours: Interval) -> Disorder:
    """Read every record once, keeping only times."""
    first, newest, lateness = _NEVER, -1, 0
    for records in arrays:
        times = _inside(effective_ns(records), hours)
        if not len(times):
            continue
        running = np.maximum.accumulate(np.maximum(times, newest))
        lateness = max(lateness, int((running - times).max()))
        first, newest = min(first, int(times.min())), int(running[-1])
    return Disorder(first, lateness)


def _inside(times: I8, hours: Interval) -> I8:
    mask = (times >= hours.opens) & (times < hours.closes)
    return times if mask.all() else times[mask]

"""The moments an audit cuts the session at."""

from typing import Final

import numpy as np
import numpy.typing as npt

from lake_assets.market.price import NANOS_PER_MINUTE
from lake_assets.market.sessions import Interval

_KINDS: Final = 4


def choose_cuts(
    hours: Interval, events_ns: npt.NDArray[np.int64], count: int, seed: int
) -> list[int]:
    """Draw moments of the hours, ascending, each after the opening.

    In turn: anywhere, at an event, one nanosecond after an event, at a minute's edge. Without
    events all are drawn anywhere or at an edge.

    Args:
        hours: the session's working hours, ``[opens, closes)``.
        events_ns: times of what is audited; those outside the hours are left out.
        count: how many cuts; equal ones are drawn once.
        seed: equal seeds, equal cuts.
    """
    random = np.random.default_rng(seed)
    inside = events_ns[(events_ns > hours.opens) & (events_ns < hours.closes)]
    cuts = set[int]()
    for kind in random.permutation(np.arange(max(count, _KINDS)) % _KINDS)[:count].tolist():
        anywhere = int(random.integers(hours.opens + 1, hours.closes))
        event = int(random.choice(inside)) if len(inside) else anywhere
        edge = hours.opens + NANOS_PER_MINUTE * int(
            random.integers(1, max(2, (hours.closes - hours.opens) // NANOS_PER_MINUTE))
        )
        cuts.add((anywhere, event, event + 1, edge)[kind])
    return sorted(cuts)

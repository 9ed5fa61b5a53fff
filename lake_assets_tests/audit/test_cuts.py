"""Where a session is cut: inside its hours, at its events, the same each time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.audit.cuts import choose_cuts
from lake_assets.market.sessions import Interval

MINUTE = 60_000_000_000
HOURS = Interval(10 * MINUTE, 20 * MINUTE)
EVENTS = np.array([9 * MINUTE, 12 * MINUTE + 7, 15 * MINUTE + 3, 21 * MINUTE])


@given(st.integers(0, 30), st.integers(0, 2**32), st.booleans())
def test_cuts_lie_inside_the_hours_in_order_and_repeat(count, seed, eventful):
    events = EVENTS if eventful else EVENTS[:0]
    cuts = choose_cuts(HOURS, events, count, seed)

    assert len(cuts) <= count
    assert cuts == sorted(set(cuts))
    assert all(HOURS.opens < cut < HOURS.closes for cut in cuts)
    assert cuts == choose_cuts(HOURS, events, count, seed)


def test_every_kind_of_cut_is_drawn():
    cuts = choose_cuts(HOURS, EVENTS, 40, 3)
    inside = set(EVENTS[1:3].tolist())

    assert inside & set(cuts), "at an event"
    assert {event + 1 for event in inside} & set(cuts), "just after an event"
    assert any(cut % MINUTE == 0 for cut in cuts), "at a minute's edge"
    assert any(cut % MINUTE and cut not in inside for cut in cuts), "inside a minute"

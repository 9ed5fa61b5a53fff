"""How much of a chain is the one before."""

import pytest

from lake_assets.daily.repeats import share_of_repeats
from lake_assets_tests.daily.chains import chain, contract


def of(*bids):
    return chain(*(contract(strike=500.0 + n, bid=bid) for n, bid in enumerate(bids)))


@pytest.mark.parametrize(
    ("now", "before", "share"),
    [
        (of(1.0, 2.0), of(1.0, 2.0), 1.0),
        (of(1.0, 2.0), of(1.0, 2.5), 0.5),
        (of(1.0, 2.0, 3.0), of(1.0), 1.0),
        (of(None), of(None), 1.0),
        (of(None), of(1.0), 0.0),
        (of(), of(1.0), None),
    ],
    ids=["all", "half", "only the common", "both unknown", "one unknown", "none in both"],
)
def test_share_of_repeats(now, before, share):
    assert share_of_repeats(now, before) == share

"""Parameters of the state: bounded, and never mistaken for another table's."""

import pytest
from pydantic import ValidationError

from lake_assets.physics.parameters import SignalParams
from lake_assets.seconds.parameters import StateParams


def test_no_name_means_two_things():
    # the lake's parameters are one flat set: a shared name would share a value
    assert not StateParams.model_fields.keys() & SignalParams.model_fields.keys()


@pytest.mark.parametrize(
    "broken",
    [
        {"implied_min": 5.0},
        {"spot_min_strikes": 6},
        {"p_drop_pct": 0},
        {"book_max_age_s": -1},
        {"nobody": 1},
    ],
)
def test_what_makes_no_sense_is_refused(broken):
    with pytest.raises(ValidationError):
        StateParams(**broken)


def test_parameters_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        StateParams().p_drop_pct = 1

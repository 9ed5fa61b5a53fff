"""When things are planted: as far apart as asked, and never so that one spoils another."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets.simulation.option_books_plan import plan_course
from lake_assets.simulation.option_books_plants import PlantKind
from lake_assets.simulation.option_books_scene import scene_of

DAY = date(2025, 8, 1)
LEADING = {PlantKind.BURST, PlantKind.BURST_DECOY, PlantKind.VACUUM, PlantKind.FLICKER}


def plan(name="BANKNIFTY", seed=1, **params):
    underlying = UNDERLYINGS[name]
    session = session_on(DAY, underlying.calendar)
    scene = scene_of(session, underlying, OptionBookParams(seed=seed, **params))
    return plan_course(scene, np.random.default_rng(seed))


def gaps(course, kinds):
    plants = sorted((p for p in course.plants if p.kind in kinds), key=lambda p: p.start)
    return [later.start - earlier.end for earlier, later in pairwise(plants)]


@pytest.mark.parametrize("seed", range(5))
def test_what_has_no_room_is_left_out(seed):
    """Farther apart there are fewer plants; none moves into the last quarter of an hour."""
    near, far = plan(seed=seed), plan(seed=seed, apart_s=400)
    assert min(gaps(near, LEADING)) >= 60
    assert min(gaps(far, LEADING)) >= 400
    assert len(far.plants) < len(near.plants)
    for course in (near, far):
        last = max(p.end for p in course.plants if p.kind is not PlantKind.CHOP)
        assert last < course.scene.seconds - 900


@pytest.mark.parametrize("seed", range(5))
def test_moves_wait_for_the_two_minutes_before_them_to_calm(seed):
    moves = {PlantKind.BURST, PlantKind.BURST_DECOY}
    assert min(gaps(plan(seed=seed, apart_s=0), moves)) >= 120


@pytest.mark.parametrize("seed", range(5))
def test_nothing_but_chop_is_planted_in_chop(seed):
    course = plan(seed=seed)
    spans = [p for p in course.plants if p.kind is PlantKind.CHOP]
    for plant in course.plants:
        if plant.kind is not PlantKind.CHOP:
            assert not any(
                span.start - 30 <= plant.end and plant.start <= span.end + 30 for span in spans
            )


@pytest.mark.parametrize("name", UNDERLYINGS)
@pytest.mark.parametrize("days_to_expiry", [0, 1, 3, 6])
def test_spot_stays_among_the_listed_strikes(name, days_to_expiry):
    for seed in range(5):
        course = plan(name, seed=seed, days_to_expiry=days_to_expiry)
        spot, strikes = course.spot(), course.scene.strikes
        room = 3 * course.scene.underlying.strike_step
        assert spot.min() - room >= strikes[0]
        assert spot.max() + room <= strikes[-1]


def test_a_quiet_day_plants_nothing_and_is_as_busy_throughout():
    course = plan(quiet=True)
    assert not course.plants
    assert np.ptp(course.lots) == 0
    assert not course.frozen.any()

"""What may be asked of a simulation."""

import pytest
from pydantic import ValidationError

from lake_assets.simulation.parameters import SimulationParams


def test_the_reference_day_has_its_trades():
    params = SimulationParams(book_records=10_000_000)
    assert params.trade_count == 550_000
    assert params.option_trade_count == 700_000


@pytest.mark.parametrize(
    "asked",
    [{"book_records": 49_999}, {"trades": 12_001}, {"start_price_points": 6900.1}, {"speed": 1}],
    ids=str,
)
def test_what_cannot_be_is_refused(asked):
    with pytest.raises(ValidationError):
        SimulationParams(**asked)

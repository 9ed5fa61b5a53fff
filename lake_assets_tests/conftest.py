"""What every room's tests share: real market data where it is given, and hypothesis' profile."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No deadline: the first call of a kernel compiles, and a deadline would measure that.
# Derandomized: a failure in CI is the same failure at a desk.
settings.register_profile(
    "lake", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("lake")


@pytest.fixture(scope="session")
def market_data() -> Path:
    """Folder of real market data, named by LAKE_TEST_DATA; nothing of it is in the repository."""
    named = os.environ.get("LAKE_TEST_DATA")
    if not named or not Path(named).is_dir():
        pytest.skip("REAL MARKET DATA ABSENT: set LAKE_TEST_DATA to run this test")
    return Path(named)

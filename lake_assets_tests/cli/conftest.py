"""What every test of the command shares."""

import os

import pytest


@pytest.fixture(autouse=True)
def environment():
    """The environment as it was: the command hands its options on to processes through it."""
    before = dict(os.environ)
    yield
    for name in set(os.environ) - set(before):
        del os.environ[name]
    os.environ.update(before)

"""The vendor's client changes nothing of the process that imports it."""

import subprocess
import sys

FILTERS = """
import warnings

before = list(warnings.filters)
import lake_assets.downloads.client
added = [each for each in warnings.filters if each not in before]
print([action for action, _, category, *_ in added if category is DeprecationWarning])
"""


def test_what_others_deprecate_is_not_shown_because_of_it():
    words = [sys.executable, "-W", "default", "-c", FILTERS]
    out = subprocess.run(words, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"

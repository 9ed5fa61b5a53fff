"""What a certificate says for people, and that it survives being kept."""

import json

from lake_assets.audit.certificate import Certificate


def certificate(**changed):
    facts = {
        "cuts": (1, 2),
        "probes": ("truncated", "scrambled"),
        "rows": {"touches": 1_200, "tape": 1_200},
        "columns": 40,
        "cells": 48_000,
        "refusals": (),
        "leaks": (),
    }
    return Certificate(**(facts | changed))


def test_it_says_what_was_compared():
    assert certificate().sentence() == (
        "2 cuts, 2 probes, 2,400 rows and 48,000 cells of 2 tables compared: 0 cells differ"
    )
    assert certificate(cuts=(1,)).sentence().startswith("1 cut, 2 probes")
    assert certificate(leaks=("a", "b")).sentence().endswith("compared: 2 things differ")


def test_without_cuts_it_says_why():
    assert Certificate.without_cuts("no hours").sentence() == "nothing was compared: no hours"


def test_it_is_the_same_after_a_manifest():
    kept = json.loads(json.dumps(certificate().to_json()))
    assert Certificate(**kept).sentence() == certificate().sentence()

"""Pins: a template that changes without its version stops the build."""

from hashlib import sha256

import pytest

from lake_assets.retrieval.pins import Pin, broken_pins, pin, pin_table, read_pins

AGREED = [pin("pcr_volume", 2, "SELECT 1"), pin("atm_iv", 1, "SELECT 2")]


def test_a_pin_holds_the_hash_of_its_template():
    assert AGREED[0] == Pin("pcr_volume", 2, sha256(b"SELECT 1").hexdigest())


def test_what_is_as_agreed_passes_in_any_order():
    assert broken_pins(AGREED, AGREED[::-1]) == []


def test_a_retired_definition_stays_pinned():
    assert broken_pins(AGREED, AGREED[:1]) == []


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (pin("pcr_volume", 2, "SELECT 3"), "has another template than agreed; raise its version"),
        (pin("pcr_volume", 3, "SELECT 3"), "is pinned as version 2; pin it anew"),
        (pin("pcr_volume", 1, "SELECT 1"), "went back from version 2"),
        (pin("iv_rank", 1, "SELECT 1"), "is not pinned"),
    ],
)
def test_what_is_not_as_agreed_is_said(changed, why):
    (sentence,) = broken_pins(AGREED, [AGREED[1], changed])
    assert sentence.startswith(f"{changed.id}@{changed.version} ")
    assert why in sentence


def test_the_list_survives_as_text():
    table = pin_table(AGREED)
    assert table.splitlines()[0] == "id,version,template_sha256"
    assert table.splitlines()[1].startswith("atm_iv,1,")
    assert read_pins(table) == sorted(AGREED)

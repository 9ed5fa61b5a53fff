"""A manifest survives its text, and its text shows every edit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.manifest import Generation, Manifest, Stamp, creators
from lake_assets.lake.sealed import seal
from lake_assets_tests.lake.tables import MADE_FROM, SIMULATED

GENERATION = Generation(
    rows=3,
    bytes=100,
    sha256="e" * 64,
    schema_hash="abc",
    fingerprint=MADE_FROM,
    quality={"dropped": 0, "worst_gap_s": 0.25, "note": "naïve", "unknown": None},
    provenance=SIMULATED,
    vendor_condition="available",
    created_by=creators(),
    stamp=Stamp(100, 1, 2),
)
MANIFESTS = [
    Manifest(dataset="silver/levels", partition="2025-12-17", current=GENERATION, previous=old)
    for old in (None, GENERATION.stamped(Stamp(100, 1, 3)))
]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=["first", "second"])
def test_text_gives_back_the_manifest(manifest):
    assert Manifest.from_text(manifest.to_text(), "m") == manifest


def test_the_same_manifest_is_the_same_text():
    again = Manifest.from_text(MANIFESTS[1].to_text(), "m")
    assert again.to_text() == MANIFESTS[1].to_text()


@given(st.data())
def test_any_one_character_edit_shows(data):
    text = MANIFESTS[1].to_text()
    at = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[at]))
    with pytest.raises(DamagedPartitionError):
        Manifest.from_text(text[:at] + put + text[at + 1 :], "m")


@given(st.integers(0, 200))
def test_any_truncation_shows(cut):
    with pytest.raises(DamagedPartitionError):
        Manifest.from_text(MANIFESTS[0].to_text()[: -1 - cut], "m")


def test_a_newer_format_is_named():
    with pytest.raises(DamagedPartitionError, match="format 1"):
        Manifest.from_text(seal({"format": 2}), "m")

"""The table says what was missed and by how much."""

import pytest

from benchmarks.table import Line, Target, markdown, plain


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (Target(name="rate", seen=1.5, least=1.5), "met"),
        (Target(name="rate", seen=1.2, least=1.5), "missed: rate 20% below"),
        (Target(name="peak", seen=1.2, most=1.2), "met"),
        (Target(name="peak", seen=1.5, most=1.2), "missed: peak 25% above"),
    ],
    ids=["at the least", "below it", "at the most", "above it"],
)
def test_verdict(target, verdict):
    assert target.verdict == verdict


def test_one_missed_target_is_a_missed_line():
    good, bad = (Target(name=n, seen=s, most=1) for n, s in (("a", 1), ("b", 2)))

    assert Line(work="x", targets=[good, bad]).cells()[-1] == "missed: b 100% above"
    assert Line(work="x", targets=[good]).cells()[-1] == "met"
    assert Line(work="x").cells()[-1] == "—"


def test_both_prints_hold_every_cell():
    line = Line(work="w", reference="r", targets=[Target(name="t", seen=0.5, most=1)], ratio=3)

    for text in (markdown([line]), plain([line])):
        assert all(cell in text for cell in ("w", "r", "t ≤ 1", "t 0.50", "3.0x", "met"))

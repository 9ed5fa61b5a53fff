"""What a partition was made from, compared."""

from dataclasses import replace

import pytest

from lake_assets_tests.lake.tables import MADE_FROM


def test_nothing_changed_gives_no_reason():
    same = replace(MADE_FROM, parameters=dict(reversed(MADE_FROM.parameters.items())))
    assert same.changes(MADE_FROM) == []
    assert same.digest == MADE_FROM.digest


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ({"code_version": "4"}, "code version 3→4"),
        ({"schema_hash": "def"}, "schema changed"),
        (
            {"parameters": {"tape_band_u": 4_000, "modes": ["auto", "ratio"]}},
            "parameters changed: tape_band_u 5000→4000",
        ),
        (
            {"parameters": {"tape_band_u": 5_000, "modes": ["auto"], "new": 0.5}},
            'parameters changed: modes ["auto","ratio"]→["auto"], new absent→0.5',
        ),
        ({"inputs": {"silver/levels": "c" * 64}}, "inputs changed: silver/levels"),
        ({"inputs": {}}, "inputs changed: silver/levels"),
        (
            {"raw_files": {f"{i}.dbn": "d" for i in range(7)}},
            "raw files changed: 0.dbn, 1.dbn, 2.dbn, 3.dbn, 4.dbn and 3 more",
        ),
    ],
)
def test_a_change_is_told_in_words_and_in_the_digest(now, reason):
    changed = replace(MADE_FROM, **now)
    assert changed.changes(MADE_FROM) == [reason]
    assert changed.digest != MADE_FROM.digest


def test_all_changes_are_told_at_once():
    changed = replace(MADE_FROM, code_version="4", raw_files={})
    assert changed.changes(MADE_FROM) == [
        "code version 3→4",
        "raw files changed: glbx/day.dbn.zst",
    ]


def test_a_number_and_its_text_are_different_parameters():
    one, other = (replace(MADE_FROM, parameters={"x": x}) for x in (1, "1"))
    assert one.changes(other)


def test_only_inputs_move_the_inputs_digest():
    assert replace(MADE_FROM, code_version="4").inputs_digest == MADE_FROM.inputs_digest
    assert replace(MADE_FROM, inputs={}).inputs_digest != MADE_FROM.inputs_digest

"""The collecting jobs' state: read anew when changed, worth nothing when broken."""

import os
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.retrieval.state import NO_STATE, State, StateFile, parse_state

TEXT = (
    '{"last_run_keys": {"options_daily": "2026-05-29", "macro_trading_daily": "2026-05-28",'
    ' "gpr_monthly": "2026-05"}, "updated_at": "2026-05-29T22:00:00Z"}'
)
TOLD = State(
    options_daily=date(2026, 5, 29), macro_trading_daily=date(2026, 5, 28), gpr_monthly="2026-05"
)


def test_the_state_is_read_as_it_changes(tmp_path):
    file = StateFile(tmp_path / "state.json")
    assert file.read() == NO_STATE
    file.path.write_text(TEXT)
    assert file.read() == TOLD
    file.path.write_text(TEXT.replace("2026-05-29", "2026-06-01", 1))
    os.utime(file.path, ns=(1, 1))
    assert file.read().options_daily == date(2026, 6, 1)
    file.path.unlink()
    assert file.read() == NO_STATE


def test_an_unchanged_file_is_not_parsed_again(tmp_path):
    file = StateFile(tmp_path / "state.json")
    file.path.write_text(TEXT)
    assert file.read() is file.read()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"last_run_keys": 3}', "[" * 100_000, '{"last_run_keys": {}}', "null"],
)
def test_a_broken_state_is_none(text):
    assert parse_state(text) == NO_STATE


@pytest.mark.parametrize("key", ["20260529", "2026-W22-5", "2026-13-01", 20260529, None, ["x"]])
def test_a_key_that_is_no_day_is_null_alone(key):
    text = TEXT.replace('"2026-05-29"', str(key).replace("'", '"').replace("None", "null"), 1)
    found = parse_state(text)
    assert found.options_daily is None
    if found != NO_STATE:
        assert found.gpr_monthly == "2026-05"


@pytest.mark.parametrize("key", ["2026-13", "0000-01", "2026-5", "2026", "2026-05-01"])
def test_a_key_that_is_no_month_is_null_alone(key):
    found = parse_state(TEXT.replace('"2026-05"', f'"{key}"'))
    assert found.gpr_monthly is None
    assert found.options_daily == date(2026, 5, 29)


def test_bytes_that_are_no_text_are_no_state(tmp_path):
    (tmp_path / "state.json").write_bytes(b"\xff\xfe\x00")
    assert StateFile(tmp_path / "state.json").read() == NO_STATE


@given(st.text())
def test_no_text_raises(text):
    assert isinstance(parse_state(text), State)

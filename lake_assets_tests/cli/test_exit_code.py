"""Exit codes: the numbers scripts branch on are the ones that are written down."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import parser

OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.mark.parametrize("text", [OPERATIONS.read_text(), parser().epilog], ids=["docs", "--help"])
def test_the_numbers_are_the_ones_written_down(text):
    told = text.partition("xit codes")[2]
    for code in ExitCode:
        assert re.search(rf"\b{int(code)} {code.name.lower()}\b", told)


def test_the_shell_sees_the_number(tmp_path):
    lake = [sys.executable, "-m", "lake_assets.cli.main"]
    words = [*lake, "backfill", "tomorrow", "--root", str(tmp_path)]
    assert subprocess.run(words, capture_output=True, check=False).returncode == ExitCode.MISUSE

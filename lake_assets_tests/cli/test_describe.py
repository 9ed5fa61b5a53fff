"""Documentation that could lag is generated, and compared."""

from pathlib import Path

from lake_assets.cli.describe import datasets_page

PAGE = Path(__file__).parents[2] / "docs" / "datasets.md"


def test_the_page_of_datasets_is_current():
    assert PAGE.read_text() == "\n".join(datasets_page()) + "\n", "run `make docs`"

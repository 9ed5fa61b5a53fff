"""The pipeline as a measured process, and how far what it finds agrees with ours."""

from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.measurement import answer
from benchmarks.pandas_pipeline.agreement import agree
from benchmarks.pandas_pipeline.pipeline import run_pipeline
from benchmarks.session import DAY, tables_of
from lake_assets.market.sessions import session_on


def run(folder: str) -> dict[str, Any]:
    """Time the steps on the session in a folder; what is found is left beside it."""
    found, watch = run_pipeline(Path(folder) / "lake", session_on(DAY))
    found.to_pickle(_kept(folder))
    return {**watch.told(), "touches": len(found)}


def compare(folder: str) -> dict[str, Any]:
    """Shares of touches, and of what is said of each, that agree with ours."""
    theirs = pd.read_pickle(_kept(folder))  # noqa: S301 - written by the way above
    return {"agreement": agree(theirs, tables_of(Path(folder)))}


def _kept(folder: str) -> Path:
    return Path(folder) / "pandas.pickle"


if __name__ == "__main__":
    answer({"run": run, "compare": compare})

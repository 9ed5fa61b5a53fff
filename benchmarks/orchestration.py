"""A whole date through Dagster: what it costs beyond the assets' own seconds."""

import os
import time
from typing import Any, Final

import dagster as dg

from benchmarks.measurement import answer
from benchmarks.session import DAY
from lake_assets.definitions import build_definitions, lake_assets
from lake_assets.orchestration.recipe import is_of_touches
from lake_assets.orchestration.runs import run_partition

KEYS: Final = [asset.definition.key for asset in lake_assets() if is_of_touches(asset.recipe)]


def dates(times: str) -> dict[str, Any]:
    """The date by `run_partition`: built first, then forced, then reused, in one process."""
    built = _run("")
    forced = [_run("*") for _ in range(int(times))]
    reused = [_run("") for _ in range(int(times))]
    return {"cold": built, "warm": _middle(forced), "reused": _middle(reused)}


def computed() -> dict[str, Any]:
    """Seconds the assets of the lake's newest run took by their own account."""
    with dg.DagsterInstance.get() as instance:
        events = [instance.get_latest_materialization_event(key) for key in KEYS]
    facts = [e.asset_materialization.metadata for e in events if e and e.asset_materialization]
    return {"seconds": sum(float(str(f["seconds"].value)) for f in facts if "seconds" in f)}


def command() -> list[str]:
    """The words after `python` that materialize the date from a shell."""
    keys = " or ".join(f'key:"{"/".join(key.path)}"' for key in KEYS)
    return _materialize(keys, "lake_assets.definitions")


def empty_command() -> list[str]:
    """The same of an empty graph."""
    return _materialize("*", "benchmarks.empty_graph")


def _materialize(selection: str, module: str) -> list[str]:
    where = ["-m", module, "--partition", DAY.isoformat()]
    return ["-m", "dagster", "asset", "materialize", "--select", selection, *where]


def _run(force: str) -> dict[str, float]:
    """Seconds of the whole run, of its assets, and what is left."""
    start = time.perf_counter()
    definitions = build_definitions(os.environ)
    run = run_partition(definitions, DAY.isoformat(), select=KEYS, force=force)
    seconds = time.perf_counter() - start
    if run.error:
        raise RuntimeError(run.error)
    assets = sum(asset.seconds or 0.0 for asset in run.assets)
    return {"seconds": seconds, "assets": assets, "over": seconds - assets}


def _middle(runs: list[dict[str, float]]) -> dict[str, float]:
    return sorted(runs, key=lambda run: run["over"])[len(runs) // 2]


if __name__ == "__main__":
    words = {"words": command(), "empty": empty_command()}
    answer({"dates": dates, "computed": computed, "command": lambda: words})

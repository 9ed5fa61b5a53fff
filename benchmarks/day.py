"""Where the time from Bronze to Gold goes, table by table, as a picture.

    python -m benchmarks.session simulate FOLDER 10000000
    python -m benchmarks.session ingest FOLDER
    python -m benchmarks.day measure FOLDER 3 now.json
    python -m benchmarks.day draw docs/pictures/bronze-to-gold.png before.json now.json

A file of facts is named after what it measured; taking turns between two checkouts, a round each,
keeps the load of the machine out of the comparison.
"""

import json
from pathlib import Path
from statistics import median
from typing import Any, Final

import matplotlib as mpl

from benchmarks.machine import describe, keep_to
from benchmarks.measurement import answer, repeat

mpl.use("Agg")

import matplotlib.pyplot as plt

_CORES: Final = 2
_SHOWN: Final = 9
_REST: Final = "all others"
_COLOURS: Final = ("#c9c9c9", "#1f6f8b", "#c8553d")


def measure_day(folder: str, rounds: str, to: str) -> dict[str, Any]:
    """Add rounds of a warm build on two cores to a file of facts: seconds of each table."""
    keep_to(_CORES)
    file = Path(to)
    facts = json.loads(file.read_text()) if file.exists() else {"cpu_s": [], "laps": []}
    for each in repeat(int(rounds), "-m", "benchmarks.session", "compute", folder).each:
        for name in ("cpu_s", "laps"):
            facts[name].append(each.told[name])
    file.write_text(json.dumps({**facts, "machine": describe()}))
    return {name: round(sum(_medians(facts[name]).values()), 2) for name in ("cpu_s", "laps")}


def draw(to: str, *files: str) -> dict[str, Any]:
    """Draw the medians of processor seconds, a bar a table and file."""
    facts = {Path(file).stem: json.loads(Path(file).read_text()) for file in files}
    seconds = {name: _medians(each["cpu_s"]) for name, each in facts.items()}
    tables = _dearest(list(seconds.values()))
    figure, axes = plt.subplots(figsize=(8, 4.4))
    thick = 0.8 / len(seconds)
    for place, (name, each) in enumerate(seconds.items()):
        told = [*(each.get(table, 0.0) for table in tables), _rest(each, tables)]
        middles = [row + place * thick for row in range(len(told))]
        label = f"{name}: {sum(each.values()):.1f} s"
        bars = axes.barh(middles, told, thick, label=label, color=_COLOURS[place])
        axes.bar_label(
            bars, [f"{value:.2f}" if value else "" for value in told], padding=2, fontsize=7
        )
    middle = 0.4 - thick / 2
    axes.set_yticks([row + middle for row in range(len(tables) + 1)], [*tables, _REST])
    axes.invert_yaxis()
    axes.set(xlabel="processor seconds", title="Bronze to Gold of the reference day")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="lower right")
    rounds, machine = (
        len(next(iter(facts.values()))["cpu_s"]),
        next(iter(facts.values()))["machine"],
    )
    figure.text(0.01, 0.01, f"{machine}; medians of {rounds}", fontsize=7, color="#666666")
    figure.tight_layout()
    figure.savefig(to, dpi=90, metadata={"Software": None})
    return {name: sum(each.values()) for name, each in seconds.items()}


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {table: median(each[table] for each in rounds) for table in rounds[0]}


def _dearest(ways: list[dict[str, float]]) -> list[str]:
    """Tables by their seconds in the way where they took most."""
    most = {table: max(way.get(table, 0.0) for way in ways) for way in ways for table in way}
    return sorted(most, key=lambda table: -most[table])[:_SHOWN]


def _rest(seconds: dict[str, float], shown: list[str]) -> float:
    return sum(value for table, value in seconds.items() if table not in shown)


if __name__ == "__main__":
    answer({"measure": measure_day, "draw": draw})

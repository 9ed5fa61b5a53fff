"""The growth as a picture: seconds and memory against records, backfills against workers."""

import json
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

from benchmarks.growth import DAY
from benchmarks.measurement import answer

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

_COLOURS: Final = {"ingest": "#1f6f8b", "compute": "#c8553d", DAY: "#8a6d9e"}
_NAMES: Final = {
    "ingest": "vendor files to Bronze",
    "compute": "Bronze to Gold",
    DAY: "a whole day with its audit",
}
_MILLION: Final = 1e6


def draw(facts: str, to: str) -> dict[str, Any]:
    """Draw what the file of facts holds into a PNG."""
    found = json.loads(Path(facts).read_text())
    figure, (seconds, memory, sessions) = plt.subplots(1, 3, figsize=(11, 3.4))
    _against_records(seconds, found["grown"], "seconds", "s")
    seconds.set_title("Time")
    _against_records(memory, found["grown"], "peak_mb", "MB")
    memory.set_title("Most memory held")
    _bars(sessions, found["backfills"])
    figure.suptitle(found["machine"], fontsize=8, color="#666666")
    figure.tight_layout()
    figure.savefig(to, dpi=90, metadata={"Software": None})
    return {}


def _against_records(axes: Axes, grown: list[dict[str, Any]], what: str, unit: str) -> None:
    records = [each["records"] / _MILLION for each in grown]
    for part, colour in _COLOURS.items():
        values = [each[what][part] for each in grown]
        axes.plot(records, values, "o-", color=colour, label=_NAMES[part], markersize=4)
    axes.set(xlabel="book records, million", ylabel=unit, xlim=(0, None), ylim=(0, None))
    axes.legend(frameon=False, fontsize=8)
    _clean(axes)


def _bars(axes: Axes, backfills: list[dict[str, Any]]) -> None:
    names = [f"{b['sessions']} sessions\n{b['workers']} worker(s)" for b in backfills]
    bars = axes.bar(names, [b["per_session"] for b in backfills], color="#7a9e7e", width=0.6)
    axes.bar_label(bars, [f"{b['used']:.0%} of cores" for b in backfills], fontsize=8)
    axes.set(ylabel="s a session", title="Backfill")
    axes.tick_params(axis="x", labelsize=8)
    axes.margins(y=0.15)
    _clean(axes)


def _clean(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


if __name__ == "__main__":
    answer({"draw": draw})

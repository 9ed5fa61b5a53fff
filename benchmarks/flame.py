"""A profile of the day from Bronze to Gold: which function every table's time is in.

    py-spy record -r 100 --threads -f raw -o day.raw -- python -m benchmarks.session compute FOLDER
    python -m benchmarks.flame draw day.raw docs/pictures/profile.png

The folder holds an ingested day, as for `benchmarks.day`. A kernel is compiled, so its time is
that of the line that calls it. py-spy is no dependency: any recent one will do.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

from benchmarks.measurement import answer

mpl.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes

_FRAME: Final = re.compile(r"(?P<name>.+) \((?:lake_assets/)(?P<room>\w+)/?.*:\d+\)")
_TABLE: Final = "Rebuild._make"
_READER: Final = "_records_of"  # of the book, in a thread beside what it is read for
_LEAST: Final = 0.004  # of the whole: thinner is not drawn
_CHARACTERS: Final = 205  # of a label across the whole
_COLOURS: Final = {
    "physics": "#dd8f7c",
    "silver": "#a5c4a8",
    "gold": "#e5c07b",
    "kernels": "#b9a3c7",
    "catalog": "#8cbccb",
    "lake": "#8cbccb",
}
_OTHER: Final = "#b9b9b9"


@dataclass
class _Call:
    """A function, the samples in it and below it, and what it called."""

    room: str
    samples: int = 0
    called: dict[str, "_Call"] = field(default_factory=dict)


def draw(raw: str, to: str) -> dict[str, Any]:
    """Draw a recording as a flame graph that hangs down, and tell the share of each table."""
    root = _Call("")
    for line in Path(raw).read_text().splitlines():
        stack, samples = line.rsplit(" ", 1)
        if calls := _calls(stack):
            _count(root, calls, int(samples))
    figure, axes = plt.subplots(figsize=(12, 3.6))
    depth = _hang(axes, root, 0.0, 0, root.samples)
    axes.set(xlim=(0, 1), ylim=(-depth, 0.1))
    axes.axis("off")
    figure.tight_layout(pad=0.3)
    figure.savefig(to, dpi=90, metadata={"Software": None})
    shares = Counter({name: call.samples / root.samples for name, call in root.called.items()})
    return {name: round(share, 3) for name, share in shares.most_common()}


def _calls(stack: str) -> list[tuple[str, str]]:
    """Names and rooms of the project's functions that a table is made by; none elsewhere."""
    frames = stack.split(";")
    begins = [n for n, frame in enumerate(frames) if frame.startswith((_TABLE, _READER))]
    if not begins:
        return []
    found = [match for frame in frames[begins[-1] :] if (match := _FRAME.fullmatch(frame))]
    calls = [(m["name"], m["room"]) for m in found if not m["name"].startswith("Kernel.")]
    return calls[1:] if frames[begins[-1]].startswith(_TABLE) else calls


def _count(root: _Call, calls: list[tuple[str, str]], samples: int) -> None:
    root.samples += samples
    for name, room in calls:
        root = root.called.setdefault(name, _Call(room))
        root.samples += samples


def _hang(axes: Axes, call: _Call, left: float, depth: int, whole: int) -> int:
    """Draw what was called, the largest first; as deep as it went."""
    deepest = depth
    for name, each in sorted(call.called.items(), key=lambda item: -item[1].samples):
        wide = each.samples / whole
        if wide < _LEAST:
            continue
        colour = _COLOURS.get(each.room, _OTHER)
        axes.barh(-depth - 0.5, wide, 0.94, left, color=colour, edgecolor="white", linewidth=0.8)
        labels = (f"{name} {wide:.0%}", name)
        if label := next((text for text in labels if len(text) < wide * _CHARACTERS), None):
            axes.text(left + 0.002, -depth - 0.5, label, va="center", fontsize=7)
        deepest = max(deepest, _hang(axes, each, left, depth + 1, whole))
        left += wide
    return max(deepest, depth + 1) if call.called else depth


if __name__ == "__main__":
    answer({"draw": draw})

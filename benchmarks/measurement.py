"""One measurement, one process: its seconds, its processor time, the most memory it held.

A measured module answers `python -m benchmarks.<module> <way> <arguments>` with one line of JSON.
This module imports the standard library alone: a process inherits its parent's peak memory.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

_KB_PER_MB = 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took from start to end, children included, and what it told.

    ``peak_mb`` is that of its largest process.
    """

    seconds: float
    cpu_s: float
    peak_mb: float
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Runs:
    """Repetitions of one measurement."""

    each: Sequence[Run]

    def told(self, *path: str) -> float:
        """The median of a number that every repetition told, found by its names."""
        return median(_found(run.told, path) for run in self.each)

    @property
    def middle(self) -> Run:
        """The repetition in the middle by the seconds told."""
        return sorted(self.each, key=lambda run: float(run.told["seconds"]))[len(self.each) // 2]

    @property
    def seconds(self) -> float:
        """Median of the whole processes."""
        return median(run.seconds for run in self.each)

    @property
    def peak_mb(self) -> float:
        """Median of the most memory held."""
        return median(run.peak_mb for run in self.each)

    @property
    def cpu_s(self) -> float:
        """Median of processor seconds."""
        return median(run.cpu_s for run in self.each)


def measure(*words: object, **environ: object) -> Run:
    """Run a Python command to its end.

    Raises:
        RuntimeError: it failed; the message ends with what it said.
    """
    launcher = [sys.executable, "-m", "benchmarks.measurement", *map(str, words)]
    settings = {**os.environ, **{name: str(value) for name, value in environ.items()}}
    done = subprocess.run(launcher, capture_output=True, text=True, check=False, env=settings)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))} failed: {done.stderr[-2000:]}")
    return Run(**json.loads(done.stdout))


def repeat(times: int, *words: object, **environ: object) -> Runs:
    """Run a Python command several times, each a process of its own."""
    return Runs([measure(*words, **environ) for _ in range(times)])


def in_turn(times: int, ways: Mapping[str, Sequence[object]]) -> dict[str, Runs]:
    """Run several commands round after round, so that a busy machine is busy for all of them."""
    rounds = [{name: measure(*words) for name, words in ways.items()} for _ in range(times)]
    return {name: Runs([each[name] for each in rounds]) for name in ways}


def answer(ways: Mapping[str, Callable[..., Mapping[str, Any]]]) -> None:
    """Go the way the command line names, and tell what came of it."""
    way, *words = sys.argv[1:]
    print(json.dumps(ways[way](*words)))


class Stopwatch:
    """Seconds from lap to lap, by name: of the clock in ``laps``, of all threads in ``cpu_s``."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self.cpu_s: dict[str, float] = {}
        self._last = time.perf_counter()
        self._used = time.process_time()

    def lap(self, name: str) -> None:
        """End a lap."""
        now, used = time.perf_counter(), time.process_time()
        self.laps[name] = self.laps.get(name, 0.0) + now - self._last
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + used - self._used
        self._last, self._used = now, used

    def told(self) -> dict[str, Any]:
        """Every lap, and all of them together."""
        return {"seconds": sum(self.laps.values()), "laps": self.laps}


def _found(told: Mapping[str, Any], path: Sequence[str]) -> float:
    value: Any = told
    for name in path:
        value = value[name]
    return float(value)


def _launch(words: Sequence[str]) -> int:
    """Run the words; the kernel's own account of the process is told with its last line."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
    said = child.stdout.read() if child.stdout else ""
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    run = {
        "seconds": seconds,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / _KB_PER_MB,
        "told": _last_json(said),
    }
    print(json.dumps(run))
    return child.returncode


def _last_json(said: str) -> dict[str, Any]:
    for line in reversed(said.splitlines()):
        if line.startswith("{"):
            return dict(json.loads(line))
    return {}


if __name__ == "__main__":
    sys.exit(_launch(sys.argv[1:]))

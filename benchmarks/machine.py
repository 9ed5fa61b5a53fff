"""The machine a benchmark ran on, and how much of it was used."""

import os
from pathlib import Path

THREADS = ("POLARS_MAX_THREADS", "LAKE_DUCKDB_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")


def describe() -> str:
    """Processor and cores, nothing that names the machine itself."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else 'unknown processor'}, {cores()} of {os.cpu_count()} cores"


def cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))


def keep_to(count: int) -> None:
    """Let this process and those it starts use that many cores."""
    allowed = sorted(os.sched_getaffinity(0))[:count]
    os.sched_setaffinity(0, allowed)
    os.environ |= dict.fromkeys(THREADS, str(len(allowed)))

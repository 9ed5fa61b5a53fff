"""P4: whole sessions made in processes of their own, on one thread and on several, are one hash.

Each number of threads works by the clock of another time zone.

LAKE_PROOF_PROCESSES sets how many processes of each number of threads: 3 is the full run, and makes
every table of a session of ES, of NIFTY and of what questions are answered from. A plain run leaves
it to orchestration/test_same_values.py, which compares threads.
"""

import json
from datetime import date

import pytest

from lake_assets.catalog import DATASETS
from lake_assets.market.sessions import Calendar, session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.lakes import DAY, TestLake, lake_at, simulate_raw
from lake_assets_tests.orchestration.test_retrieval_tables import SMALL, simulate_landed
from lake_assets_tests.promises.tally import full_count

PROCESSES = full_count("LAKE_PROOF_PROCESSES", 0)
THREADS = ("1", "2", "4")
JOBS = ("signals", "market_truth", "retrieval_tables")
NAMES = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "LAKE_DUCKDB_THREADS")
ZONES = {"1": "UTC", "2": "America/New_York", "4": "Pacific/Kiritimati"}
RUNS = [(threads, at) for threads in THREADS for at in range(max(PROCESSES, 1))]


@pytest.fixture(scope="session")
def sessions(tmp_path_factory):
    """Raw files of all that the jobs read, made once."""

    def fill(folder):
        simulate_landed([session_on(date.fromisoformat(DAY))], folder, SMALL)
        simulate_raw(folder)
        session = session_on(date.fromisoformat(DAY), Calendar.NSE)
        params = OptionBookParams(repeats=1)
        simulate_option_books(session, underlying_named("NIFTY"), folder, params)

    return filled_once(tmp_path_factory, "sessions", fill)


def hashes_of(lake: TestLake) -> dict[str, str]:
    """Hash of every partition the lake holds."""
    return {
        f"{dataset.layer}/{dataset.name} {partition}": lake.lake.in_force(dataset, partition).sha256
        for dataset in DATASETS
        for partition in lake.lake.partitions(dataset)
    }


@pytest.mark.skipif(
    not PROCESSES,
    reason="WHOLE SESSIONS IN NINE PROCESSES: `make soak`; test_same_values.py is short",
)
@pytest.mark.parametrize("run", RUNS, ids="{0[0]} threads, {0[1]}".format)
def test_threads_and_processes_change_no_byte(tmp_path, promise, sessions, run):
    lake, threads = lake_at(tmp_path / "lake", sessions), run[0]
    counts_threads = dict.fromkeys(NAMES, threads)
    for job in JOBS:
        span = f"{DAY[:8]}01..{DAY}" if job == "retrieval_tables" else DAY
        words = ("lake_assets.cli.main", "backfill", "--job", job, span)
        done = lake.start(*words, **counts_threads, TZ=ZONES[threads])
        out, err = done.communicate()
        assert done.returncode == 0, (out + err)[-3_000:]
    found = hashes_of(lake)
    assert len(found) >= 4 * len(JOBS)
    hashes = sessions.with_name("hashes")  # of all runs, each compared with those before it
    hashes.mkdir(exist_ok=True)
    (hashes / f"{threads}_{run[1]}.json").write_text(json.dumps(found))
    with promise("P4") as counts:
        counts[f"processes of {threads} threads"] += 1
        for path in sorted(hashes.glob("*.json")):
            counts["partitions compared"] += len(found)
            assert json.loads(path.read_text()) == found, f"{threads} against {path.stem}"

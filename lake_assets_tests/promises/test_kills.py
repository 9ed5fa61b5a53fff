"""P1: three writers are killed at random moments while DuckDB and polars read.

LAKE_PROOF_KILLS and LAKE_PROOF_READS set how often; 400 and 200,000 are the full run.
"""

import random
import time

from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.promises import storm
from lake_assets_tests.promises.tally import full_count

KILLS = full_count("LAKE_PROOF_KILLS", 24)
READS = full_count("LAKE_PROOF_READS", 600)
WRITERS = 3
READERS = ("polars", "duckdb", "polars", "duckdb")


def started(root, seed):
    process, pipe = writers.start(storm.publish_until_killed, root, seed)
    pipe.recv()
    return process


def told(pipes, counts):
    """Take in what the readers have told so far."""
    for engine, pipe in pipes:
        while pipe.poll():
            reads, wrong = pipe.recv()
            counts[f"reads by {engine}"] += reads
            counts["reads"] += reads
            assert wrong is None, f"{engine}: {wrong}"


def damage(lake):
    return [f for f in lake.verify() if f.kind != "leftover"]


def test_kills_of_three_writers_tear_nothing(tmp_path, promise):
    lake, moments = Lake(tmp_path), random.Random(20251217)  # noqa: S311 - moments, not secrets
    storm.first_generations(lake)
    readers = [writers.start(storm.read_until_told, tmp_path, engine) for engine in READERS]
    pipes = [(engine, pipe) for engine, (_, pipe) in zip(READERS, readers, strict=True)]
    running = [started(tmp_path, seed) for seed in range(WRITERS)]
    with promise("P1") as counts:
        while counts["kills"] < KILLS or counts["reads"] < READS:
            time.sleep(moments.uniform(0, 0.08))
            at = moments.randrange(WRITERS)
            running[at].kill()
            running[at].join()
            counts["kills"] += 1
            running[at] = started(tmp_path, counts["kills"] + WRITERS)
            told(pipes, counts)
        for process in running:
            process.kill()
            process.join()
        for process, pipe in readers:
            pipe.send("enough")
            process.join()
            assert process.exitcode == 0
        assert damage(lake) == []
        newest = dict.fromkeys(storm.PARTITIONS, 0)
        assert storm.fault_of(storm.read(lake, "duckdb"), newest) is None
        assert min(newest.values()) > KILLS / 10  # they did write
        for partition in storm.PARTITIONS:
            storm.publish_next(lake, partition)
        assert lake.verify() == []

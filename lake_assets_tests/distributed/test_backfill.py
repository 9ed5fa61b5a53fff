"""A backfill over several workers, through deaths: every partition right, none made twice."""

import os
import random
from collections import Counter
from collections.abc import Iterator

import boto3
import pytest

from lake_assets_tests.distributed.backfills import Backfill
from lake_assets_tests.distributed.conftest import TABLES
from lake_assets_tests.distributed.servers import Cluster, cluster, until

LAKE = os.environ.get("LAKE_DISTRIBUTED_LAKE", "folder")  # or s3
BUCKET = "sessions"
WORKERS = int(os.environ.get("LAKE_DISTRIBUTED_WORKERS", "2"))
KEYS = [dataset.key for dataset in TABLES]
SECONDS_A_SESSION = 300  # thirty times what one takes on a quiet machine
VICTIMS = ("daemon", "worker", "postgres")


@pytest.fixture
def machines(sessions, tmp_path, monkeypatch) -> Iterator[Cluster]:
    """Every server of `deploy/`, up; each worker has a folder of its own for what it fetches."""
    root = str(tmp_path / "lake") if LAKE == "folder" else f"s3://{BUCKET}/lake"
    with cluster(tmp_path / "cluster", sessions.environ(root), workers=WORKERS) as made:
        made.start("postgres", "redis", "s3")
        if LAKE != "folder":
            for name, value in made.environ.items():
                if name.startswith("AWS_"):
                    monkeypatch.setenv(name, value)
            boto3.client("s3").create_bucket(Bucket=BUCKET)
            boto3.client("s3").put_bucket_versioning(
                Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}
            )
        made.start("code")
        made.start("web")
        made.start("daemon", *made.workers)
        yield made


@pytest.fixture
def backfill(machines, sessions, tmp_path) -> Backfill:
    """A backfill of every session, just launched."""
    wanted = set(sessions.manifests)
    return Backfill.launch(
        machines,
        lambda: manifests_of(tmp_path / "lake" if LAKE == "folder" else None, wanted),
        KEYS,
        sessions.days,
    )


def manifests_of(folder, wanted):
    """A stamp of each manifest there is: another one means that it was published again.

    Of an object store, every version there ever was; of a folder, what is there now.
    """
    if folder is not None:
        found = {name: (folder / name) for name in wanted}
        return {n: path.stat().st_mtime_ns for n, path in found.items() if path.exists()}
    pages = boto3.client("s3").get_paginator("list_object_versions")
    stamps = {}
    for page in pages.paginate(Bucket=BUCKET, Prefix="lake/_manifests/"):
        for version in page.get("Versions", ()):
            stamps.setdefault(version["Key"].removeprefix("lake/"), []).append(version["VersionId"])
    return {name: sorted(ids) for name, ids in stamps.items() if name in wanted}


def patience(sessions):
    """Seconds after which a backfill will not end any more."""
    return 300 + SECONDS_A_SESSION * len(sessions.days) / WORKERS


def check(backfill, sessions, killed):
    """Every partition is there, as one process makes it, and was computed once."""
    assert backfill.status == "COMPLETED_SUCCESS", backfill.cluster.said("daemon")
    backfill.look()
    made = backfill.outcomes()
    counts = sum(made.values(), Counter())
    print(  # noqa: T201 - the promise's counts
        f"\nsessions {len(sessions.days)}, kills {dict(killed)}, runs {dict(backfill.runs)}, "
        f"lake {LAKE}, partitions {len(backfill.stamps)}, outcomes {dict(counts)}, "
        f"rewritten {len(backfill.rewritten)}"
    )
    assert set(made) == {("/".join(key), day) for key in KEYS for day in sessions.days}
    assert [key for key, outcomes in made.items() if outcomes["built"] > 1] == []
    assert backfill.rewritten == []
    assert len(backfill.stamps) == len(made)
    ours, alone = sessions.hashes(backfill.cluster.environ), sessions.hashes()
    assert ours == alone
    print(f"equal SHA-256 {len(ours)} of {len(alone)}")  # noqa: T201 - as above


def test_a_killed_worker_costs_nothing_that_was_published(backfill, sessions):
    machines, killed = backfill.cluster, Counter()

    def kill_in_the_middle():
        # Either worker has at most one session's files: the one with a task is amid its run.
        if not killed and 5 <= len(backfill.stamps) < len(KEYS) and machines.is_busy("worker-1"):
            pool = machines.behead("worker-1")
            # its run ends with it: else it would go on, unseen, beside its retry
            until(lambda: not any(p.is_running() for p in pool), seconds=30, what="the run's end")
            killed["worker"] += len(pool)

    backfill.wait(kill_in_the_middle, seconds=patience(sessions))
    check(backfill, sessions, killed)
    assert killed["worker"] == 1
    assert backfill.runs["FAILURE"] >= 1  # seen to be lost, and begun again
    assert backfill.runs["SUCCESS"] == len(sessions.days)


@pytest.mark.parametrize("seed", [1])
def test_random_deaths_of_daemon_workers_and_database(backfill, sessions, seed):
    machines, killed = backfill.cluster, Counter()
    rng = random.Random(seed)  # noqa: S311 - moments, not secrets
    moments, victims = plan(rng, len(sessions.days))

    def kill_and_mend():
        if moments and len(backfill.stamps) >= moments[0]:
            moments.pop(0)
            victim = victims.pop(0)
            machines.kill(rng.choice(machines.workers) if victim == "worker" else victim)
            killed[victim] += 1
        else:
            machines.mend()

    backfill.wait(kill_and_mend, seconds=patience(sessions))
    check(backfill, sessions, killed)
    assert moments == []
    assert set(killed) == set(VICTIMS)


def plan(rng, days):
    """Who dies, and after how many partitions: spread over the whole backfill, each in turn."""
    deaths = max(len(VICTIMS), days // 4)
    files = days * len(KEYS)
    moments = [int((n + rng.uniform(0.2, 0.9)) * files / (deaths + 1)) for n in range(deaths)]
    turns = [rng.sample(VICTIMS, len(VICTIMS)) for _ in range(deaths)]
    return moments, [victim for turn in turns for victim in turn][:deaths]

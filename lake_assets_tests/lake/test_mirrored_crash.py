"""Whole-old or whole-new in an object store, whenever a machine dies and however many write."""

import os
import random
import time
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from lake_assets.catalog import LEVELS
from lake_assets.lake.object_store import ObjectStore
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.machines import keys
from lake_assets_tests.lake.tables import DAY, publish

KILLS = int(os.environ.get("LAKE_STORE_KILLS", "3"))
RACES = int(os.environ.get("LAKE_STORE_RACES", "1"))
UNDECIDED = ["text", "text", "listed", "head", "put_file", "put_text"]
ASKED = ("text", "put_text", "head", "listed", "put_file", "bytes_of", "delete")


class DeadError(BaseException):
    """What a machine that died does not catch."""


def generation_of(lake):
    """The one generation a partition's rows are of, all of them; None if there is none."""
    if lake.partitions(LEVELS) == []:
        return None
    rows = lake.read(LEVELS, DAY)
    generation = rows["level_e"][0]
    assert rows.equals(writers.rows_of(generation))
    return generation


def damage(lake):
    return [f for f in lake.verify() if f.kind != "leftover"]


@contextmanager
def dying(step):
    """The machine dies before a request, which is to die once the one before is done."""
    asked = []

    def wrap(ask):
        def ask_or_die(*arguments, **options):
            asked.append(ask.__name__)
            if len(asked) >= step:
                raise DeadError
            return ask(*arguments, **options)

        return ask_or_die

    with pytest.MonkeyPatch.context() as patch:
        for name in ASKED:
            patch.setattr(ObjectStore, name, wrap(getattr(ObjectStore, name)))
        yield asked


def test_death_before_any_request_leaves_old_or_new(machines):
    mine, fresh = machines("one"), machines("two").lake()
    newest, died_at, alive = 2, [], False
    for generation in (1, 2):
        publish(mine.lake(), LEVELS, writers.rows_of(generation))
    while not alive:
        lake = mine.lake()
        with dying(len(died_at) + 1) as asked, suppress(DeadError):
            publish(lake, LEVELS, writers.rows_of(newest + 1))
            alive = True
        there = generation_of(fresh)
        assert there in {newest, newest + 1}, f"{asked}"
        died_at.append((asked[-1], there == newest + 1))
        newest += 2
        publish(mine.lake(), LEVELS, writers.rows_of(newest))
        assert generation_of(fresh) == newest, f"{asked}"
    assert damage(fresh) == fresh.verify() == []
    # The one put of the manifest decides: a death before it is a death with nothing done.
    assert died_at == [(name, False) for name in UNDECIDED] + [("delete", True)] * 2


def test_death_before_any_request_leaves_nothing_or_the_first(machines):
    died_at, alive = [], False
    while not alive:
        url = f"{machines('one').url}/{len(died_at)}"
        mine, other = (replace(machines(name), url=url) for name in ("one", "two"))
        lake, fresh = mine.lake(), other.lake()
        with dying(len(died_at) + 1) as asked, suppress(DeadError):
            publish(lake, LEVELS, writers.rows_of(1))
            alive = True
        there = generation_of(fresh)
        assert there in {None, 1}, f"{asked}"
        died_at.append((asked[-1], there == 1))
    assert [done for _, done in died_at] == [False] * (len(died_at) - 1) + [True]
    assert len(died_at) > len(UNDECIDED)


def test_kills_leave_old_or_new(machines, object_server):
    publish(machines("one").lake(), LEVELS, writers.rows_of(1))
    moments = random.Random(20251217)  # noqa: S311 - moments, not secrets
    newest = 1
    for kill in range(KILLS):
        writer, pipe = writers.start(
            writers.publish_to_store_forever, object_server.environ, machines("one"), newest + 1
        )
        pipe.recv()
        killed_at = time.monotonic() + moments.uniform(0, 0.4)
        fresh, seen = machines(f"fresh {kill}").lake(), newest
        while time.monotonic() < killed_at:
            seen = generation_of(fresh)
            assert seen >= newest
            newest = seen
        writer.kill()
        writer.join()
        newest = generation_of(machines(f"fresher {kill}").lake())
        assert newest >= seen
        assert damage(fresh) == []
    publish(machines("one").lake(), LEVELS, writers.rows_of(newest + 1))
    assert generation_of(fresh) == newest + 1
    assert fresh.verify() == []
    assert len(keys(fresh.remote.store, "silver/")) == 2


@pytest.mark.parametrize("same", [True, False], ids=["the same", "different things"])
def test_two_machines_that_publish_at_once_end_right(machines, object_server, same):
    reader = machines("reader").lake()
    for race in range(1, RACES + 1):
        wanted = {race * 2, race * 2 + (not same)}
        started = [
            writers.start(
                writers.publish_to_store_when_told,
                object_server.environ,
                machines(name),
                generation,
            )
            for name, generation in zip("ab", sorted(wanted) * (1 + same), strict=True)
        ]
        for _, pipe in started:
            assert pipe.recv() == "ready"
        for _, pipe in started:
            pipe.send("go")
        told = [pipe.recv() for _, pipe in started]
        for process, _ in started:
            process.join()
        assert "published" in told
        assert not same or set(told) == {"published"}
        assert generation_of(reader) in wanted
        assert reader.verify() == []

"""Processes that write a lake, to be watched, raced and killed.

They are forked from a server that has the libraries loaded, so that fifty of them take seconds.
"""

import itertools
import multiprocessing
import os
from pathlib import Path

import boto3  # noqa: F401 - loaded once, before the processes are forked

from lake_assets.catalog import LEVELS
from lake_assets.errors import BusyPartitionError, LakeError
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake.machines import Machine
from lake_assets_tests.lake.tables import DAY, MADE_FROM, SIMULATED, levels, publish

TURNS = 5
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def start(work, *arguments):
    """Start a writer; it gets the far end of the pipe that is returned."""
    near, far = _PROCESSES.Pipe()
    process = _PROCESSES.Process(target=work, args=(far, *arguments), daemon=True)
    process.start()
    far.close()
    return process, near


def rows_of(generation):
    """Levels whose number of rows tells torn files from whole ones."""
    return levels(generation, rows=100 + generation % 7 * 50)


def hold_forever(pipe, root: Path):
    """Hold the lock until killed."""
    with Lake(root).lock(LEVELS, DAY):
        pipe.send("held")
        pipe.recv()


def write_in_turn(_pipe, root: Path, name: str):
    """Publish a few times, noting when the lock was taken and left."""
    lake = Lake(root)
    with (root / "turns").open("a") as turns:
        for turn in range(TURNS):
            with lake.lock(LEVELS, DAY):
                turns.write(f"+{name}{turn} ")
                turns.flush()
                _publish_held(lake, turn + 1)
                turns.write(f"-{name}{turn} ")
                turns.flush()


def publish_and_die(pipe, root: Path, step: int):
    """Publish generation 2 and die before one step on the disk."""
    lake, taken = Lake(root), itertools.count(1)

    def dying(call):
        def step_and_die(*arguments, **options):
            if next(taken) == step:
                os._exit(9)
            return call(*arguments, **options)

        return step_and_die

    for name in ("fsync", "replace", "mkdir", "link", "unlink"):
        setattr(os, name, dying(getattr(os, name)))
    publish(lake, LEVELS, rows_of(2))
    pipe.send(next(taken) - 1)


def publish_when_told(pipe, root: Path):
    """Publish generation 2 when told; exit 0 only if that succeeded, 3 for an error made so."""
    lake = Lake(root)
    pipe.send("ready")
    pipe.recv()
    try:
        publish(lake, LEVELS, rows_of(2))
    except LakeError:
        os._exit(3)
    except OSError:
        os._exit(4)
    os._exit(0)


def publish_and_tell(pipe, root: Path, first: int):
    """Publish one generation after the other, telling of each success, until one is refused."""
    lake = Lake(root)
    for generation in itertools.count(first):
        try:
            publish(lake, LEVELS, rows_of(generation))
        except OSError:  # a refused write, or read
            pipe.close()
            os._exit(3)
        pipe.send(generation)


def publish_to_store_forever(pipe, environ, machine: Machine, first: int):
    """Publish one generation after the other from a machine until killed."""
    os.environ.update(environ)
    lake = machine.lake()
    pipe.send("running")
    for generation in itertools.count(first):
        publish(lake, LEVELS, rows_of(generation))


def publish_to_store_when_told(pipe, environ, machine: Machine, generation: int):
    """Publish one generation from a machine when told; tell whether it is in force."""
    os.environ.update(environ)
    lake = machine.lake()
    pipe.send("ready")
    pipe.recv()
    try:
        publish(lake, LEVELS, rows_of(generation))
    except BusyPartitionError:
        pipe.send("refused")
    else:
        pipe.send("published")


def _publish_held(lake, generation):
    staged = lake.stage(
        LEVELS, DAY, rows_of(generation), fingerprint=MADE_FROM, provenance=SIMULATED
    )
    lake.commit(staged)

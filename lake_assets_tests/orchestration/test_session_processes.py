"""Processes that take sessions: which does what, and what the death of one costs."""

import os
import signal
import time

import pytest

from lake_assets.orchestration.session_processes import in_processes

NAMES = [f"2025-12-{day}" for day in range(10, 17)]
FATAL = NAMES[2]


def pid(_name):
    return os.getpid()


def die(name):
    if name == FATAL:
        os.kill(os.getpid(), signal.SIGKILL)
    return name


def fail(name):
    raise ValueError(name)


@pytest.mark.parametrize("workers", [1, 2])
def test_no_more_processes_than_workers_do_it_all(workers):
    done = dict(in_processes(pid, NAMES, workers=workers))
    assert sorted(done) == NAMES
    assert os.getpid() not in done.values()
    assert len(set(done.values())) == workers


def test_one_process_takes_sessions_in_their_order():
    assert [name for name, _ in in_processes(pid, NAMES, workers=1)] == NAMES


def test_a_dead_process_costs_its_own_session_alone():
    done = dict(in_processes(die, NAMES, workers=2))
    assert done == {name: None if name == FATAL else name for name in NAMES}


def test_a_process_that_dies_between_sessions_costs_none():
    done = in_processes(pid, NAMES[:2], workers=1)
    _, first = next(done)
    os.kill(first, signal.SIGKILL)
    time.sleep(1)  # until its death is noticed; earlier it would cost the next session
    assert next(done)[1] not in {None, first}


def test_what_the_work_raises_reaches_the_caller():
    with pytest.raises(ValueError, match=NAMES[0]):
        list(in_processes(fail, NAMES, workers=1))


def test_no_session_is_no_process():
    assert list(in_processes(pid, [], workers=2)) == []

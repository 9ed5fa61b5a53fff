"""Processes that take sessions: how many each takes, what the death of one costs."""

import os
import signal
from collections import Counter

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
def test_a_process_ends_after_so_many_sessions(workers):
    done = dict(in_processes(pid, NAMES, workers=workers, most=3))
    assert sorted(done) == NAMES
    taken = Counter(done.values())
    assert os.getpid() not in taken
    assert max(taken.values()) <= 3
    assert 3 <= len(taken) <= 2 + workers  # three, or one more where two share the last of them


def test_one_process_takes_sessions_in_their_order():
    assert [name for name, _ in in_processes(pid, NAMES, workers=1, most=3)] == NAMES


def test_a_dead_process_costs_its_own_session_alone():
    done = dict(in_processes(die, NAMES, workers=2))
    assert done == {name: None if name == FATAL else name for name in NAMES}


def test_what_the_work_raises_reaches_the_caller():
    with pytest.raises(ValueError, match=NAMES[0]):
        list(in_processes(fail, NAMES, workers=1))


def test_no_session_is_no_process():
    assert list(in_processes(pid, [], workers=2)) == []

"""The audit log: one chain, whoever writes; a fault shows; a full disk returns nothing."""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.errors import AuditUnavailableError
from lake_assets.retrieval.audit import FILE_NAME, AuditLog, log_folder
from lake_assets.retrieval.audit_check import check_log, find_citation
from lake_assets.retrieval.audit_record import NO_HASH, Entry, Link, hash_of, line_after, stamp
from lake_assets.retrieval.vocabulary import AuditEvent, Level

CLOSE = datetime(2026, 5, 29, 20, 5, tzinfo=UTC)
START = Entry(AuditEvent.START_QUERY, {"tickers": ["SPY"], "as_of": date(2026, 5, 29)}, "q1")


class Clock:
    """A clock that stands until it is told."""

    def __init__(self, now=CLOSE):
        self.now = now

    def __call__(self):
        """The moment it stands at."""
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(tmp_path, clock):
    return AuditLog(tmp_path, tmp_path / "heads", clock)


def file_of(log, day="2026-05-29"):
    return log_folder(log.home) / day / FILE_NAME


def records(log, day="2026-05-29"):
    return [json.loads(line) for line in file_of(log, day).read_bytes().splitlines()]


def faults(log):
    return check_log(log.home, log.heads)


def test_v13_the_first_line():
    line, link = line_after(None, Entry(AuditEvent.GENESIS, {"previous_file": None}), CLOSE)
    body = (
        b'{"data":{"previous_file":null},"event":"GENESIS","level":"info","prev":"'
        + b"0" * 64
        + b'","query_id":null,"seq":0,"ts":"2026-05-29T20:05:00.000Z"}'
    )
    record = json.loads(line)
    # pragma: allowlist nextline secret
    assert link.hash == "e47e1a09309ed4d3427ee6be445ab4165bd92f12f39521541d865f1308a793d7"
    assert record.pop("hash") == link.hash == hash_of(record)
    assert json.loads(body) == record
    assert link.seq == 0


def test_a_query_leaves_its_lines(log):
    log.append(START, sync=True)
    log.append(Entry(AuditEvent.TICKER_CAP, {"dropped": ["TSLA"]}, "q1"))
    genesis, start, cap = records(log)
    assert (genesis["event"], genesis["prev"]) == ("GENESIS", NO_HASH)
    assert (start["event"], start["prev"], start["seq"]) == ("START_QUERY", genesis["hash"], 1)
    assert start["data"] == {"tickers": ["SPY"], "as_of": "2026-05-29"}
    assert (cap["level"], cap["query_id"], cap["prev"]) == ("warning", "q1", start["hash"])
    assert faults(log) == []


@pytest.mark.parametrize(
    ("entry", "level"),
    [
        (Entry(AuditEvent.SCHEMA_CHECK, {}), "info"),
        (Entry(AuditEvent.SCHEMA_CHECK, {}, level=Level.ERROR), "error"),
        (Entry(AuditEvent.UNSUPPORTED_METRICS, {}), "warning"),
        (Entry(AuditEvent.EMPTY_TICKERS, {}), "warning"),
        (Entry(AuditEvent.EXECUTION_ERROR, {}), "error"),
        (Entry(AuditEvent.FINISH_QUERY, {}), "info"),
    ],
)
def test_an_event_has_its_level(log, entry, level):
    log.append(entry)
    assert records(log)[-1]["level"] == level


def test_a_moment_is_told_in_utc_to_the_millisecond():
    berlin = datetime.fromisoformat("2026-05-29T22:05:00.123999+02:00")
    assert stamp(berlin) == "2026-05-29T20:05:00.123Z"


def test_the_day_is_that_of_the_event(log, clock):
    log.append(START)
    clock.now += timedelta(hours=4)
    log.append(START)
    first, second = records(log), records(log, "2026-05-30")
    assert second[0]["data"] == {"previous_file": f"2026-05-29/{FILE_NAME}"}
    assert (second[0]["seq"], second[0]["prev"]) == (0, first[-1]["hash"])
    assert faults(log) == []


def test_a_clock_that_goes_back_forks_no_chain(log, clock):
    clock.now += timedelta(days=1)
    log.append(START)
    clock.now -= timedelta(days=1)
    log.append(START)
    assert len(records(log, "2026-05-30")) == 3
    assert not file_of(log).exists()
    assert faults(log) == []


def test_two_logs_of_one_home_write_one_chain(log):
    other = AuditLog(log.home, log.heads, log.clock)
    for _ in range(3):
        log.append(START)
        other.append(START, START)
    assert len(records(log)) == 10
    assert faults(log) == []


@pytest.mark.parametrize(
    "torn",
    [b'{"data":{}', b"\x00" * 4096, b"x" * 200_000, b"no record\n", b"\n"],
    ids=["half a line", "zeros", "long", "a line that is none", "an empty line"],
)
def test_a_torn_tail_is_cut_and_said(log, torn):
    log.append(START)
    whole = file_of(log).read_bytes()
    with file_of(log).open("ab") as file:
        file.write(torn)
    again = AuditLog(log.home, log.heads, log.clock)
    again.append(START)
    assert file_of(log).read_bytes().startswith(whole)
    repair = records(log)[2]
    assert (repair["event"], repair["level"]) == ("TAIL_REPAIRED", "warning")
    assert repair["data"]["bytes"] == len(torn)
    assert faults(log) == []


def test_a_first_line_that_is_torn_is_written_again(log):
    log.append(START)
    file_of(log).write_bytes(b'{"data"')
    log.append(START)
    assert [r["event"] for r in records(log)] == ["GENESIS", "TAIL_REPAIRED", "START_QUERY"]
    assert faults(log) == []


def test_a_tail_torn_yesterday_is_said_today(log, clock):
    log.append(START)
    with file_of(log).open("ab") as file:
        file.write(b"half")
    clock.now += timedelta(days=1)
    log.append(START)
    assert [r["event"] for r in records(log, "2026-05-30")] == [
        "GENESIS",
        "TAIL_REPAIRED",
        "START_QUERY",
    ]
    assert faults(log) == []


def test_more_than_a_torn_tail_is_no_repair(log):
    log.append(START)
    with file_of(log).open("ab") as file:
        file.write(b"one\ntwo\n")
    with pytest.raises(AuditUnavailableError):
        log.append(START)
    assert file_of(log).read_bytes().endswith(b"one\ntwo\n")


def test_an_unwritable_log_returns_nothing(tmp_path, clock):
    (tmp_path / "logs").write_text("a file where the folder should be")
    with pytest.raises(AuditUnavailableError):
        AuditLog(tmp_path, tmp_path / "heads", clock).append(START, sync=True)


def test_days_and_read_only_mappings_are_data(log):
    log.append(Entry(AuditEvent.CITATION, MappingProxyType({"days": (CLOSE.date(),)})))
    assert records(log)[-1]["data"] == {"days": ["2026-05-29"]}
    assert faults(log) == []


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_json_cannot_hold_returns_nothing(log, value):
    with pytest.raises(AuditUnavailableError):
        log.append(Entry(AuditEvent.CITATION, {"value": value}))
    log.append(START)
    assert faults(log) == []


def test_on_a_full_disk_no_line_is_left_half(log):
    log.append(START)
    size = file_of(log).stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # room for half a line: the write is short, as on a disk that fills up
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100, limits[1]))
    try:
        with pytest.raises(AuditUnavailableError):
            log.append(START, sync=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert file_of(log).stat().st_size == size
    log.append(START)
    assert faults(log) == []


def test_an_empty_file_of_yesterday_is_passed_over(log, clock):
    log.append(START)
    clock.now += timedelta(days=2)
    empty = file_of(log, "2026-05-30")
    empty.parent.mkdir()
    empty.touch()
    log.append(START)
    assert records(log, "2026-05-31")[0]["prev"] == records(log)[-1]["hash"]
    assert faults(log) == []


def test_a_head_that_cannot_be_kept_is_said(log):
    log.heads.write_text("a file where the folder should be")
    with pytest.raises(AuditUnavailableError):
        log.publish_head()


WRITE = """
import sys, threading
from datetime import UTC, datetime
from pathlib import Path
from lake_assets.retrieval.audit import AuditLog
from lake_assets.retrieval.audit_record import Entry
from lake_assets.retrieval.vocabulary import AuditEvent

home, who = Path(sys.argv[1]), sys.argv[2]
log = AuditLog(home, home / "heads", lambda: datetime(2026, 5, 29, tzinfo=UTC))

def write(thread):
    for n in range(25):
        log.append(Entry(AuditEvent.START_QUERY, {"n": n, "pad": "x" * 3000}, f"{who}-{thread}"))

threads = [threading.Thread(target=write, args=(t,)) for t in range(3)]
[t.start() for t in threads]
[t.join() for t in threads]
"""


def test_processes_and_threads_write_one_chain(log):
    started = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(log.home), str(who)]) for who in range(3)
    ]
    assert [process.wait(timeout=120) for process in started] == [0, 0, 0]
    lines = records(log)
    assert len(lines) == 1 + 3 * 3 * 25
    assert faults(log) == []
    for who in {line["query_id"] for line in lines} - {None}:
        assert [r["data"]["n"] for r in lines if r["query_id"] == who] == list(range(25))


def test_a_killed_writer_leaves_the_lock_free(log):
    code = WRITE.replace("range(25)", "range(10**6)")
    process = subprocess.Popen([sys.executable, "-c", code, str(log.home), "0"])
    while not (file_of(log).exists() and file_of(log).stat().st_size > 20_000):
        assert process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    log.append(START, sync=True)
    assert faults(log) == []
    assert records(log)[-1]["event"] == "START_QUERY"


def three_days(home):
    clock = Clock()
    log = AuditLog(home, home / "heads", clock)
    for _ in range(3):
        log.append(START)
        log.append(Entry(AuditEvent.CITATION, {"citation_id": "c", "value": 1.5}, "q1"))
        clock.now += timedelta(days=1)
    log.append(START)
    log.publish_head()
    return log


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return three_days(tmp_path_factory.mktemp("kept"))


def test_three_days_are_sound(kept):
    assert faults(kept) == []
    assert sorted(p.name for p in kept.heads.iterdir()) == [
        f"2026-{day}.json" for day in ("05-29", "05-30", "05-31", "06-01")
    ]


DAYS = ("2026-05-29", "2026-05-30", "2026-05-31", "2026-06-01")


@settings(max_examples=200)
@given(st.sampled_from(DAYS), st.data())
def test_any_change_of_a_byte_shows(kept, day, data):
    path = file_of(kept, day)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = data.draw(
        st.sampled_from(["edited", "deleted", "inserted"]).map(
            {
                "edited": whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :],
                "deleted": whole[:at] + whole[at + 1 :],
                "inserted": whole[:at] + b"0" + whole[at:],
            }.get
        )
    )
    try:
        path.write_bytes(changed)
        assert faults(kept)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("lines", [0, 1, -1])
def test_a_cut_tail_shows(kept, day, lines):
    path = file_of(kept, day)
    whole = path.read_bytes()
    cut = b"".join(whole.splitlines(keepends=True)[:lines])
    try:
        path.write_bytes(cut)
        assert faults(kept)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("day", DAYS)
def test_a_file_that_is_gone_shows(kept, day):
    path = file_of(kept, day)
    whole = path.read_bytes()
    try:
        path.unlink()
        assert faults(kept)
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("change", ["gone", "changed", "another's"])
def test_a_head_that_is_not_as_kept_shows(kept, change):
    head = kept.heads / "2026-05-30.json"
    whole = head.read_text()
    try:
        if change == "gone":
            head.unlink()
        elif change == "changed":
            head.write_text(whole.replace('"seq": 2', '"seq": 1'))
        else:
            head.write_text((kept.heads / "2026-05-29.json").read_text())
        assert faults(kept)
    finally:
        head.write_text(whole)


def test_a_line_after_the_head_shows(tmp_path):
    log = three_days(tmp_path)
    path = file_of(log)
    *_, last = path.read_bytes().splitlines()
    seq, own = json.loads(last)["seq"], json.loads(last)["hash"]
    line, _ = line_after(Link(seq, own), START, CLOSE)
    path.write_bytes(path.read_bytes() + line)
    assert [f.sentence for f in faults(log)] == [
        "lines follow the head that was kept",
        "the line does not follow the one before",
    ]


def test_a_citation_is_found(kept):
    assert find_citation(kept.home, "c") == {"citation_id": "c", "value": 1.5}
    assert find_citation(kept.home, "d") is None
    assert find_citation(kept.home / "nowhere", "c") is None


def test_a_citation_that_was_edited_is_not_found(tmp_path):
    log = three_days(tmp_path)
    for day in DAYS[:3]:
        path = file_of(log, day)
        path.write_bytes(path.read_bytes().replace(b'"value":1.5', b'"value":9.5'))
    assert find_citation(log.home, "c") is None


def test_any_question_can_be_recorded(log):
    asked = ["\ud800", "☃", "\x00", '"}\n{', "a" * 10_000]
    log.append(Entry(AuditEvent.FUZZY_MATCH, {"asked": asked}))
    assert records(log)[-1]["data"] == {"asked": asked}
    assert faults(log) == []


def test_a_writer_waits_for_another_process_and_gives_up(log):
    log.wait_s = 0.05
    log.append(START)
    with (log_folder(log.home) / "audit.lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AuditUnavailableError):
            log.append(START)
    log.append(START)
    assert len(records(log)) == 3


def test_a_writer_waits_for_another_thread_and_gives_up(log, clock):
    log.wait_s = 0.05
    inside, leave = threading.Event(), threading.Event()

    def slow_clock():
        inside.set()
        leave.wait(10)
        return clock()

    log.clock = slow_clock
    holder = threading.Thread(target=log.append, args=(START,))
    holder.start()
    inside.wait(10)
    with pytest.raises(AuditUnavailableError):
        log.append(START)
    leave.set()
    holder.join()
    assert len(records(log)) == 2

"""The log: nothing unless asked for, then one line an event, whatever is in it."""

import json
import logging
import logging.config
import os
import subprocess
import sys
from datetime import datetime

import pytest

from lake_assets.errors import UnknownNameError
from lake_assets.lake import log


@pytest.fixture(autouse=True)
def _as_before():
    yield
    log.set_up({})


def written(tmp_path, form, *events, **fields):
    """Lines of a log of some events."""
    file = tmp_path / "logs" / "lake.log"
    log.set_up({"LAKE_LOG": form, "LAKE_LOG_FILE": str(file)})
    for event in events:
        log.tell(event, **fields)
    return file.read_text().splitlines()


def test_without_a_setting_nothing_is_written(capfd):
    log.set_up({})
    log.tell("partition", logging.ERROR, outcome="failed")
    assert not log.is_on()
    assert capfd.readouterr() == ("", "")


def test_a_line_is_json_with_time_level_event_and_fields(tmp_path):
    (line,) = written(tmp_path, "json", "partition", dataset="gold/signals", rows=0, why=None)
    told = json.loads(line)
    assert datetime.fromisoformat(told.pop("time")).utcoffset().total_seconds() == 0
    assert told == {
        "level": "info",
        "event": "partition",
        "dataset": "gold/signals",
        "rows": 0,
    }


HOSTILE = 'a\nb\r"c"=\x00\u2028 é\ud800'


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_value_begins_a_line_of_its_own(tmp_path, form):
    lines = written(tmp_path, form, "one", "two", why=HOSTILE)
    assert len(lines) == 2
    if form == "json":
        assert json.loads(lines[0])["why"] == HOSTILE


def test_text_reads_as_words(tmp_path):
    (line,) = written(tmp_path, "text", "run", partition="2025-12-17", why="it was late", rows=3)
    assert line.split(" ", 1)[1] == 'INFO run partition=2025-12-17 why="it was late" rows=3'


def test_what_others_of_the_package_log_is_a_message(tmp_path):
    written(tmp_path, "json")
    try:
        int("odd")
    except ValueError:
        logging.getLogger("lake_assets.serving").exception("it %s", "failed")
    logging.getLogger("elsewhere").error("not ours")
    (line,) = (tmp_path / "logs" / "lake.log").read_text().splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"], told["message"]) == ("message", "error", "it failed")
    assert "ValueError: invalid literal" in told["traceback"]


def test_set_up_again_it_writes_each_event_once(tmp_path):
    for _ in range(3):
        lines = written(tmp_path, "json", "run")
    assert len(lines) == 3


def test_it_goes_on_after_others_have_set_up_their_logs(tmp_path):
    written(tmp_path, "json", "one")
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    log.tell("two")
    lines = (tmp_path / "logs" / "lake.log").read_text().splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["one", "two"]


def test_an_unknown_form_is_refused():
    with pytest.raises(UnknownNameError, match="say json or text"):
        log.set_up({"LAKE_LOG": "xml"})


def test_a_full_disk_stops_no_work(capfd):
    log.set_up({"LAKE_LOG": "json", "LAKE_LOG_FILE": "/dev/full"})
    log.tell("run")
    assert "No space left" in capfd.readouterr().err


def test_lines_of_processes_never_mix(tmp_path):
    file = tmp_path / "lake.log"
    code = (
        "import os, sys; from lake_assets.lake import log; log.set_up(os.environ)\n"
        "for n in range(200): log.tell('run', who=sys.argv[1] * 300, n=n)"
    )
    environ = {**os.environ, "LAKE_LOG": "json", "LAKE_LOG_FILE": str(file)}
    words = [sys.executable, "-c", code]
    writers = [subprocess.Popen([*words, name], env=environ) for name in "ab"]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    told = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(told) == 400
    assert all(len(set(each["who"])) == 1 for each in told)

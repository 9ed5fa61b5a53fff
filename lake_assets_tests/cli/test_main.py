"""The command: words, exit codes, and what a newcomer reads."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from lake_assets.catalog import FRONT_CONTRACT
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.market.sessions import session_days
from lake_assets.market.vocabulary import Provenance
from lake_assets_tests.orchestration.lakes import DAY, DAYS


@pytest.fixture
def lake(request, monkeypatch):
    """The command, run on the lake a test asks for; gives code, output and errors."""

    def run(test_lake, *words):
        for name, value in test_lake.environ.items():
            monkeypatch.setenv(name, value)
        capsys = request.getfixturevalue("capsys")
        capsys.readouterr()
        code = main(words)
        return code, *capsys.readouterr()

    return run


def test_backfill_builds_then_says_that_nothing_was_computed(lake, empty_lake):
    code, out, _ = lake(empty_lake, "backfill", DAY)
    assert code == ExitCode.DONE
    assert "1 of 1 sessions done" in out
    assert "gold/signals" in out
    code, out, _ = lake(empty_lake, "backfill", DAY)
    assert code == ExitCode.DONE
    assert "already materialized: nothing was computed" in out


def test_backfill_without_arguments_takes_what_is_missing(lake, built_lake):
    code, out, _ = lake(built_lake, "backfill", "--json")
    runs = json.loads(out)
    assert code == ExitCode.DONE
    assert [run["partition"] for run in runs] == [day for day in DAYS if day != DAY]
    assert {asset["outcome"] for asset in runs[0]["assets"]} == {"built"}
    assert json.loads(lake(built_lake, "backfill", "--json")[1]) == []


def test_a_dry_run_says_what_and_why_and_does_nothing(lake, built_lake):
    before = built_lake.files()
    code, out, _ = lake(built_lake, "backfill", f"{DAYS[0]}..{DAY}", "--dry-run", "--json")
    assert code == ExitCode.DONE
    due = json.loads(out)
    assert {entry["partition"] for entry in due} == {DAYS[0]}
    assert {entry["why"] for entry in due} == {"not materialized"}
    assert built_lake.files() == before


def test_a_selection_runs_no_more_than_it_names(lake, empty_lake):
    code, out, _ = lake(empty_lake, "backfill", DAY, "--select", "group:bronze", "--json")
    assert code == ExitCode.DONE
    keys = {asset["key"] for asset in json.loads(out)[0]["assets"]}
    assert keys == {"bronze/es_trades", "bronze/es_mbp10", "bronze/spy_options"}


def test_a_job_runs_what_the_ui_runs_under_its_name(lake, empty_lake):
    code, out, _ = lake(empty_lake, "backfill", DAY, "--job", "ingest", "--json")
    assert code == ExitCode.DONE
    keys = {asset["key"] for asset in json.loads(out)[0]["assets"]}
    assert keys == {"bronze/es_trades", "bronze/es_mbp10", "bronze/spy_options"}


def test_stale_sessions_are_found_and_rebuilt(lake, built_lake, tmp_path):
    settings = tmp_path / "parameters.yaml"
    settings.write_text("label_threshold_u: 3000\n")
    config = ("--config", str(settings))
    _, out, _ = lake(built_lake, "status", DAY, *config, "--json")
    stale = {s["dataset"] for s in json.loads(out) if s["state"] == "stale"}
    assert stale == {"gold/labels", "gold/signals"}
    _, out, _ = lake(built_lake, "backfill", "--stale", *config, "--json")
    built = {a["key"] for a in json.loads(out)[0]["assets"] if a["outcome"] == "built"}
    assert built == stale
    assert json.loads(lake(built_lake, "backfill", "--stale", *config, "--json")[1]) == []


def test_status_of_an_empty_place_says_what_to_do(lake, empty_lake, tmp_path):
    nowhere = type(empty_lake)(tmp_path / "nowhere")
    code, out, _ = lake(nowhere, "status")
    assert code == ExitCode.DONE
    assert "`lake demo`" in out


def test_status_counts_what_is_there(lake, built_lake):
    code, out, _ = lake(built_lake, "status")
    assert code == ExitCode.DONE
    assert DAY in out
    assert "all" in out


def test_verify_finds_an_edited_byte(lake, built_lake):
    assert lake(built_lake, "verify")[0] == ExitCode.DONE
    path = next((built_lake.root / "gold").rglob("signals_*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, out, _ = lake(built_lake, "verify")
    assert code == ExitCode.FAILED
    assert path.name in out


def test_sql_answers_from_the_whole_lake(lake, built_lake):
    query = "select count(*) as touches, count(distinct event_id) as ids from gold.signals"
    code, out, _ = lake(built_lake, "sql", query, "--format", "json")
    assert code == ExitCode.DONE
    (row,) = json.loads(out)
    assert row["touches"] == row["ids"] > 0


@pytest.mark.parametrize(
    "query",
    ["select * from gold.nothing", "drop view gold.signals", "copy gold.signals to 'x.csv'"],
)
def test_sql_refuses_what_is_no_answerable_select(lake, built_lake, query):
    code, _, err = lake(built_lake, "sql", query)
    assert code == ExitCode.MISUSE
    assert err.startswith("lake: ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["backfill", "2025-12-25"], "no new_york session; the nearest are"),
        (["backfill", "tomorrow"], "write YYYY-MM-DD"),
        (["backfill", "2025-12-21..2025-12-20"], "holds no session"),
        (["backfill", DAY, "--select", "key:nobody"], "names no daily asset"),
        (["backfill", "--start-date", DAY], "go together"),
        (["describe", "tapes"], "there are es_trades"),
    ],
)
def test_misuse_is_answered_with_a_remedy(lake, built_lake, words, told):
    code, _, err = lake(built_lake, *words)
    assert code == ExitCode.MISUSE
    assert told in err


def test_a_session_without_raw_files_fails_with_a_remedy_and_writes_nothing(lake, built_lake):
    before = built_lake.files()
    code, out, _ = lake(built_lake, "backfill", "2025-12-15")
    assert code == ExitCode.FAILED
    assert "2025-12-15 failed" in out
    assert built_lake.files() == before


def test_a_session_still_to_come_fails_in_a_sentence(lake, built_lake):
    to_come = session_days()[-1]  # the calendar goes on for years
    code, out, _ = lake(built_lake, "backfill", to_come.isoformat())
    assert code == ExitCode.FAILED
    assert f"expected a session that has ended, found {to_come}" in " ".join(out.split())


def test_one_failing_session_does_not_stop_the_others(lake, empty_lake):
    days, some = "2025-12-15..2025-12-17", ("--select", "group:bronze")
    code, out, _ = lake(empty_lake, "backfill", days, "--workers", "2", *some)
    assert code == ExitCode.FAILED
    assert "2 of 3 sessions done" in out
    assert empty_lake.lake.verify() == []


def test_an_interrupt_ends_a_backfill_and_not_the_session_it_meets(lake, empty_lake):
    over = threading.Event()

    def interrupt():
        while not empty_lake.files() and not over.is_set():
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    code, out, err = lake(empty_lake, "backfill", f"{DAYS[0]}..{DAY}")
    over.set()
    assert code == ExitCode.FAILED
    assert "interrupted; what was published stays" in err
    assert "sessions done" not in out
    assert {name for name in empty_lake.files() if DAY in name} == set()
    assert [f for f in empty_lake.lake.verify() if f.kind != "leftover"] == []


def test_a_word_imports_nothing_that_only_others_need(tmp_path):
    program = (
        "import sys; from lake_assets.cli.main import main; "
        f"main(['status', '--root', {str(tmp_path)!r}]); "
        "sys.exit(bool({'databento', 'fastapi', 'matplotlib'} & set(sys.modules)))"
    )
    words = [sys.executable, "-c", program]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_describe_lists_every_column(lake, built_lake):
    code, out, _ = lake(built_lake, "describe", "signals")
    assert code == ExitCode.DONE
    assert "tape_imbalance" in out
    assert "gold/research/signals_" in out


def test_doctor_names_the_files_it_cannot_use(lake, built_lake):
    assert lake(built_lake, "doctor")[0] == ExitCode.DONE
    (built_lake.root / "raw" / "page.dbn.zst").write_text("<html>sign in</html>")
    code, out, _ = lake(built_lake, "doctor", "--json")
    assert code == ExitCode.FAILED
    (fault,) = json.loads(out)["faults"]
    assert "page.dbn.zst" in fault


def test_simulated_data_stays_out_of_a_vendor_lake(lake, empty_lake):
    empty_lake.lake.publish(
        FRONT_CONTRACT,
        DAYS[0],
        FRONT_CONTRACT.empty(),
        fingerprint=Fingerprint(
            code_version="1", schema_hash="", parameters={}, inputs={}, raw_files={}
        ),
        provenance=Provenance.VENDOR,
    )
    before = empty_lake.files()
    code, out, _ = lake(empty_lake, "backfill", DAY, "--select", "group:bronze")
    assert code == ExitCode.FAILED
    assert "simulated" in out
    assert "LAKE_ROOT" in out
    assert empty_lake.files() == before

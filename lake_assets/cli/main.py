"""The `lake` command: its words, its arguments, its exit codes."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from enum import IntEnum
from importlib import import_module
from pathlib import Path
from typing import Final

from lake_assets.cli.exit_code import ExitCode
from lake_assets.errors import (
    BudgetError,
    BusyPartitionError,
    LakeError,
    UnknownNameError,
    UnknownSessionError,
    UnsafeServiceError,
)
from lake_assets.lake import log
from lake_assets.lake.roots import is_url

_ELSEWHERE: Final = {  # words whose module or function has another name
    "sql": ("query", "run"),
    "ask": ("ask", "ask"),
    "metrics": ("ask", "metrics"),
    "cite": ("ask", "cite"),
    "mcp": ("ask", "mcp"),
}


def main(argv: Sequence[str] | None = None) -> IntEnum:
    """Run one command; errors made on purpose are printed as one sentence.

    Returns:
        0 done, 1 failed, 2 misuse, 3 refused (another process holds the partition, the price is
        above the cap, or the service would listen where it must not); of `ask` also 3 some numbers
        are not ok, 4 nothing is answered.
    """
    arguments = parser().parse_args(argv)
    _export(arguments)
    try:
        log.set_up(os.environ)
        return _command(arguments.command)(arguments)
    except (UnknownSessionError, UnknownNameError) as error:
        return _say(error, ExitCode.MISUSE)
    except (BusyPartitionError, BudgetError, UnsafeServiceError) as error:
        return _say(error, ExitCode.REFUSED)
    except (LakeError, OSError) as error:
        return _say(error, ExitCode.FAILED)
    except KeyboardInterrupt:
        return _say(
            "interrupted; what was published stays, the rest resumes next time", ExitCode.FAILED
        )


def _say(error: object, code: ExitCode) -> ExitCode:
    print(f"lake: {error}", file=sys.stderr)
    return code


def _export(arguments: argparse.Namespace) -> None:
    """Options that move the lake reach every process as the environment they stand for."""
    for option, name in (("root", "LAKE_ROOT"), ("raw", "LAKE_RAW"), ("config", "LAKE_PARAMETERS")):
        if value := getattr(arguments, option, None):
            os.environ[name] = value if is_url(value) else str(Path(value).resolve())


def _command(name: str) -> Callable[[argparse.Namespace], IntEnum]:
    """What a word does, and no other word's imports: `lake --help` does not wait for Dagster."""
    module, function = _ELSEWHERE.get(name, (name, "run"))
    found: Callable[[argparse.Namespace], IntEnum]
    found = getattr(import_module(f"lake_assets.cli.{module}"), function)
    return found


def parser() -> argparse.ArgumentParser:
    """Every word the command knows."""
    top = argparse.ArgumentParser(
        prog="lake",
        description="Vendor files to point-in-time features, one trading session a partition.",
        epilog="Exit codes: 0 done, 1 failed, 2 misuse, 3 refused (a writer, budget, unsafe).",
    )
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--root", help="the lake: folder or s3:// URL (LAKE_ROOT; default data/lake)"
    )
    where.add_argument("--raw", help="folder of the vendor's files (LAKE_RAW; default <root>/raw)")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[where])

    demo = command("demo", "Simulate two sessions, build Bronze to Gold, say where to look.")
    demo.add_argument("--book-records", type=int, default=200_000, help="book records a session")

    _add_simulate(command("simulate", "Write synthetic sessions as genuine vendor files."))
    _add_backfill(command("backfill", "Materialize sessions; what is there is not made again."))

    _add_purchase(command("quote", "What sessions would cost of the vendor; nothing is bought."))
    _add_ingest(command("ingest", "Buy what sessions lack, and make Bronze of it."))

    status = command("status", "What is materialized, stale or missing.")
    status.add_argument("sessions", nargs="?", help="one date, or first..last")
    status.add_argument("--config", help="YAML file of parameters (LAKE_PARAMETERS)")
    status.add_argument("--json", action="store_true")

    verify = command("verify", "Hash every file of the lake and compare it with its manifest.")
    verify.add_argument("--json", action="store_true")

    tidy = command("tidy", "Remove replaced files that no citation names.")
    tidy.add_argument("--dry-run", action="store_true", help="say which, and remove nothing")
    tidy.add_argument("--json", action="store_true")

    audit = command("audit", "Rebuild sessions from their past alone and compare every cell.")
    audit.add_argument("sessions", help="one date, or first..last")
    audit.add_argument("--cuts", type=int, default=10, help="moments to cut each session at")
    audit.add_argument("--seed", type=int, default=0, help="draws the moments")
    audit.add_argument("--config", help="YAML file of parameters (LAKE_PARAMETERS)")
    audit.add_argument("--json", action="store_true")

    calibrate = command("calibrate", "Thresholds from what came before a date, in a new file.")
    calibrate.add_argument("date", help="only sessions before it count")
    calibrate.add_argument("--underlying", required=True, help="whose, as NIFTY")
    calibrate.add_argument("--output", help="default <root>/parameters/<UNDERLYING>_<DATE>.yaml")
    calibrate.add_argument("--config", help="YAML file of parameters to build upon")

    query = command("sql", "Ask the whole lake one question; a view a dataset, as gold.signals.")
    query.add_argument("query", help="one SELECT")
    query.add_argument("--format", choices=["table", "csv", "json"], default="table")

    _add_runs(command("runs", "What became of each request for a partition, newest last."))
    _add_serve(command("serve", "Serve the lake over HTTP, on this machine unless told otherwise."))
    _add_ask(command("ask", "Numbers from Silver, each with a citation that re-runs."))
    command("metrics", "What can be asked for.").add_argument("--json", action="store_true")
    command("cite", "The record a citation re-runs from.").add_argument("citation")
    command("mcp", "Serve retrieval to a program over standard input and output (MCP).")

    describe = command("describe", "The datasets, or the columns of one.")
    describe.add_argument("dataset", nargs="?")
    describe.add_argument("--markdown", action="store_true", help="as docs/datasets.md")

    doctor = command("doctor", "The environment, the raw files found per session, what would run.")
    doctor.add_argument("--json", action="store_true")
    return top


def _add_purchase(words: argparse.ArgumentParser) -> None:
    words.add_argument("sessions", nargs="?", help="one date, or first..last")
    words.add_argument("--start", help="first session")
    words.add_argument("--end", help="last session")
    words.add_argument(
        "--datasets",
        default="es_trades,es_mbp10,spy_options",
        help="separated by commas; also option_books, of SPY (default: %(default)s)",
    )
    words.add_argument("--json", action="store_true")


def _add_ingest(ingest: argparse.ArgumentParser) -> None:
    _add_purchase(ingest)
    ingest.add_argument("--workers", type=int, default=1, help="sessions made at a time")
    ingest.add_argument("--config", help="YAML file of parameters (LAKE_PARAMETERS)")
    ingest.add_argument(
        "--buy-again", action="store_true", help="pay again for data of jobs that are lost"
    )


def _add_runs(runs: argparse.ArgumentParser) -> None:
    runs.add_argument("--last", type=int, default=20, help="requests to show")
    runs.add_argument("--failed", action="store_true", help="only what failed")
    runs.add_argument("--by-dataset", action="store_true", help="counts, seconds, memory of each")
    runs.add_argument("--json", action="store_true")


def _add_serve(serve: argparse.ArgumentParser) -> None:
    serve.add_argument("--host", default="127.0.0.1", help="address; others than this need a token")
    serve.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    serve.add_argument(
        "--host-name", action="append", help="a further name it goes by, as behind a proxy"
    )


def _add_ask(ask: argparse.ArgumentParser) -> None:
    ask.add_argument("question", nargs="?", help='as "past week SPY put/call ratio and IV skew"')
    ask.add_argument("--verify", metavar="CITATION", help="run a citation again")
    ask.add_argument("--metric", action="append", default=[], help="id, label or synonym; repeat")
    ask.add_argument("--ticker", action="append", default=[], help="as SPY or ^GSPC; repeat")
    ask.add_argument("--window", help="today, yesterday, past_week, past_month, ...")
    ask.add_argument("--as-of", help="what was known on a date; the newest data if absent")
    ask.add_argument("--explain", action="store_true", help="what would run; reads nothing")
    ask.add_argument("--json", action="store_true")


def _add_simulate(simulate: argparse.ArgumentParser) -> None:
    simulate.add_argument("sessions", help="one date, or first..last")
    simulate.add_argument("--seed", type=int, default=1)
    simulate.add_argument(
        "--book-records", type=int, default=200_000, help="book records a session"
    )
    simulate.add_argument("--overwrite", action="store_true", help="replace what stands there")
    landed = simulate.add_argument_group("option chains, macro series, geopolitical risk")
    landed.add_argument("--chains", action="store_true", help="write these, and nothing else")
    landed.add_argument("--symbols", default="SPY,QQQ,IWM", help="whose chains, as SPY,AAPL")
    books = simulate.add_argument_group("option books, second by second")
    books.add_argument("--underlying", help="write its option books, as NIFTY; nothing else")
    books.add_argument("--strikes", type=int, default=21, help="of each of two expiries")
    books.add_argument(
        "--update-share", type=float, default=0.02, help="of seconds, far from the money"
    )
    books.add_argument("--quiet", action="store_true", help="plant no events")
    books.add_argument("--flaws", action="store_true", help="repeat, lose and damage rows")


def _add_backfill(backfill: argparse.ArgumentParser) -> None:
    backfill.add_argument("sessions", nargs="?", help="one date, or first..last")
    backfill.add_argument("--start-date", help="first session")
    backfill.add_argument("--end-date", help="last session")
    backfill.add_argument("--dates", help="sessions, separated by commas")
    which = backfill.add_mutually_exclusive_group()
    which.add_argument("--stale", action="store_true", help="only sessions with a stale partition")
    which.add_argument("--force", action="store_true", help="rebuild what is materialized too")
    backfill.add_argument("--workers", type=int, default=1, help="sessions at a time")
    what = backfill.add_mutually_exclusive_group()
    what.add_argument(
        "--job",
        help="assets of a job: ingest, signals, market_truth, retrieval_tables, or everything",
    )
    what.add_argument(
        "--select",
        help="Dagster asset selection, as group:NIFTY; all but the underlyings' if absent",
    )
    backfill.add_argument("--config", help="YAML file of parameters (LAKE_PARAMETERS)")
    backfill.add_argument("--json", action="store_true")
    backfill.add_argument("--dry-run", action="store_true", help="say what would run, and why")


if __name__ == "__main__":
    sys.exit(main())

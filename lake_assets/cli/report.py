"""How results are shown: tables for people, JSON for programs."""

import json
from collections.abc import Sequence
from statistics import median

from rich import box
from rich.console import Console
from rich.table import Table

from lake_assets.catalog.dataset import WHOLE
from lake_assets.orchestration.runs import SessionRun
from lake_assets.orchestration.survey import PartitionState, State


def console() -> Console:
    """Standard output; wide enough for a table when it is no terminal."""
    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=140)


def plain_table(*titles: str, right: Sequence[str] = ()) -> Table:
    """A table without vertical rules; the columns named in ``right`` are right-aligned."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in titles:
        table.add_column(title, justify="right" if title in right else "left", overflow="fold")
    return table


def print_runs(runs: Sequence[SessionRun]) -> None:
    """Rows and seconds per asset, what was built and what was not, and every failure."""
    out = console()
    if not runs:
        out.print("Nothing to do: every session with raw files is materialized.")
        return
    table = plain_table("asset", "built", "reused", "rows", "seconds", right=_NUMBERS)
    keys = dict.fromkeys(asset.key for run in runs for asset in run.assets)
    for key in keys:
        those = [a for run in runs for a in run.assets if a.key == key]
        built = [a for a in those if a.outcome == "built"]
        spent = [a.seconds for a in built if a.seconds is not None]
        table.add_row(
            key,
            str(len(built)),
            str(len(those) - len(built)),
            f"{sum(a.rows for a in those):,}",
            f"{median(spent):.2f}" if spent else "-",
        )
    out.print(table)
    _print_summary(out, runs)


_NUMBERS = ("built", "reused", "rows", "seconds")


def _print_summary(out: Console, runs: Sequence[SessionRun]) -> None:
    failed = [run for run in runs if run.error]
    built = sum(a.outcome == "built" for run in runs for a in run.assets)
    sessions = [run for run in runs if run.partition != WHOLE]
    good = sum(run.error is None for run in sessions)
    if not built and not failed:
        out.print(f"{good} sessions were already materialized: nothing was computed.")
    else:
        out.print(f"{good} of {len(sessions)} sessions done, {built} partitions built.")
    for run in failed:
        out.print(f"[red]{run.partition} failed[/red]: {run.error}", soft_wrap=True)


def print_plan(due: Sequence[PartitionState], *, as_json: bool) -> None:
    """What a backfill would build, and why."""
    if as_json:
        print(json.dumps([_plain(state) for state in due]))
        return
    if not due:
        console().print("Nothing would run: every partition asked for is materialized.")
        return
    table = plain_table("session", "asset", "state", "why")
    for state in due:
        table.add_row(state.partition, "/".join(state.dataset.key), state.state, state.why)
    console().print(table)
    console().print(f"{len(due)} partitions would be built; nothing was.")


def print_states(states: Sequence[PartitionState], *, as_json: bool) -> None:
    """A line a session, a mark a dataset, then the reason of everything stale."""
    if as_json:
        print(json.dumps([_plain(state) for state in states]))
        return
    out = console()
    by_session: dict[str, list[PartitionState]] = {}
    for state in states:
        by_session.setdefault(state.partition, []).append(state)
    table = plain_table("session", "materialized", "stale", "missing", "rows in Gold", right=_MARKS)
    for name, those in by_session.items():
        names = {kind: [s.dataset.name for s in those if s.state is kind] for kind in State}
        gold = sum(s.rows or 0 for s in those if s.dataset.name.startswith("signals"))
        table.add_row(
            name,
            str(len(names[State.MATERIALIZED])),
            ", ".join(names[State.STALE]) or "-",
            _some(names[State.MISSING], len(those)),
            f"{gold:,}",
        )
    out.print(table)
    for state in states:
        if state.state is State.STALE:
            out.print(f"{state.dataset.name} of {state.partition} is stale: {state.why}")


_MARKS = ("materialized", "rows in Gold")


def _some(names: Sequence[str], of: int) -> str:
    if not names:
        return "-"
    return "all" if len(names) == of else ", ".join(names)


def _plain(state: PartitionState) -> dict[str, object]:
    return {
        "dataset": "/".join(state.dataset.key),
        "partition": state.partition,
        "state": state.state.value,
        "why": state.why,
        "rows": state.rows,
    }

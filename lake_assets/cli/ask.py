"""`lake ask`, `lake metrics`, `lake cite`, `lake mcp`: numbers with citations."""

import argparse
import json
import os
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path

from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from lake_assets.cli.exit_code import AnswerCode, ExitCode
from lake_assets.errors import UnknownNameError
from lake_assets.lake.opening import lake_at
from lake_assets.lake.places import DEFAULT_ROOT
from lake_assets.lake.roots import home_of
from lake_assets.retrieval.answer import Answer
from lake_assets.retrieval.phrase import Question, parse
from lake_assets.retrieval.replay import find
from lake_assets.retrieval.request import MetadataExtraction, MetricQuery
from lake_assets.retrieval.result import MetricResult
from lake_assets.retrieval.tool import SilverTool
from lake_assets.retrieval.vocabulary import Status, Verdict

_UNASKED = Question(MetadataExtraction(), None, ())


def ask(arguments: argparse.Namespace) -> IntEnum:
    """Answer a question, or verify a citation."""
    tool = _tool()
    if arguments.verify:
        return _verify(tool, arguments.verify, as_json=arguments.json)
    question = parse(arguments.question, tool.tickers()) if arguments.question else _UNASKED
    query = _query(question, arguments)
    result = tool.query(query)
    if arguments.json:
        print(result.model_dump_json())
    elif query.explain:
        _print_plan(result)
    else:
        _print_answers(result, question.unplaced)
    return _code(result)


def metrics(arguments: argparse.Namespace) -> IntEnum:
    """List what can be asked for."""
    cards = _tool().list_metrics()
    if arguments.json:
        print(json.dumps([card.model_dump(mode="json") for card in cards]))
        return ExitCode.DONE
    table = _table("metric", "label", "family", "unit", "also called")
    for card in cards:
        unit = card.unit.value if card.unit else ", ".join(card.members) or "the change that fits"
        table.add_row(card.id, card.label, card.family.value, unit, ", ".join(card.synonyms))
    _console().print(table)
    return ExitCode.DONE


def cite(arguments: argparse.Namespace) -> IntEnum:
    """Print the record a citation re-runs from."""
    found = find(_root(), arguments.citation)
    if found is None:
        raise UnknownNameError(f"no citation {arguments.citation!r} was given from this lake")
    body = {"citation_id": found.citation_id, "value": found.value}
    print(json.dumps({**body, "replay": found.replay.model_dump(mode="json")}, indent=1))
    return ExitCode.DONE


def mcp(_: argparse.Namespace) -> IntEnum:
    """Serve the tools of the Model Context Protocol until standard input closes."""
    from lake_assets.serving.mcp import server  # noqa: PLC0415 - its packages are slow to import

    server(_tool()).run()
    return ExitCode.DONE


def _root() -> Path:
    return home_of(os.environ.get("LAKE_ROOT", DEFAULT_ROOT))


def _tool() -> SilverTool:
    return SilverTool(lake_at(os.environ.get("LAKE_ROOT", DEFAULT_ROOT)))


def _query(question: Question, arguments: argparse.Namespace) -> MetricQuery:
    """The question's request; an option adds to it, or takes the place of what it says."""
    extraction, as_of, _ = question
    try:
        return MetricQuery(
            metrics=(*extraction.metrics, *arguments.metric),
            tickers=(*extraction.tickers, *arguments.ticker),
            source_types=extraction.source_types,
            time_window=arguments.window or extraction.time_window,
            as_of=arguments.as_of or as_of,
            explain=arguments.explain,
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnknownNameError(f"{where}: {first['msg']}") from error


def _verify(tool: SilverTool, citation: str, *, as_json: bool) -> IntEnum:
    found = tool.verify(citation)
    if as_json:
        print(found.model_dump_json())
    else:
        value = "" if found.value is None else f", value {found.value}"
        now = "" if found.value_now is None else f", now {found.value_now}"
        print(f"{found.verdict.value}: {found.message}{value}{now}")
    return ExitCode.DONE if found.verdict is Verdict.VERIFIED else AnswerCode.SOME


def _code(result: MetricResult) -> IntEnum:
    if result.plan:
        return AnswerCode.ALL
    statuses = {answer.status for answer in result.answers}
    if statuses == {Status.OK}:
        return AnswerCode.ALL
    return AnswerCode.SOME if statuses & {Status.OK, Status.STALE} else AnswerCode.NONE


def _console() -> Console:
    out = Console(highlight=False, markup=False)
    return out if out.is_terminal else Console(highlight=False, markup=False, width=160)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in titles:
        table.add_column(title, overflow="fold")
    return table


def _print_answers(result: MetricResult, unplaced: tuple[str, ...]) -> None:
    for title, requested in ((None, True), ("Of the same families:", False)):
        answers = [answer for answer in result.answers if answer.requested is requested]
        if answers and title:
            print(f"\n{title}")
        _print_lines(answers)
    print()
    for told in _remarks(result, unplaced):
        print(_safe(told))
    cited = next((a.citation_id for a in result.answers if a.citation_id), None)
    if cited:
        print(_safe(f"Each number re-runs from its files: lake ask --verify {cited}"))


def _print_lines(answers: Sequence[Answer]) -> None:
    """Two lines an answer: what it is, and the citation to copy."""
    cells = [
        (_whose(a), a.label, a.display, _unit(a), str(a.observed_at or "-"), _status(a))
        for a in answers
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for answer, line in zip(answers, cells, strict=True):
        padded = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print(_safe(padded.rstrip()))
        if answer.citation_id:
            print(_safe(f"    {answer.citation_id}"))


def _remarks(result: MetricResult, unplaced: tuple[str, ...]) -> list[str]:
    told = list(dict.fromkeys(f"note: {note}" for note in result.status.notes))
    told += [f"{a.metric}: {note}" for a in result.answers for note in a.notes]
    if unplaced:
        told.append(f"not understood: {' '.join(unplaced)}")
    if result.status.unsupported_metrics_message:
        told.append(result.status.unsupported_metrics_message)
    if not result.answers:
        told.append("Nothing to answer; `lake metrics` lists what can be asked for.")
    return told


def _print_plan(result: MetricResult) -> None:
    table = _table("of", "template", "from", "to", "known at", "metrics")
    for work in result.plan:
        window = work.predicate
        days = map(str, (window.start_date, window.end_date, window.known_at))
        table.add_row(_safe(work.entity), work.template, *days, ", ".join(work.metrics))
    _console().print(table)


def _unit(answer: Answer) -> str:
    return answer.unit.value if answer.unit else "-"


def _whose(answer: Answer) -> str:
    return f"{answer.entity} as {answer.alias_of}" if answer.alias_of else answer.entity


def _status(answer: Answer) -> str:
    return f"{answer.status.value}: {answer.message}" if answer.message else answer.status.value


def _safe(text: str) -> str:
    """A caller's words may hold what moves a terminal's cursor."""
    return "".join(c if c.isprintable() else "?" for c in text)

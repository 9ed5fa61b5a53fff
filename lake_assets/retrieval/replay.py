"""Whether a citation still holds: its files hashed again, its query run again, bit for bit."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

import duckdb
from pydantic import BaseModel, ConfigDict, ValidationError

from lake_assets.catalog import GPR_MONTHLY, MACRO_SERIES, OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import LakeError
from lake_assets.lake.holdings import Holdings
from lake_assets.retrieval import gpr, implied_vol, liquidity, macro, pricing, put_call
from lake_assets.retrieval.answer import Answer
from lake_assets.retrieval.audit import FILE_NAME, log_days, log_folder
from lake_assets.retrieval.audit_record import is_as_written, parse_line
from lake_assets.retrieval.citation import Replay
from lake_assets.retrieval.definition import Metric
from lake_assets.retrieval.engine import Cell, Request
from lake_assets.retrieval.implied_vol import ImpliedVol
from lake_assets.retrieval.metrics import METRICS
from lake_assets.retrieval.query import Query
from lake_assets.retrieval.reading import Input, Plan, ask_files
from lake_assets.retrieval.vocabulary import AuditEvent, Verdict

QUERIES: Final[Mapping[str, Query]] = {
    query.id: query
    for query in (
        put_call.PUT_CALL,
        implied_vol.IMPLIED_VOL,
        liquidity.LIQUIDITY,
        pricing.PRICING,
        macro.MACRO,
        gpr.GPR,
    )
}
_SHOWN: Final = 200  # characters of what is no citation
_DATASETS: Final = (OPTION_SNAPSHOTS, OPTION_DAILY, MACRO_SERIES, GPR_MONTHLY)
_PARTITION: Final = re.compile(r"\d{4}-\d{2}(?:-\d{2})?", re.ASCII)
_CITATION: Final = re.compile(
    r"(?P<metric>[a-z0-9_]{1,64}):(?P<entity>[A-Z0-9^.-]{1,32}):(?P<day>\d{4}-\d{2}-\d{2})"
    r":v(?P<version>\d{1,6}):(?P<digits>[0-9a-f]{12})",
    re.ASCII,
)

MESSAGES: Final[Mapping[Verdict, str]] = {
    Verdict.VERIFIED: "the same files give the same value",
    Verdict.SUPERSEDED: "the same files give the same value; newer ones have replaced them since",
    Verdict.MISMATCH: "the same files give another value, or the citation is not its record's",
    Verdict.INPUTS_ALTERED: "a file it was read from has other bytes",
    Verdict.INPUTS_MISSING: "a file it was read from is gone",
    Verdict.DEFINITION_CHANGED: "the metric is defined otherwise since",
    Verdict.UNKNOWN_CITATION: "no such citation was given here",
}


class Verification(BaseModel):
    """What re-running a citation showed.

    ``value`` is the one cited, ``value_now`` what the files in force say where they are others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    citation_id: str
    verdict: Verdict
    message: str
    metric: str | None = None
    entity: str | None = None
    value: int | float | str | None = None
    value_now: int | float | str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A citation with its record and the value given under it."""

    citation_id: str
    replay: Replay
    value: Cell


@dataclass(frozen=True, slots=True)
class _Found:
    """The record's files: in the lake, or kept since they were replaced."""

    verdict: Verdict | None
    inputs: tuple[Input, ...] = ()
    in_force: tuple[Input, ...] = ()

    @property
    def is_superseded(self) -> bool:
        """Whether a file has a newer generation."""
        return self.inputs != self.in_force


class Verifier:
    """Re-runs citations; what a record names is checked before it is opened."""

    def __init__(self, home: Path, holdings: Holdings, implied_vol: ImpliedVol) -> None:
        self._home = home
        self._holdings = holdings
        self._implied_vol = implied_vol

    def verify(self, request: Request, citation: str | Answer) -> Verification:
        """The verdict on a citation: on one given here by its id, on any by its answer."""
        cited = self._cited(citation)
        name = citation if isinstance(citation, str) else citation.citation_id or ""
        if cited is None:
            return _said(name[:_SHOWN], Verdict.UNKNOWN_CITATION)
        return self._verify(request, cited)

    def _cited(self, citation: str | Answer) -> Cited | None:
        if isinstance(citation, str):
            return find(self._home, citation)
        if citation.citation_id is None or citation.replay is None:
            return None
        value = citation.value if citation.text is None else citation.text
        return Cited(citation_id=citation.citation_id, replay=citation.replay, value=value)

    def _verify(self, request: Request, cited: Cited) -> Verification:
        parts = _CITATION.fullmatch(cited.citation_id)
        if parts is None or parts["metric"] not in METRICS:
            return _said(cited.citation_id[:_SHOWN], Verdict.UNKNOWN_CITATION)
        metric, replay = METRICS[parts["metric"]], cited.replay
        if not replay.sha256.startswith(parts["digits"]):
            return _said(cited.citation_id, Verdict.MISMATCH, cited.value)
        if not _is_defined_so(metric, replay):
            return _said(cited.citation_id, Verdict.DEFINITION_CHANGED, cited.value)
        return self._rerun(request, cited, metric, self._inputs(replay))

    def _rerun(self, request: Request, cited: Cited, metric: Metric, found: _Found) -> Verification:
        if found.verdict:
            return _said(cited.citation_id, found.verdict, cited.value)
        query, replay = QUERIES[metric.template.id], cited.replay
        plan = Plan(query=query, params=replay.params, inputs=found.inputs)
        again = self._cell(request, plan, metric)
        day = cited.citation_id.split(":")[2]
        if again != (cited.value, replay.rows_read, day):
            return _said(cited.citation_id, Verdict.MISMATCH, cited.value)
        if not found.is_superseded:
            return _said(cited.citation_id, Verdict.VERIFIED, cited.value)
        now = self._cell(request, replace(plan, inputs=found.in_force), metric)
        return _said(
            cited.citation_id, Verdict.SUPERSEDED, cited.value, value_now=now[0] if now else None
        )

    def _cell(self, request: Request, plan: Plan, metric: Metric) -> tuple[Cell, int, str] | None:
        """Value, rows read and day of a plan's row; None without a row or a readable file."""
        steps = self._implied_vol.run if plan.query is implied_vol.IMPLIED_VOL else ask_files
        try:
            rows = steps(request, plan)
        except (LakeError, duckdb.Error, OSError, KeyError, TypeError, ValueError):
            return None
        if not rows:
            return None
        row, value = rows[0], rows[0][metric.column]
        admitted = isinstance(value, int | float | str) and metric.admits(value)
        read = int(row.number("rows_read") or 0)
        return value if admitted else None, read, row.day("observed_at").isoformat()

    def _inputs(self, replay: Replay) -> _Found:
        """The files of a record, hashed anew."""
        inputs, in_force = [], []
        for named in replay.inputs:
            dataset = _dataset_of(named.path)
            if dataset is None:
                return _Found(Verdict.INPUTS_MISSING)
            path = self._holdings.root / named.path
            now = next((h for h in self._holdings.of(dataset) if h.name == named.path), None)
            kept = self._holdings.replaced(named.path, named.sha256)
            if _sha256(path) == named.sha256:
                inputs.append(Input(named.path, named.sha256, path))
            elif _sha256(kept) == named.sha256:
                inputs.append(Input(named.path, named.sha256, kept))
            elif not path.exists() or (now and _sha256(path) == now.sha256):
                return _Found(Verdict.INPUTS_MISSING)
            else:
                return _Found(Verdict.INPUTS_ALTERED)
            in_force.append(Input.of(now) if now else inputs[-1])
        return _Found(None, tuple(inputs), tuple(in_force))


def _is_defined_so(metric: Metric, replay: Replay) -> bool:
    """Whether the metric still has the definition and the query of a record."""
    query = QUERIES[metric.template.id]
    return (replay.definition, replay.template, replay.template_sha256) == (
        metric.definition,
        query.id,
        query.sha256,
    )


def _said(
    citation_id: str, verdict: Verdict, value: Cell = None, *, value_now: Cell = None
) -> Verification:
    parts = _CITATION.fullmatch(citation_id)
    return Verification(
        citation_id=citation_id.encode("utf-8", "backslashreplace").decode(),
        verdict=verdict,
        message=MESSAGES[verdict],
        metric=parts["metric"] if parts else None,
        entity=parts["entity"] if parts else None,
        value=value,
        value_now=value_now,
    )


def find(home: Path, citation_id: str) -> Cited | None:
    """The record the audit log keeps under an id; the newest, if it was given several times."""
    if not _CITATION.fullmatch(citation_id):
        return None
    for line in _lines_with(home, citation_id):
        record = parse_line(line)
        if record and record.get("event") == AuditEvent.CITATION and is_as_written(line, record):
            data: Mapping[str, Any] = record["data"]
            if data.get("citation_id") == citation_id:
                try:
                    replay = Replay.model_validate(data["replay"])
                except ValidationError:
                    continue
                return Cited(citation_id=citation_id, replay=replay, value=data["value"])
    return None


def _lines_with(home: Path, citation_id: str) -> Iterator[bytes]:
    """Lines of the log that hold an id, the newest first."""
    wanted = json.dumps(citation_id).encode()
    folder = log_folder(home)
    for day in reversed(log_days(folder)):
        path = folder / day / FILE_NAME
        if path.exists():
            with path.open("rb") as file:
                found = [line.rstrip(b"\n") for line in file if wanted in line]
            yield from reversed(found)


def _dataset_of(name: str) -> Dataset | None:
    """The dataset a path is a partition of; None for any other path."""
    for dataset in _DATASETS:
        before, _, after = dataset.path("\n").partition("\n")
        partition = name.removeprefix(before).removesuffix(after)
        if _PARTITION.fullmatch(partition) and dataset.path(partition) == name:
            return dataset
    return None


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None

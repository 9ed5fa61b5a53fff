"""One family's numbers for one entity: files chosen, rows read, nulls explained, ages judged."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import duckdb

from lake_assets.errors import DamagedPartitionError, MissingPartitionError
from lake_assets.market.liquidity_tiers import LiquidityTiers, Tier
from lake_assets.retrieval import gpr, liquidity, macro, pricing, put_call
from lake_assets.retrieval.answer import Answer, Finding, answered, unanswered
from lake_assets.retrieval.answer import Request as Repeated
from lake_assets.retrieval.citation import Replay, ReplayInput
from lake_assets.retrieval.contract import Footers
from lake_assets.retrieval.definition import Metric
from lake_assets.retrieval.engine import Cell, Request, Row
from lake_assets.retrieval.implied_vol import ImpliedVol, is_daily
from lake_assets.retrieval.metrics import METRICS
from lake_assets.retrieval.nulls import why_null
from lake_assets.retrieval.reading import Plan, Reader, Remembered, Shelf, ask_files, newest_with
from lake_assets.retrieval.staleness import is_stale, skipped_session
from lake_assets.retrieval.vocabulary import GLOBAL, Family, Frequency, Reason, SourceType, Unit
from lake_assets.retrieval.windows import TimePredicate
from lake_assets.retrieval.work import Wish, Work

_CONTRACTS: Final = ("atm_contract", "put_wing_contract", "call_wing_contract")
_FAILURES: Final = (
    DamagedPartitionError,
    MissingPartitionError,
    duckdb.Error,
    OSError,
    TypeError,
)
SUSPECTED_FILL: Final = "the series may be filled: its vintage ends in one repeated value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every number of a request shares.

    ``published_by`` is set where later vintages may answer: observations due by then only.
    """

    as_of: date | None
    reference: date
    lookback_days: int
    published_by: date | None
    is_latest_vintage: bool

    def repeated(self, wish: Wish) -> Repeated:
        """What an answer repeats of its request."""
        return Repeated(
            as_of=self.as_of,
            requested=wish.requested,
            fuzzy=wish.fuzzy,
            vintage="latest" if self.is_latest_vintage else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One run: what to answer, from which symbol's rows, over which window.

    ``symbol`` is the entity's own, or the series it stands for.
    """

    work: Work
    symbol: str
    window: TimePredicate
    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Answers of one run, or the reason that all of them share."""

    answers: tuple[Answer, ...]
    failure: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A row with its plan, and the metrics that a missing column keeps from it."""

    plan: Plan
    found: Remembered
    lacking: frozenset[str]

    @property
    def row(self) -> Row:
        """The one row."""
        return self.found.rows[0]

    @property
    def frequency(self) -> Frequency | None:
        """The macro series' own; None of anything else."""
        told = self.row.cells.get("frequency")
        return None if told is None else Frequency(str(told))


class Answering:
    """Runs works over Silver; holds nothing of a request."""

    def __init__(self, reader: Reader, tiers: LiquidityTiers) -> None:
        self.reader = reader
        self.footers = Footers()
        self.implied_vol = ImpliedVol(reader.holdings, self.footers)
        self._tiers = tiers

    def answer(self, request: Request, task: Task, shelf: Shelf) -> Outcome:
        """Answers of one run; a file replaced while it was read is read anew, once."""
        try:
            return self._answer(request, task, shelf)
        except (DamagedPartitionError, MissingPartitionError):
            pass
        except _FAILURES as error:
            return nothing(task, _failure(error))
        try:
            return self._answer(request, task, Shelf.of(self.reader.holdings))
        except _FAILURES as error:
            return nothing(task, _failure(error))

    def plan(self, request: Request, shelf: Shelf, task: Task) -> Plan | None:
        """The files and parameters of one run; None if nothing qualifies."""
        symbol, window, setting = task.symbol, task.window, task.setting
        match task.work.wishes.family:
            case Family.PUT_CALL_RATIO:
                return put_call.plan(shelf, symbol, window)
            case Family.OPTIONS_ANALYSIS:
                return self.implied_vol.plan(request, shelf, symbol, window, setting.lookback_days)
            case Family.LIQUIDITY_ANALYSIS:
                return liquidity.plan(shelf, symbol, window, _limited(self._tiers.tier(symbol)))
            case Family.PRICING_SPREAD:
                return pricing.plan(shelf, symbol, window)
            case Family.MACRO_ANALYSIS:
                return macro.plan(shelf, symbol, window, setting.published_by)
            case Family.GEOPOLITICAL_ANALYSIS:
                return gpr.plan(shelf, window, setting.published_by)

    def rows(self, request: Request, plan: Plan) -> Remembered:
        """Rows of a plan; at most one."""
        is_vol = plan.query.id.startswith("implied_vol@")
        return self.reader.rows(request, plan, self.implied_vol.run if is_vol else ask_files)

    def _answer(self, request: Request, task: Task, shelf: Shelf) -> Outcome:
        plan = self.plan(request, shelf, task)
        if plan is None:
            return nothing(task, _why_no_plan(shelf, task))
        if _observed_before(plan, task.window):
            return nothing(task, Reason.OUTSIDE_WINDOW)
        lacking = self._lacking(task.work, plan)
        if lacking.issuperset(task.work.wishes.for_series(None, is_rate=False)):
            return nothing(task, Reason.MISSING_COLUMNS)
        found = self.rows(request, plan)
        if not found.rows:
            return nothing(task, Reason.NO_PARTITIONS)
        return _dressed(task, _Reading(plan=plan, found=found, lacking=lacking), shelf)

    def _lacking(self, work: Work, plan: Plan) -> frozenset[str]:
        """Metrics that need a column one of the files has not."""
        read = [s for s in plan.inputs if not is_daily(s)]
        footers = [self.footers.of(source) for source in read]
        return frozenset(
            metric.id
            for metric in METRICS.values()
            if metric.family is work.wishes.family
            and any(footer.lacks(metric.required_columns) for footer in footers)
        )


def nothing(task: Task, reason: Reason) -> Outcome:
    """The same reason for every metric of a run."""
    wanted = task.work.wishes.for_series(None, is_rate=False)
    return Outcome(
        answers=tuple(
            unanswered(METRICS[metric], task.work.entity, task.setting.repeated(wish), reason)
            for metric, wish in wanted.items()
        ),
        failure=reason,
    )


def _dressed(task: Task, reading: _Reading, shelf: Shelf) -> Outcome:
    """The row's cells as answers."""
    work, symbol = task.work, task.symbol
    row, is_rate = reading.row, bool(reading.row.cells.get("is_rate"))
    observed = row.day("observed_at")
    late, why_late = _age(observed, task, reading.frequency, shelf)
    answers = []
    for name, wish in work.wishes.for_series(reading.frequency, is_rate=is_rate).items():
        metric, repeated = METRICS[name], task.setting.repeated(wish)
        if name in reading.lacking:
            reason = Reason.MISSING_COLUMNS
            answers.append(unanswered(metric, work.entity, repeated, reason))
            continue
        finding = Finding(
            result=row[metric.column],
            observed_at=observed,
            replay=_replay(metric, reading),
            reason=why_null(name, metric.column, row) or why_late,
            stale=late,
            alias_of=None if symbol in {work.entity, GLOBAL} else symbol,
            contracts={n: _text(row.cells.get(n)) for n in _CONTRACTS},
            notes=_notes(metric, row),
        )
        answers.append(answered(metric, work.entity, repeated, finding))
    return Outcome(answers=tuple(answers))


def _notes(metric: Metric, row: Row) -> tuple[str, ...]:
    """What a reader of a macro value should know."""
    unit = (f"in {row['unit']}",) if metric.unit is Unit.SERIES_UNIT else ()
    return (*unit, SUSPECTED_FILL) if row.cells.get("suspected_fill") else unit


def _replay(metric: Metric, reading: _Reading) -> Replay:
    """The record that re-runs a cell."""
    plan, records = reading.plan, reading.found.records
    if metric.definition not in records:
        records[metric.definition] = Replay(
            definition=metric.definition,
            template=plan.query.id,
            template_sha256=plan.query.sha256,
            params=plan.params,
            inputs=tuple(ReplayInput(path=s.name, sha256=s.sha256) for s in plan.inputs),
            rows_read=int(reading.row.number("rows_read") or 0),
            rows_returned=1,
        )
    return records[metric.definition]


def _age(
    observed: date, task: Task, frequency: Frequency | None, shelf: Shelf
) -> tuple[bool, Reason | None]:
    """Whether a row is older than it should be, and why where a word says it."""
    late = is_stale(observed, task.window, task.setting.reference, frequency=frequency)
    if task.window.source is not SourceType.OPTIONS:
        return late, None
    newest = _newest_session(shelf, task)
    skipped = skipped_session(observed, date.fromisoformat(newest)) if newest else None
    return late or skipped is not None, skipped


def _newest_session(shelf: Shelf, task: Task) -> str | None:
    end = task.window.end_date.isoformat()
    held = newest_with(shelf.snapshots, task.symbol, "rows", end=end)
    return held.partition if held else None


def _observed_before(plan: Plan, window: TimePredicate) -> bool:
    """Whether the session a plan has picked lies before its window."""
    session = plan.params.get("session")
    return session is not None and str(session) < window.start_date.isoformat()


def _why_no_plan(shelf: Shelf, task: Task) -> Reason:
    """No partition holds the entity, or none within the window does."""
    if task.window.source is not SourceType.OPTIONS or _newest_session(shelf, task) is None:
        return Reason.NO_PARTITIONS
    return Reason.OUTSIDE_WINDOW


def _failure(error: Exception) -> Reason:
    if isinstance(error, duckdb.InterruptException):
        return Reason.TIMEOUT
    return Reason.INPUT_ALTERED if isinstance(error, DamagedPartitionError) else Reason.READ_FAILED


def _limited(tier: Tier) -> str | None:
    return None if tier is Tier.UNKNOWN else tier.value


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)

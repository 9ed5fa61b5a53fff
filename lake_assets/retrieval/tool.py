"""The numeric retrieval tool: a structured request in, numbers with citations out.

It plans and hands on: what a number is, is in the registry; where it stands in time, in
``windows``; how it is read, in the family's module.
"""

import asyncio
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

from lake_assets.catalog.dataset import Layer
from lake_assets.lake.lake import Lake
from lake_assets.lake.places import REPLACED
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets.retrieval.answer import Answer, ordered
from lake_assets.retrieval.answering import Answering, Setting, Task, nothing
from lake_assets.retrieval.audit import AuditLog
from lake_assets.retrieval.card import CARDS, MetricCard
from lake_assets.retrieval.claims import ClaimReport, check_claims
from lake_assets.retrieval.engine import Engine
from lake_assets.retrieval.inquiry import Inquiry
from lake_assets.retrieval.inspection import Inspection
from lake_assets.retrieval.metrics import METRICS
from lake_assets.retrieval.moment import Moment
from lake_assets.retrieval.places import AUDIT_HEADS, STATE
from lake_assets.retrieval.reading import Reader, Shelf
from lake_assets.retrieval.replay import Verification, Verifier
from lake_assets.retrieval.request import MetadataExtraction, MetricQuery
from lake_assets.retrieval.result import MetricResult, PlannedWork, result_of
from lake_assets.retrieval.settings import EngineSettings, engine_settings, query_settings
from lake_assets.retrieval.state import StateFile
from lake_assets.retrieval.tickers import allow_list, macro_symbol
from lake_assets.retrieval.trail import Trail
from lake_assets.retrieval.vocabulary import Family, Reason, SourceType
from lake_assets.retrieval.windows import Placed, TimePredicate


def utc_now() -> datetime:
    """The machine's clock; numbers do not depend on it, the log does."""
    return datetime.fromtimestamp(time.time(), UTC)


@cache
def _engine(root: Path, settings: EngineSettings) -> Engine:
    """One engine a process, however many tools look at a lake."""
    return Engine([root / Layer.SILVER, root / REPLACED], settings)


class SilverTool:
    """Answers requests over the Silver of one lake; any number of threads may ask.

    ``clock`` dates the log; ``environ`` names the settings of `settings`.
    """

    def __init__(
        self,
        lake: Lake,
        *,
        clock: Callable[[], datetime] = utc_now,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        query_settings(environ)
        self._environ = environ
        self._clock = clock
        self._state = StateFile(lake.root / STATE)
        self._log = AuditLog(lake.root, lake.root / AUDIT_HEADS, clock)
        engine = _engine(lake.root, engine_settings(environ))
        self._holdings = lake.holdings()
        self._answering = Answering(Reader(engine, self._holdings), LiquidityTiers.load(lake.root))
        self._verifier = Verifier(lake.root, self._holdings, self._answering.implied_vol)
        self._inspection = Inspection(self._answering.footers)
        trail = Trail(self._log)
        trail.checked(self._inspection.changed(Shelf.of(self._holdings)))
        trail.write()

    @property
    def metric_dispatcher(self) -> Mapping[str, str]:
        """Family of each metric's label; cannot be changed."""
        return MappingProxyType({m.label: m.family.value for m in METRICS.values()})

    def query(self, query: MetricQuery) -> MetricResult:
        """Answer a request; what cannot be answered is a status.

        Raises:
            AuditUnavailableError: the audit log cannot be written; no number is returned.
        """
        began = time.perf_counter()
        settings = query_settings(self._environ)
        shelf = Shelf.of(self._holdings)
        inquiry = Inquiry.of(query, allow_list(shelf.symbols), settings.max_tickers)
        trail = Trail(self._log)
        trail.checked(self._inspection.changed(shelf))
        trail.asked(query.tickers, inquiry.labels, query.as_of)
        trail.chosen(inquiry.choice, inquiry.metrics_of_tickers)
        trail.write()
        moment = Moment.of(query, shelf, self._state.read(), self._clock().date())
        tasks = list(self._tasks(inquiry, moment, settings.lookback_days))
        for task, placed in tasks:
            trail.placed(task, placed, query.time_window)
        run = [] if query.explain else self._run(tasks, moment, shelf)
        answers = ordered([*inquiry.unrun(), *run], inquiry.order)
        notes = [note.value for _, placed in tasks for note in placed.notes]
        result = result_of(
            answers,
            inquiry.status(answers, notes),
            tickers_run=len(inquiry.choice.run),
            source_channel=query.source_channel,
            plan=[_planned(task) for task, _ in tasks] if query.explain else (),
        )
        trail.answered(answers)
        trail.finished(answers, (time.perf_counter() - began) * 1e3)
        trail.write(sync=True)
        return result

    async def query_async(self, query: MetricQuery) -> MetricResult:
        """As `query`, in a worker thread."""
        return await asyncio.to_thread(self.query, query)

    def query_parquet_by_metadata(
        self,
        extraction: MetadataExtraction,
        time_predicates: Iterable[TimePredicate] | None = None,
    ) -> MetricResult:
        """As `query`, of what was extracted from a question."""
        return self.query(MetricQuery.of(extraction, tuple(time_predicates or ())))

    def explain(self, query: MetricQuery) -> MetricResult:
        """What would run, over which windows, by which templates; nothing is read."""
        return self.query(query.model_copy(update={"explain": True}))

    def list_metrics(self) -> tuple[MetricCard, ...]:
        """Every metric and bundle that can be asked for."""
        return CARDS

    def verify(self, citation: str | Answer) -> Verification:
        """Run a citation again; by its id if it was given from this lake, or by its answer."""
        with self._answering.reader.engine.request() as request:
            return self._verifier.verify(request, citation)

    async def verify_async(self, citation: str | Answer) -> Verification:
        """As `verify`, in a worker thread."""
        return await asyncio.to_thread(self.verify, citation)

    def check_claims(self, text: str, answers: Sequence[Answer]) -> ClaimReport:
        """Hold the numbers of a text against the answers it cites."""
        return check_claims(text, answers)

    def tickers(self) -> frozenset[str]:
        """Tickers that may be asked about."""
        return allow_list(Shelf.of(self._holdings).symbols)

    def _tasks(
        self, inquiry: Inquiry, moment: Moment, lookback_days: int
    ) -> Iterator[tuple[Task, Placed]]:
        """Every run of a request with its window."""
        late = moment.is_latest_vintage
        setting = Setting(
            as_of=inquiry.query.as_of,
            reference=moment.reference,
            lookback_days=lookback_days,
            published_by=inquiry.query.as_of if late else None,
            is_latest_vintage=late,
        )
        windows: dict[Family, Placed] = {}
        for work in inquiry.works:
            family = work.wishes.family
            placed = windows.setdefault(family, moment.place(family))
            symbol = work.entity
            if family is Family.MACRO_ANALYSIS:
                symbol, _ = macro_symbol(work.entity, inquiry.query.macro_alias)
            task = Task(work=work, symbol=symbol, window=placed.predicate, setting=setting)
            yield task, placed

    def _run(
        self, tasks: Iterable[tuple[Task, Placed]], moment: Moment, shelf: Shelf
    ) -> Iterator[Answer]:
        with self._answering.reader.engine.request() as request:
            for task, placed in tasks:
                outcome = (
                    nothing(task, placed.reason)
                    if placed.reason
                    else self._answering.answer(request, task, shelf)
                )
                if outcome.failure is Reason.NO_PARTITIONS:
                    later = _later(task, moment)
                    known = later and self._answering.answer(request, later, shelf)
                    if known and not known.failure:
                        outcome = nothing(task, Reason.NOT_KNOWN_AT_AS_OF)
                yield from outcome.answers


def _later(task: Task, moment: Moment) -> Task | None:
    """The same asked of later vintages, for what was due by then; None where there are none."""
    as_of = task.setting.as_of
    if task.window.source is SourceType.OPTIONS or moment.is_latest_vintage or as_of is None:
        return None
    placed = moment.place_later(task.work.wishes.family)
    if placed.reason:
        return None
    setting = replace(task.setting, published_by=as_of)
    return replace(task, window=placed.predicate, setting=setting)


def _planned(task: Task) -> PlannedWork:
    metrics = task.work.wishes.for_series(None, is_rate=False)
    return PlannedWork(
        family=task.work.wishes.family,
        entity=task.work.entity,
        template=METRICS[next(iter(metrics))].template.id,
        metrics=tuple(metrics),
        predicate=task.window,
    )

"""What is told of a request for a partition, besides to Dagster: journal, log, lineage."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import dagster as dg

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.journal import FAILED, Entry, Journal, utc_text
from lake_assets.lake.log import tell
from lake_assets.lake.manifest import Generation
from lake_assets.orchestration import lineage
from lake_assets.orchestration.decision import Decision, Outcome
from lake_assets.orchestration.report import peak_memory_mb

_LOG: Final = logging.getLogger(__name__)
_LEVELS: Final = {Outcome.KEPT_STALE.value: logging.WARNING, FAILED: logging.ERROR}
_NOT_IN_FORCE: Final = "it was not put in force"


@dataclass(slots=True)
class Account:
    """One request, from its beginning; told when it has ended, however it ends."""

    journal: Journal
    request: lineage.Request
    _started_at: float = field(default_factory=time.time, init=False)
    _start: float = field(default_factory=time.perf_counter, init=False)
    _became: tuple[Decision, Generation] | None = field(default=None, init=False)

    @property
    def partition(self) -> str:
        """What is asked for."""
        return self.request.partition

    def became(self, decision: Decision, made: Generation) -> None:
        """Note what the request comes to, if nothing happens any more."""
        self._became = decision, made

    def close(self, error: BaseException | None) -> None:
        """Tell of the request; the journal and the log never fail a run."""
        entry = self._entry(error)
        try:
            self.journal.append(entry)
        except OSError as lost:
            _LOG.warning("the journal cannot be written, the run goes on: %s", lost)
        lineage.ended(self.request, entry, self._became[1] if self._became else None)
        tell(
            "partition",
            _LEVELS.get(entry.outcome, logging.INFO),
            dataset=entry.dataset,
            partition=entry.partition,
            outcome=entry.outcome,
            seconds=entry.seconds,
            rows=entry.rows,
            bytes=entry.bytes,
            run_id=entry.run_id,
            why=entry.why,
        )

    def _entry(self, error: BaseException | None) -> Entry:
        decision, made = self._became or (None, None)
        outcome, why = FAILED, _sentence(error)
        if error is None and decision is not None:
            outcome, why = decision.outcome.value, decision.why
        kept = made if error is None else None
        return Entry(
            started_at=utc_text(self._started_at),
            seconds=round(time.perf_counter() - self._start, 3),
            dataset="/".join(self.request.dataset.key),
            partition=self.partition,
            outcome=outcome,
            why=why,
            code_version=self.request.dataset.version,
            peak_memory_mb=peak_memory_mb(),
            run_id=self.request.run_id,
            rows=kept.rows if kept else None,
            bytes=kept.bytes if kept else None,
            sha256=kept.sha256 if kept else None,
        )


@contextmanager
def accounted(
    journal: Journal, dataset: Dataset, partition: str, context: dg.AssetExecutionContext
) -> Iterator[Account]:
    """Keep account of a request for as long as the block takes."""
    run = context.run
    request = lineage.Request(
        dataset=dataset, partition=partition, run_id=run.run_id, job=run.job_name
    )
    lineage.began(request)
    account = Account(journal, request)
    try:
        yield account
    except BaseException as error:
        account.close(error)
        raise
    account.close(None)


def _sentence(error: BaseException | None) -> str:
    """What an error says; a block that Dagster left before its end was not put in force."""
    if error is None or isinstance(error, GeneratorExit):
        return _NOT_IN_FORCE
    return f"{type(error).__name__}: {error}"

"""What one request leaves in the audit log, in the order it happened."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from lake_assets.retrieval.answer import Answer
from lake_assets.retrieval.answering import Task
from lake_assets.retrieval.audit import AuditLog
from lake_assets.retrieval.audit_record import Entry
from lake_assets.retrieval.contract import SchemaCheck, Verdict
from lake_assets.retrieval.resolve import Resolution
from lake_assets.retrieval.tickers import TickerChoice
from lake_assets.retrieval.vocabulary import AuditEvent, Family, Level, RangeMode, Reason
from lake_assets.retrieval.windows import Placed

_MODES: Final = {
    Family.PUT_CALL_RATIO: RangeMode.WINDOW,
    Family.OPTIONS_ANALYSIS: RangeMode.LATEST_IN_WINDOW,
}
_ERRORS: Final = frozenset(
    {Reason.TIMEOUT, Reason.READ_FAILED, Reason.MISSING_COLUMNS, Reason.INPUT_ALTERED}
)
_SHOWN: Final = 100  # characters of a caller's own words


@dataclass(slots=True)
class Trail:
    """Entries of one request: the first are written before any file is read, the rest at its end.

    Raises, from either write:
        AuditUnavailableError: a line cannot be written; the request then returns nothing.
    """

    log: AuditLog
    query_id: str = field(default_factory=lambda: uuid4().hex)
    _entries: list[Entry] = field(default_factory=list)

    def add(self, event: AuditEvent, data: dict[str, object], level: Level | None = None) -> None:
        """Keep an entry for the next write."""
        self._entries.append(Entry(event, data, self.query_id, level))

    def write(self, *, sync: bool = False) -> None:
        """Write what was kept."""
        self.log.append(*self._entries, sync=sync)
        self._entries.clear()

    def checked(self, checks: Iterable[SchemaCheck]) -> None:
        """What the footers of datasets say."""
        for check in checks:
            level = None if check.status is Verdict.OK else Level.ERROR
            self.add(AuditEvent.SCHEMA_CHECK, check.to_dict(), level)

    def asked(self, tickers: Sequence[str], labels: Sequence[Resolution], as_of: object) -> None:
        """What was asked, and how its labels were understood."""
        self.add(
            AuditEvent.START_QUERY,
            {
                "tickers": [ticker[:_SHOWN] for ticker in tickers],
                "requested": [label.asked[:_SHOWN] for label in labels],
                "supported": [label.id for label in labels if label.id],
                "as_of": as_of,
            },
        )
        for label in labels:
            if label.ratio is not None:
                self.add(
                    AuditEvent.FUZZY_MATCH,
                    {
                        "asked": label.asked,
                        "canonical": label.id,
                        "ratio": label.ratio,
                        "runner_up": label.runner_up,
                    },
                )
        if unsupported := [label for label in labels if label.id is None]:
            self.add(
                AuditEvent.UNSUPPORTED_METRICS,
                {
                    "metrics": [label.asked[:_SHOWN] for label in unsupported],
                    "suggestions": [list(label.suggestions) for label in unsupported],
                },
            )

    def chosen(self, choice: TickerChoice, metrics: Sequence[str]) -> None:
        """Which tickers run; ``metrics`` are those that need one."""
        if metrics and not choice.run:
            self.add(AuditEvent.EMPTY_TICKERS, {"metrics": list(metrics)})
        if choice.capped:
            self.add(
                AuditEvent.TICKER_CAP,
                {
                    "received": len(choice.run) + len(choice.capped) + len(choice.refused),
                    "executing": list(choice.run),
                    "dropped": list(choice.capped),
                },
            )

    def placed(self, task: Task, placed: Placed, time_window: str | None) -> None:
        """The window of one run."""
        window, family = placed.predicate, task.work.wishes.family
        self.add(
            AuditEvent.SQL_RANGE,
            {
                "handler": family,
                "entity": task.work.entity,
                "mode": _MODES.get(family, RangeMode.LATEST_ONLY),
                "time_window": None if time_window is None else time_window[:_SHOWN],
                "start": window.start_date,
                "end": window.end_date,
                "window_days": window.window_days,
                "known_at": window.known_at,
                "anchor_source": window.anchor_source,
                "widened": window.widened,
                "notes": list(placed.notes),
            },
        )

    def answered(self, answers: Iterable[Answer]) -> None:
        """What was answered with a citation, and what failed."""
        for answer in answers:
            if answer.reason in _ERRORS:
                data = {"entity": answer.entity, "metric": answer.metric, "reason": answer.reason}
                self.add(AuditEvent.EXECUTION_ERROR, {**data, "error_id": uuid4().hex})
            if answer.citation_id is not None and answer.replay is not None:
                self.add(
                    AuditEvent.CITATION,
                    {
                        "citation_id": answer.citation_id,
                        "anchors": list(answer.audit_lineage_anchors),
                        "replay": answer.replay.plain,
                        "value": answer.value if answer.text is None else answer.text,
                    },
                )

    def finished(self, answers: Sequence[Answer], latency_ms: float) -> None:
        """What came of it all."""
        anchors = dict.fromkeys(a for answer in answers for a in answer.audit_lineage_anchors)
        self.add(
            AuditEvent.FINISH_QUERY,
            {
                "latency_ms": round(latency_ms, 3),
                "anchors": list(anchors),
                "answers": dict(sorted(Counter(a.status.value for a in answers).items())),
            },
        )

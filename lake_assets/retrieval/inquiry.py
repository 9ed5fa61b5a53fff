"""A request once its words are understood: what runs, and what is answered without running."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lake_assets.retrieval.answer import Answer, Fuzzy, Request, unanswered, unsupported_label
from lake_assets.retrieval.definition import Bundle, Metric
from lake_assets.retrieval.metrics import BUNDLES, METRICS, members
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.resolve import Resolution, resolve
from lake_assets.retrieval.result import ResultStatus, unsupported_message
from lake_assets.retrieval.tickers import TickerChoice, choose
from lake_assets.retrieval.vocabulary import GLOBAL, Reason, RequestError
from lake_assets.retrieval.windows import time_signal
from lake_assets.retrieval.work import Wishes, Work, is_global, wishes_of, works_of

_LABEL_SHOWN = 100  # characters of a caller's own words
_TICKER_SHOWN = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """Labels with their meaning, tickers with their fate, and the metrics that follow."""

    query: MetricQuery
    labels: tuple[Resolution, ...]
    choice: TickerChoice
    wishes: tuple[Wishes, ...]

    @classmethod
    def of(cls, query: MetricQuery, allowed: Collection[str], max_tickers: int) -> "Inquiry":
        """Understand a request; ``allowed`` are the tickers there are."""
        labels = tuple(resolve(label) for label in dict.fromkeys(query.metrics))
        return cls(
            query=query,
            labels=labels,
            choice=choose(query.tickers, allowed, max_tickers),
            wishes=wishes_of(_meant(labels), expand_family=query.expand_family),
        )

    @property
    def works(self) -> tuple[Work, ...]:
        """What runs."""
        return works_of(self.wishes, self.choice.run)

    @property
    def metrics_of_tickers(self) -> tuple[str, ...]:
        """Metrics that need a ticker."""
        return tuple(metric for metric, _ in self._of_tickers())

    @property
    def order(self) -> tuple[str, ...]:
        """Metrics and labels as they were asked for."""
        found: list[str] = []
        for label in self.labels:
            bundle = BUNDLES.get(label.id or "")
            found += members(bundle, None) if bundle else [label.id or shown(label.asked)]
        return tuple(dict.fromkeys(found))

    def unrun(self) -> Iterator[Answer]:
        """Answers to what does not run: labels, tickers over the cap, tickers that are none."""
        as_of = self.query.as_of
        for label in self.labels:
            if label.id is None:
                yield unsupported_label(
                    shown(label.asked),
                    GLOBAL,
                    as_of,
                    suggestions=label.suggestions,
                    reason=label.reason,
                )
        refused = [(ticker, False, why) for ticker, why in self.choice.refused.items()]
        capped = [(ticker, True, None) for ticker in self.choice.capped]
        nobody = [(GLOBAL, False, Reason.NO_TICKER)] if not self.choice.run else []
        for metric, wish in self._of_tickers():
            for ticker, over, why in (*capped, *refused, *nobody):
                entity = shown(ticker, _TICKER_SHOWN)
                yield unanswered(METRICS[metric], entity, wish, why, capped=over)

    def status(self, answers: Sequence[Answer], notes: Sequence[str]) -> ResultStatus:
        """What of the request was not answered."""
        unsupported = [shown(label.asked) for label in self.labels if label.id is None]
        window = self.query.time_window
        return ResultStatus(
            unsupported_metrics=tuple(unsupported),
            unsupported_metrics_message=unsupported_message(unsupported),
            error=self._error(answers),
            dropped_tickers=self.choice.capped,
            unplaced_time_window=None if not window or time_signal(window) else shown(window),
            notes=tuple(dict.fromkeys(notes)),
        )

    def _error(self, answers: Sequence[Answer]) -> RequestError | None:
        if not self.wishes:
            return RequestError.NO_SUPPORTED_METRICS
        if not self.works:
            return RequestError.NO_TICKERS
        timed_out = any(answer.reason is Reason.TIMEOUT for answer in answers)
        return RequestError.TIMEOUT if timed_out else None

    def _of_tickers(self) -> Iterator[tuple[str, Request]]:
        for wishes in self.wishes:
            if not is_global(wishes.family):
                for metric, wish in wishes.for_series(None, is_rate=False).items():
                    yield (
                        metric,
                        Request(as_of=self.query.as_of, requested=wish.requested, fuzzy=wish.fuzzy),
                    )


def shown(text: str, characters: int = _LABEL_SHOWN) -> str:
    """A caller's words, short enough to repeat, in characters that UTF-8 can hold."""
    return text[:characters].encode("utf-8", "backslashreplace").decode()


def _meant(labels: Sequence[Resolution]) -> Iterator[tuple[Metric | Bundle, Fuzzy | None]]:
    for label in labels:
        if label.id is not None:
            target = METRICS.get(label.id) or BUNDLES[label.id]
            ratio = label.ratio
            yield target, None if ratio is None else Fuzzy(asked=shown(label.asked), ratio=ratio)

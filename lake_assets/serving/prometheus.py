"""`/metrics`: how the service and its lake are, for Prometheus."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from threading import Lock
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Info, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset, day_of
from lake_assets.lake.holdings import Holding, Holdings
from lake_assets.serving.refusals import REFUSALS
from lake_assets.serving.service import Service
from lake_assets.serving.slices import NoQuery

_REFUSALS: Final[dict[int | str, dict[str, Any]]] = dict(REFUSALS)
_LOOK_S: Final = 1.0  # a scrape looks at the lake for so long, and at the rest the next time
_LAKE: Final = {
    "lake_partitions": "Partitions of a dataset.",
    "lake_partition_bytes": "Bytes of a dataset's partitions.",
    "lake_partition_rows": "Rows of a dataset's partitions.",
    "lake_newest_partition_timestamp_seconds": "Midnight UTC of the newest partition's date.",
}


def registry_of(service: Service) -> CollectorRegistry:
    """A registry of the service, its lake and this process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    Info("lake_build", "What is running.", registry=registry).info(
        {"version": version("lake-assets")}
    )
    registry.register(_ServiceCollector(service))
    registry.register(_LakeCollector(service))
    return registry


def routes(service: Service, registry: CollectorRegistry) -> APIRouter:
    """The one route."""
    router = APIRouter(tags=["service"], responses=_REFUSALS)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics(query: Annotated[NoQuery, Query()]) -> Response:
        """Counters and gauges in the text format of Prometheus."""
        del query
        body = await service.run(lambda _: generate_latest(registry))
        headers = {"Cache-Control": "no-store"}
        return Response(body, media_type=CONTENT_TYPE_LATEST, headers=headers)

    return router


class _ServiceCollector(Collector):
    """Threads, line and memory of the service."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Every figure as it is now."""
        workers, held = self._service.workers, self._service.held
        yield _gauge("lake_work_held", "Queries in work and in line.", workers.held)
        yield _counter("lake_work_timed_out", "Queries that were late.", workers.timed_out)
        yield _counter("lake_work_refused", "Requests for which the line was full.", workers.full)
        yield _gauge("lake_answer_bytes_held", "Bytes of answers on their way.", held.bytes)
        yield _counter("lake_answers_refused", "Answers there was no room for.", held.full)
        hits = CounterMetricFamily("lake_kept_hits", "What was kept and asked for.", labels=["of"])
        misses = CounterMetricFamily("lake_kept_misses", "What was not kept.", labels=["of"])
        room = GaugeMetricFamily("lake_kept_bytes", "Bytes of what is kept.", labels=["of"])
        for name, kept in (("answers", self._service.kept), ("rows", self._service.rows)):
            hits.add_metric([name], kept.hits)
            misses.add_metric([name], kept.misses)
            room.add_metric([name], kept.bytes)
        yield from (hits, misses, room)


class _LakeCollector(Collector):
    """What the lake holds: two folder times a dataset while nothing is published."""

    def __init__(self, service: Service) -> None:
        self._holdings = Holdings(service.lake.root)
        self._known: dict[Dataset, tuple[Holding, ...]] = {}
        self._turn = Lock()

    def describe(self) -> list[Metric]:
        """Nothing: to register it must not cost a look at the lake."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Figures of each dataset that has partitions; of one not looked at in time, its last."""
        with self._turn:
            self._look()
            known = dict(self._known)
        families = {n: GaugeMetricFamily(n, said, labels=["dataset"]) for n, said in _LAKE.items()}
        for dataset, found in known.items():
            for name, value in _figures(found):
                families[name].add_metric(["/".join(dataset.key)], value)
        yield from families.values()
        unseen = len(DATASETS) - len(known)
        yield _gauge("lake_datasets_unseen", "Datasets no scrape has looked at yet.", unseen)

    def _look(self) -> None:
        """Look at every dataset, those never looked at first, for as long as a scrape may."""
        ends = time.monotonic() + _LOOK_S
        for dataset in sorted(DATASETS, key=lambda each: each in self._known):
            if time.monotonic() >= ends:
                break
            self._known[dataset] = self._holdings.of(dataset)


def _figures(found: tuple[Holding, ...]) -> Iterator[tuple[str, float]]:
    if not found:
        return
    made = [holding.generation for holding in found]
    figures = len(made), sum(each.bytes for each in made), sum(each.rows for each in made)
    yield from zip(_LAKE, figures, strict=False)
    if (day := day_of(found[-1].partition)) is not None:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        yield list(_LAKE)[-1], midnight.timestamp()


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)


def _counter(name: str, said: str, value: float) -> Metric:
    return CounterMetricFamily(name, said, value=value)

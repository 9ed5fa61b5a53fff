"""Lineage: requests for partitions as OpenLineage events, where OPENLINEAGE_URL names a collector.

Events leave from a thread of their own. A collector that is slow or down delays no run: after one
event it did not take, this process sends no more, and says so once.
"""

import atexit
import logging
import os
from dataclasses import dataclass
from functools import cache
from queue import Full, Queue
from threading import Thread
from typing import TYPE_CHECKING, Final, cast
from uuid import NAMESPACE_URL, uuid5

from lake_assets.catalog import dataset_named
from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import UnknownNameError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.journal import FAILED, Entry, utc_text
from lake_assets.lake.manifest import Generation

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent
    from openlineage.client.facet_v2 import dataset_version_dataset

_LOG: Final = logging.getLogger(__name__)
_URL: Final = "OPENLINEAGE_URL"
_TIMEOUT_S: Final = 2.0
_WAITING: Final = 1_000  # events; what comes when the line is full is dropped
_PRODUCER: Final = "urn:lake-assets"
_RAW: Final = "raw/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request for a partition, as the job of a lineage."""

    dataset: Dataset
    partition: str
    run_id: str
    job: str

    @property
    def id(self) -> str:
        """The lineage's own run: of Dagster's run, this step."""
        return str(uuid5(NAMESPACE_URL, f"{self.run_id}/{_name(self.dataset)}/{self.partition}"))


def began(request: Request) -> None:
    """Tell of a request that begins."""
    if (collector := _collector(os.environ.get(_URL, ""))) is not None:
        collector.tell(_event(request, "START", outputs=[_output(request)]))


def ended(request: Request, entry: Entry, made: Generation | None) -> None:
    """Tell of a request that has ended: what was read, what is in force, or why it failed."""
    collector = _collector(os.environ.get(_URL, ""))
    if collector is None:
        return
    if entry.outcome == FAILED:
        failed = _event(request, "FAIL", outputs=[_output(request)], error=entry.why)
        collector.tell(failed)
        return
    inputs = _inputs(made.fingerprint) if made else []
    outputs = [_output(request, entry, made)]
    collector.tell(_event(request, "COMPLETE", inputs=inputs, outputs=outputs))


class Collector:
    """Sends events from a thread of its own, until one is not taken."""

    def __init__(self, url: str) -> None:
        from openlineage.client import OpenLineageClient  # noqa: PLC0415 - an extra

        key = os.environ.get("OPENLINEAGE_API_KEY")
        transport = {
            "type": "http",
            "url": url,
            "endpoint": os.environ.get("OPENLINEAGE_ENDPOINT", "api/v1/lineage"),
            "timeout": _TIMEOUT_S,
            "retry": {"total": 0, "connect": 0, "read": 0},
            **({"auth": {"type": "api_key", "apiKey": key}} if key else {}),
        }
        self._client = OpenLineageClient(config={"transport": transport})
        self._line: Queue[RunEvent | None] = Queue(_WAITING)
        self._is_open = True
        self._thread = Thread(target=self._send, name="lineage", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def tell(self, event: "RunEvent") -> None:
        """Put an event in line; never waits."""
        if self._is_open:
            try:
                self._line.put_nowait(event)
            except Full:
                self._give_up("its line is full")

    def close(self) -> None:
        """Send what is in line, for as long as one event may take."""
        try:
            self._line.put_nowait(None)
        except Full:
            return
        self._thread.join(_TIMEOUT_S + 1)

    def _send(self) -> None:
        while (event := self._line.get()) is not None:
            if not self._is_open:
                continue
            try:
                self._client.emit(event)
            except Exception as error:  # noqa: BLE001 - whatever it is, no run may fail of it
                self._give_up(type(error).__name__)

    def _give_up(self, why: str) -> None:
        if self._is_open:
            self._is_open = False
            _LOG.warning("the collector of %s took no event (%s); no more are sent", _URL, why)


@cache
def _collector(url: str) -> Collector | None:
    if not url:
        return None
    try:
        return Collector(url)
    except ImportError:
        _LOG.warning("%s is set, but the extra `lineage` is not installed", _URL)
    except Exception as error:  # noqa: BLE001 - a setting of another's library
        _LOG.warning("no lineage is sent: %s is not usable (%s)", _URL, type(error).__name__)
    return None


def _event(
    request: Request,
    kind: str,
    *,
    inputs: "list[InputDataset] | None" = None,
    outputs: "list[OutputDataset]",
    error: str | None = None,
) -> "RunEvent":
    from openlineage.client import event_v2 as events  # noqa: PLC0415 - an extra
    from openlineage.client.facet_v2 import error_message_run, parent_run  # noqa: PLC0415 - as above

    parent = parent_run.ParentRunFacet(
        run=parent_run.Run(runId=request.run_id),
        job=parent_run.Job(namespace=_namespace(), name=request.job),
        producer=_PRODUCER,
    )
    failure = (
        {
            "errorMessage": error_message_run.ErrorMessageRunFacet(
                message=error, programmingLanguage="python", producer=_PRODUCER
            )
        }
        if error
        else {}
    )
    return events.RunEvent(
        eventType=events.RunState(kind),
        eventTime=utc_text(),
        run=events.Run(runId=request.id, facets={"parent": parent, **failure}),
        job=events.Job(namespace=_namespace(), name=_name(request.dataset)),
        inputs=inputs or [],
        outputs=outputs,
        producer=_PRODUCER,
    )


def _inputs(made_from: Fingerprint) -> "list[InputDataset]":
    """Tables and raw files a partition was made of; of every partition read, a version."""
    from openlineage.client.event_v2 import InputDataset  # noqa: PLC0415 - an extra

    versions: dict[str, list[str]] = {}
    for at, sha256 in made_from.inputs.items():
        versions.setdefault(_table(at), []).append(sha256)
    files = {f"{_RAW}{path}": [sha256] for path, sha256 in made_from.raw_files.items()}
    return [
        InputDataset(
            namespace=_namespace(),
            name=name,
            facets={"version": _version(hashes[0])} if len(hashes) == 1 else {},
        )
        for name, hashes in {**versions, **files}.items()
    ]


def _output(
    request: Request, entry: Entry | None = None, made: Generation | None = None
) -> "OutputDataset":
    from openlineage.client.event_v2 import OutputDataset  # noqa: PLC0415 - an extra
    from openlineage.client.facet_v2 import (  # noqa: PLC0415 - as above
        DatasetFacet,
        output_statistics_output_dataset,
        schema_dataset,
    )

    fields = [
        schema_dataset.SchemaDatasetFacetFields(
            name=column.name, type=str(column.dtype.base_type()), description=column.meaning
        )
        for column in request.dataset.columns.values()
    ]
    facets: dict[str, DatasetFacet] = {
        "schema": schema_dataset.SchemaDatasetFacet(fields=fields, producer=_PRODUCER)
    }
    if made is None or entry is None:
        return OutputDataset(namespace=_namespace(), name=_name(request.dataset), facets=facets)
    facets["version"] = _version(made.sha256)
    told = DatasetFacet(producer=_PRODUCER).with_additional_properties(
        partition=request.partition,
        outcome=entry.outcome,
        fingerprint=made.fingerprint.digest,
        codeVersion=made.fingerprint.code_version,
        provenance=made.provenance.value,
    )
    facets["lake"] = cast("DatasetFacet", told)
    counted = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=made.rows, size=made.bytes, producer=_PRODUCER
    )
    return OutputDataset(
        namespace=_namespace(),
        name=_name(request.dataset),
        facets=facets,
        outputFacets={"outputStatistics": counted},
    )


def _version(sha256: str) -> "dataset_version_dataset.DatasetVersionDatasetFacet":
    from openlineage.client.facet_v2 import dataset_version_dataset  # noqa: PLC0415 - an extra

    return dataset_version_dataset.DatasetVersionDatasetFacet(
        datasetVersion=sha256, producer=_PRODUCER
    )


def _table(at: str) -> str:
    """The table of a fingerprint's input, which may name a partition after it."""
    try:
        return _name(dataset_named(at))
    except UnknownNameError:
        return at.rpartition("/")[0]


def _name(dataset: Dataset) -> str:
    return "/".join(dataset.key)


def _namespace() -> str:
    return os.environ.get("OPENLINEAGE_NAMESPACE", "lake")

"""`/health` and `/ready`: whether the process lives, and whether the lake can be read."""

import os
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import DamagedPartitionError, MissingPartitionError
from lake_assets.lake.lake import Lake
from lake_assets.serving.refusals import REFUSALS
from lake_assets.serving.service import Service
from lake_assets.serving.slices import NoQuery
from lake_assets.serving.workers import Deadline


class Health(BaseModel):
    """The process lives."""

    status: Literal["ok"] = "ok"


class Degraded(BaseModel):
    """A dataset that cannot be served as it is declared, and why."""

    dataset: str
    partition: str | None
    why: str


class Readiness(BaseModel):
    """Whether the lake can be read; ``degraded`` names what cannot, the rest works."""

    status: Literal["ready", "degraded", "unready"]
    provenance: str | None
    degraded: list[Degraded]


_UNREADY: Final[dict[int | str, dict[str, Any]]] = {
    **REFUSALS,
    503: {"model": Readiness, "description": "the lake cannot be read, or the query took too long"},
}


def routes(service: Service) -> APIRouter:
    """Both routes."""
    router = APIRouter(tags=["service"])

    @router.get("/health", responses=REFUSALS)
    async def health(query: Annotated[NoQuery, Query()]) -> Health:
        """Whether the process lives."""
        del query
        return Health()

    @router.get("/ready", response_model=Readiness, responses=_UNREADY)
    async def ready(query: Annotated[NoQuery, Query()]) -> JSONResponse:
        """Whether the lake's root can be read and its newest partitions hold what is declared."""
        del query
        found = await service.run(lambda deadline: readiness(service.lake, deadline))
        status = 503 if found.status == "unready" else 200
        return JSONResponse(found.model_dump(), status, {"Cache-Control": "no-store"})

    return router


def readiness(lake: Lake, deadline: Deadline) -> Readiness:
    """Look at the newest partition of every dataset."""
    if not os.access(lake.root, os.R_OK | os.X_OK):
        why = "the lake's root cannot be read"
        lost = [Degraded(dataset="*", partition=None, why=why)]
        return Readiness(status="unready", provenance=None, degraded=lost)
    found = []
    for dataset in DATASETS:
        deadline.check()
        found += _faults(lake, dataset)
    status: Literal["ready", "degraded"] = "degraded" if found else "ready"
    return Readiness(status=status, provenance=lake.provenance, degraded=found)


def _faults(lake: Lake, dataset: Dataset) -> list[Degraded]:
    names = lake.partitions(dataset)
    if not names:
        return []
    name, key = names[-1], "/".join(dataset.key)
    try:
        with lake.pinned(dataset, name) as pin:
            same = pin.generation.schema_hash == dataset.schema_hash
    except MissingPartitionError:
        return []  # it was there a moment ago
    except DamagedPartitionError:
        why = "the file is not the one its manifest describes"
        return [Degraded(dataset=key, partition=name, why=why)]
    if same:
        return []
    why = "its columns are not those declared now; materialize it again"
    return [Degraded(dataset=key, partition=name, why=why)]

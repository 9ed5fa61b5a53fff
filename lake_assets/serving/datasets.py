"""`/v1/datasets`: the catalog, what the lake holds of it, and the rows of any partition."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.serving.holdings import Holding, Holdings
from lake_assets.serving.refusals import REFUSALS
from lake_assets.serving.service import Service
from lake_assets.serving.slices import NoQuery, TableQuery
from lake_assets.serving.tables import TABLE_RESPONSES, table_answer
from lake_assets.serving.views import View
from lake_assets.serving.words import (
    TABLES,
    UnknownWordError,
    dataset_of,
    partition_of,
    time_axis,
)
from lake_assets.serving.workers import Deadline


class ColumnFacts(BaseModel):
    """A column as the catalog declares it; ``null`` says what null means, None that it is never."""

    name: str
    type: str
    unit: str | None
    meaning: str
    null: str | None
    role: str


class DatasetFacts(BaseModel):
    """A table, and how much of it there is; one of many underlyings counts them all."""

    name: str
    layer: str
    summary: str
    underlyings: list[str]
    calendar: str | None
    time_axis: str | None
    known_at: str | None
    version: str
    partitions: int
    newest: list[Holding]


class DatasetBody(DatasetFacts):
    """A table with its columns and every partition there is."""

    sort_by: list[str]
    columns: list[ColumnFacts]
    holdings: list[Holding]
    rows: int
    bytes: int


class Catalog(BaseModel):
    """Every table of the lake."""

    provenance: str | None
    datasets: list[DatasetFacts]


TableName = Annotated[
    str, Path(max_length=80, json_schema_extra={"enum": sorted(TABLES)}, description="of a table")
]
Date = Annotated[
    str,
    Path(
        max_length=40,
        description="session date, YYYY-MM-DD; all for a table that holds every session at once",
        examples=["2025-12-17", "all"],
    ),
]
Underlying = Annotated[str, Path(max_length=40, json_schema_extra={"enum": list(UNDERLYINGS)})]


def routes(service: Service) -> APIRouter:
    """Catalog and rows."""
    router = APIRouter(prefix="/v1/datasets", tags=["datasets"])

    @router.get("", responses=REFUSALS)
    async def catalog(query: Annotated[NoQuery, Query()]) -> Catalog:
        """Every table, and the newest partition of each."""
        del query

        def look(deadline: Deadline) -> Catalog:
            seen = Holdings(service.lake, deadline)
            found = [DatasetFacts(**_facts(name, seen)) for name in _in_order()]
            return Catalog(provenance=service.lake.provenance, datasets=found)

        return await service.run(look)

    @router.get("/{name}", responses=REFUSALS)
    async def dataset(name: TableName, query: Annotated[NoQuery, Query()]) -> DatasetBody:
        """A table: its columns with units, and every partition with rows, bytes and hash."""
        del query
        if name not in TABLES:
            raise UnknownWordError("dataset", name, TABLES)
        return await service.run(lambda deadline: _body(name, Holdings(service.lake, deadline)))

    @router.get("/{name}/{date}", responses=TABLE_RESPONSES)
    async def partition(
        request: Request, name: TableName, date: Date, query: Annotated[TableQuery, Query()]
    ) -> Response:
        """The rows of a partition."""
        found = dataset_of(name, None)
        return await table_answer(
            service, request, View.of(found), partition_of(found, date), query
        )

    @router.get("/{name}/{date}/{underlying}", responses=TABLE_RESPONSES)
    async def partition_of_underlying(
        request: Request,
        name: TableName,
        date: Date,
        underlying: Underlying,
        query: Annotated[TableQuery, Query()],
    ) -> Response:
        """The rows of a partition, of a table there is one of per underlying."""
        found = dataset_of(name, underlying)
        return await table_answer(
            service, request, View.of(found), partition_of(found, date), query
        )

    return router


def _in_order() -> list[str]:
    return list(dict.fromkeys(dataset.table for dataset in DATASETS))


def _members(table: str) -> list[Dataset]:
    return [dataset for dataset in DATASETS if dataset.table == table]


def _facts(table: str, seen: Holdings) -> dict[str, object]:
    members, one = _members(table), TABLES[table]
    calendars = {str(member.calendar) for member in members if member.calendar}
    return {
        "name": table,
        "layer": one.layer,
        "summary": one.summary,
        "underlyings": [member.underlying for member in members if member.underlying],
        "calendar": ", ".join(sorted(calendars)) or None,
        "time_axis": time_axis(one),
        "known_at": one.known_at and one.known_at.column,
        "version": one.version,
        "partitions": sum(len(seen.partitions(member)) for member in members),
        "newest": [found for member in members if (found := seen.newest(member))],
    }


def _body(table: str, seen: Holdings) -> DatasetBody:
    one = TABLES[table]
    holdings = [holding for member in _members(table) for holding in seen.of(member)]
    columns = [
        ColumnFacts(
            name=column.name,
            type=str(column.dtype).split("(")[0],
            unit=column.unit,
            meaning=column.meaning,
            null=column.null,
            role=column.role,
        )
        for column in one.columns.values()
    ]
    return DatasetBody(
        **_facts(table, seen),
        sort_by=list(one.sort_by),
        columns=columns,
        holdings=holdings,
        rows=sum(holding.rows for holding in holdings),
        bytes=sum(holding.bytes for holding in holdings),
    )

"""A table's answer: cut, checked and sent as asked."""

from collections.abc import Sequence
from typing import Any, Final

import polars as pl
from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel

from lake_assets.lake.reading import Pinned
from lake_assets.market.sessions import session_on
from lake_assets.serving.answers import tag_of
from lake_assets.serving.blocks import Table
from lake_assets.serving.detail import thinned
from lake_assets.serving.formats import Format, encoded, finite, format_of
from lake_assets.serving.refusals import REFUSALS
from lake_assets.serving.service import Service
from lake_assets.serving.slices import Slice, TableQuery, WindowQuery, facts_of, require_room
from lake_assets.serving.views import View
from lake_assets.serving.words import day_of
from lake_assets.serving.workers import Deadline


class TableBody(BaseModel):
    """A table as JSON."""

    dataset: str
    underlying: str | None
    date: str
    sha256: str
    provenance: str
    count: int
    rows: list[dict[str, Any]]


_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_OTHERS: Final = [each.media_type.split(";")[0] for each in Format if each is not Format.JSON]
KEPT_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    **REFUSALS,
    304: {"description": "the client has these very rows"},
}
TABLE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    **KEPT_RESPONSES,
    200: {
        "description": "the rows, in the order of the file",
        "model": TableBody,
        "content": dict.fromkeys(_OTHERS, _BINARY),
    },
}
BLOCK_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    **KEPT_RESPONSES,
    200: {"description": "tables as blocks", "content": {Format.BLOCKS.media_type: _BINARY}},
}


async def table_answer(
    service: Service,
    request: Request,
    view: View,
    partition: str,
    query: TableQuery | WindowQuery,
) -> Response:
    """Rows of a view on a partition's date."""
    chosen = Slice.of(view, query, service.limits)
    format_ = format_of(query.format, request.headers.get("accept", ""))

    def make(pins: Sequence[Pinned], deadline: Deadline) -> bytes:
        if not isinstance(query, WindowQuery):
            most = chosen.rows_at_most(pins[0], view.axis)
            require_room(most, len(chosen.columns), format_, service.limits)
        if view.beside:
            rows = chosen.cut_sorted(view, _whole(service, view, chosen, pins, deadline))
        else:
            rows = finite(deadline.collect(chosen.cut(view, view.scan(pins))))
        if isinstance(query, WindowQuery):
            rows = thinned(rows, query.points, times=_times(view), last=_known(view))
        deadline.check()
        facts = facts_of(view.dataset, partition, pins)
        if format_ is Format.BLOCKS:
            facts = {**facts, "origin_ns": str(_origin(view, partition))}
        return encoded(format_, Table.of(view.dataset, rows, columns=view.columns), facts)

    wanted = [(dataset, partition) for dataset in view.datasets]
    return await service.answer(request, wanted, format_.media_type, make)


def _whole(
    service: Service, view: View, chosen: Slice, pins: Sequence[Pinned], deadline: Deadline
) -> pl.DataFrame:
    """Columns of a session's seconds, kept: whoever looks at a part looks at others."""
    names = list(dict.fromkeys([*chosen.columns, *([view.axis] if view.axis else [])]))
    asked = (tag_of([pin.generation.sha256 for pin in pins]), view.dataset.name, *names)
    rows = service.rows.get(asked)
    if rows is None:
        rows = finite(deadline.collect(view.scan(pins).select(names)))
        service.rows.put(asked, rows)
    return rows


def _origin(view: View, partition: str) -> int:
    """The moment others are counted from: the session's first, or the epoch where there is none."""
    calendar = view.dataset.calendar
    return session_on(day_of(partition), calendar).hours.opens if calendar else 0


def _times(view: View) -> list[str]:
    return [
        n
        for n in ("timestamp", "timestamp_ns", "local_time", "second_of_session")
        if n in view.columns
    ]


def _known(view: View) -> list[str]:
    return ["known_at"] if "known_at" in view.columns else []

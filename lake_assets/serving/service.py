"""What every route works with: the lake, the threads, the limits; and how a route answers."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

import polars as pl
from fastapi import Request
from fastapi.responses import Response

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.lake import Lake
from lake_assets.lake.reading import Pinned
from lake_assets.serving.answers import Answer, Held, not_modified, tag_of
from lake_assets.serving.detail import compiled
from lake_assets.serving.kept import Kept
from lake_assets.serving.limits import Limits
from lake_assets.serving.workers import Deadline, Workers

T = TypeVar("T")

Make = Callable[[Sequence[Pinned], Deadline], bytes]
"""From open partitions to the bytes of an answer."""


def _rooms(limits: Limits) -> tuple[Kept[bytes], Kept[pl.DataFrame]]:
    room = limits.kept_bytes
    return Kept(room, len), Kept(room, lambda rows: int(rows.estimated_size()))


async def _left(request: Request) -> None:
    """Wait until the client is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True, slots=True)
class Service:
    """A lake being served."""

    lake: Lake
    limits: Limits
    workers: Workers
    held: Held
    kept: Kept[bytes]
    rows: Kept[pl.DataFrame]

    @classmethod
    def of(cls, lake: Lake, limits: Limits) -> "Service":
        """A service of a lake, with threads of its own."""
        return cls(lake, limits, Workers(limits), Held(limits), *_rooms(limits))

    async def warm(self) -> None:
        """Compile what else the first window would wait for."""
        await asyncio.to_thread(compiled)

    async def run(self, work: Callable[[Deadline], T]) -> T:
        """The result of work beside the event loop."""
        return await self.workers.run(work)

    async def answer(
        self,
        request: Request,
        wanted: Sequence[tuple[Dataset, str]],
        media_type: str,
        make: Make,
    ) -> Response:
        """Open partitions, and make the answer of them unless the client has it already.

        Each is read from the file it was opened as: old or new, but whole.
        """

        def work(deadline: Deadline) -> tuple[str, bytes | None]:
            with ExitStack() as stack:
                pins = [stack.enter_context(self.lake.pinned(d, p)) for d, p in wanted]
                etag = tag_of([pin.generation.sha256 for pin in pins])
                if not_modified(request, etag):
                    return etag, None
                asked = (etag, media_type, request.url.path, request.url.query)
                body = self.kept.get(asked)
                if body is None:
                    body = make(pins, deadline)
                    self.kept.put(asked, body)
                return etag, body

        etag, body = await self.workers.run(work, gone=lambda: _left(request))
        if body is None:
            return not_modified(request, etag) or Response(status_code=304)
        return Answer(
            body,
            media_type=media_type,
            etag=etag,
            held=self.held,
            seconds=self.limits.answer_s,
        )

"""An answer on its way: its tag, its bytes, and the room they take until they are gone."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from fastapi import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from lake_assets.errors import OverloadedError
from lake_assets.serving.limits import Limits

_CHUNK: Final = 262_144


class Held:
    """How many bytes of answers are on their way, all clients together."""

    def __init__(self, limits: Limits) -> None:
        self._limit = limits.held_bytes
        self.bytes = 0
        self.full = 0  # answers refused, since there was no room

    def take(self, size: int) -> None:
        """Make room for an answer; one alone always fits.

        Raises:
            OverloadedError: slow readers hold what there is.
        """
        if self.bytes and self.bytes + size > self._limit:
            self.full += 1
            raise OverloadedError("answers on their way hold all the room; ask again in a second")
        self.bytes += size

    def give(self, size: int) -> None:
        """The answer is gone."""
        self.bytes -= size


class Answer(Response):
    """Bytes sent in pieces, so that a slow reader is noticed between them."""

    def __init__(
        self, body: bytes, *, media_type: str, etag: str, held: Held, seconds: float
    ) -> None:
        super().__init__(content=None, media_type=media_type, headers=tag_headers(etag))
        self.headers["content-length"] = str(len(body))
        self._whole, self._held, self._seconds = body, held, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, in the time an answer may take."""
        del receive
        size = len(self._whole)
        self._held.take(size)
        try:
            async with asyncio.timeout(self._seconds):
                await self._send(scope, send)
        finally:
            self._held.give(size)

    async def _send(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        whole = b"" if scope["method"] == "HEAD" else memoryview(self._whole)
        for start in range(0, len(whole), _CHUNK):
            piece = bytes(whole[start : start + _CHUNK])
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def tag_of(hashes: Sequence[str]) -> str:
    """The tag of rows: their partition's content hash; of several partitions, one of all of them.

    It is weak, as every format of the same rows has the same one.
    """
    one = hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest()
    return f'W/"{one}"'


def tag_headers(etag: str) -> dict[str, str]:
    """What lets a client keep an answer, and makes it ask whether it still holds."""
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept, Authorization"}


def not_modified(request: Request, etag: str) -> Response | None:
    """A 304 if the client has these very rows."""
    asked = request.headers.get("if-none-match", "")
    known = {each.strip().removeprefix("W/") for each in asked.split(",")}
    if asked.strip() == "*" or etag.removeprefix("W/") in known:
        return Response(status_code=304, headers=tag_headers(etag))
    return None

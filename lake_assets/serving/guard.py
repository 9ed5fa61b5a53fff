"""What stands before every route: host, origin, token, rate, path, and headers of every answer."""

import hmac
import time
from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lake_assets.serving.limits import Limits
from lake_assets.serving.refusals import refusal

_OPEN: Final = ("/health",)  # answered without a token, as are the page's own files
PAGE: Final = "/page/"
_ESCAPES: Final = (b"%2f", b"%5c", b"%00", b"\\", b"//")
_CLIENTS: Final = 10_000  # remembered at most, the longest silent forgotten first
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Rate:
    """How many requests a client may still make now: so many at once, so many a second."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second, self._burst = per_second, float(burst)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def takes(self, client: str, now: float) -> bool:
        """Whether a request at a moment is within the rate; it then counts."""
        left, since = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return left >= 1


class Guard:
    """Refuses what no route should see.

    ``hosts`` are the names the service goes by, in lower case and without ports; a page of another
    origin, or a name rebound to this address, is none of them. ``token`` is None where only this
    machine can connect.
    """

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], token: str | None, limits: Limits
    ) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._token = token
        self._rate = Rate(limits.requests_per_s, limits.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            # HEAD is GET without a body, which the server leaves out itself.
            method = "GET" if scope["method"] == "HEAD" else scope["method"]
            answer = self._refused(scope) or self._app
            asked = {**scope, "method": method}
            try:
                await answer(asked, receive, _dressed(send))
            finally:
                scope["route"] = asked.get("route")  # for whoever counts outside of this

    def _refused(self, scope: Scope) -> Response | None:
        request = Request(scope)
        client = request.client.host if request.client else ""
        if not self._rate.takes(client, time.monotonic()):
            return refusal(429, "too_many", "too many requests", headers={"Retry-After": "1"})
        if _name_of(request.headers.get("host", "")) not in self._hosts:
            said = "the Host header names another service; `lake serve --host-name` adds a name"
            return refusal(400, "wrong_host", said)
        if not self._is_own_origin(request.headers):
            return refusal(403, "forbidden", "pages of other origins are not answered")
        if any(each in scope.get("raw_path", b"").lower() for each in _ESCAPES):
            return refusal(422, "malformed", "a part of the path is no name")
        return None if self._is_trusted(request) else _unauthorized()

    def _is_own_origin(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        if origin is None:
            return True
        scheme, _, rest = origin.partition("://")
        return scheme in ("http", "https") and rest.lower() == headers.get("host", "").lower()

    def _is_trusted(self, request: Request) -> bool:
        path = request.scope["path"]
        if self._token is None or path in (*_OPEN, "/") or path.startswith(PAGE):
            return True
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        same = hmac.compare_digest(given.strip().encode(), self._token.encode())
        return scheme.lower() == "bearer" and same


def _unauthorized() -> Response:
    said = "send the token: Authorization: Bearer ..."
    return refusal(401, "unauthorized", said, headers={"WWW-Authenticate": "Bearer"})


def _name_of(host: str) -> str:
    """The name in a Host header, without its port."""
    name = host.lower()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def _dressed(send: Send) -> Send:
    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Content-Security-Policy", _POLICY)
        await send(message)

    return dressed

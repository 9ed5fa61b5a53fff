"""What the service counts of its requests, by its own names: never by what a caller wrote."""

import logging
import time
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lake_assets.lake.log import tell

_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_OTHER: Final = "other"
_NO_ROUTE: Final = "other"  # refused at the door, no such route, or one without a template
_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 120)
_CLOSED: Final = 499  # the client left before the answer began
_FAILED: Final = 500


class Meters:
    """Counters of requests, kept in a registry; labels are routes' templates and statuses."""

    def __init__(self, registry: CollectorRegistry) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.requests = Counter(
            "lake_http_requests",
            "Requests answered; 499 of a client that left before its answer began.",
            ["method", "route", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "lake_http_request_seconds",
            "From a request's head to the last byte of its answer.",
            ["route"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.sent = Counter(
            "lake_http_response_bytes",
            "Bytes of bodies handed to the network.",
            ["route"],
            registry=registry,
        )
        self.in_flight = Gauge(
            "lake_http_requests_in_flight", "Requests being answered.", registry=registry
        )


class Meter:
    """Counts each request outside of every other middleware, so that refusals count too."""

    def __init__(self, app: ASGIApp, *, meters: Meters) -> None:
        self._app = app
        self._meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on, and count what becomes of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = _Seen(send)
        start = time.perf_counter()
        self._meters.in_flight.inc()
        try:
            await self._app(scope, receive, seen.send)
        except BaseException:
            seen.status = seen.status if seen.status != _CLOSED else _FAILED
            raise
        finally:
            self._meters.in_flight.dec()
            self._count(scope, seen, time.perf_counter() - start)

    def _count(self, scope: Scope, seen: "_Seen", seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else _OTHER
        route = template_of(scope.get("route"))
        self._meters.requests.labels(method, route, str(seen.status)).inc()
        self._meters.seconds.labels(route).observe(seconds)
        self._meters.sent.labels(route).inc(seen.bytes)
        tell(
            "request",
            logging.ERROR if seen.status == _FAILED else logging.INFO,
            method=method,
            route=route,
            status=seen.status,
            seconds=round(seconds, 4),
            bytes=seen.bytes,
        )


class _Seen:
    """What was sent of an answer."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = _CLOSED
        self.bytes = 0

    async def send(self, message: Message) -> None:
        """Send on, and remember."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
        elif message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
        await self._send(message)


def template_of(route: Any) -> str:  # noqa: ANN401 - of either of two libraries
    """A route's path with its parameters by name."""
    return str(getattr(route, "path", None) or _NO_ROUTE)

"""Every answer that is not the one asked for: a status, a sentence, an id; no path, no SQL."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from secrets import token_hex
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from lake_assets.errors import (
    AuditUnavailableError,
    DamagedPartitionError,
    LakeError,
    MissingPartitionError,
    OverloadedError,
    QueryTimeoutError,
    TooMuchAskedError,
    UnknownNameError,
    UnknownSessionError,
    UnreachableStoreError,
)
from lake_assets.serving.words import UnknownWordError

_LOG: Final = logging.getLogger(__name__)
_RETRY: Final = {"Retry-After": "1"}


class Refusal(BaseModel):
    """Why a request was not answered."""

    id: str
    kind: str
    message: str
    nearest: list[str] = []


class RefusalBody(BaseModel):
    """What every refusal's body holds."""

    error: Refusal


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an error is told: ``said`` replaces a message that is not for strangers."""

    status: int
    name: str
    said: str | None = None
    headers: Mapping[str, str] | None = None


_KINDS: Final[Sequence[tuple[type[BaseException], _Kind]]] = (
    (MissingPartitionError, _Kind(404, "not_materialized")),
    (UnknownSessionError, _Kind(422, "unknown_session")),
    (UnknownNameError, _Kind(422, "unknown_name")),
    (TooMuchAskedError, _Kind(413, "too_much_asked")),
    (AuditUnavailableError, _Kind(503, "audit_unavailable", headers=_RETRY)),
    (QueryTimeoutError, _Kind(503, "timed_out", headers=_RETRY)),
    (
        UnreachableStoreError,
        _Kind(503, "store_unreachable", "the lake's object store does not answer", headers=_RETRY),
    ),
    (OverloadedError, _Kind(503, "overloaded", headers=_RETRY)),
    (
        DamagedPartitionError,
        _Kind(
            503,
            "damaged",
            "a file is not the one its manifest describes; `lake verify` names it, "
            "and materializing it again mends it",
        ),
    ),
)
_UNEXPECTED: Final = _Kind(500, "unexpected", "the service failed; its log has the id")
_PANIC: Final = _Kind(503, "panic", "the query engine failed; the service's log has the id")
_BY_STATUS: Final = {
    401: "unauthorized",
    403: "forbidden",
    404: "no_such_route",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_much_asked",
}


class EnginePanicError(LakeError):
    """The query engine gave up in a way Python does not call an exception."""


def refusal(
    status: int,
    kind: str,
    message: str,
    *,
    nearest: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A refusal's whole answer, with an id of its own."""
    told = Refusal(id=token_hex(6), kind=kind, message=message, nearest=list(nearest))
    _LOG.info("%s %d %s: %s", told.id, status, kind, message)
    return JSONResponse(
        RefusalBody(error=told).model_dump(),
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def refusal_of(error: BaseException) -> JSONResponse:
    """The refusal an error means."""
    known = _PANIC if isinstance(error, EnginePanicError) else _UNEXPECTED
    known = next((kind for each, kind in _KINDS if isinstance(error, each)), known)
    nearest = error.nearest if isinstance(error, UnknownWordError) else ()
    answer = refusal(
        known.status,
        known.name,
        known.said or str(error),
        nearest=nearest,
        headers=known.headers,
    )
    if known.said:
        _LOG.error("%s is why: %s", answer.body, error, exc_info=error)
    return answer


def add_refusals(app: FastAPI) -> None:
    """Tell every error in the one form."""

    @app.exception_handler(Exception)
    @app.exception_handler(LakeError)
    async def _lake(_: Request, error: Exception) -> JSONResponse:
        return refusal_of(error)

    @app.exception_handler(RequestValidationError)
    async def _malformed(_: Request, error: RequestValidationError) -> JSONResponse:
        said = "; ".join(
            f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in error.errors()
        )
        return refusal(422, "malformed", said)

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        kind = _BY_STATUS.get(error.status_code, "refused")
        said = error.detail
        if error.status_code == HTTPStatus.NOT_FOUND:
            said = "no such route; /openapi.json lists them"
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            said = f"{request.method} is not answered here"
        return refusal(error.status_code, kind, said, headers=error.headers)


REFUSALS: Final[dict[int | str, dict[str, object]]] = {
    status: {"model": RefusalBody, "description": said}
    for status, said in (
        (400, "the Host header names another service"),
        (401, "the token is missing or another"),
        (403, "the Origin is another site's"),
        (404, "not materialized; the message says how to materialize it"),
        (406, "none of the accepted media types is offered"),
        (413, "more rows, cells or time than the service gives at once"),
        (422, "an unknown or malformed name, date, column or number"),
        (429, "too many requests; Retry-After says when to ask again"),
        (503, "interrupted, overloaded, or a file is damaged"),
    )
}

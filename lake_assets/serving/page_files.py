"""`/` and `/page/...`: the playback page, read into memory once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from lake_assets.errors import PageError

CHARTS: Final = "lightweight-charts.js"
_CARRIER: Final = "litecharts"
# Lightweight Charts 5.1.0, as litecharts 0.2.0 carries it; raise both together.
# pragma: allowlist nextline secret
_CHARTS_SHA256: Final = "756b0ba9f58930226d6b8b9d47ad310448ab85d799ea1f7c2c02304777c10b52"
_KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file of the page."""

    body: bytes
    kind: str

    @property
    def tag(self) -> str:
        """Changes with the content."""
        return f'"{sha256(self.body).hexdigest()[:32]}"'


def page_files() -> Mapping[str, PageFile]:
    """Every file of the page by its path under `/page/`, the chart library among them.

    Raises:
        PageError: the chart library is not the one the page was made for.
    """
    own = _below(files(__package__).joinpath("page"), "")
    found = {path: PageFile(body, _KINDS[path.rpartition(".")[2]]) for path, body in own}
    return {**found, CHARTS: PageFile(_charts(), _KINDS["js"])}


def _below(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _below(entry, f"{prefix}{entry.name}/")
        elif entry.name.rpartition(".")[2] in _KINDS:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _charts() -> bytes:
    body = files(_CARRIER).joinpath("js", CHARTS).read_bytes()
    if sha256(body).hexdigest() != _CHARTS_SHA256:
        raise PageError(
            f"{_CARRIER} {version(_CARRIER)} carries another {CHARTS} than the page was made for: "
            f"expected SHA-256 {_CHARTS_SHA256[:12]}…, found {sha256(body).hexdigest()[:12]}…; "
            "install the packages of requirements.lock"
        )
    return body


def routes(page: Mapping[str, PageFile]) -> APIRouter:
    """The page's own routes; what they give is no secret."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def index(request: Request) -> Response:
        return _answer(request, page["index.html"])

    @router.get("/page/{path:path}")
    async def file(request: Request, path: str) -> Response:
        if path not in page:
            raise HTTPException(404)
        return _answer(request, page[path])

    return router


def _answer(request: Request, file: PageFile) -> Response:
    headers = {"ETag": file.tag, "Cache-Control": "no-cache"}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.body, media_type=file.kind, headers=headers)

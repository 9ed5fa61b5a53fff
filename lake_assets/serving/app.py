"""The API, assembled."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from lake_assets.lake.lake import Lake
from lake_assets.serving import (
    datasets,
    day,
    days,
    health,
    metrics,
    page_files,
    prometheus,
    signals,
    truth,
)
from lake_assets.serving.guard import Guard
from lake_assets.serving.meter import Meter, Meters
from lake_assets.serving.refusals import add_refusals
from lake_assets.serving.service import Service
from lake_assets.serving.settings import Settings


def build_app(lake: Lake, settings: Settings) -> FastAPI:
    """The API of a lake."""
    service = Service.of(lake, settings.limits)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.warm()
        yield
        service.workers.close()

    app = FastAPI(
        title="lake-assets",
        summary="Market data, from vendor files to features whose time is proven.",
        description="Read only. Partitions are exchange sessions; times are UTC.",
        version=version("lake-assets"),
        docs_url=None,  # its page fetches scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        max_body_size=settings.limits.body_bytes,
        lifespan=lifespan,
    )
    for room in (health, datasets, days, day, signals, truth, metrics):
        app.include_router(room.routes(service))
    app.include_router(page_files.routes(page_files.page_files()))
    registry = prometheus.registry_of(service)
    app.include_router(prometheus.routes(service, registry))
    add_refusals(app)
    app.add_middleware(Guard, hosts=settings.hosts, token=settings.token, limits=settings.limits)
    app.add_middleware(Meter, meters=Meters(registry))  # the outermost: it counts refusals too
    return app

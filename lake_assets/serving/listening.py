"""The API on a socket."""

import socket

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from lake_assets.lake import log
from lake_assets.lake.lake import Lake
from lake_assets.serving.app import build_app
from lake_assets.serving.protocol import patient
from lake_assets.serving.settings import Settings

_KEEP_ALIVE_S = 5
_GRACE_S = 5
_BACKLOG = 128
_HEAD_BYTES = 32_768


def server_of(lake: Lake, settings: Settings) -> uvicorn.Server:
    """A server that has not begun to listen; ``settings`` has refused what is unsafe."""
    limits = settings.limits
    return uvicorn.Server(
        uvicorn.Config(
            build_app(lake, settings),
            host=settings.host,
            port=settings.port,
            http=patient(limits),
            ws="none",
            lifespan="on",
            log_level="warning",
            log_config=None if log.is_on() else LOGGING_CONFIG,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nobody else says who a client is
            limit_concurrency=limits.connections,
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=_GRACE_S,
            h11_max_incomplete_event_size=_HEAD_BYTES,
        )
    )


def open_socket(settings: Settings) -> socket.socket:
    """The socket of these settings, listening: a client may connect before the server runs.

    Raises:
        OSError: the address is not this machine's, or taken.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((settings.host, settings.port))
        opened.listen(_BACKLOG)
    except OSError:
        opened.close()
        raise
    return opened

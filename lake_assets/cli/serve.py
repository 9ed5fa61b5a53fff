"""`lake serve`: the API and the page, on this machine unless a token keeps others out."""

import argparse
import os
from contextlib import suppress

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.report import console
from lake_assets.lake.lake import Lake
from lake_assets.lake.roots import is_url
from lake_assets.orchestration.resources import lake_from
from lake_assets.serving.listening import open_socket, server_of
from lake_assets.serving.settings import Settings, token_from


def run(arguments: argparse.Namespace) -> ExitCode:
    """Serve until interrupted."""
    settings = Settings(
        host=arguments.host,
        port=arguments.port,
        token=token_from(os.environ),
        names=tuple(arguments.host_name or ()),
    )
    source = lake_from(os.environ)
    lake: Lake = source.lake
    with open_socket(settings) as opened:
        host, port = opened.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        shown_root = source.root if is_url(source.root) else lake.root
        console().print(
            f"Serving {shown_root} at http://{shown}:{port}; Ctrl-C ends it.", soft_wrap=True
        )
        with suppress(KeyboardInterrupt):  # uvicorn raises it again once all is answered
            server_of(lake, settings).run(sockets=[opened])
    return ExitCode.DONE

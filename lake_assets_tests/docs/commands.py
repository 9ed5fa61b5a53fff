"""Shell blocks of a document, and a newcomer who types what is in them."""

import os
import re
import shlex
import subprocess
from pathlib import Path

from lake_assets.cli.main import main

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(text: str, heading: str) -> list[str]:
    """Lines of the shell blocks under a heading of the second level, in order."""
    parts = _HEADING.split(text)
    (under,) = [
        body for name, body in zip(parts[1::2], parts[2::2], strict=True) if name == heading
    ]
    return [line for block in _BLOCK.findall(under) for line in block.splitlines() if line.strip()]


class Newcomer:
    """Types lines in a folder; `lake` runs in this process, since to start it takes seconds."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder, self.environ = folder, environ

    def types(self, line: str) -> int:
        """A line's exit code."""
        words = shlex.split(os.path.expandvars(line), comments=True)
        settings = {}
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            name, _, value = words.pop(0).partition("=")
            settings[name] = value
        if Path(words[0]).name != "lake" or "|" in words:
            done = subprocess.run(
                ["/bin/sh", "-c", line],
                cwd=self.folder,
                env={**os.environ, **self.environ, **settings},
                check=False,
            )
            return done.returncode
        before = dict(os.environ)
        os.environ.update({**self.environ, **settings})
        try:
            return int(main(words[1:]))
        finally:
            os.environ.clear()
            os.environ.update(before)

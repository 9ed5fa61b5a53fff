"""What a lake's root names: a folder, or a place in an object store with a folder to mirror it."""

import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Final

from lake_assets.errors import UnknownNameError

_URL: Final = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:/[A-Za-z0-9_.=-]+)*)/?")
_ENDPOINTS: Final = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
_SHOWN: Final = 60  # characters of a URL in a folder's name
_DIGITS: Final = 8


def is_url(root: str) -> bool:
    """Whether a root is meant as a place in an object store."""
    return "://" in root or root.startswith("s3:")


def bucket_and_prefix(url: str) -> tuple[str, str]:
    """The two parts of a place in an object store.

    Raises:
        UnknownNameError: the URL is none.
    """
    found = _URL.fullmatch(url)
    if found is None or {".", ".."} & set(url.split("/")):
        raise UnknownNameError(
            f"{url!r} is no root of a lake; write a folder, or s3://<bucket>/<prefix>"
        )
    return found[1], found[2].strip("/")


def home_of(root: str, mirrors: str = "") -> Path:
    """The lake's folder on this machine: the root, or its own one among the mirrors.

    ``mirrors`` is LAKE_MIRROR, or a folder of the user's, if empty.

    Raises:
        UnknownNameError: the URL is none of an object store.
    """
    if not is_url(root):
        return Path(root).resolve()
    bucket, prefix = bucket_and_prefix(root)
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), "")
    name = "-".join([bucket, *prefix.split("/")]).rstrip("-")[:_SHOWN]
    digits = sha256(f"{endpoint} {bucket}/{prefix}".encode()).hexdigest()[:_DIGITS]
    return Path(mirrors or _mirrors()).resolve() / f"{name}-{digits}"


def _mirrors() -> str:
    """Where mirrors lie: in no folder of caches, for a lake's audit log lies in its mirror."""
    if named := os.environ.get("LAKE_MIRROR"):
        return named
    data = os.environ.get("XDG_DATA_HOME") or f"{Path.home()}/.local/share"
    return f"{data}/lake_assets/mirrors"

"""Where the service listens and who may ask: refused before a socket is opened if it is unsafe."""

import ipaddress
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lake_assets.errors import UnsafeServiceError
from lake_assets.serving.limits import Limits

TOKEN: Final = "LAKE_API_TOKEN"  # noqa: S105 - the name of a variable
TOKEN_FILE: Final = "LAKE_API_TOKEN_FILE"  # noqa: S105 - as above
TOKEN_BYTES: Final = 32
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_MAKE_ONE: Final = "make one with `openssl rand -hex 32`"
_FEWEST_CHARACTERS: Final = 8  # that differ: a word repeated is not random
_OTHERS: Final = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the service is set up.

    Attributes:
        host: address to listen at.
        port: 0 takes a free one.
        token: what a client must send; None where only this machine can connect.
        names: further names the service goes by, as a proxy in front of it is called.
        limits: how much a client may ask.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    token: str | None = None
    names: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        if self.token is not None:
            _require_random(self.token)
        elif not is_loopback(self.host):
            raise UnsafeServiceError(
                f"{self.host} can be reached from other machines: set {TOKEN} or {TOKEN_FILE} to a "
                f"token first ({_MAKE_ONE}), or listen at 127.0.0.1"
            )

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names a client may call the service by."""
        own = f"[{self.host}]" if ":" in self.host else self.host
        return (*_LOOPBACK, own.lower(), *(name.lower() for name in self.names))


def token_from(environ: Mapping[str, str]) -> str | None:
    """The token of the environment, or of a file only its owner can read.

    Raises:
        UnsafeServiceError: it is no secret, or both are set.
    """
    given, file = environ.get(TOKEN), environ.get(TOKEN_FILE)
    if given and file:
        raise UnsafeServiceError(f"{TOKEN} and {TOKEN_FILE} are both set; keep one")
    if not file:
        return given or None
    descriptor = os.open(file, os.O_RDONLY)
    with os.fdopen(descriptor, encoding="utf-8") as opened:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_mode & _OTHERS:
            mode = stat.S_IMODE(status.st_mode)
            raise UnsafeServiceError(
                f"{Path(file).name} has mode {mode:04o}: others can read it; `chmod 600` it"
            )
        return opened.read().strip()


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to an address; names are not looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _require_random(token: str) -> None:
    if len(token.encode()) < TOKEN_BYTES or len(set(token)) < _FEWEST_CHARACTERS:
        raise UnsafeServiceError(
            f"the token has {len(token.encode())} bytes, of {len(set(token))} kinds; it takes "
            f"{TOKEN_BYTES} random ones: {_MAKE_ONE}"
        )
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise UnsafeServiceError(f"the token must be printable ASCII without blanks; {_MAKE_ONE}")

"""How downloads behave: the cap, the gateway, the waits; and the key, which nobody prints."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any, Final, Self

from lake_assets.errors import UnknownNameError

KEY_VARIABLE: Final = "DATABENTO_API_KEY"
BUDGET_VARIABLE: Final = "LAKE_BUDGET_USD"
GATEWAY_VARIABLE: Final = "LAKE_DATABENTO_GATEWAY"
GATEWAY: Final = "https://hist.databento.com"
_HIDDEN: Final = "[key]"


class Key:
    """The vendor's key; it has no text but for the one who sends it."""

    __slots__ = ("_secret",)

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return f"Key({_HIDDEN})"

    def __reduce__(self) -> str:
        raise TypeError("a key is never written down")

    def reveal(self) -> str:
        """The key itself, for the vendor's client alone."""
        return self._secret

    def hide_in(self, text: str) -> str:
        """A text of somebody else's without the key, however it is spelled in there."""
        coded = base64.b64encode(f"{self._secret}:".encode()).decode()
        for spelled in (self._secret, coded, coded.rstrip("=")):
            text = text.replace(spelled, _HIDDEN)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a download behaves; every wait in seconds.

    Attributes:
        budget_usd: what the ledger's sum may reach; None where nobody said, which allows nothing.
        gateway: the vendor's address; always spoken to over TLS.
        timeout_s: of one silence of the vendor.
        deadline_s: of one question with all its repetitions.
        wait_s: of one job, until it is made and its files are here.
        poll_s: between two looks at a job that is being made.
        backoff_s: before the first repetition; doubled for each further one, and drawn from.
        settle_s: for a job to show in the list whose submission was not answered.
        retries: repetitions of a question.
    """

    budget_usd: Decimal | None = None
    gateway: str = GATEWAY
    timeout_s: float = 60.0
    deadline_s: float = 300.0
    wait_s: float = 14_400.0
    poll_s: float = 5.0
    backoff_s: float = 1.0
    settle_s: float = 120.0
    retries: int = 5

    @property
    def cap_usd(self) -> Decimal:
        """The cap in force: nothing unless somebody said more."""
        return self.budget_usd or Decimal()

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """What LAKE_BUDGET_USD, LAKE_DATABENTO_GATEWAY and LAKE_DOWNLOAD_* of an environment say.

        Raises:
            UnknownNameError: one of them is no such value.
        """
        waits: dict[str, Any] = {
            name: _seconds(environ, name) for name in _WAITS if _variable(name) in environ
        }
        gateway = environ.get(GATEWAY_VARIABLE) or GATEWAY
        if "://" in gateway and not gateway.startswith("https://"):
            raise UnknownNameError(
                f"{GATEWAY_VARIABLE}={gateway}: expected an https address, since the key is sent "
                "there"
            )
        host = gateway.removeprefix("https://").rstrip("/")
        return cls(budget_usd=_dollars(environ), gateway=f"https://{host}", **waits)


_WAITS: Final = ("timeout_s", "deadline_s", "wait_s", "poll_s", "backoff_s", "settle_s")


def key_of(environ: Mapping[str, str]) -> Key | None:
    """The key an environment holds."""
    secret = environ.get(KEY_VARIABLE, "").strip()
    return Key(secret) if secret else None


def _variable(name: str) -> str:
    return f"LAKE_DOWNLOAD_{name.upper()}"


def _seconds(environ: Mapping[str, str], name: str) -> float:
    text = environ[_variable(name)]
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (isfinite(value) and value > 0):
        raise UnknownNameError(f"{_variable(name)}={text}: expected seconds above zero")
    return value


def _dollars(environ: Mapping[str, str]) -> Decimal | None:
    text = environ.get(BUDGET_VARIABLE, "").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise UnknownNameError(f"{BUDGET_VARIABLE}={text}: expected dollars, zero or more")
    return value

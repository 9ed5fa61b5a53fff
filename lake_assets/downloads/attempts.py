"""Questions to the vendor, repeated where that may help; and what each failure means."""

import random
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Final, Generic, TypeVar

from requests import RequestException
from requests.exceptions import ConnectTimeout, InvalidJSONError, ReadTimeout
from urllib3.exceptions import HTTPError, NewConnectionError

from lake_assets.downloads.client import BentoError, BentoHttpError
from lake_assets.downloads.settings import KEY_VARIABLE, Key, Settings
from lake_assets.errors import (
    LakeError,
    RawInputError,
    VendorAnswerError,
    VendorBusyError,
    VendorError,
    VendorKeyError,
    VendorPaymentError,
    VendorRefusalError,
    VendorUnavailableError,
)

T = TypeVar("T")

NETWORK: Final = (RequestException, HTTPError, ConnectionError, TimeoutError, ssl.SSLError)
"""What the network raises; never what a disk does."""

_BUSY: Final = 429
_TIMED_OUT: Final = (408, 502, 504)  # somebody in between gave up: the vendor may have gone on
_SERVER: Final = 500
_LONGEST: Final = 300  # characters of a reason that are shown
_AGAIN: Final = "run the same command again later: what was bought is not bought again"
_REFUSALS: Final[dict[int, tuple[type[VendorError], str]]] = {
    401: (VendorKeyError, f"set {KEY_VARIABLE} to a key of the vendor's portal"),
    403: (VendorKeyError, "ask the vendor which datasets and schemas the key may read"),
    402: (VendorPaymentError, "settle the vendor's account, then run it again"),
}


class Received(Enum):
    """Whether the vendor has had a question that failed."""

    NO = "no"
    ANSWERED = "answered"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a question failed, and what may be done about it.

    ``wait_s`` is what the vendor asks for before the next one.
    """

    error: LakeError
    repeatable: bool
    received: Received
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Attempts:
    """Asks again as the settings allow; what it raises holds no text with the key."""

    settings: Settings
    key: Key

    def ask(self, asked: str, call: Callable[[], T]) -> T:
        """The answer, if need be after repetitions.

        Raises:
            VendorError: there is none, or none in time.
        """
        answer = self.insist(asked, lambda left: self.once(asked, call, left))
        if isinstance(answer, Failure):
            raise answer.error
        return answer

    def insist(
        self,
        asked: str,
        attempt: "Callable[[float], T | Failure]",
        *,
        within_s: float | None = None,
    ) -> T | Failure:
        """The answer, or the last failure; each attempt is told the seconds that are left."""
        within = self.settings.deadline_s if within_s is None else within_s
        deadline = time.monotonic() + within
        for repetition in range(self.settings.retries + 1):
            answer = attempt(deadline - time.monotonic())
            if not isinstance(answer, Failure) or not answer.repeatable:
                return answer
            wait = self.pause_s(repetition) if answer.wait_s is None else answer.wait_s
            if repetition == self.settings.retries or time.monotonic() + wait >= deadline:
                return answer
            time.sleep(wait)
        raise AssertionError(asked)

    def pause_s(self, repetition: int) -> float:
        """Seconds before a repetition: doubled each time, and drawn so that many do not meet."""
        longest = self.settings.backoff_s * float(2**repetition)
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - a pause is no secret

    def once(self, asked: str, call: Callable[[], T], within_s: float) -> T | Failure:
        """One attempt; given up after its time, though the client would wait on."""
        box = _Box[T]()
        # A daemon: a vendor that sends a byte a minute must not keep the process from ending.
        threading.Thread(target=box.fill, args=(call,), daemon=True).start()
        if not box.done.wait(max(within_s, 0.0)):
            return Failure(
                VendorUnavailableError(
                    asked,
                    expected=f"an answer within {within_s:.0f} s",
                    found="none",
                    remedy=_AGAIN,
                ),
                repeatable=False,
                received=Received.PERHAPS,
            )
        if box.error is not None:
            return self.failure_of(asked, box.error)
        return box.answer[0]

    def failure_of(self, asked: str, error: Exception) -> Failure:
        """What an exception of the vendor's client or of the network means.

        Raises:
            Exception: it is neither.
        """
        if isinstance(error, RawInputError):
            return Failure(error, repeatable=True, received=Received.ANSWERED)
        if isinstance(error, BentoHttpError):
            return self._refused(asked, error)
        if isinstance(error, InvalidJSONError | ValueError | TypeError | AttributeError | KeyError):
            return Failure(self._unknown(asked, error), repeatable=False, received=Received.PERHAPS)
        if isinstance(error, NETWORK):
            return self._lost(asked, error)
        if isinstance(error, BentoError):
            return Failure(self._unknown(asked, error), repeatable=False, received=Received.PERHAPS)
        raise error

    def _refused(self, asked: str, error: BentoHttpError) -> Failure:
        status, reason = error.http_status, self.key.hide_in(_shortened(str(error)))
        told = {"expected": "an answer", "found": reason}
        if status == _BUSY:
            wait = _asked_to_wait_s(error)
            failed: VendorError = VendorBusyError(asked, **told, remedy=_AGAIN)
            return Failure(failed, repeatable=True, received=Received.ANSWERED, wait_s=wait)
        if status in _TIMED_OUT or status >= _SERVER:
            failed = VendorUnavailableError(asked, **told, remedy=_AGAIN)
            perhaps = status in _TIMED_OUT
            received = Received.PERHAPS if perhaps else Received.ANSWERED
            return Failure(failed, repeatable=True, received=received)
        kind, remedy = _REFUSALS.get(status, (VendorRefusalError, "change what is asked for"))
        return Failure(
            kind(asked, **told, remedy=remedy), repeatable=False, received=Received.ANSWERED
        )

    def _lost(self, asked: str, error: Exception) -> Failure:
        unsent = isinstance(error, ConnectTimeout) or isinstance(_reason(error), NewConnectionError)
        silent = isinstance(error, ReadTimeout | TimeoutError)
        found = "silence" if silent else self.key.hide_in(_shortened(_innermost(error)))
        failed = VendorUnavailableError(asked, expected="an answer", found=found, remedy=_AGAIN)
        received = Received.NO if unsent else Received.PERHAPS
        return Failure(failed, repeatable=True, received=received)

    def _unknown(self, asked: str, error: Exception) -> VendorAnswerError:
        found = self.key.hide_in(_shortened(f"{type(error).__name__}: {error}"))
        return VendorAnswerError(
            asked,
            expected="an answer as the vendor gives it",
            found=found,
            remedy="see whether something stands between you and the vendor, as a sign-in page",
        )


class _Box(Generic[T]):
    """Where a thread leaves its answer, or what it failed with."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: list[T] = []
        self.error: Exception | None = None

    def fill(self, call: Callable[[], T]) -> None:
        try:
            self.answer.append(call())
        except Exception as error:  # noqa: BLE001 - handed to whoever waits, who sorts it
            self.error = error
        finally:
            self.done.set()


def _asked_to_wait_s(error: BentoHttpError) -> float | None:
    """Seconds of a Retry-After header, which may be a moment; None without one."""
    told = str(error.headers.get("Retry-After", ""))
    try:
        return max(float(told), 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(told).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return None


def _reason(error: Exception) -> object:
    """What made the pool of connections give up."""
    return getattr(error.args[0], "reason", None) if error.args else None


def _innermost(error: Exception) -> str:
    return f"{type(error).__name__}: {_reason(error) or error}"


def _shortened(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]

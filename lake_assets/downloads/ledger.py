"""The ledger: every quote, reservation and purchase, appended and never changed.

What may be spent is decided under its lock, so that processes together keep to one cap. Money is
reserved before a request is sent, and given back only if the vendor said no: a process that dies
in between leaves its reservation standing.
"""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from lake_assets.downloads.products import Request
from lake_assets.errors import BudgetError, LedgerError
from lake_assets.lake.durability import make_folder, sync_folder
from lake_assets.lake.lines import write_whole
from lake_assets.lake.lock import hold

FOLDER: Final = ".downloads"
"""Beside the landed files, hidden from every reader of the raw folder."""

_NOTHING: Final = Decimal()


class Event(StrEnum):
    """What a line of the ledger tells of a request."""

    QUOTED = "quoted"
    RESERVED = "reserved"  # its price counts from here on
    SUBMITTING = "submitting"  # it is about to be sent: whether it was, the next line tells
    BOUGHT = "bought"  # the vendor has made a job of it
    RELEASED = "released"  # the vendor refused it: its price no longer counts
    LANDED = "landed"  # its files are in the raw folder
    GIVEN_UP = "given_up"  # its job is lost; its price counts, and it may be bought again


@dataclass(frozen=True, slots=True)
class Purchase:
    """Where a request stands; ``sunk_usd`` was paid for jobs that were lost."""

    reserved_usd: Decimal | None = None
    submitting_at: float | None = None
    job_id: str | None = None
    cost_usd: Decimal = _NOTHING
    landed: bool = False
    sunk_usd: Decimal = _NOTHING

    @property
    def held_usd(self) -> Decimal:
        """What it takes of the cap."""
        return self.sunk_usd + (self.reserved_usd or _NOTHING) + self.cost_usd

    def after(self, event: Event, line: Mapping[str, Any]) -> "Purchase":
        """Where it stands after one more line."""
        told = self
        match event:
            case Event.RESERVED:
                told = replace(self, reserved_usd=_dollars(line))
            case Event.SUBMITTING:
                told = replace(self, submitting_at=float(line["at_s"]))
            case Event.BOUGHT:
                paid = max(_dollars(line), self.reserved_usd or _NOTHING, self.cost_usd)
                told = Purchase(job_id=str(line["job_id"]), cost_usd=paid, sunk_usd=self.sunk_usd)
            case Event.RELEASED:
                told = Purchase(sunk_usd=self.sunk_usd)
            case Event.LANDED:
                told = replace(self, landed=True)
            case Event.GIVEN_UP:
                told = Purchase(sunk_usd=self.sunk_usd + self.cost_usd)
        return told


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger of one raw folder."""

    raw_root: Path
    wait_s: float = 60.0  # for other writers
    _folder: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_folder", self.raw_root / FOLDER)

    @property
    def path(self) -> Path:
        """The file."""
        return self._folder / "ledger.jsonl"

    def purchases(self) -> dict[str, Purchase]:
        """Where each request stands, by name.

        Raises:
            LedgerError: a line is none of ours.
        """
        with self._opened() as descriptor:
            return _folded(_lines(self.path, descriptor)[0])

    def held_usd(self) -> Decimal:
        """What is spent and reserved altogether."""
        return _sum(self.purchases())

    def record(self, event: Event, *facts: Mapping[str, object]) -> None:
        """Append a line for each of the facts, durable when this returns.

        Raises:
            LedgerError: it cannot be written.
        """
        with self._opened() as descriptor:
            _, size = _lines(self.path, descriptor)
            self._append(descriptor, size, event, facts)

    def reserve(self, prices: Sequence[tuple[Request, Decimal]], *, cap_usd: Decimal) -> None:
        """Set money aside for requests, all of them or none.

        What is reserved already counts once; a price that has risen is topped up.

        Raises:
            BudgetError: with them the sum would be above the cap. Nothing is set aside.
        """
        if not prices:
            return
        with self._opened() as descriptor:
            lines, size = _lines(self.path, descriptor)
            known = _folded(lines)
            unbought = [
                (request, price, known.get(request.name, Purchase()).reserved_usd)
                for request, price in prices
                if known.get(request.name, Purchase()).job_id is None
            ]
            lacking = [
                (request, price, price - (reserved or _NOTHING))
                for request, price, reserved in unbought
                if reserved is None or reserved < price
            ]
            before = _sum(known)
            after = before + sum(more for _, _, more in lacking)
            if unbought and after > cap_usd:
                raise BudgetError(
                    f"nothing was requested: expected at most {cap_usd} USD in all "
                    f"(LAKE_BUDGET_USD), found {before} USD spent or reserved in {self.path} and "
                    f"{after - before} USD more to pay; set LAKE_BUDGET_USD to at least {after} to "
                    "buy it"
                )
            facts = [_facts(request, price) for request, price, _ in lacking]
            self._append(descriptor, size, Event.RESERVED, facts)

    def lock_of(self, name: str) -> Path:
        """What whoever buys or lands a request holds."""
        plain = name.replace("/", "_").replace(":", "").replace(".000000000Z", "Z")
        return self._folder / "locks" / f"{plain}.lock"

    @property
    def staging(self) -> Path:
        """Where files are until they are whole."""
        return self._folder / "staging"

    @contextmanager
    def _opened(self) -> Iterator[int]:
        with hold(self._folder / "locks" / "ledger.lock", wait_s=self.wait_s):
            fresh = not self.path.exists()
            try:
                descriptor = os.open(self.path, _FLAGS, 0o600)
            except OSError as error:
                raise _unwritable(self.path, error) from error
            try:
                if fresh:
                    sync_folder(self.path.parent)
                yield descriptor
            finally:
                os.close(descriptor)

    def _append(
        self, descriptor: int, size: int, event: Event, facts: Iterable[Mapping[str, object]]
    ) -> None:
        now = time.time()
        stamp = {"at": f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}", "at_s": now}
        lines = [json.dumps({"event": event, **stamp, **each}, sort_keys=True) for each in facts]
        block = "".join(f"{line}\n" for line in lines).encode()
        try:
            write_whole(descriptor, block, size)
            os.fsync(descriptor)
        except OSError as error:
            raise _unwritable(self.path, error) from error


_FLAGS: Final = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC


def ledger_of(raw_root: Path, *, wait_s: float = 60.0) -> Ledger:
    """The ledger of a raw folder, whose own folder is made if it is not there."""
    make_folder(raw_root / FOLDER)
    return Ledger(raw_root, wait_s)


def _facts(request: Request, price: Decimal) -> dict[str, object]:
    return {"request": request.name, "cost_usd": str(price)}


def _sum(known: Mapping[str, Purchase]) -> Decimal:
    return sum((purchase.held_usd for purchase in known.values()), _NOTHING)


def _dollars(line: Mapping[str, Any]) -> Decimal:
    value = Decimal(str(line["cost_usd"]))
    if not value.is_finite() or value < 0:
        raise InvalidOperation
    return value


def _folded(lines: Iterable[tuple[Event, Mapping[str, Any]]]) -> dict[str, Purchase]:
    known: dict[str, Purchase] = {}
    for event, line in lines:
        name = str(line["request"])
        known[name] = known.get(name, Purchase()).after(event, line)
    return known


def _lines(path: Path, descriptor: int) -> tuple[list[tuple[Event, Mapping[str, Any]]], int]:
    """Every line, and the file's size; a line that a crash tore is cut off.

    It was never acknowledged: nothing was sent on the strength of it.
    """
    size = os.fstat(descriptor).st_size
    *whole, torn = os.pread(descriptor, size, 0).split(b"\n")
    if torn:
        size -= len(torn)
        os.ftruncate(descriptor, size)
    return [_line(path, number, text) for number, text in enumerate(whole, start=1)], size


def _line(path: Path, number: int, text: bytes) -> tuple[Event, Mapping[str, Any]]:
    try:
        line = json.loads(text)
        event = Event(line["event"])
        Purchase(job_id="").after(event, line)
        str(line["request"])
    except (ValueError, KeyError, TypeError, InvalidOperation) as error:
        raise LedgerError(
            f"{path}: expected a line of the ledger, found line {number} is none "
            f"({type(error).__name__}); restore the file from a copy, nothing is bought before"
        ) from error
    return event, line


def _unwritable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(f"{path} cannot be written ({error.strerror}); nothing is bought")

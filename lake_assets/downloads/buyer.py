"""Buying what sessions lack: priced, held against the cap, bought once, landed whole."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

from lake_assets.downloads.jobs import Jobs
from lake_assets.downloads.landing import Landing
from lake_assets.downloads.ledger import Event, Ledger, Purchase, ledger_of
from lake_assets.downloads.products import Request
from lake_assets.downloads.settings import Key, Settings
from lake_assets.downloads.transfer import Transfer
from lake_assets.downloads.vendor import Price, Vendor
from lake_assets.errors import DayMissingError, DayPendingError, JobLostError, LakeError
from lake_assets.lake.lock import hold

_BUYABLE: Final = frozenset({"available", "degraded"})
_PENDING: Final = frozenset({"pending", "intraday"})


@dataclass(frozen=True, slots=True)
class Quote:
    """What one request would give and cost, and the vendor's word on its days."""

    request: Request
    price: Price
    conditions: Mapping[date, str]

    @property
    def condition(self) -> str:
        """The first word that is not "available".

        A session's own day that is not listed is missing; the day before need not be a day of the
        vendor's.
        """
        own, words = self.request.day, [*self.conditions.values()]
        if own in self.request.days and own not in self.conditions:
            words.insert(0, "missing")
        return next((word for word in words if word != "available"), "available")

    def facts(self) -> dict[str, object]:
        """As the ledger records it."""
        return {
            "request": self.request.name,
            "records": self.price.records,
            "bytes": self.price.bytes,
            "cost_usd": str(self.price.cost_usd),
            "conditions": {day.isoformat(): word for day, word in self.conditions.items()},
        }


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a request: the folder its files are in, or why there is none."""

    request: Request
    folder: Path | None
    error: LakeError | None = None


@dataclass(frozen=True)
class Buyer:
    """Buys into one raw folder from one account."""

    raw_root: Path
    key: Key
    settings: Settings
    lock_wait_s: float = 60.0

    @cached_property
    def ledger(self) -> Ledger:
        """What was spent."""
        return ledger_of(self.raw_root, wait_s=self.lock_wait_s)

    @cached_property
    def vendor(self) -> Vendor:
        """The account."""
        return Vendor(self.key, self.settings)

    @cached_property
    def jobs(self) -> Jobs:
        """Its batch jobs."""
        return Jobs(self.vendor, self.ledger)

    def quote(self, requests: Sequence[Request]) -> list[Quote]:
        """Condition, record count and price of requests, recorded; nothing is bought."""
        words: dict[str, dict[date, str]] = {}
        for dataset in {request.feed.dataset for request in requests}:
            days = [day for r in requests if r.feed.dataset == dataset for day in r.days]
            words[dataset] = self.vendor.conditions(dataset, days)
        quotes = [
            Quote(request, self.vendor.price(request), _said(words[request.feed.dataset], request))
            for request in requests
        ]
        self.ledger.record(Event.QUOTED, *(quote.facts() for quote in quotes))
        return quotes

    def parts(self, requests: Iterable[Request]) -> list[Request]:
        """Requests, those of which a stretch is bought already cut there.

        Files that were lost after a part of them had been bought alone call for the whole of it.
        """
        known = self.ledger.purchases()
        bought = [name for name, purchase in known.items() if purchase.job_id is not None]
        found = list(requests)
        for name in bought:
            found = [part for request in found for part in _cut(request, name)]
        return list({request.name: request for request in found}.values())

    def unbought(self, requests: Iterable[Request]) -> list[Request]:
        """Requests of which nobody here has a job, alone or within a larger one."""
        known = self.ledger.purchases()
        return [request for request in requests if _bought(request, known) is None]

    def buy(
        self, requests: Sequence[Request], tell: Callable[[str], None] = lambda _: None
    ) -> list[Landed]:
        """Buy what is not bought yet and land all of it.

        Everything is priced and held against the cap before the first request is sent. A day the
        vendor does not have, and a job that is lost, do not stop the others.

        Raises:
            BudgetError: together they would exceed the cap. Nothing was requested.
            VendorError: the vendor refuses, or cannot be reached.
        """
        requests = self.parts(requests)
        self.jobs.adopt(self.unbought(requests))
        quotes = self.quote(open_requests) if (open_requests := self.unbought(requests)) else []
        refused = {quote.request: fault for quote in quotes if (fault := _fault_of(quote))}
        prices = [(q.request, q.price.cost_usd) for q in quotes if q.request not in refused]
        self.ledger.reserve(prices, cap_usd=self.settings.cap_usd)
        try:
            for request, price in prices:
                tell(f"buying {request.name} for {price} USD")
                with hold(self.ledger.lock_of(request.name), wait_s=self.lock_wait_s):
                    self.jobs.submit(request, price, cap_usd=self.settings.cap_usd)
        finally:
            self.jobs.release_unsent([request for request, _ in prices])
        return [
            Landed(request, None, refused[request])
            if request in refused
            else self._landed(request, quotes, tell)
            for request in requests
        ]

    def give_up(self, requests: Iterable[Request]) -> None:
        """Forget jobs that are lost, so that their requests may be bought again."""
        known = self.ledger.purchases()
        for request in self.parts(requests):
            name = _bought(request, known)
            job_id = known[name].job_id if name else None
            if name and job_id and self._is_lost(job_id):
                self.ledger.record(Event.GIVEN_UP, {"request": name, "job_id": job_id})

    def _is_lost(self, job_id: str) -> bool:
        try:
            self.jobs.wait(job_id, deadline=time.monotonic())
        except JobLostError:
            return True
        except LakeError:
            return False
        return False

    def _landed(
        self, request: Request, quotes: Sequence[Quote], tell: Callable[[str], None]
    ) -> Landed:
        name = _bought(request, self.ledger.purchases()) or request.name
        try:
            with hold(self.ledger.lock_of(name), wait_s=self.lock_wait_s):
                return Landed(request, self._land(name, request, quotes, tell))
        except LakeError as error:
            return Landed(request, None, error)

    def _land(
        self, name: str, request: Request, quotes: Sequence[Quote], tell: Callable[[str], None]
    ) -> Path:
        """Bring the job of a name; ``request`` may be a part of what it gives."""
        bought = self.ledger.purchases()[name]
        job_id = bought.job_id or ""
        landing = Landing(self.ledger, job_id)
        if not landing.is_there():
            deadline = time.monotonic() + self.settings.wait_s
            tell(f"waiting for job {job_id}")
            job = self.jobs.wait(job_id, deadline)
            files = self.vendor.files(job_id)
            tell(f"downloading {sum(file.size for file in files):,} bytes of job {job_id}")
            told = next((q.conditions for q in quotes if q.request == request), None)
            if told is None:
                told = _said(self.vendor.conditions(request.feed.dataset, request.days), request)
            landing.land(job, request, files, told, Transfer(self.vendor, deadline))
        if not bought.landed:
            self.ledger.record(Event.LANDED, {"request": name, "job_id": job_id})
        return landing.folder


def _cut(request: Request, name: str) -> list[Request]:
    bought = request.shared_with(name)
    return [request] if bought is None or request.is_within(name) else request.cut_at(bought)


def _bought(request: Request, known: Mapping[str, Purchase]) -> str | None:
    """The name under which a request's data are bought, if they are."""
    names = (name for name, purchase in known.items() if purchase.job_id is not None)
    return next((name for name in names if request.is_within(name)), None)


def _said(words: Mapping[date, str], request: Request) -> dict[date, str]:
    return {day: words[day] for day in request.days if day in words}


def _fault_of(quote: Quote) -> LakeError | None:
    """Why a day must not be paid for: the vendor does not have it, or not whole yet."""
    word = quote.condition
    if word in _BUYABLE and quote.price.records:
        return None
    pending = word in _PENDING
    kind = DayPendingError if pending else DayMissingError
    return kind(
        f"{quote.request.feed.dataset} of {quote.request.day}",
        expected="data that are available, or degraded",
        found=f"condition {word}, {quote.price.records} records",
        remedy="buy it when the vendor has completed it" if pending else "leave the session out",
    )


def total_usd(quotes: Iterable[Quote]) -> Decimal:
    """What quotes come to."""
    return sum((quote.price.cost_usd for quote in quotes), Decimal())

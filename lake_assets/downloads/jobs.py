"""Batch jobs: found if they exist, submitted once if not, waited for."""

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lake_assets.downloads.answers import BEING_MADE, DONE, Job
from lake_assets.downloads.attempts import Failure, Received
from lake_assets.downloads.ledger import Event, Ledger, Purchase
from lake_assets.downloads.products import Request
from lake_assets.downloads.vendor import Vendor
from lake_assets.errors import (
    BusyPartitionError,
    JobLostError,
    UnknownPurchaseError,
    VendorBusyError,
    VendorError,
    VendorRefusalError,
    VendorUnavailableError,
)
from lake_assets.lake.lock import hold

_AGAIN: Final = "run the same command again later: it is not bought again"


@dataclass(frozen=True, slots=True)
class Jobs:
    """The batch jobs of one account, as a ledger knows them."""

    vendor: Vendor
    ledger: Ledger

    def adopt(self, requests: Sequence[Request]) -> None:
        """Enter jobs of the account that give requests nobody here has a job for.

        They are paid: a crash between a submission and its record, or a lost ledger, is no reason
        to pay again.
        """
        listed = self.vendor.listed() if requests else []
        known = self.ledger.purchases()
        for request in requests:
            sent = known.get(request.name, Purchase()).submitting_at is not None
            if sent or self.vendor.job_of(request, listed) is not None:
                with hold(self.ledger.lock_of(request.name), wait_s=self.ledger.wait_s):
                    self._adopt(request)

    def submit(self, request: Request, price: Decimal, *, cap_usd: Decimal) -> str:
        """Buy a request, unless another process has since; its price is reserved, or is now.

        The caller holds the request's lock.

        Returns:
            The job's id.

        Raises:
            BudgetError: its price would exceed the cap.
            VendorError: the vendor refuses it, or cannot be reached: nothing was bought.
            UnknownPurchaseError: it may have been bought; the reservation stands.
        """
        standing = self.ledger.purchases().get(request.name, Purchase())
        if standing.job_id is not None:
            return standing.job_id
        self.ledger.reserve([(request, price)], cap_usd=cap_usd)
        self.ledger.record(Event.SUBMITTING, {"request": request.name})
        job = self.vendor.attempts.insist(
            f"the purchase of {request.name}", lambda left: self._attempt(request, left)
        )
        if not isinstance(job, Failure):
            return self._enter(request, job, price)
        if job.received is Received.PERHAPS:
            raise UnknownPurchaseError(
                f"the purchase of {request.name}",
                expected="an answer, or its job in the account's list",
                found=str(job.error),
                remedy="run the same command again later: if its job shows by then it is not "
                "bought again; its price stays reserved",
            )
        self.ledger.record(Event.RELEASED, {"request": request.name, "why": str(job.error)})
        raise job.error

    def release_unsent(self, requests: Sequence[Request]) -> None:
        """Give back what is reserved for requests that nobody has sent, nor is about to."""
        for request in requests:
            if self._is_unsent(request):
                # Whoever holds it is about to send it, on the strength of the reservation.
                with (
                    suppress(BusyPartitionError),
                    hold(self.ledger.lock_of(request.name), wait_s=0),
                ):
                    if self._is_unsent(request):
                        facts = {"request": request.name, "why": "it was not sent"}
                        self.ledger.record(Event.RELEASED, facts)

    def _is_unsent(self, request: Request) -> bool:
        standing = self.ledger.purchases().get(request.name, Purchase())
        return standing.reserved_usd is not None and standing.submitting_at is None

    def wait(self, job_id: str, deadline: float) -> Job:
        """A job that is done.

        Raises:
            JobLostError: it has expired or failed, or the vendor no longer knows it.
            VendorUnavailableError: it is not done in time; it goes on without us.
        """
        while True:
            job = self._look(job_id)
            if job.state == DONE:
                return job
            if time.monotonic() + self.vendor.settings.poll_s >= deadline:
                raise VendorUnavailableError(
                    f"job {job_id}", expected="it done in time", found=job.state, remedy=_AGAIN
                )
            time.sleep(self.vendor.settings.poll_s)

    def _look(self, job_id: str) -> Job:
        try:
            job = self.vendor.job(job_id)
        except VendorRefusalError as refused:
            raise _lost(job_id, refused.found) from None
        if job.state != DONE and job.state not in BEING_MADE:
            raise _lost(job_id, f"state {job.state}")
        return job

    def _adopt(self, request: Request) -> None:
        """Enter the account's job of a request, given time to show if it was only just sent."""
        standing = self.ledger.purchases().get(request.name, Purchase())
        if standing.job_id is not None:
            return
        sent = -math.inf if standing.submitting_at is None else standing.submitting_at
        passed = max(time.time() - sent, 0.0)
        job = self._await(request, self.vendor.settings.settle_s - passed)
        if job is not None:
            self._enter(request, job, Decimal())

    def _attempt(self, request: Request, left_s: float) -> Job | Failure:
        """One submission; a second one only where the first certainly made no job."""
        job = self.vendor.submit(request, left_s)
        if not isinstance(job, Failure) or job.received is Received.NO:
            return job
        if job.received is Received.PERHAPS:
            found = self._await(request, self.vendor.settings.settle_s)
            return found or Failure(job.error, repeatable=False, received=Received.PERHAPS)
        if not job.repeatable or isinstance(job.error, VendorBusyError):
            return job
        return self.vendor.job_of(request, self.vendor.listed()) or job

    def _await(self, request: Request, within_s: float) -> Job | None:
        """The account's job of a request, as soon as it shows."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                found = self.vendor.job_of(request, self.vendor.listed())
            except VendorError:
                if time.monotonic() >= deadline:
                    raise
                found = None
            if found is not None or time.monotonic() >= deadline:
                return found
            time.sleep(min(self.vendor.settings.poll_s, max(within_s, 0.0)))

    def _enter(self, request: Request, job: Job, price: Decimal) -> str:
        paid = max(price, job.cost_usd or Decimal())
        facts = {"request": request.name, "job_id": job.job_id, "cost_usd": str(paid)}
        self.ledger.record(Event.BOUGHT, facts)
        return job.job_id


def _lost(job_id: str, found: str) -> JobLostError:
    return JobLostError(
        f"job {job_id}",
        expected="a job that is done, or is being made",
        found=found,
        remedy="ask the vendor if it failed; `lake ingest --buy-again` pays a second time for the "
        "data of jobs that are lost",
    )

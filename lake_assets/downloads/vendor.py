"""The vendor, spoken to by its own client: what it has, what it costs, the jobs it makes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.auth import HTTPBasicAuth
from urllib3 import BaseHTTPResponse

from lake_assets.downloads.answers import (
    Job,
    ListedFile,
    conditions_of,
    count_of,
    dollars_of,
    files_of,
    job_ids_of,
    job_of,
)
from lake_assets.downloads.attempts import Attempts, Failure
from lake_assets.downloads.client import Historical
from lake_assets.downloads.products import PARENT, Request
from lake_assets.downloads.settings import Key, Settings

_DOMAIN: Final = ".databento.com"


@dataclass(frozen=True, slots=True)
class Price:
    """What a request would give and cost; ``bytes`` is what the vendor bills, uncompressed."""

    records: int
    bytes: int
    cost_usd: Decimal


@dataclass(frozen=True)
class Vendor:
    """One account at the vendor."""

    key: Key
    settings: Settings
    _known: dict[str, Job] = field(default_factory=dict)

    @cached_property
    def attempts(self) -> Attempts:
        """How questions are repeated."""
        return Attempts(self.settings, self.key)

    def conditions(self, dataset: str, days: Sequence[date]) -> dict[date, str]:
        """The vendor's word on each day it lists, from the first to the last of some."""
        first, last = min(days), max(days)
        ask = self._client.metadata.get_dataset_condition
        return self.attempts.ask(
            f"the condition of {dataset} from {first} to {last}",
            lambda: conditions_of(ask(dataset, first, last)),
        )

    def price(self, request: Request) -> Price:
        """Records, billed bytes and price of a request; nothing is bought."""
        metadata, asked = self._client.metadata, f"of {request.name}"
        query: dict[str, Any] = {
            "dataset": request.feed.dataset,
            "schema": request.feed.schema,
            "symbols": request.feed.symbols,
            "stype_in": PARENT,
            "start": request.start,
            "end": request.end,
        }
        ask = self.attempts.ask
        return Price(
            ask(f"the record count {asked}", lambda: count_of(metadata.get_record_count(**query))),
            ask(f"the size {asked}", lambda: count_of(metadata.get_billable_size(**query))),
            ask(f"the price {asked}", lambda: dollars_of(metadata.get_cost(**query))),
        )

    def submit(self, request: Request, within_s: float) -> Job | Failure:
        """Buy a request, in one attempt."""
        batch = self._client.batch
        return self.attempts.once(
            f"the purchase of {request.name}",
            lambda: job_of(
                batch.submit_job(
                    dataset=request.feed.dataset,
                    schema=request.feed.schema,
                    symbols=request.feed.symbols,
                    stype_in=PARENT,
                    start=request.start,
                    end=request.end,
                    encoding="dbn",
                    compression="zstd",
                    split_duration="day",
                    delivery="download",
                )
            ),
            within_s,
        )

    def listed(self) -> list[str]:
        """Ids of the account's jobs that have not expired, the newest first."""
        # Without states: those the client knows leave out jobs that were only just received.
        ask = self._client.batch.list_jobs
        return self.attempts.ask("the list of jobs", lambda: job_ids_of(ask(states=None)))

    def job_of(self, request: Request, listed: Sequence[str]) -> Job | None:
        """The first of listed jobs that gives a request, or is going to."""
        for job_id in listed:
            if job_id not in self._known:
                self._known[job_id] = self.job(job_id)
            if self._known[job_id].is_of(request):
                return self._known[job_id]
        return None

    def job(self, job_id: str) -> Job:
        """A job as it is now."""
        ask = self._client.batch.get_job_details
        return self.attempts.ask(f"job {job_id}", lambda: job_of(ask(job_id)))

    def files(self, job_id: str) -> list[ListedFile]:
        """Files of a finished job, each at an address the key may be sent to."""
        ask = self._client.batch.list_files

        def answer() -> list[ListedFile]:
            listed = files_of(ask(job_id))
            for each in listed:
                self._check_address(each.url)
            return listed

        return self.attempts.ask(f"the files of job {job_id}", answer)

    def open(self, file: ListedFile, offset: int) -> requests.Response:
        """The answer with a file's bytes from an offset on, whatever it says; not read yet."""
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-{file.size - 1}"
        return requests.get(
            file.url,
            headers=headers,
            auth=HTTPBasicAuth(self.key.reveal(), ""),
            stream=True,
            timeout=(self.settings.timeout_s, self.settings.timeout_s),
        )

    @cached_property
    def _client(self) -> Historical:
        client = Historical(self.key.reveal(), gateway=self.settings.gateway)
        for part in (client.metadata, client.batch):
            part.TIMEOUT = self.settings.timeout_s  # type: ignore[assignment]  # parts of a second
        return client

    def _check_address(self, url: str) -> None:
        """Refuse an address that would be sent the key and is not the vendor's."""
        there, gateway = urlsplit(url), urlsplit(self.settings.gateway)
        own = there.netloc == gateway.netloc or (there.hostname or "").endswith(_DOMAIN)
        if there.scheme != "https" or not own:
            raise ValueError(f"{url!r} is no address of the vendor's")


def body_of(response: requests.Response) -> BaseHTTPResponse:
    """The bytes of an answer as they come, for whoever watches the clock."""
    body: BaseHTTPResponse = response.raw
    return body

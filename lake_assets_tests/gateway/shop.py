"""A raw folder that buys from the gateway, and what a test looks at afterwards."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from lake_assets.downloads.buyer import Buyer, Landed
from lake_assets.downloads.ledger import FOLDER
from lake_assets.downloads.missing import missing_requests
from lake_assets.downloads.products import Request
from lake_assets.downloads.settings import Key, Settings
from lake_assets.market.sessions import session_on
from lake_assets.sources.inventory import scan_raw
from lake_assets_tests.gateway.server import CANARY, Gateway

DAY = "2025-12-17"  # the simulated sessions' last

WAITS = {
    "timeout_s": 30.0,
    "deadline_s": 120.0,
    "wait_s": 120.0,
    "poll_s": 0.02,
    "backoff_s": 0.01,
    "settle_s": 0.2,
}
"""Short, but for those that end a test only if something is wrong."""


@dataclass
class Shop:
    """Buys one session's trades for a quarter of a dollar."""

    gateway: Gateway
    raw: Path
    day: str = DAY
    products: tuple[str, ...] = ("es_trades",)

    def buyer(self, *, budget: str | None = "1", key: str = CANARY, **waits: object) -> Buyer:
        """A buyer as a new process would have it."""
        cap = None if budget is None else Decimal(budget)
        values = {"budget_usd": cap, "gateway": self.gateway.address, **WAITS, **waits}
        return Buyer(self.raw, Key(key), Settings(**values), lock_wait_s=60.0)

    def lacking(self) -> list[Request]:
        """What the raw folder lacks."""
        session = session_on(date.fromisoformat(self.day))
        return missing_requests(scan_raw(self.raw), session, self.products)

    def buy(self, **options: object) -> list[Landed]:
        """Buy what is lacking; an error of one request is raised as the others' are."""
        landed = self.buyer(**options).buy(self.lacking())
        for each in landed:
            if each.error is not None:
                raise each.error
        return landed

    def visible(self) -> list[str]:
        """Every file a reader of the raw folder may see."""
        if not self.raw.exists():
            return []
        return sorted(
            path.relative_to(self.raw).as_posix()
            for path in self.raw.rglob("*")
            if path.is_file() and FOLDER not in path.relative_to(self.raw).parts
        )

    def held(self) -> Decimal:
        """What the ledger says is spent or reserved."""
        return self.buyer().ledger.held_usd()


def files_with_key(root: Path) -> Iterator[Path]:
    """Files under a folder that hold the key, as it is or as it is sent."""
    spelled = (CANARY.encode(), b64(CANARY))
    for path in root.rglob("*"):
        if path.is_file() and any(each in path.read_bytes() for each in spelled):
            yield path


def b64(key: str) -> bytes:
    """The key as it is sent."""
    return base64.b64encode(f"{key}:".encode()).rstrip(b"=")

"""What can be bought: the vendor's feeds behind each Bronze dataset, and requests of them."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import UnknownNameError
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Nanos, Session
from lake_assets.sources.inventory import QUOTES, SALES

PARENT: Final = "parent"
_OPTIONS: Final = "OPRA.PILLAR"
_DAY_NS: Final = 86_400 * NANOS_PER_SECOND
_STAMP: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(?:Z|\+00:00)?")


@dataclass(frozen=True, slots=True)
class Feed:
    """One schema of one vendor dataset, for every contract of a parent symbol.

    ``maker`` is the name under which the inventory knows files of it.
    """

    maker: str
    dataset: str
    schema: str
    symbols: str

    def hours(self, session: Session) -> Interval | None:
        """The part of a session that is asked for; None where options do not trade.

        Futures: all of it. Options: from the UTC midnight before regular hours, since the vendor
        keeps days of options and the evening before has none.
        """
        if self.dataset != _OPTIONS:
            return session.hours
        if session.rth is None:
            return None
        midnight = Nanos(session.rth.opens // _DAY_NS * _DAY_NS)
        return Interval(max(session.hours.opens, midnight), session.hours.closes)


@dataclass(frozen=True, slots=True)
class Request:
    """One feed over ``[start, end)``, in ns UTC: what one batch job is of."""

    feed: Feed
    day: date
    interval: Interval

    @property
    def name(self) -> str:
        """What the ledger knows it by: equal names, equal data."""
        parts = (self.feed.dataset, self.feed.schema, self.feed.symbols, self.start, self.end)
        return "/".join(parts)

    @property
    def start(self) -> str:
        """Its first moment, as the vendor spells it."""
        return spell(self.interval.opens)

    @property
    def end(self) -> str:
        """The moment after its last."""
        return spell(self.interval.closes)

    @property
    def days(self) -> list[date]:
        """UTC dates it touches."""
        first, last = (_utc(ns).date() for ns in (self.interval.opens, self.interval.closes - 1))
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def is_within(self, name: str) -> bool:
        """Whether the request of a name holds all of this one."""
        other = self.shared_with(name)
        return other is not None and (
            other.opens <= self.interval.opens and self.interval.closes <= other.closes
        )

    def shared_with(self, name: str) -> Interval | None:
        """The interval of the request of a name, if it is of this feed and shares a moment."""
        *feed, start, end = name.split("/")
        opens, closes = parse_stamp(start), parse_stamp(end)
        if feed != self.name.split("/")[:-2] or opens is None or closes is None:
            return None
        other = Interval(Nanos(opens), Nanos(closes))
        return other if other.overlaps(self.interval) else None

    def cut_at(self, bought: Interval) -> "list[Request]":
        """This request as the part another has bought, whole as that was, and what it left."""
        before = Interval(self.interval.opens, bought.opens)
        after = Interval(bought.closes, self.interval.closes)
        parts = [bought, *(each for each in (before, after) if each.opens < each.closes)]
        return [replace(self, interval=part) for part in parts]


ES_TRADES: Final = Feed("es_trades", "GLBX.MDP3", "trades", "ES.FUT")
ES_BOOK: Final = Feed("es_mbp10", "GLBX.MDP3", "mbp-10", "ES.FUT")
SPY_TRADES: Final = Feed("spy_options", _OPTIONS, "tcbbo", "SPY.OPT")
SPY_QUOTES: Final = Feed(f"{QUOTES}_SPY", _OPTIONS, "cbbo-1s", "SPY.OPT")
SPY_SALES: Final = Feed(f"{SALES}_SPY", _OPTIONS, "tcbbo", "SPY.OPT")

PRODUCTS: Final[dict[str, tuple[Feed, ...]]] = {
    "es_trades": (ES_TRADES,),
    "es_mbp10": (ES_BOOK,),
    "spy_options": (SPY_TRADES,),
    "option_books": (SPY_QUOTES, SPY_SALES),
}
"""By Bronze dataset, the feeds it is made from; books are those of SPY."""

INGESTED: Final = ("es_trades", "es_mbp10", "spy_options")
"""What is bought unless said: the datasets of the job `ingest`."""


def product_of(dataset: Dataset) -> str | None:
    """The name under which a Bronze dataset can be bought, if it can."""
    if dataset.underlying is not None and dataset.underlying != "SPY":
        return None
    return dataset.name if dataset.name in PRODUCTS else None


def products_named(text: str) -> list[str]:
    """Names of a list with commas.

    Raises:
        UnknownNameError: one of them cannot be bought.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in PRODUCTS]
    if unknown or not names:
        raise UnknownNameError(
            f"{', '.join(unknown) or 'nothing'} cannot be bought; there are {', '.join(PRODUCTS)}"
        )
    return names


def spell(nanos: int) -> str:
    """A moment as the vendor spells it: UTC, nine digits."""
    return f"{_utc(nanos):%Y-%m-%dT%H:%M:%S}.{nanos % NANOS_PER_SECOND:09d}Z"


def parse_stamp(text: str) -> int | None:
    """Nanoseconds of a moment in UTC; None if it is none."""
    found = _STAMP.fullmatch(text)
    if found is None:
        return None
    seconds = int(datetime.fromisoformat(f"{found[1]}+00:00").timestamp())
    return seconds * NANOS_PER_SECOND + int((found[2] or "").ljust(9, "0"))


def _utc(nanos: int) -> datetime:
    return datetime.fromtimestamp(nanos // NANOS_PER_SECOND, UTC)

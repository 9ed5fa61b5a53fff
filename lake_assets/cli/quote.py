"""`lake quote`: what sessions would cost of the vendor; nothing is bought."""

import argparse
import json
import os
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake, parse_sessions
from lake_assets.cli.report import console, plain_table
from lake_assets.downloads.buyer import Buyer, Quote, total_usd
from lake_assets.downloads.missing import missing_requests
from lake_assets.downloads.products import Request, products_named
from lake_assets.downloads.settings import BUDGET_VARIABLE, KEY_VARIABLE, Settings, key_of
from lake_assets.errors import UnknownSessionError, VendorKeyError
from lake_assets.market.sessions import session_on
from lake_assets.orchestration.resources import LakeResource

_MEGABYTE = 1_000_000


def run(arguments: argparse.Namespace) -> ExitCode:
    """Ask the vendor for what the raw folder lacks, and print what it would cost."""
    source = open_lake()
    sessions = asked_sessions(arguments)
    buyer = buyer_into(source)
    lacking = buyer.parts(requests_of(source, sessions, products_named(arguments.datasets)))
    unbought = buyer.unbought(lacking)
    quotes = buyer.quote(unbought) if unbought else []
    if arguments.json:
        print(json.dumps(_plain(quotes, lacking, buyer)))
    else:
        _print(quotes, lacking, buyer)
    return ExitCode.DONE


def asked_sessions(arguments: argparse.Namespace) -> list[str]:
    """Sessions of a range, of a pair of dates, or of one date.

    Raises:
        UnknownSessionError: none, or half a pair, is given, or it holds no session.
    """
    if bool(arguments.start) != bool(arguments.end) or bool(arguments.start) == bool(
        arguments.sessions
    ):
        raise UnknownSessionError("give one date, first..last, or --start with --end")
    return parse_sessions(arguments.sessions or f"{arguments.start}..{arguments.end}")


def buyer_into(source: LakeResource) -> Buyer:
    """A buyer into the lake's raw folder, with the key and the cap of the environment.

    Raises:
        VendorKeyError: there is no key.
    """
    key = key_of(os.environ)
    if key is None:
        raise VendorKeyError(
            "the vendor",
            expected=f"a key in {KEY_VARIABLE}",
            found="none",
            remedy="set it to a key of the vendor's portal",
        )
    return Buyer(source.raw_root, key, Settings.of(os.environ), source.lock_wait_s)


def requests_of(
    source: LakeResource, sessions: Sequence[str], products: Sequence[str]
) -> list[Request]:
    """What the raw folder lacks of the sessions."""
    return [
        request
        for name in sessions
        for request in missing_requests(
            source.inventory, session_on(date.fromisoformat(name)), products
        )
    ]


def _print(quotes: Sequence[Quote], lacking: Sequence[Request], buyer: Buyer) -> None:
    out = console()
    if not lacking:
        out.print("Nothing to buy: the raw folder has it all.")
        return
    table = plain_table(
        "session", "dataset", "schema", "symbols", "condition", "records", "MB", "USD", right=_RIGHT
    )
    for day in dict.fromkeys(quote.request.day for quote in quotes):
        those = [quote for quote in quotes if quote.request.day == day]
        for quote in those:
            feed, price = quote.request.feed, quote.price
            table.add_row(
                f"{day}",
                feed.dataset,
                feed.schema,
                feed.symbols,
                quote.condition,
                f"{price.records:,}",
                f"{price.bytes / _MEGABYTE:,.1f}",
                f"{price.cost_usd}",
            )
        table.add_row(f"{day}", "", "", "", "", "", "", f"{total_usd(those)}", style="bold")
    if quotes:
        out.print(table)
    if bought := len(lacking) - len(quotes):
        out.print(f"{bought} requests are bought already: `lake ingest` brings their files.")
    out.print(
        f"{total_usd(quotes)} USD in all; {buyer.ledger.held_usd()} USD are spent or reserved of "
        f"the {buyer.settings.cap_usd} USD that may be ({BUDGET_VARIABLE}). Nothing was bought."
    )


_RIGHT = ("records", "MB", "USD")


def _plain(quotes: Sequence[Quote], lacking: Sequence[Request], buyer: Buyer) -> dict[str, object]:
    per_session: dict[str, Decimal] = {}
    for quote in quotes:
        day = quote.request.day.isoformat()
        per_session[day] = per_session.get(day, Decimal()) + quote.price.cost_usd
    return {
        "quotes": [
            {
                **quote.facts(),
                "session": quote.request.day.isoformat(),
                "dataset": quote.request.feed.dataset,
                "schema": quote.request.feed.schema,
                "symbols": quote.request.feed.symbols,
                "condition": quote.condition,
            }
            for quote in quotes
        ],
        "per_session_usd": {day: str(price) for day, price in per_session.items()},
        "total_usd": str(total_usd(quotes)),
        "bought_already": len(lacking) - len(quotes),
        "held_usd": str(buyer.ledger.held_usd()),
        "cap_usd": str(buyer.settings.cap_usd),
    }

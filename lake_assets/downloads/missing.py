"""What the raw folder lacks of a session: the stretches no usable file holds."""

from collections.abc import Iterable

from lake_assets.downloads.products import PRODUCTS, Feed, Request
from lake_assets.market.sessions import Session
from lake_assets.sources.coverage import gaps
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.selection import left_out_ns, require_files


def missing_requests(
    inventory: Inventory, session: Session, products: Iterable[str]
) -> list[Request]:
    """One request for each stretch of each feed that is missing; what has landed is not asked for.

    Raises:
        RawInputError: a file of the session is there and cannot be used. Buying its range again
            would not make it go away.
        MixedProvenanceError: simulated and vendor files overlap the session.
    """
    feeds = [feed for product in products for feed in PRODUCTS[product]]
    found = [request for feed in feeds for request in _missing(inventory, session, feed)]
    return list({request.name: request for request in found}.values())


def _missing(inventory: Inventory, session: Session, feed: Feed) -> list[Request]:
    hours = feed.hours(session)
    if hours is None:
        return []
    held = require_files(inventory, session, feed.maker, as_of_ns=None)
    if held is not None and not left_out_ns(held, session, None):
        return []
    files = held.files if held is not None else ()
    return [Request(feed, session.day, gap) for gap in gaps(files, hours)]

"""Option books of a session, from packed shards or OPRA files as the registry says."""

from datetime import date
from pathlib import Path
from typing import Final

from lake_assets.catalog.option_books import OPTION_BOOKS
from lake_assets.catalog.parameters import BookParams
from lake_assets.catalog.rows import Quality, Rows
from lake_assets.errors import MissingInputError, MixedProvenanceError
from lake_assets.kernels.compile import load_ahead
from lake_assets.market.option_vocabulary import BookSource
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session, session_days, session_on
from lake_assets.market.underlyings import UNDERLYINGS, Underlying
from lake_assets.sources.book_rows import BookTable
from lake_assets.sources.coverage import until
from lake_assets.sources.inventory import QUOTES, SALES, Inventory
from lake_assets.sources.option_quotes import read_quotes
from lake_assets.sources.packed_books import read_shards
from lake_assets.sources.raw_file import FileKind, RawFile
from lake_assets.sources.screening import Screen, Tally
from lake_assets.sources.selection import describe, input_fingerprints, require_files

_NANOS_PER_MICRO: Final = 1_000
_ALWAYS: Final = 2**62  # later than any row: every contract was seen from its start


def read_option_books(
    inventory: Inventory, session: Session, underlying: Underlying, params: BookParams
) -> Rows:
    """Every row of the session's books in the order of Bronze.

    Raises:
        MissingInputError: there is no file: nobody recorded the underlying, which is not a day on
            which nothing happened.
        RawInputError: a file is unusable, gone, changed or breaks its contract, or too many of
            its rows are unusable.
        MixedProvenanceError: simulated and vendor files would meet.
    """
    load_ahead()
    if underlying.source is BookSource.PACKED:
        return _packed(inventory, session, underlying, params)
    return _quoted(inventory, session, underlying, params)


def book_fingerprints(
    inventory: Inventory, session: Session, underlying: Underlying
) -> list[tuple[str, str]]:
    """Name and SHA-256 of the raw files the books would be read from; nothing is opened."""
    if underlying.source is BookSource.PACKED:
        return [(shard.name, shard.sha256) for shard in _shards(inventory, session, underlying)]
    return [
        named
        for half in (QUOTES, SALES)
        for named in input_fingerprints(inventory, session, f"{half}_{underlying.name}")
    ]


def is_recorded(inventory: Inventory, session: Session, underlying: Underlying) -> bool:
    """Whether there are raw books; trades of options without their quotes are none."""
    if underlying.source is BookSource.PACKED:
        return bool(_shards(inventory, session, underlying))
    return bool(input_fingerprints(inventory, session, f"{QUOTES}_{underlying.name}"))


def recorded_underlyings(inventory: Inventory, session: Session) -> list[Underlying]:
    """Underlyings of the session's exchange that there are raw books of; nothing is opened."""
    return [
        underlying
        for underlying in UNDERLYINGS.values()
        if underlying.calendar is session.calendar and is_recorded(inventory, session, underlying)
    ]


def book_days(inventory: Inventory, underlying: Underlying) -> list[date]:
    """Sessions of which there are raw books, oldest first."""
    days, own = session_days(underlying.calendar), (underlying.name,)
    if underlying.source is BookSource.DBN:
        spans = inventory.spans(f"{QUOTES}_{underlying.name}")
        sessions = (session_on(day, underlying.calendar) for day in days)
        return [s.day for s in sessions if any(s.hours.overlaps(span) for span in spans)]
    shards = (f for f in inventory.files if f.kind is FileKind.PACKED_BOOKS and f.symbols == own)
    # option_books/<day>/<underlying>/<shard>: the place is what such a file is known by
    named = {date.fromisoformat(f.name.split("/")[1]) for f in shards}
    return sorted(named & set(days))


def _shards(inventory: Inventory, session: Session, underlying: Underlying) -> list[RawFile]:
    """All shards of a session and an underlying, by name."""
    found = (
        file
        for file in inventory.files
        if file.kind is FileKind.PACKED_BOOKS
        and file.symbols == (underlying.name,)
        and file.span.overlaps(session.hours)
    )
    return sorted(found, key=lambda file: file.name)


def _packed(
    inventory: Inventory, session: Session, underlying: Underlying, params: BookParams
) -> Rows:
    shards = _shards(inventory, session, underlying)
    if not shards:
        place = inventory.root / "option_books" / str(session.day) / underlying.name
        raise _missing(place, underlying, "packed Parquet shards")
    if len({shard.provenance for shard in shards}) > 1:
        raise MixedProvenanceError(f"{shards[0].path.parent} mixes simulated and vendor shards")
    read = read_shards(shards, session.day, underlying, as_of_ns=params.as_of_ns)
    opens = session.hours.opens + params.start_tolerance_s * NANOS_PER_SECOND
    table = BookTable(
        rows=read.rows,
        places=read.places,
        dataset=OPTION_BOOKS.of(underlying.name),
        day=session.day,
        known_from_us=opens // _NANOS_PER_MICRO,
    )
    quality = {"provenance": str(shards[0].provenance), **read.quality}
    return Rows(batches=table.reader(), quality=quality)


def _quoted(
    inventory: Inventory, session: Session, underlying: Underlying, params: BookParams
) -> Rows:
    quotes, sales = (
        require_files(inventory, session, f"{half}_{underlying.name}", as_of_ns=params.as_of_ns)
        for half in (QUOTES, SALES)
    )
    if quotes is None:
        raise _missing(inventory.root, underlying, f"OPRA cbbo-1s files of {session.day}")
    quality: Quality = describe(quotes, session, as_of_ns=params.as_of_ns)
    quality["trades_absent"] = int(sales is None)
    screen = Screen(until(session.hours, params.as_of_ns), params.as_of_ns, Tally(quality))
    read = read_quotes(quotes, sales, underlying.name, session.day, screen)
    table = BookTable(
        rows=read.rows,
        dataset=OPTION_BOOKS.of(underlying.name),
        day=session.day,
        known_from_us=_ALWAYS,
    )
    return Rows(batches=table.reader(), quality=read.quality)


def _missing(place: Path, underlying: Underlying, what: str) -> MissingInputError:
    return MissingInputError(
        place,
        expected=f"{what} with the option books of {underlying.name}",
        found="none",
        remedy="put them there, or leave this underlying out of the run",
    )

"""Every row of a session's option chains, from chain files and from OPRA's records."""

from datetime import date
from typing import Final

import polars as pl

from lake_assets.catalog.option_chains import OPTION_CHAINS
from lake_assets.catalog.rows import Rows
from lake_assets.errors import MissingInputError, NonSessionError
from lake_assets.market.sessions import Session, is_session, session_on
from lake_assets.sources.chains import (
    FOLDER,
    chain_files,
    described,
    read_chains,
    read_closes,
)
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.landing import (
    JSON_SUFFIX,
    dated_folders,
    fingerprints,
    landed_files,
    one_provenance,
    provenance_of,
)
from lake_assets.sources.opra import OpraDay, opra_days, read_opra
from lake_assets.sources.screening import Tally

NON_SESSION: Final = "NON_SESSION"


def read_option_chains(inventory: Inventory, session: Session) -> Rows:
    """Rows of the session's chains in the order of Bronze.

    Raises:
        NonSessionError: the exchange was closed on that date.
        MissingInputError: nothing landed for it.
        RawInputError: a file is unusable.
        MixedProvenanceError: simulated and vendor files would meet.
    """
    if session.rth is None:
        raise non_session(inventory, session.day)
    day, files = OpraDay.of(inventory, session), chain_files(inventory.root, session.day)
    if not files and not day.files:
        raise MissingInputError(
            inventory.root,
            expected=f"option chains of {session.day}",
            found=f"nothing in {FOLDER}/{session.day}, and no OPRA cbbo-1m file of the day",
            remedy=f"land a file a symbol in {FOLDER}/{session.day}, named SPY.csv, or OPRA's",
        )
    kinds = [file.provenance for file in day]
    kinds += [provenance_of(inventory.root / FOLDER / session.day.isoformat())] if files else []
    tally = Tally({"provenance": str(one_provenance(kinds, f"chains of {session.day}"))})
    opra = read_opra(day, session, tally)
    rows = pl.concat([opra, read_chains(inventory.root, session, tally)])
    closes = read_closes(inventory.root, session)
    closed = rows.drop("underlying_close").join(closes, on="symbol", how="left")
    ordered = closed.select(OPTION_CHAINS.dtypes.names()).sort(OPTION_CHAINS.sort_by)
    return Rows(batches=ordered, quality=described(tally))


def chain_fingerprints(inventory: Inventory, day: date) -> list[tuple[str, str]]:
    """Name and SHA-256 of every file a session's chains would be read from, descriptions too."""
    landed = chain_files(inventory.root, day)
    said = landed_files(inventory.root, f"{FOLDER}/{day}", (JSON_SUFFIX,)) if landed else []
    quoted = OpraDay.of(inventory, session_on(day)) if is_session(day) else ()
    return [*fingerprints([*landed, *said]), *((file.name, file.sha256) for file in quoted)]


def chain_days(inventory: Inventory) -> list[date]:
    """Sessions that chains have landed for, oldest first."""
    landed = {day for day in _landed(inventory) if _is_open(day)}
    return sorted(landed | set(opra_days(inventory)))


def non_sessions(inventory: Inventory) -> list[NonSessionError]:
    """Landings on dates that are no session: they make no partition."""
    return [non_session(inventory, day) for day in _landed(inventory) if not _is_open(day)]


def non_session(inventory: Inventory, day: date) -> NonSessionError:
    """The error for a landing date on which the exchange was closed."""
    return NonSessionError(
        inventory.root / FOLDER / day.isoformat(),
        expected="a folder named after a session of the exchange",
        found=f"{NON_SESSION}: {day} was none",
        remedy="move the files under the session their quotes are of",
    )


def _landed(inventory: Inventory) -> list[date]:
    folders = dated_folders(inventory.root, FOLDER)
    return [day for day in folders if chain_files(inventory.root, day)]


def _is_open(day: date) -> bool:
    return is_session(day) and session_on(day).rth is not None

"""Which raw files a session's Bronze dataset is read from, and whether they may be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from lake_assets.catalog.rows import Quality
from lake_assets.errors import MissingInputError, MixedProvenanceError, UncoveredSessionError
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Session
from lake_assets.sources.batch_support import condition_of
from lake_assets.sources.coverage import seconds, uncovered_ns, until
from lake_assets.sources.inventory import MAKERS, Inventory, Unusable, asks_for
from lake_assets.sources.raw_file import RawFile

_FUTURES: Final = "GLBX.MDP3"
_DATE: Final = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Selection:
    """Files of one vendor schema, in the order of their ranks, each content once.

    ``copies`` tells how often the content of each file is there beyond the first.
    """

    schema: str
    files: tuple[RawFile, ...]
    copies: tuple[int, ...]


def select_files(inventory: Inventory, session: Session, dataset_name: str) -> Selection | None:
    """Files of the schema that covers the session best, the better schema in a tie."""
    choices = [
        _without_copies(schema, _overlapping(inventory, session, dataset_name, vendor, schema))
        for vendor, schema in MAKERS[dataset_name]
    ]
    choices = [choice for choice in choices if choice.files]
    return min(choices, key=lambda c: left_out_ns(c, session, None), default=None)


def input_fingerprints(
    inventory: Inventory, session: Session, dataset_name: str
) -> list[tuple[str, str]]:
    """Name and SHA-256 of the raw files the dataset would be read from; nothing is opened."""
    selection = select_files(inventory, session, dataset_name)
    return [(file.name, file.sha256) for file in selection.files] if selection else []


def require_files(
    inventory: Inventory, session: Session, dataset_name: str, *, as_of_ns: int | None
) -> Selection | None:
    """As ``select_files``, refusing what cannot be trusted.

    Raises:
        RawInputError: an unusable file may hold what the session needs.
        MixedProvenanceError: simulated and vendor files overlap the session.
    """
    selection = select_files(inventory, session, dataset_name)
    _refuse_unusable(inventory, session, dataset_name, selection, as_of_ns)
    if selection is not None and len({file.provenance for file in selection.files}) > 1:
        names = ", ".join(f"{file.name} ({file.provenance})" for file in selection.files)
        raise MixedProvenanceError(
            f"{dataset_name} of {session.day} would mix simulated and vendor files: {names}; "
            "keep them under different raw folders"
        )
    return selection


def describe(selection: Selection, session: Session, *, as_of_ns: int | None) -> Quality:
    """What is known of the input before a row is read."""
    rth = until(session.rth, as_of_ns) if session.rth else None
    quality: Quality = {
        "input_files": sum(selection.copies) + len(selection.files),
        "provenance": str(selection.files[0].provenance),
        "schema": selection.schema,
        "uncovered_s": seconds(left_out_ns(selection, session, as_of_ns)),
        "uncovered_rth_s": seconds(uncovered_ns(selection.files, rth)) if rth else 0.0,
    }
    folders = [file.path.parent for file in selection.files]
    condition = condition_of(folders, utc_days(session.hours))
    return quality if condition is None else quality | {"vendor_condition": condition}


def left_out_ns(selection: Selection, session: Session, as_of_ns: int | None) -> int:
    """Nanoseconds in which the files' market trades that no file's range holds.

    The future trades through the whole session, options in its regular hours: a vendor's day of
    options, midnight to midnight UTC, has nothing of the evening before, and misses nothing.
    """
    hours = session.hours if selection.files[0].dataset == _FUTURES else session.rth
    return uncovered_ns(selection.files, until(hours, as_of_ns)) if hours else 0


def require_rth(inventory: Inventory, session: Session, quality: Quality) -> None:
    """Refuse a session whose regular hours the files leave out.

    Raises:
        UncoveredSessionError: they do.
    """
    if quality["uncovered_rth_s"]:
        raise UncoveredSessionError(
            inventory.root,
            expected=f"{quality['schema']} files that cover regular hours of {session.day}",
            found=f"{quality['uncovered_rth_s']} s left out",
            remedy="download the missing stretch, or set touch_hours: globex to do without it",
        )


def require_trades(inventory: Inventory, session: Session) -> None:
    """Refuse a session of which no ES trades are there, whatever else is.

    Raises:
        MissingInputError: no usable file holds any.
    """
    if select_files(inventory, session, "es_trades") is None:
        raise missing(inventory, session, "es_trades")


def missing(inventory: Inventory, session: Session, dataset_name: str) -> MissingInputError:
    """The error for a session without files."""
    makers = " or ".join(f"{vendor} {schema}" for vendor, schema in MAKERS[dataset_name])
    first, last = (datetime.fromtimestamp(ns // NANOS_PER_SECOND, UTC) for ns in _ends(session))
    return MissingInputError(
        inventory.root,
        expected=f"files of {makers} overlapping {session.day}",
        found=f"none among {len(inventory.files)} usable files",
        remedy=f"download {makers} from {first:%Y-%m-%dT%H:%MZ} to {last:%Y-%m-%dT%H:%MZ}; "
        f"`lake quote {session.day}` tells its price, `lake ingest {session.day}` buys it",
    )


def _ends(session: Session) -> tuple[int, int]:
    return session.hours.opens, session.hours.closes


def utc_days(interval: Interval) -> list[date]:
    """UTC dates an interval touches."""
    first, last = (
        datetime.fromtimestamp(ns // NANOS_PER_SECOND, UTC).date()
        for ns in (interval.opens, interval.closes - 1)
    )
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _overlapping(
    inventory: Inventory, session: Session, dataset_name: str, vendor: str, schema: str
) -> Iterator[RawFile]:
    for file in inventory.covering(vendor, schema, session.hours):
        if asks_for(file, dataset_name):
            yield file


def _without_copies(schema: str, files: Iterator[RawFile]) -> Selection:
    by_content: dict[str, list[RawFile]] = {}
    for file in files:
        by_content.setdefault(file.sha256, []).append(file)
    same = list(by_content.values())
    return Selection(schema, tuple(f[0] for f in same), tuple(len(f) - 1 for f in same))


def _refuse_unusable(
    inventory: Inventory,
    session: Session,
    dataset_name: str,
    selection: Selection | None,
    as_of_ns: int | None,
) -> None:
    """Raise the fault of a file that may hold what the session needs.

    A file whose head could be read matters by its schema and range. Of any other only the name
    speaks, so it matters only to a session that is not covered without it.
    """
    makers = [schema for _, schema in MAKERS[dataset_name]]
    wanted = makers[: makers.index(selection.schema) + 1] if selection else makers
    hours = until(session.hours, as_of_ns)
    covered = selection is not None and not left_out_ns(selection, session, as_of_ns)
    for bad in inventory.unusable:
        file = bad.file
        if file is None:
            if not covered and _may_be_of(bad, session):
                raise bad.fault
        elif (
            file.schema in wanted
            and (file.dataset, file.schema) in MAKERS[dataset_name]
            and file.span.overlaps(hours)
            and asks_for(file, dataset_name)
        ):
            raise bad.fault


def _may_be_of(bad: Unusable, session: Session) -> bool:
    dates = ["-".join(parts) for parts in _DATE.findall(bad.fault.path.name)]
    days = [str(day) for day in utc_days(session.hours)]
    return not dates or any(day in days for day in dates)

"""What one file is, by its content: usable, unusable and why, or none of ours."""

import hashlib
import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from lake_assets.errors import CorruptFileError, RawInputError, WrongContentError
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Nanos
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.market.vocabulary import Provenance
from lake_assets.sources.batch_support import check_against_manifest, says_simulated
from lake_assets.sources.frames import GZIP_MAGIC, ZSTD_MAGIC, open_content, walk_zstd
from lake_assets.sources.header import DBZ_MAGIC, Header, read_header
from lake_assets.sources.layouts import layout_of
from lake_assets.sources.option_csv import day_of
from lake_assets.sources.packed_contract import is_marked
from lake_assets.sources.raw_file import SIMULATED_MARK, FileKind, RawFile

CSV_DATASET: Final = "OPRA.FLAT"
CSV_SCHEMA: Final = "csv"
PACKED_DATASET: Final = "PACKED"
PACKED_SCHEMA: Final = "option_books"
_OF_KIND: Final = {
    FileKind.OPTION_CSV: (CSV_DATASET, CSV_SCHEMA),
    FileKind.PACKED_BOOKS: (PACKED_DATASET, PACKED_SCHEMA),
}
# Packed books are known by their place: a shard tells neither its day nor its underlying.
_SHARD: Final = re.compile(r"option_books/(\d{4}-\d{2}-\d{2})/([^/]+)/[^/]+\.parquet")
_DATED_CSV: Final = re.compile(r"\d{4}-\d{2}-\d{2}\.csv\.gz")


class UnusableFileError(Exception):
    """A raw file's fault, with what could be read of the file before it was found."""

    def __init__(self, fault: RawInputError, file: RawFile | None) -> None:
        super().__init__(str(fault))
        self.fault = fault
        self.file = file


def classify(path: Path, name: str) -> RawFile | None:
    """Describe a file; None if it is neither vendor data nor named as if it were.

    Raises:
        UnusableFileError: it is vendor data, or named so, and cannot be used.
    """
    if place := _SHARD.fullmatch(name):
        return _shard(path, name, *place.groups())
    if name.startswith("option_books/"):
        return None
    with path.open("rb") as stream:
        magic = stream.read(4)
    try:
        if magic.startswith(GZIP_MAGIC) and not _claims_dbn(path):
            return _option_csv(path, name)
        if magic.startswith((b"DBN", ZSTD_MAGIC, DBZ_MAGIC)) or _claims_dbn(path):
            return _dbn(path, name, compressed=magic == ZSTD_MAGIC)
    except RawInputError as fault:
        raise UnusableFileError(fault, None) from fault
    return None


def _shard(path: Path, name: str, day: str, underlying: str) -> RawFile | None:
    """A shard of packed books; None if nobody registered its underlying or its date is none."""
    known = UNDERLYINGS.get(underlying)
    try:
        opens = date.fromisoformat(day)
    except ValueError:
        return None
    if known is None:
        return None
    midnights = (
        datetime.combine(at, time(), ZoneInfo(known.time_zone))
        for at in (opens, opens + timedelta(days=1))
    )
    start, end = (int(midnight.timestamp()) * NANOS_PER_SECOND for midnight in midnights)
    day_long = Interval(Nanos(start), Nanos(end))
    return _without_header(path, name, FileKind.PACKED_BOOKS, day_long, (underlying,))


def _claims_dbn(path: Path) -> bool:
    return ".dbn" in path.name.lower() or path.suffix.lower() == ".dbz"


def _dbn(path: Path, name: str, *, compressed: bool) -> RawFile | None:
    try:
        with open_content(path) as content:
            header = read_header(path, content)
    except CorruptFileError:
        if compressed and not _claims_dbn(path):
            return None  # somebody's compressed file, but not market data
        raise
    file = _described(path, name, header)
    try:
        _check_whole(path, header, compressed=compressed)
        check_against_manifest(path, file.bytes, file.sha256)
    except RawInputError as fault:
        raise UnusableFileError(fault, file) from fault
    return file


def _check_whole(path: Path, header: Header, *, compressed: bool) -> None:
    if compressed:
        walk_zstd(path)
        return
    size = layout_of(header.schema, header.version, ts_out=header.ts_out).record_bytes
    rest = (path.stat().st_size - header.bytes) % size
    if rest:
        raise CorruptFileError(
            path,
            expected=f"whole {header.schema} records of {size} bytes",
            found=f"{rest} bytes after the last one: it is cut, or two files joined",
            remedy="download it again, and keep joined files apart",
        )


def _described(path: Path, name: str, header: Header) -> RawFile:
    return RawFile(
        path=path,
        name=name,
        bytes=path.stat().st_size,
        sha256=_sha256(path),
        kind=FileKind.DBN,
        version=header.version,
        dataset=header.dataset,
        schema=header.schema,
        start_ns=header.start_ns,
        end_ns=header.end_ns,
        stype_in=header.stype_in,
        symbols=header.symbols,
        limit=header.limit,
        provenance=_provenance(simulated=SIMULATED_MARK in header.not_found),
    )


def _option_csv(path: Path, name: str) -> RawFile | None:
    day = day_of(path)
    if day is None:
        if not _DATED_CSV.fullmatch(path.name):
            return None
        raise WrongContentError(
            path,
            expected="option trades with ticker, conditions, price, sip_timestamp, size",
            found="a gzip file with other columns",
            remedy="move it out of the raw folder, or into its own",
        )
    return _without_header(path, name, FileKind.OPTION_CSV, day, ())


def _without_header(
    path: Path, name: str, kind: FileKind, span: Interval, symbols: tuple[str, ...]
) -> RawFile:
    """A file that says nothing of its request; what it holds its kind and its place tell."""
    marked = kind is FileKind.PACKED_BOOKS and is_marked(path)
    dataset, schema = _OF_KIND[kind]
    return RawFile(
        path=path,
        name=name,
        bytes=path.stat().st_size,
        sha256=_sha256(path),
        kind=kind,
        version=0,
        dataset=dataset,
        schema=schema,
        start_ns=span.opens,
        end_ns=span.closes,
        stype_in=None,
        symbols=symbols,
        limit=None,
        provenance=_provenance(simulated=marked or says_simulated(path.parent)),
    )


def _provenance(*, simulated: bool) -> Provenance:
    return Provenance.SIMULATED if simulated else Provenance.VENDOR


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()

"""The head of a DBN file: what it says of itself, and what a file without one seems to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from databento_dbn import Metadata

from lake_assets.errors import CorruptFileError, RawInputError, WrongContentError
from lake_assets.market.sessions import parse_nanos
from lake_assets.sources.frames import Content
from lake_assets.sources.layouts import VERSIONS, is_known

MAX_HEADER_BYTES: Final = 16 << 20
_MAGIC: Final = b"DBN"
_PREFIX_BYTES: Final = 8
_MIN_HEADER_BYTES: Final = 100
DBZ_MAGIC: Final = b"P*M\x18"
_RECORD_RTYPES: Final = frozenset({0, 1, 10, 18, 19, 20, 24, 160, 177, *range(32, 37)})


@dataclass(frozen=True, slots=True)
class MappedSpan:
    """A symbol's instrument id over ``[start_ns, end_ns)``."""

    raw_symbol: str
    instrument_id: int
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The metadata of a DBN file; ``bytes`` is where its records begin."""

    bytes: int
    version: int
    dataset: str
    schema: str
    start_ns: int
    end_ns: int | None
    stype_in: str | None
    symbols: tuple[str, ...]
    not_found: tuple[str, ...]
    limit: int | None
    ts_out: bool
    mapped: Sequence[MappedSpan]


def read_header(path: Path, content: Content) -> Header:
    """Read the head of a file's content.

    Raises:
        CorruptFileError: it is no DBN file, or its head is damaged.
        WrongContentError: it is one, of a version or schema the lake does not read.
    """
    prefix = content.take(_PREFIX_BYTES)
    if not prefix.startswith(_MAGIC) or len(prefix) < _PREFIX_BYTES:
        raise _not_dbn(path, prefix)
    version, length = prefix[3], int.from_bytes(prefix[4:8], "little")
    if version not in VERSIONS:
        raise WrongContentError(
            path,
            expected="DBN version 1, 2 or 3",
            found=f"version {version}",
            remedy="download it as version 3",
        )
    if not _MIN_HEADER_BYTES <= length <= MAX_HEADER_BYTES:
        raise _damaged(path, f"a header of {length} bytes")
    body = content.take(length)
    if len(body) < length:
        raise _damaged(path, f"{len(body)} of the {length} bytes of its header")
    return _header(path, _decode(path, prefix + body), version, _PREFIX_BYTES + length)


def _decode(path: Path, head: bytes) -> Metadata:
    try:
        return Metadata.decode(head)
    except (KeyboardInterrupt, SystemExit):
        raise
    # The decoder's panics are no subclass of Exception and would end the run.
    except BaseException as error:
        raise _damaged(path, f"metadata that cannot be decoded ({error})") from error


def _header(path: Path, metadata: Metadata, version: int, length: int) -> Header:
    schema = None if metadata.schema is None else str(metadata.schema)
    if schema is None or not is_known(schema):
        raise WrongContentError(
            path,
            expected="a file of one schema that the lake reads",
            found=f"schema {schema}" if schema else "a live recording without schema",
            remedy="download the schemas as historical data, one a file",
        )
    return Header(
        bytes=length,
        version=version,
        dataset=metadata.dataset,
        schema=schema,
        start_ns=int(metadata.start),
        end_ns=metadata.end,
        stype_in=None if metadata.stype_in is None else str(metadata.stype_in),
        symbols=tuple(metadata.symbols),
        not_found=tuple(metadata.not_found),
        limit=metadata.limit,
        ts_out=bool(metadata.ts_out),
        mapped=list(_mapped(metadata.mappings)),
    )


def _mapped(mappings: Mapping[str, Sequence[Mapping[str, object]]]) -> list[MappedSpan]:
    """The mappings, whichever side of them is the number."""
    spans = []
    for name, intervals in mappings.items():
        for interval in intervals:
            other = str(interval["symbol"])
            symbol, number = (other, name) if name.isdecimal() else (name, other)
            if number.isdecimal():
                days = (f"{interval[key]}T00:00:00+00:00" for key in ("start_date", "end_date"))
                spans.append(MappedSpan(symbol, int(number), *map(parse_nanos, days)))
    return spans


def _damaged(path: Path, found: str) -> CorruptFileError:
    return CorruptFileError(
        path, expected="a whole DBN header", found=found, remedy="download it again"
    )


def _not_dbn(path: Path, start: bytes) -> RawInputError:
    """What a file that does not begin like DBN seems to be."""
    remedy = "download it again as DBN"
    if not start:
        found = "no bytes"
    elif not start.strip(b"\x00"):
        found = "zero bytes only"
    elif start.startswith(DBZ_MAGIC):
        found, remedy = "the legacy format DBZ", "download it again as DBN, or convert it"
    elif start.lstrip().startswith((b"<", b"{")):
        found = f"a web page or message ({start!r})"
    elif len(start) > 1 and start[0] and start[1] in _RECORD_RTYPES:
        found, remedy = "records without their metadata", "use the whole file, not a fragment"
    else:
        found = f"bytes of an unknown kind ({start!r})"
    return CorruptFileError(path, expected="a DBN file", found=found, remedy=remedy)

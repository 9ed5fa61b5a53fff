"""Which records of a file are rows of a session: kept, dropped or quarantined, all counted."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.catalog.rows import Quality
from lake_assets.errors import QuarantineError
from lake_assets.market.sessions import Interval
from lake_assets.sources.layouts import Records, heads_of
from lake_assets.sources.symbology import OTHER, SPREAD, UNMAPPED, Codes, Symbology

I8: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

F_SNAPSHOT: Final = 32
MAX_QUARANTINED_SHARE: Final = 0.001
_QUARANTINED: Final = "quarantined_"


@dataclass(slots=True)
class Tally:
    """Counts of a session while it is read; ``quality`` holds them for the manifest."""

    quality: Quality
    considered: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, count: int) -> None:
        """Count rows under a name; a name with none stays absent unless seen before."""
        held = self.quality.get(name, 0)
        if isinstance(held, int):
            self.quality[name] = held + int(count)

    def quarantine(self, reason: str, count: int) -> None:
        """Count unusable rows."""
        if count:
            self.quarantined[reason] = self.quarantined.get(reason, 0) + int(count)
            self.add(_QUARANTINED + reason, count)

    def settle(self, path: Path) -> None:
        """Refuse the session if too many rows were unusable.

        Raises:
            QuarantineError: more than 0.1 % of them.
        """
        bad = sum(self.quarantined.values())
        if bad > MAX_QUARANTINED_SHARE * self.considered:
            raise QuarantineError(
                path,
                expected=f"at most {MAX_QUARANTINED_SHARE:.1%} of the session's rows unusable",
                found=f"{bad} of {self.considered}: {dict(sorted(self.quarantined.items()))}",
                remedy="check the download, or repair the file",
            )


@dataclass(frozen=True, slots=True)
class Kept:
    """Some records of a chunk of a file, with their effective time and symbol code.

    ``records`` are their heads (see `heads_of`), ``chunk`` all records of the chunk, whole,
    ``at`` the places of those kept in it, and ``first_row`` the place of the chunk in the file.
    """

    records: Records
    ts_ns: I8
    codes: Codes
    chunk: Records
    at: I8
    first_row: int

    @property
    def rows(self) -> I8:
        """Places in the file."""
        return self.at + self.first_row

    def whole(self) -> Records:
        """The records with all their fields, copied."""
        return self.chunk.take(self.at)

    def where(self, mask: Mask) -> "Kept":
        """Those of a mask; the same object if it is all of them."""
        if mask.all():
            return self
        # Indexing records by a mask is ten times slower than take.
        kept = np.flatnonzero(mask)
        return replace(
            self,
            records=self.records.take(kept),
            ts_ns=self.ts_ns.take(kept),
            codes=self.codes.take(kept),
            at=self.at.take(kept),
        )


def effective_ns(records: Records) -> I8:
    """Event time; of a snapshot, which is no event, the time it was received.

    Undefined times are negative.
    """
    event: I8 = records["ts_event"].view(np.int64)
    snapshot = (records["flags"] & F_SNAPSHOT) != 0
    if not snapshot.any():
        return event
    return np.where(snapshot, records["ts_recv"].view(np.int64), event)


def sequence_of(records: Records) -> I8:
    """The venue's sequence numbers, 0 where the layout carries none."""
    if "sequence" not in (records.dtype.names or ()):
        return np.zeros(len(records), np.int64)
    return records["sequence"].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Screen:
    """Keeps the records of one session, as known before ``as_of_ns``."""

    hours: Interval
    as_of_ns: int | None
    tally: Tally

    def known(self, kept: Kept) -> Kept:
        """Without the records at or after the moment: they leave no trace, not even a count."""
        if self.as_of_ns is None:
            return kept
        return kept.where(kept.ts_ns < self.as_of_ns)

    def timed(self, kept: Kept) -> Kept:
        """Those whose times are defined."""
        undefined = (kept.ts_ns < 0) | (kept.records["ts_recv"].view(np.int64) < 0)
        self.tally.considered += int(undefined.sum())
        self.tally.quarantine("undefined_time", int(undefined.sum()))
        return kept.where(~undefined)

    def of_session(self, kept: Kept) -> Kept:
        """Those with a time inside the session."""
        timed = self.timed(kept)
        outside = (timed.ts_ns < self.hours.opens) | (timed.ts_ns >= self.hours.closes)
        self.tally.add("out_of_session", int(outside.sum()))
        self.tally.considered += len(outside) - int(outside.sum())
        return timed.where(~outside)

    def named(self, kept: Kept) -> Kept:
        """Those of an instrument we read."""
        for code, name in ((SPREAD, "spreads_dropped"), (OTHER, "other_instruments")):
            if count := int((kept.codes == code).sum()):
                self.tally.add(name, count)
        self.tally.quarantine("unmapped", int((kept.codes == UNMAPPED).sum()))
        return kept.where(kept.codes >= 0)

    def usable(self, kept: Kept, unusable: Mapping[str, Mask]) -> Kept:
        """Those without a reason to be unusable; each other one is counted by its first."""
        bad = np.zeros(len(kept.rows), np.bool_)
        for reason, those in unusable.items():
            self.tally.quarantine(reason, int((those & ~bad).sum()))
            bad |= those
        return kept.where(~bad)


def take(chunk: Records, first_row: int, symbology: Symbology) -> Kept:
    """Every record of a chunk, placed, timed and named."""
    heads = heads_of(chunk)
    at = np.arange(len(chunk), dtype=np.int64)
    return Kept(heads, effective_ns(heads), symbology.codes(heads), chunk, at, first_row)

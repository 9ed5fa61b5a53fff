"""What the audit log holds the lake to: the log itself, and the files numbers were cited from."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.holdings import Holdings
from lake_assets.lake.replaced import ReplacedFile, drop, replaced_files
from lake_assets.lake.verify import Finding, FindingKind
from lake_assets.retrieval.audit import FILE_NAME, log_days, log_folder
from lake_assets.retrieval.audit_check import check_log
from lake_assets.retrieval.audit_record import is_as_written, parse_line
from lake_assets.retrieval.places import AUDIT_HEADS
from lake_assets.retrieval.vocabulary import AuditEvent

DAY_S: Final = 86_400.0
"""A file replaced later than this ago may still be cited by a question that read it before."""


def verify_log(home: Path) -> list[Finding]:
    """What is wrong with the log, and the cited files that are nowhere any more."""
    return sorted([*_log_findings(home), *_lost(home)])


def uncited(home: Path, *, older_than_s: float = DAY_S) -> list[ReplacedFile]:
    """Replaced files that no citation names and that were replaced long enough ago.

    Raises:
        DamagedPartitionError: the log is not as it was written, so that nobody can tell.
    """
    faults = check_log(home, home / AUDIT_HEADS)
    if faults:
        raise DamagedPartitionError(
            f"the audit log is not as it was written ({faults[0].file} line {faults[0].line}: "
            f"{faults[0].sentence}), so what it cites is not known; nothing is removed; "
            "see `lake verify`"
        )
    cited = {(name, sha256[:16]) for name, sha256 in _cited(home)}
    before = time.time() - older_than_s
    return [
        kept
        for path, kept in replaced_files(home)
        # The time of its status is when it lost its name in the lake.
        if kept and (kept.name, kept.digits) not in cited and path.stat().st_ctime < before
    ]


def tidy(home: Path, *, older_than_s: float = DAY_S) -> list[ReplacedFile]:
    """Remove what `uncited` names; returns it."""
    found = uncited(home, older_than_s=older_than_s)
    for file in found:
        drop(file)
    return found


def _log_findings(home: Path) -> Iterator[Finding]:
    folder = log_folder(home).relative_to(home)
    for fault in check_log(home, home / AUDIT_HEADS):
        why = f"line {fault.line}: {fault.sentence}"
        yield Finding((folder / fault.file).as_posix(), FindingKind.EDITED, why)


def _lost(home: Path) -> Iterator[Finding]:
    holdings = Holdings(home)
    for name, sha256 in sorted(_cited(home)):
        path, kept = home / name, holdings.replaced(name, sha256)
        # Bytes of the partition itself are held against its manifest, not again here.
        if not kept.exists() and path.exists() and holdings.sha256_of(path) != sha256:
            why = "numbers were cited from this replaced file; their citations do not re-run"
            yield Finding(kept.relative_to(home).as_posix(), FindingKind.MISSING, why)


def _cited(home: Path) -> set[tuple[str, str]]:
    """Name and hash of every file a citation of the log was read from."""
    folder, found = log_folder(home), set[tuple[str, str]]()
    for day in log_days(folder):
        path = folder / day / FILE_NAME
        for line in path.read_bytes().splitlines() if path.exists() else ():
            record = parse_line(line) or {}
            if record.get("event") == AuditEvent.CITATION and is_as_written(line, record):
                inputs = record["data"]["replay"]["inputs"]
                found |= {(each["path"], each["sha256"]) for each in inputs}
    return found

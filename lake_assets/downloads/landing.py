"""From a finished job to the raw folder: staged, proven whole, and promoted in one rename."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from lake_assets.downloads.answers import Job, ListedFile
from lake_assets.downloads.ledger import Ledger
from lake_assets.downloads.products import Request
from lake_assets.downloads.transfer import Transfer
from lake_assets.errors import (
    ConflictingInputError,
    CorruptFileError,
    WrongContentError,
)
from lake_assets.lake.durability import draft_text, make_folder, sync_file, sync_folder
from lake_assets.sources.classify import UnusableFileError, classify
from lake_assets.sources.frames import Content, open_content
from lake_assets.sources.header import read_header
from lake_assets.sources.layouts import layout_of

MANIFEST: Final = "manifest.json"
CONDITION: Final = "condition.json"
_READ_BYTES: Final = 1 << 22
_REMEDY: Final = "run the same command again: it is downloaded again, not bought again"


@dataclass(frozen=True, slots=True)
class Landing:
    """Where one job's files go."""

    ledger: Ledger
    job_id: str

    @property
    def folder(self) -> Path:
        """The job's folder among the raw files, as the vendor's own downloads lie there."""
        return self.ledger.raw_root / self.job_id

    @property
    def stage(self) -> Path:
        """Where its files are until all are whole."""
        return self.ledger.staging / self.job_id

    def is_there(self) -> bool:
        """Whether the job has landed, in this run or an earlier one.

        Raises:
            ConflictingInputError: its folder is there, and files of it are gone.
        """
        if not self.folder.exists():
            return False
        try:
            listed = json.loads((self.folder / MANIFEST).read_bytes())["files"]
            names = [str(each["filename"]) for each in listed]
        except (OSError, ValueError, KeyError, TypeError):
            names = [MANIFEST]
        gone = [name for name in names if not (self.folder / name).is_file()]
        if gone:
            raise ConflictingInputError(
                self.folder,
                expected=f"the files of job {self.job_id}, all of them",
                found=f"a folder without {', '.join(gone)}",
                remedy="move the folder away and run again: it is downloaded again, not bought "
                "again",
            )
        return True

    def land(
        self,
        job: Job,
        request: Request,
        files: Sequence[ListedFile],
        conditions: Mapping[date, str],
        transfer: Transfer,
    ) -> None:
        """Bring a job's files, prove them, and promote them together.

        Raises:
            CorruptFileError: bytes or records are not those the vendor lists; nothing is promoted.
            WrongContentError: the files are of something else than was asked for.
            VendorError: they did not come.
        """
        make_folder(self.stage)
        for file in files:
            transfer.bring(file, self.stage / file.name)
        self._write_support(files, conditions)
        self._prove(job, request, [file.name for file in files if file.is_data])
        self._promote()

    def _write_support(self, files: Sequence[ListedFile], conditions: Mapping[date, str]) -> None:
        """What a download through the vendor's portal has beside the data, if it was not listed."""
        if not (self.stage / CONDITION).exists():
            told = [{"date": f"{day}", "condition": word} for day, word in conditions.items()]
            draft_text(self.stage / CONDITION, json.dumps(told, indent=2) + "\n")
        if not (self.stage / MANIFEST).exists():
            listed = [
                {"filename": file.name, "size": file.size, "hash": f"sha256:{file.sha256}"}
                for file in files
            ]
            whole = {"job_id": self.job_id, "files": listed}
            draft_text(self.stage / MANIFEST, json.dumps(whole, indent=2) + "\n")

    def _prove(self, job: Job, request: Request, names: Sequence[str]) -> None:
        """Read every data file to its end; a stage that does not prove is emptied."""
        try:
            records = sum(_records_of(self.stage / name, request) for name in names)
            if job.records is not None:
                _compare(self.stage, records, job.records)
        except (CorruptFileError, WrongContentError):
            shutil.rmtree(self.stage)
            raise

    def _promote(self) -> None:
        for path in sorted(self.stage.iterdir()):
            sync_file(path)
        sync_folder(self.stage)
        os.replace(self.stage, self.folder)  # noqa: PTH105 - the system call's own name
        sync_folder(self.folder.parent)
        sync_folder(self.stage.parent)


def _compare(stage: Path, records: int, told: int) -> None:
    if records != told:
        raise CorruptFileError(
            stage,
            expected=f"{told} records, as the vendor counts",
            found=f"{records}",
            remedy=_REMEDY,
        )


def _records_of(path: Path, request: Request) -> int:
    """Records of a file of the feed that was asked for, which is whole."""
    try:
        file = classify(path, path.name)
    except UnusableFileError as bad:
        fault = bad.fault
    else:
        found = "no market data" if file is None else f"{file.dataset} {file.schema}"
        wanted = f"{request.feed.dataset} {request.feed.schema}"
        if file is not None and found == wanted and file.span.overlaps(request.interval):
            return _count(path)
        fault = WrongContentError(
            path,
            expected=f"{wanted} of {request.start} to {request.end}",
            found=found if file is None else f"{found} from {file.start_ns} to {file.end_ns}",
            remedy="ask the vendor: it is not what was bought",
        )
    raise fault


def _count(path: Path) -> int:
    with open_content(path) as content:
        header = read_header(path, content)
        record = layout_of(header.schema, header.version, ts_out=header.ts_out).record_bytes
        count, rest = divmod(_rest_of(content), record)
    if rest:
        raise CorruptFileError(
            path,
            expected=f"whole {header.schema} records of {record} bytes",
            found=f"{rest} bytes after the last one",
            remedy=_REMEDY,
        )
    return count


def _rest_of(content: Content) -> int:
    start, buffer = content.offset, memoryview(bytearray(_READ_BYTES))
    while content.fill(buffer) == len(buffer):
        pass
    return content.offset - start

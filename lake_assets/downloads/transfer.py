"""One file from the vendor into the staging folder: resumed, and hashed before it is believed."""

import hashlib
import time
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import requests

from lake_assets.downloads.answers import ListedFile
from lake_assets.downloads.attempts import NETWORK, Failure, Received
from lake_assets.downloads.client import BentoHttpError
from lake_assets.downloads.vendor import Vendor, body_of
from lake_assets.errors import CorruptFileError, VendorUnavailableError

_CHUNK_BYTES: Final = 1 << 18
_REASON_BYTES: Final = 4_096
_REMEDY: Final = "run the same command again: what was bought is not bought again"


@dataclass(frozen=True, slots=True)
class Transfer:
    """Brings files until a moment of the monotonic clock."""

    vendor: Vendor
    deadline: float

    def bring(self, file: ListedFile, target: Path) -> None:
        """Make a file whole, from what an earlier attempt left of it if anything.

        Raises:
            CorruptFileError: what comes is not what the manifest lists; nothing of it stays.
            VendorError: it does not come, or not in time; what came stays, to be continued.
        """
        asked = f"{file.name} of job {target.parent.name}"
        left = self.deadline - time.monotonic()
        answer = self.vendor.attempts.insist(
            asked, lambda _: self._attempt(asked, file, target), within_s=left
        )
        if isinstance(answer, Failure):
            raise answer.error

    def _attempt(self, asked: str, file: ListedFile, target: Path) -> Failure | None:
        try:
            self._continue(asked, file, target)
            _check(file, target)
        except (*NETWORK, BentoHttpError, CorruptFileError) as error:
            return self.vendor.attempts.failure_of(asked, error)
        except VendorUnavailableError as error:
            return Failure(error, repeatable=False, received=Received.ANSWERED)
        return None

    def _continue(self, asked: str, file: ListedFile, target: Path) -> None:
        """Append what is missing; an earlier attempt's bytes stay only if the vendor goes on."""
        here = target.stat().st_size if target.exists() else 0
        if here >= file.size and here:
            return
        with closing(self.vendor.open(file, here)) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                target.unlink()  # what is here is no beginning of the vendor's file
            _refuse(response)
            resumed = response.status_code == HTTPStatus.PARTIAL_CONTENT
            body = body_of(response)
            with target.open("ab" if resumed else "wb") as stream:
                came = here if resumed else 0
                # One read beyond the end: a file that is longer than listed is not cut to fit.
                while came <= file.size:
                    # read1, since read would wait for a whole chunk, however slowly it drips.
                    chunk = body.read1(_CHUNK_BYTES, decode_content=False)
                    if not chunk:
                        break
                    stream.write(chunk)
                    came += len(chunk)
                    if time.monotonic() >= self.deadline:
                        raise VendorUnavailableError(
                            asked,
                            expected=f"{file.size} bytes in time",
                            found=f"{came}",
                            remedy=_REMEDY,
                        )


def _refuse(response: requests.Response) -> None:
    """Raise what an answer without the file says."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        return
    said = body_of(response).read1(_REASON_BYTES, decode_content=False)
    raise BentoHttpError(
        http_status=response.status_code,
        message=said.decode("utf-8", "replace"),
        headers=response.headers,
    )


def _check(file: ListedFile, target: Path) -> None:
    """Compare a file with its manifest; a longer or other one is removed, a shorter one kept."""
    size = target.stat().st_size
    if size < file.size:
        raise CorruptFileError(
            target,
            expected=f"{file.size} bytes, as the vendor lists",
            found=f"the connection closed after {size}",
            remedy=_REMEDY,
        )
    with target.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if (size, digest) != (file.size, file.sha256):
        target.unlink()
        raise CorruptFileError(
            target,
            expected=f"{file.size} bytes with hash sha256:{file.sha256}, as the vendor lists",
            found=f"{size} bytes with hash sha256:{digest}",
            remedy=_REMEDY,
        )

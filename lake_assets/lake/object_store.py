"""Objects of one bucket over the S3 protocol, by boto3, which is loaded when first needed."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BufferedReader, RawIOBase
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lake_assets.errors import MissingPackageError, UnreachableStoreError
from lake_assets.lake.store import UNCHANGED, Listed, OvertakenError, Text, Unchanged

if TYPE_CHECKING:
    from botocore.response import StreamingBody
    from types_boto3_s3.client import S3Client

_ATTEMPTS: Final = 5  # of a request, unless AWS_MAX_ATTEMPTS says otherwise
_CONNECT_S: Final = 10
_READ_S: Final = 60
_CONNECTIONS: Final = 16
_CHUNK: Final = 1 << 20
_LARGEST: Final = 5 * 1024**3  # bytes of one put, as S3 has it
_NOT_MODIFIED: Final = {"304", "NotModified"}
_ABSENT: Final = {"404", "NoSuchKey", "NotFound"}
_OVERTAKEN: Final = {"409", "412", "ConditionalRequestConflict", "PreconditionFailed"}
_UNKEPT: Final = {"NoSuchBucket": "make the bucket, or name another in LAKE_ROOT"}
_REFUSED: Final = {"401", "403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}


class ObjectStore:
    """The objects under ``prefix`` of a bucket.

    Credentials, region and endpoint are what boto3 finds: AWS_* variables, profiles, roles.
    """

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self.url = f"s3://{bucket}/{prefix}".rstrip("/")
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._s3 = _client(self.url)

    def text(self, key: str, *, unless: str | None = None) -> Text | Unchanged | None:
        """A small object; None if there is none, `UNCHANGED` if its tag is ``unless``."""
        only = {"IfNoneMatch": unless} if unless else {}
        with self._asking(key) as asked:
            found = self._s3.get_object(Bucket=self._bucket, Key=self._key(key), **only)  # type: ignore[arg-type]
            return Text(found["ETag"], found["Body"].read())
        return UNCHANGED if asked.code in _NOT_MODIFIED else None

    def put_text(self, key: str, text: bytes, *, over: str | None) -> str:
        """Put a small object over the one with this tag, over nothing if None; its tag.

        Raises:
            OvertakenError: another object is there.
        """
        only = {"IfMatch": over} if over else {"IfNoneMatch": "*"}
        with self._asking(key, overtaken=True):
            made = self._s3.put_object(
                Bucket=self._bucket,
                Key=self._key(key),
                Body=text,
                **only,  # type: ignore[arg-type]
            )
            return made["ETag"]
        raise OvertakenError(key)

    def replace_text(self, key: str, text: bytes) -> None:
        """Put a small object over whatever is there."""
        with self._asking(key):
            self._s3.put_object(Bucket=self._bucket, Key=self._key(key), Body=text)

    def head(self, key: str) -> Listed | None:
        """An object's tag and size."""
        with self._asking(key):
            found = self._s3.head_object(Bucket=self._bucket, Key=self._key(key))
            return Listed(key, found["ETag"], found["ContentLength"])
        return None

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Objects whose key begins so, in the order of their keys."""
        pages = self._s3.get_paginator("list_objects_v2")
        with self._asking(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._key(prefix)):
                for each in page.get("Contents", ()):
                    name = each["Key"].removeprefix(self._prefix)
                    yield Listed(name, each["ETag"], each["Size"])

    def put_file(self, key: str, path: Path, sha256: str) -> Listed:
        """Put a file; a store that checks hashes refuses it if it does not arrive whole."""
        size = path.stat().st_size
        if size > _LARGEST:
            raise UnreachableStoreError(
                f"{path} has {size} bytes, and one put takes {_LARGEST}; nothing was published"
            )
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        with self._asking(key), path.open("rb") as file:
            made = self._s3.put_object(
                Bucket=self._bucket, Key=self._key(key), Body=file, ChecksumSHA256=checksum
            )
            return Listed(key, made["ETag"], size)
        raise self._lost(key)

    def bytes_of(self, key: str) -> BufferedIOBase | None:
        """An object to read from its beginning; the reader closes it."""
        with self._asking(key):
            found = self._s3.get_object(Bucket=self._bucket, Key=self._key(key))
            return BufferedReader(_Body(self, key, found["Body"]), _CHUNK)
        return None

    def delete(self, key: str) -> None:
        """Delete an object, if it is there."""
        with self._asking(key):
            self._s3.delete_object(Bucket=self._bucket, Key=self._key(key))

    def _key(self, key: str) -> str:
        return f"{self._prefix}{key}"

    def _lost(self, key: str) -> UnreachableStoreError:
        return UnreachableStoreError(f"{self.url} has lost {key} while it was written; try again")

    @contextmanager
    def _asking(self, key: str, *, overtaken: bool = False) -> Iterator["_Refusal"]:
        """Ask; a refusal that says absent, unchanged or overtaken ends the block, no other."""
        from botocore.exceptions import (  # noqa: PLC0415 - see `_client`
            BotoCoreError,
            ClientError,
            HTTPClientError,
        )

        refusal = _Refusal()
        try:
            yield refusal
        except ClientError as error:
            refusal.code = str(error.response.get("Error", {}).get("Code", ""))
            known = _NOT_MODIFIED | _ABSENT | (_OVERTAKEN if overtaken else set())
            if refusal.code not in known:
                raise self._unreachable(key, refusal.code, error) from error
        except (BotoCoreError, HTTPClientError) as error:
            raise self._unreachable(key, type(error).__name__, error) from error

    def _unreachable(self, key: str, code: str, error: Exception) -> UnreachableStoreError:
        """What the store did not do, and what to do about it."""
        todo = _UNKEPT.get(code, "see whether it runs and AWS_ENDPOINT_URL names it, try again")
        if code in _REFUSED or code.endswith(("CredentialsError", "TokenError")):
            todo = "give boto3 credentials that may read and write there (AWS_PROFILE, AWS_*)"
        return UnreachableStoreError(f"{self.url}/{key}: {error}; {todo}")


class _Refusal:
    """The store's word for why it did not do what was asked."""

    code = ""


class _Body(RawIOBase):
    """An object's bytes as they come; what ends early is an error, never a short file."""

    def __init__(self, store: ObjectStore, key: str, body: "StreamingBody") -> None:
        super().__init__()
        self._store = store
        self._key = key
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]
        """Fill some of the room."""
        with self._store._asking(self._key):  # noqa: SLF001 - its own reader
            found = self._body.read(len(room))
            room[: len(found)] = found
            return len(found)
        return 0

    def close(self) -> None:
        self._body.close()
        super().close()


def _client(url: str) -> "S3Client":
    """A client that tries again what a network loses.

    Raises:
        MissingPackageError: boto3 is not installed.
    """
    try:
        # Imported here: a lake in a folder needs none of it, and it takes half a second.
        import boto3  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
    except ImportError as error:
        raise MissingPackageError(
            f"a lake at {url} needs boto3: pip install 'lake-assets[s3]'"
        ) from error
    config = Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        max_pool_connections=_CONNECTIONS,
        retries={
            "mode": "standard",
            "total_max_attempts": int(os.environ.get("AWS_MAX_ATTEMPTS", _ATTEMPTS)),
        },
        # Not every server of the protocol knows the newer checksums; ours are named where they are.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.client("s3", config=config)

"""Small JSON files that show when they were edited."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from lake_assets.errors import DamagedPartitionError

_SEAL: Final = "seal"

Json = str | int | float | bool | list["Json"] | dict[str, "Json"] | None


def canonical(value: object) -> str:
    """One text per value: sorted keys, no spaces, no NaN."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False
    )


def digest(value: object) -> str:
    """SHA-256 of the canonical text."""
    return sha256(canonical(value).encode()).hexdigest()


def seal(body: Mapping[str, object]) -> str:
    """The body as text people can read, with a hash of itself."""
    sealed = {**body, _SEAL: digest(body)}
    return json.dumps(sealed, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False) + "\n"


def unseal(text: str, path: str) -> dict[str, Any]:
    """The body of a sealed text.

    Raises:
        DamagedPartitionError: a byte of it is not as it was written.
    """
    try:
        body = json.loads(text)
    except ValueError as error:
        raise DamagedPartitionError(_edited(path, f"it is no JSON ({error})")) from error
    if not isinstance(body, dict) or _SEAL not in body:
        raise DamagedPartitionError(_edited(path, f"it has no {_SEAL!r}"))
    del body[_SEAL]
    if seal(body) != text:
        raise DamagedPartitionError(_edited(path, "its seal does not fit its text"))
    return body


def _edited(path: str, why: str) -> str:
    return (
        f"{path}: expected the text the lake wrote, but {why}; restore it from a copy, "
        "or delete it and materialize the partition again"
    )

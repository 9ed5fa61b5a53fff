"""What a lake asks of an object store: whole objects, their tags, and puts that happen once."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Final, Protocol


@dataclass(frozen=True, slots=True)
class Listed:
    """An object without its bytes; ``tag`` is another as soon as the bytes are."""

    key: str
    tag: str
    size: int


@dataclass(frozen=True, slots=True)
class Text:
    """A small object."""

    tag: str
    text: bytes


class Unchanged:
    """What is answered when an object is still the one the asker knows."""


UNCHANGED: Final = Unchanged()


class OvertakenError(Exception):
    """A put that was to happen only over another object did not: somebody was faster."""


class Store(Protocol):
    """Objects by key, relative to a lake.

    A put is seen whole or not at all, a listing holds every put that has returned. Every method
    raises UnreachableStoreError where the store does not answer as it should.
    """

    url: str

    def text(self, key: str, *, unless: str | None = None) -> Text | Unchanged | None:
        """A small object; None if there is none, `UNCHANGED` if its tag is ``unless``."""

    def put_text(self, key: str, text: bytes, *, over: str | None) -> str:
        """Put a small object over the one with this tag, over nothing if None; its tag.

        Raises:
            OvertakenError: another object is there.
        """

    def replace_text(self, key: str, text: bytes) -> None:
        """Put a small object over whatever is there."""

    def head(self, key: str) -> Listed | None:
        """An object's tag and size."""

    def listed(self, prefix: str) -> Iterator[Listed]:
        """Objects whose key begins so, in the order of their keys."""

    def put_file(self, key: str, path: Path, sha256: str) -> Listed:
        """Put a file; a store that checks hashes refuses it if it does not arrive whole."""

    def bytes_of(self, key: str) -> BufferedIOBase | None:
        """An object to read from its beginning; the reader closes it."""

    def delete(self, key: str) -> None:
        """Delete an object, if it is there."""

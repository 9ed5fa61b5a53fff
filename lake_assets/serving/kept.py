"""What may be asked for again, kept in memory."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_LARGEST: Final = 4  # of which a thing may fill one part


class Kept(Generic[T]):
    """Things made before, by what was asked and the generations they were made of.

    The longest unused are forgotten first. A republished partition has another tag, so what was
    kept of the old one is never found again.

    Args:
        room: bytes of all of them.
        size_of: bytes of one.
    """

    def __init__(self, room: int, size_of: Callable[[T], int]) -> None:
        self._room = room
        self._size_of = size_of
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], T] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def get(self, asked: tuple[str, ...]) -> T | None:
        """What was kept, if it is."""
        with self._lock:
            if (found := self._kept.pop(asked, None)) is not None:
                self._kept[asked] = found
            self.hits += found is not None
            self.misses += found is None
            return found

    @property
    def bytes(self) -> int:
        """Bytes of all that is kept."""
        with self._lock:
            return sum(map(self._size_of, self._kept.values()))

    def put(self, asked: tuple[str, ...], made: T) -> None:
        """Keep a thing, unless it takes more than a quarter of the room."""
        if self._size_of(made) * _LARGEST > self._room:
            return
        with self._lock:
            self._kept[asked] = made
            held = sum(map(self._size_of, self._kept.values()))
            while held > self._room:
                _, gone = self._kept.popitem(last=False)
                held -= self._size_of(gone)

"""Tables of facts that people keep: a CSV file in the lake's folder, or the one shipped here."""

import csv
import io
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from lake_assets.errors import WrongContentError

CONFIG: Final = "config"  # folder of a lake that holds its own tables


class Facts:
    """Base of a table of facts: its file, its columns, and a hash of what it says.

    A lake's own ``config/<file>`` replaces the shipped table, whole.
    """

    file: str
    columns: tuple[str, ...]

    def __init__(self, rows: list[dict[str, str]]) -> None:
        if rows and set(rows[0]) != set(self.columns):
            raise ValueError(f"the columns {', '.join(rows[0])}")
        self.rows = rows

    @classmethod
    def load(cls, home: Path | None = None) -> Self:
        """The table of a lake, or the shipped one.

        Raises:
            WrongContentError: the lake's own table has other columns or says what cannot be.
        """
        own = home / CONFIG / cls.file if home else None
        if own is None or not own.exists():
            return cls(_rows(files(__package__).joinpath(cls.file).read_text(encoding="utf-8")))
        rows = _rows(own.read_text(encoding="utf-8-sig"))
        try:
            return cls(rows)
        except (KeyError, ValueError, TypeError) as error:
            raise WrongContentError(
                own,
                expected=f"a table of {', '.join(cls.columns)}",
                found=str(error),
                remedy="mend it, or remove it to use the shipped one",
            ) from error

    @property
    def digest(self) -> str:
        """Hash of every row, whatever their order."""
        text = sorted(repr([row[name] for name in self.columns]) for row in self.rows)
        return sha256("\n".join(text).encode()).hexdigest()[:16]


def _rows(text: str) -> list[dict[str, str]]:
    return [
        {name: value.strip() for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text))
    ]

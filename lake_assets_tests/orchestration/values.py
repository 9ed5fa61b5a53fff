"""What a table says, as a hash: equal for equal columns, types and values."""

from collections.abc import Mapping
from hashlib import sha256

import polars as pl


def contents(tables: Mapping[str, pl.DataFrame]) -> dict[str, str]:
    """A hash of each table's columns, types and values; a float's text is exact."""
    return {
        name: sha256(f"{frame.schema}\n{frame.write_ndjson()}".encode()).hexdigest()
        for name, frame in tables.items()
    }

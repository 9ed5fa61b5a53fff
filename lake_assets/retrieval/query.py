"""A question to Silver: one SELECT with named parameters, known by the hash of its text."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

import duckdb

from lake_assets.errors import UnknownNameError

FILES = "files"
"""The one parameter every query over files takes: paths from manifests, never a glob."""


@dataclass(frozen=True)
class Query:
    """Text that never changes while the process runs.

    ``id`` carries its version, as `put_call@1`; ``rests_on`` are queries asked before it, whose
    answers it binds.
    """

    id: str
    text: str = field(repr=False)
    rests_on: tuple["Query", ...] = ()

    def __post_init__(self) -> None:
        """Refuse, when the module is imported, anything but one SELECT."""
        statements = duckdb.extract_statements(self.text)
        if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
            raise UnknownNameError(f"query {self.id}: expected exactly one SELECT")

    @cached_property
    def parameters(self) -> frozenset[str]:
        """Names the text binds."""
        return frozenset(duckdb.extract_statements(self.text)[0].named_parameters)

    @cached_property
    def sha256(self) -> str:
        """Hash of the text and of those it rests on, as a replay record names it."""
        texts = [*(query.text for query in self.rests_on), self.text]
        return sha256("\n;\n".join(texts).encode()).hexdigest()

"""A dataset, declared once: everything else about it is derived from here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final

import polars as pl

from lake_assets.catalog.schema import LakeSchema, Role, declared_by, dtype_of
from lake_assets.catalog.statistics import Statistics
from lake_assets.market.price import NANOS_PER_MICRO
from lake_assets.market.sessions import Calendar, is_session

_MONTH: Final = re.compile(r"\d{4}-\d{2}")
WHOLE: Final = "all"  # the one partition of a dataset that is not cut


def day_of(partition: str) -> date | None:
    """The day a partition is named after, a month's first; None if it is named after none."""
    try:
        return date.fromisoformat(f"{partition}-01" if _MONTH.fullmatch(partition) else partition)
    except ValueError:
        return None


class Layer(StrEnum):
    """How far from the vendor's bytes a dataset stands."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


class Cut(StrEnum):
    """What a partition is, where it is no exchange's session."""

    DAY = "day"  # on which files were retrieved; any day of the year
    MONTH = "month"  # in which a file was retrieved
    WHOLE = "whole"  # everything, in one file


@dataclass(frozen=True, slots=True)
class Column:
    """One column as people and programs are told about it."""

    name: str
    dtype: pl.DataType
    meaning: str
    unit: str | None
    null: str | None
    role: Role


@dataclass(frozen=True, slots=True)
class KnownAt:
    """The column that says when a row is known.

    From every record before that instant; or, with ``included``, from those and the ones stamped
    at it. Columns ``completed_later`` are null until more of the session is known.
    """

    column: str
    included: bool = False
    completed_later: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A table of the lake: its schema, where its partitions live, and how they are ordered.

    ``name`` is unique; of a dataset there is one of per underlying it is the table's name and the
    underlying's, ``bursts_NIFTY``. ``cut`` says what a partition is: a session of an exchange,
    named by its calendar, or a `Cut`. ``sort_by`` is a total order: no two rows tie. ``version``
    names the code that makes the rows; raising it makes every partition stale. ``file`` is the
    first word of the files' names of a table that has underlyings; the table's own name if empty.
    ``known_at`` is None where no row tells its time: all are known before the working hours.
    ``fresh_within`` is how soon after the night's schedule the session is expected, None for what
    is made on demand. ``nested_by`` are columns by which the lake publishes the rows a second time
    beside the Parquet file, as JSON: objects in objects, a level each. A ``collection`` is a set of
    tables made of each other and of nothing else. ``row_groups_by`` is the first column of the
    order where each of its values begins a row group of its own. ``statistics`` go into every
    manifest.
    Of a dataset that ``is_cited`` replaced files are kept, so that citations of them re-run.
    """

    name: str
    layer: Layer
    schema: type[LakeSchema]
    sort_by: tuple[str, ...]
    version: str
    cut: Calendar | Cut = Calendar.NEW_YORK
    room: str = ""
    known_at: KnownAt | None = None
    fresh_within: timedelta | None = timedelta(hours=12)
    underlying: str | None = None
    file: str = ""
    nested_by: tuple[str, ...] = ()
    collection: str = ""
    row_groups_by: str | None = None
    statistics: Statistics | None = None
    is_cited: bool = False

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def calendar(self) -> Calendar | None:
        """The exchange whose sessions cut the dataset; None if something else does."""
        return self.cut if isinstance(self.cut, Calendar) else None

    @property
    def is_whole(self) -> bool:
        """Whether it has one partition only."""
        return self.cut is Cut.WHOLE

    @property
    def partition_word(self) -> str:
        """What its partitions are called where one has to be named."""
        if isinstance(self.cut, Calendar):
            return "<session>"
        return {Cut.DAY: "<date>", Cut.MONTH: "<month>", Cut.WHOLE: WHOLE}[self.cut]

    def has_partition(self, name: str) -> bool:
        """Whether a name is that of a partition, made or not."""
        if self.cut is Cut.WHOLE:
            return name == WHOLE
        day = day_of(name)
        if day is None or (len(name) == len("2026-05")) != (self.cut is Cut.MONTH):
            return False
        return self.calendar is None or is_session(day, self.calendar)

    @property
    def table(self) -> str:
        """The name without the underlying: what the rows are, whoever they are of."""
        return self.name.removesuffix(f"_{self.underlying}")

    @property
    def key(self) -> tuple[str, ...]:
        """The asset key: layer and name, with the underlying, if any, between them."""
        if self.underlying is None:
            return self.layer.value, self.name
        return self.layer.value, self.underlying, self.table

    @property
    def group(self) -> str:
        """Where the UI shows it: with all of its underlying, of its collection, or of its layer."""
        return self.underlying or self.collection or self.layer.value

    @property
    def summary(self) -> str:
        """The table in one sentence."""
        return (self.schema.__doc__ or "").strip().splitlines()[0]

    @cached_property
    def columns(self) -> Mapping[str, Column]:
        """Every column in file order."""
        return {
            name: Column(
                name=name,
                dtype=dtype_of(annotated, field),
                meaning=field.description or "",
                unit=(field.metadata or {}).get("unit"),
                null=(field.metadata or {}).get("null"),
                role=Role((field.metadata or {}).get("role", Role.FEATURE)),
            )
            for name, (annotated, field) in declared_by(self.schema).items()
        }

    @cached_property
    def dtypes(self) -> pl.Schema:
        """Column names and polars types, in file order."""
        return pl.Schema({name: column.dtype for name, column in self.columns.items()})

    @cached_property
    def stored_dtypes(self) -> pl.Schema:
        """As `dtypes`, with each closed set as the text it is stored as."""
        return pl.Schema(
            {n: pl.String() if isinstance(d, pl.Enum) else d for n, d in self.dtypes.items()}
        )

    @cached_property
    def schema_hash(self) -> str:
        """Changes when a name, type, order or nullability changes."""
        text = "\n".join(
            f"{c.name} {c.dtype!r} {'null' if c.null else 'never null'}"
            for c in self.columns.values()
        )
        return sha256(text.encode()).hexdigest()[:16]

    def having(self, role: Role) -> list[str]:
        """Names of the columns with a role."""
        return [c.name for c in self.columns.values() if c.role == role]

    def known_before(self, cut_ns: int) -> pl.Expr:
        """Whether a row is known from the records with ``ts_event_ns < cut_ns``."""
        if self.known_at is None:
            return pl.lit(value=True)
        at = pl.col(self.known_at.column)
        if isinstance(self.columns[self.known_at.column].dtype, pl.Datetime):
            at = at.dt.epoch("us") * NANOS_PER_MICRO
        return at < cut_ns if self.known_at.included else at <= cut_ns

    def stem(self, partition: str) -> str:
        """``<layer>/<room>/<name>_<partition>`` without suffix: the one place it is formed."""
        name = self.prefix if partition == WHOLE else f"{self.prefix}_{partition}"
        return f"{self.layer}/{self.room or self.table}/{name}"

    @property
    def prefix(self) -> str:
        """What the names of its files begin with: the table and the underlying, if any."""
        return f"{self.file or self.table}_{self.underlying}" if self.underlying else self.table

    def path(self, partition: str) -> str:
        """File of a partition, relative to the lake."""
        return f"{self.stem(partition)}.parquet"

    def nested_path(self, partition: str) -> str:
        """The JSON file of a partition that has one, relative to the lake."""
        return f"{self.stem(partition)}.json"

    def partition(self, day: date | None) -> str:
        """Name of the partition of a day, or of the only one."""
        return WHOLE if day is None else day.isoformat()

    def empty(self) -> pl.DataFrame:
        """No rows, every column."""
        return pl.DataFrame(schema=self.dtypes)

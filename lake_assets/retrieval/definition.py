"""What a metric, a bundle and a template are; which ones there are is in ``metrics``."""

from collections.abc import Mapping
from dataclasses import dataclass

from lake_assets.retrieval.vocabulary import (
    Additivity,
    ColumnType,
    Display,
    EntityKind,
    Family,
    SilverTable,
    Unit,
    ValueType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One query of a family; its text is a constant in the family's module.

    ``id`` carries its version, as `put_call@1`; ``required_columns`` are those it reads of
    ``table`` whatever is asked.
    """

    id: str
    family: Family
    entity_kind: EntityKind
    table: SilverTable
    required_columns: Mapping[str, ColumnType]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange:
    """Numbers a metric may be; both ends belong to it unless ``open_low``."""

    low: float | None
    high: float | None
    open_low: bool

    def __contains__(self, number: float) -> bool:
        if self.low is not None and (number < self.low or (self.open_low and number == self.low)):
            return False
        return self.high is None or number <= self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One number or label that can be asked for.

    ``flat_keys`` are its names in the flat view, ``{T}`` for the ticker; ``anchor_patterns`` its
    lineage anchors, the preferred one first; ``rounding`` is decimals, null for as stored.
    ``valid_range`` is a `NumberRange`, the labels it may be, or null for anything.
    ``family_core`` metrics are answered whenever another of the family is asked for.
    """

    id: str
    label: str
    definition_version: int
    synonyms: tuple[str, ...]
    template: Template
    column: str
    required_columns: Mapping[str, ColumnType]
    value_type: ValueType
    unit: Unit
    rounding: int | None
    display: Display
    additivity: Additivity
    valid_range: NumberRange | frozenset[str] | None
    min_claim_decimals: int
    anchor_patterns: tuple[str, ...]
    flat_keys: tuple[str, ...]
    family_core: bool

    def __post_init__(self) -> None:
        if self.definition_version < 1:
            raise ValueError(f"{self.id}: expected a version of at least 1")
        if not (all(self.flat_keys) and all(self.anchor_patterns)):
            raise ValueError(f"{self.id}: expected a flat key and an anchor")

    @property
    def family(self) -> Family:
        """Family of its template."""
        return self.template.family

    @property
    def entity_kind(self) -> EntityKind:
        """What it is a number of."""
        return self.template.entity_kind

    @property
    def table(self) -> SilverTable:
        """Silver dataset it is read from."""
        return self.template.table

    @property
    def definition(self) -> str:
        """Its id and version, as `pcr_volume@1`."""
        return f"{self.id}@{self.definition_version}"

    def admits(self, result: float | str) -> bool:
        """Whether a number or a label is one this metric can be."""
        if self.valid_range is None:
            return True
        if isinstance(self.valid_range, NumberRange):
            return not isinstance(result, str) and result in self.valid_range
        return result in self.valid_range


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A label that asks for several metrics.

    ``with_change`` adds the one change that fits the macro series asked about.
    """

    id: str
    label: str
    family: Family
    synonyms: tuple[str, ...]
    members: tuple[str, ...]
    with_change: bool

"""The registry: every metric and bundle that can be asked for, frozen at import.

One row of ``metrics.csv`` is one metric; what a column means is in `Metric`.
"""

import csv
import io
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from lake_assets.retrieval.definition import Bundle, Metric, NumberRange, Template
from lake_assets.retrieval.synonyms import SYNONYMS
from lake_assets.retrieval.vocabulary import (
    Additivity,
    ColumnType,
    Display,
    EntityKind,
    Family,
    Frequency,
    SilverTable,
    SourceType,
    Unit,
    ValueType,
)

_COLUMNS: Final = (
    "id",
    "label",
    "definition_version",
    "template",
    "column",
    "value_type",
    "unit",
    "rounding",
    "display",
    "additivity",
    "valid_range",
    "min_claim_decimals",
    "anchor_patterns",
    "flat_keys",
    "family_core",
)
_YES_NO: Final = {"yes": True, "no": False}

_DATE, _TEXT = ColumnType.DATE, ColumnType.TEXT
_FLOAT, _INTEGER, _BOOLEAN = ColumnType.FLOAT, ColumnType.INTEGER, ColumnType.BOOLEAN
_CONTRACT_SCOPE: Final = {"session_date": _DATE, "symbol": _TEXT}

TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        template.id: template
        for template in (
            Template(
                id="put_call@1",
                family=Family.PUT_CALL_RATIO,
                entity_kind=EntityKind.TICKER,
                table=SilverTable.OPTION_SNAPSHOTS,
                required_columns=_CONTRACT_SCOPE
                | {"option_type": _TEXT, "volume": _INTEGER, "open_interest": _INTEGER},
            ),
            Template(
                id="implied_vol@1",
                family=Family.OPTIONS_ANALYSIS,
                entity_kind=EntityKind.TICKER,
                table=SilverTable.OPTION_SNAPSHOTS,
                required_columns=_CONTRACT_SCOPE
                | dict.fromkeys(("contract_symbol", "option_type", "iv_source"), _TEXT)
                | dict.fromkeys(("moneyness_signed", "moneyness_ratio", "spread_pct"), _FLOAT)
                | {"strike": _FLOAT, "expiration": _DATE, "dte": _INTEGER}
                | {"iv": _FLOAT, "is_liquid": _BOOLEAN},
            ),
            Template(
                id="liquidity@1",
                family=Family.LIQUIDITY_ANALYSIS,
                entity_kind=EntityKind.TICKER,
                table=SilverTable.OPTION_SNAPSHOTS,
                required_columns=_CONTRACT_SCOPE
                | {"volume": _INTEGER, "open_interest": _INTEGER, "spread_pct": _FLOAT}
                | {"is_liquid": _BOOLEAN, "is_executable_liquid": _BOOLEAN},
            ),
            Template(
                id="pricing@1",
                family=Family.PRICING_SPREAD,
                entity_kind=EntityKind.TICKER,
                table=SilverTable.OPTION_SNAPSHOTS,
                required_columns=_CONTRACT_SCOPE
                | dict.fromkeys(("underlying_price", "bid", "ask", "last_price"), _FLOAT)
                | {"spread_pct": _FLOAT, "dte": _INTEGER, "is_liquid": _BOOLEAN},
            ),
            Template(
                id="macro@1",
                family=Family.MACRO_ANALYSIS,
                entity_kind=EntityKind.MACRO_SYMBOL,
                table=SilverTable.MACRO_SERIES,
                required_columns={"symbol": _TEXT, "unit": _TEXT, "frequency": _TEXT}
                | {"observation_date": _DATE, "retrieval_date": _DATE, "value": _FLOAT}
                | {"suspected_fill": _BOOLEAN},
            ),
            Template(
                id="gpr@1",
                family=Family.GEOPOLITICAL_ANALYSIS,
                entity_kind=EntityKind.GLOBAL,
                table=SilverTable.GPR_MONTHLY,
                required_columns={"date": _DATE, "vintage_month": _TEXT, "retrieval_date": _DATE},
            ),
        )
    }
)
# What a template computes, and is no column of its table.
_COMPUTED: Final = {"macro_last_value": "value", "gpr_trend": "gpr_mom_pct"}


def _range(text: str, value_type: ValueType) -> NumberRange | frozenset[str] | None:
    """A range as written: ``>0``, ``>=0``, ``0..100``, ``Low|High``, or nothing."""
    if not text:
        return None
    if value_type is ValueType.LABEL:
        return frozenset(text.split("|"))
    low, between, high = text.partition("..")
    if between:
        return NumberRange(low=float(low), high=float(high), open_low=False)
    bound = text.removeprefix(">").removeprefix("=")
    return NumberRange(low=float(bound), high=None, open_low=not text.startswith(">="))


def _own_columns(metric_id: str, column: str, template: Template) -> Mapping[str, ColumnType]:
    """Columns that only this metric needs: option templates read theirs whatever is asked."""
    if template.entity_kind is EntityKind.TICKER:
        return template.required_columns
    source = _COMPUTED.get(metric_id, column.removeprefix("macro_"))
    return {**template.required_columns, source: _FLOAT}


def _metric(row: Mapping[str, str]) -> Metric:
    template, value_type = TEMPLATES[row["template"]], ValueType(row["value_type"])
    return Metric(
        id=row["id"],
        label=row["label"],
        definition_version=int(row["definition_version"]),
        synonyms=SYNONYMS.get(row["id"], ()),
        template=template,
        column=row["column"],
        required_columns=MappingProxyType(_own_columns(row["id"], row["column"], template)),
        value_type=value_type,
        unit=Unit(row["unit"]),
        rounding=int(row["rounding"]) if row["rounding"] else None,
        display=Display(row["display"]),
        additivity=Additivity(row["additivity"]),
        valid_range=_range(row["valid_range"], value_type),
        min_claim_decimals=int(row["min_claim_decimals"]),
        anchor_patterns=tuple(row["anchor_patterns"].split("|")),
        flat_keys=tuple(row["flat_keys"].split("|")),
        family_core=_YES_NO[row["family_core"]],
    )


def read_registry(text: str) -> Mapping[str, Metric]:
    """Metrics by id, in the order written.

    Raises:
        ValueError: a field is unknown, missing or says what no metric can be, or an id repeats.
        KeyError: a metric names a template that is not there.
    """
    rows = csv.DictReader(io.StringIO(text), strict=True)
    if tuple(rows.fieldnames or ()) != _COLUMNS:
        raise ValueError(f"expected the fields {_COLUMNS}, found {rows.fieldnames}")
    registry: dict[str, Metric] = {}
    for row in rows:
        if None in row or None in row.values():
            raise ValueError(f"line {rows.line_num}: expected {len(_COLUMNS)} fields")
        metric = _metric(row)
        if metric.id in registry:
            raise ValueError(f"line {rows.line_num}: {metric.id} is there already")
        registry[metric.id] = metric
    return MappingProxyType(registry)


METRICS: Final = read_registry(
    files(__package__).joinpath("metrics.csv").read_text(encoding="utf-8")
)

_CHANGE_IDS: Final = frozenset(
    f"macro_{span}_change_{kind}" for span in ("daily", "mom", "yoy") for kind in ("pct", "level")
)


def _bundle(
    bundle_id: str, label: str, family: Family, *, members: tuple[str, ...] | None = None
) -> Bundle:
    core = [m.id for m in METRICS.values() if m.family is family and m.family_core]
    return Bundle(
        id=bundle_id,
        label=label,
        family=family,
        synonyms=SYNONYMS.get(bundle_id, ()),
        members=tuple(c for c in core if c not in _CHANGE_IDS) if members is None else members,
        with_change=family is Family.MACRO_ANALYSIS,
    )


_FAMILY_LABELS: Final = (
    (Family.PUT_CALL_RATIO, "Put/Call Ratio"),
    (Family.OPTIONS_ANALYSIS, "Implied Volatility"),
    (Family.LIQUIDITY_ANALYSIS, "Options Liquidity"),
    (Family.PRICING_SPREAD, "Options Pricing / Spread"),
    (Family.MACRO_ANALYSIS, "Macro Trend"),
    (Family.GEOPOLITICAL_ANALYSIS, "Geopolitical Risk"),
)

# A family is the bundle of its core; one bundle more asks for a change alone.
BUNDLES: Final[Mapping[str, Bundle]] = MappingProxyType(
    {family.value: _bundle(family.value, label, family) for family, label in _FAMILY_LABELS}
    | {
        "price_change": _bundle(
            "price_change", "Price Change (%)", Family.MACRO_ANALYSIS, members=()
        )
    }
)


def macro_change(frequency: Frequency, *, is_rate: bool) -> str:
    """Id of the one change a bundle asks of a macro series."""
    span = "mom" if frequency is Frequency.MONTHLY else "daily"
    return f"macro_{span}_change_{'level' if is_rate else 'pct'}"


def members(bundle: Bundle, change: str | None) -> tuple[str, ...]:
    """Ids of the metrics a bundle asks for; ``change`` is `macro_change` of the entity, if any."""
    return (*bundle.members, change) if bundle.with_change and change else bundle.members


def source_type(family: Family) -> SourceType:
    """Kind of source a family is answered from."""
    if family is Family.MACRO_ANALYSIS:
        return SourceType.MACRO_HISTORY
    return SourceType.GPR if family is Family.GEOPOLITICAL_ANALYSIS else SourceType.OPTIONS


def required_columns(table: SilverTable) -> Mapping[str, ColumnType]:
    """Every column that any template reads of a dataset."""
    found: dict[str, ColumnType] = {}
    for metric in METRICS.values():
        if metric.table is table:
            found.update(metric.required_columns)
    return MappingProxyType(found)

"""Which macro series the lake knows, and what each of them is."""

from dataclasses import dataclass
from typing import Self

from lake_assets.market.facts import Facts
from lake_assets.market.macro_vocabulary import Frequency, MacroUnit

_TRUTH = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class MacroFact:
    """One series: ``source_ids`` are what files call it, besides its symbol."""

    symbol: str
    name: str
    asset_class: str
    unit: MacroUnit
    frequency: Frequency
    is_rate: bool
    publication_lag_days: int
    source_ids: tuple[str, ...]

    @classmethod
    def of(cls, row: dict[str, str]) -> Self:
        """Read a row of the table."""
        lag = int(row["publication_lag_days"])
        if lag < 0:
            raise ValueError(f"{row['symbol']} is published {lag} days after its date")
        return cls(
            symbol=row["symbol"],
            name=row["name"],
            asset_class=row["asset_class"],
            unit=MacroUnit(row["unit"]),
            frequency=Frequency(row["frequency"]),
            is_rate=_TRUTH[row["is_rate"].lower()],
            publication_lag_days=lag,
            source_ids=tuple(name for name in row["source_id"].split() if name),
        )


class MacroRegistry(Facts):
    """Every known series, by symbol, and by what files call it."""

    file = "macro_series.csv"
    columns = (
        "symbol",
        "name",
        "asset_class",
        "unit",
        "frequency",
        "is_rate",
        "publication_lag_days",
        "source_id",
    )

    def __init__(self, rows: list[dict[str, str]]) -> None:
        super().__init__(rows)
        self.by_symbol = {row["symbol"]: MacroFact.of(row) for row in rows}
        self.by_source: dict[str, MacroFact] = {}
        for fact in self.by_symbol.values():
            for name in {fact.symbol, *fact.source_ids}:
                if self.by_source.setdefault(name, fact) is not fact:
                    raise ValueError(f"{name} names two series")

"""The start-up contract, looked at again whenever a manifest names another generation."""

from collections.abc import Iterator
from typing import Final

from lake_assets.lake.holdings import Holding
from lake_assets.retrieval.contract import Footers, SchemaCheck
from lake_assets.retrieval.implied_vol import DAILY_COLUMNS
from lake_assets.retrieval.metrics import required_columns
from lake_assets.retrieval.reading import Input, Shelf
from lake_assets.retrieval.vocabulary import SilverTable

_REQUIRED: Final = {
    SilverTable.OPTION_SNAPSHOTS: required_columns(SilverTable.OPTION_SNAPSHOTS),
    SilverTable.OPTION_DAILY: DAILY_COLUMNS,
    SilverTable.MACRO_SERIES: required_columns(SilverTable.MACRO_SERIES),
    SilverTable.GPR_MONTHLY: required_columns(SilverTable.GPR_MONTHLY),
}


class Inspection:
    """Remembers what it looked at, so that an unchanged lake is not looked at twice."""

    def __init__(self, footers: Footers) -> None:
        self._footers = footers
        self._seen: dict[SilverTable, tuple[Holding, ...]] = {}

    def changed(self, shelf: Shelf) -> Iterator[SchemaCheck]:
        """Checks of the datasets whose files are others than at the last look."""
        for table, required in _REQUIRED.items():
            held = shelf.of_table(table)
            if self._seen.get(table) != held:
                self._seen[table] = held
                files = [Input.of(holding) for holding in held]
                yield self._footers.check(f"silver/{table}", files, required)

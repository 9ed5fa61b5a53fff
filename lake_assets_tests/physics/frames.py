"""Small valid frames: a test states the columns it is about, the rest is filled in here."""

from datetime import date

import polars as pl

from lake_assets.catalog.dataset import Column, Dataset
from lake_assets.catalog.schema import DOLLARS, NANOS, SHARE, UNITS
from lake_assets.market.sessions import session_on

DAY = date(2025, 12, 17)
SESSION = session_on(DAY)
OPEN_NS = int(SESSION.rth.opens)

_PLAIN = {
    "raw_symbol": "ESH6",
    "front_symbol": "ESH6",
    "instrument_id": 1,
    "price_ticks": 27_600,
    "basis_u": 0,
    "basis": 0.0,
    "date": DAY.isoformat(),
    "symbol": "SPY",
    "option_symbol": "SPY   251217C00690000",
    "price_u": 10_000,
    "dte": 0,
}
_BY_UNIT = {NANOS: OPEN_NS, UNITS: 6_900_000, DOLLARS: 690.0, SHARE: 0.5}


def table(dataset: Dataset, **columns) -> pl.DataFrame:
    """A frame of the dataset with the columns given; the others are valid and dull.

    A list is a column, anything else is repeated; without a list there is one row. Places in
    their file and names of events count up, times do not.
    """
    unknown = sorted(columns.keys() - dataset.columns.keys())
    if unknown:
        raise KeyError(f"{dataset.name} has no column {', '.join(unknown)}")
    rows = max((len(v) for v in columns.values() if isinstance(v, list)), default=1)
    filled = {
        name: _repeat(columns[name], rows) if name in columns else _dull(column, rows)
        for name, column in dataset.columns.items()
    }
    return pl.DataFrame(filled, schema=dataset.dtypes)


def _repeat(given, rows: int) -> list:
    return given if isinstance(given, list) else [given] * rows


def _dull(column: Column, rows: int) -> list:
    if column.null is not None:
        return [None] * rows
    if column.name == "row":
        return list(range(rows))
    if column.name == "event_id":
        return [f"event-{at}" for at in range(rows)]
    return [_PLAIN.get(column.name, _BY_UNIT.get(column.unit, _zero(column)))] * rows


def _zero(column: Column):
    """The dullest value of a type that breaks no bound."""
    if isinstance(column.dtype, pl.Enum):
        return column.dtype.categories[0]
    if column.dtype == pl.Date:
        return DAY
    return {pl.String: column.name, pl.Boolean: False, pl.Float64: 1.0}.get(column.dtype, 1)

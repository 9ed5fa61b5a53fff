"""Every dataset of the lake, declared once."""

from typing import Final

from lake_assets.catalog.bronze import ES_MBP10, ES_TRADES, SPY_OPTIONS
from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.family import Family
from lake_assets.catalog.gold import LABELS, SIGNALS, SIGNALS_MULTI_DAY
from lake_assets.catalog.gpr import GPR_MONTHLY, GPR_PRINTS
from lake_assets.catalog.label_grid import LABEL_GRID
from lake_assets.catalog.macro import MACRO_PRINTS, MACRO_SERIES
from lake_assets.catalog.option_books import OPTION_BOOKS
from lake_assets.catalog.option_chains import OPTION_CHAINS, OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.catalog.option_events import (
    BURSTS,
    CHOP_POCKETS,
    FEAR_SPIKES,
    LIQUIDITY_EVENTS,
    REGIMES,
)
from lake_assets.catalog.option_state import OPTION_STATE
from lake_assets.catalog.options import OPTION_FLOW, OPTION_GREEKS
from lake_assets.catalog.silver import (
    ES_SPY_BASIS,
    FRONT_CONTRACT,
    LEVELS,
    OHLCV_1M,
    OHLCV_2M,
)
from lake_assets.catalog.touch import BARRIER, BARRIER_GRID, FUEL, RUNWAY, SCORE, TAPE, TOUCHES
from lake_assets.catalog.truth import BURST_LABELS, TRUTH_TABLES
from lake_assets.errors import UnknownNameError

FAMILIES: Final[tuple[Family, ...]] = (
    OPTION_BOOKS,
    OPTION_STATE,
    BURSTS,
    LIQUIDITY_EVENTS,
    FEAR_SPIKES,
    CHOP_POCKETS,
    REGIMES,
)

RETRIEVAL_TABLES: Final[tuple[Dataset, ...]] = (
    OPTION_CHAINS,
    OPTION_SNAPSHOTS,
    OPTION_DAILY,
    MACRO_PRINTS,
    MACRO_SERIES,
    GPR_PRINTS,
    GPR_MONTHLY,
)
"""What questions are answered from, and what that is made of; no touch and no second needs it."""

DATASETS: Final[tuple[Dataset, ...]] = (
    ES_TRADES,
    ES_MBP10,
    SPY_OPTIONS,
    FRONT_CONTRACT,
    ES_SPY_BASIS,
    OHLCV_1M,
    OHLCV_2M,
    OPTION_GREEKS,
    OPTION_FLOW,
    LEVELS,
    TOUCHES,
    BARRIER_GRID,
    BARRIER,
    TAPE,
    FUEL,
    SCORE,
    RUNWAY,
    LABELS,
    LABEL_GRID,
    SIGNALS,
    SIGNALS_MULTI_DAY,
    *(member for family in FAMILIES for member in family),
    BURST_LABELS,
    TRUTH_TABLES,
    *RETRIEVAL_TABLES,
)

_BY_NAME: Final = {dataset.name: dataset for dataset in DATASETS}
_BY_KEY: Final = {"/".join(dataset.key): dataset for dataset in DATASETS}
_BY_TABLE: Final = {family.table: family for family in FAMILIES}


def dataset_named(name: str) -> Dataset:
    """The dataset of a name or an asset key: ``bursts_NIFTY`` or ``gold/NIFTY/bursts``.

    Raises:
        UnknownNameError: nobody declared it; the message lists who is there.
    """
    found = _BY_NAME.get(name) or _BY_KEY.get(name)
    if found is None:
        raise UnknownNameError(f"no dataset is called {name!r}; there are {', '.join(_BY_NAME)}")
    return found


def datasets_named(name: str, underlying: str | None = None) -> tuple[Dataset, ...]:
    """What an argument of an asset means: a dataset, or a table there is one of per underlying.

    An asset of an underlying means that underlying's; an asset of none means all of them.

    Raises:
        UnknownNameError: nobody declared it.
    """
    family = _BY_TABLE.get(name)
    if family is None:
        return (dataset_named(name),)
    return (family.of(underlying),) if underlying else family.members


__all__ = [
    "BARRIER",
    "BARRIER_GRID",
    "BURSTS",
    "BURST_LABELS",
    "CHOP_POCKETS",
    "DATASETS",
    "ES_MBP10",
    "ES_SPY_BASIS",
    "ES_TRADES",
    "FAMILIES",
    "FEAR_SPIKES",
    "FRONT_CONTRACT",
    "FUEL",
    "GPR_MONTHLY",
    "GPR_PRINTS",
    "LABELS",
    "LABEL_GRID",
    "LEVELS",
    "LIQUIDITY_EVENTS",
    "MACRO_PRINTS",
    "MACRO_SERIES",
    "OHLCV_1M",
    "OHLCV_2M",
    "OPTION_BOOKS",
    "OPTION_CHAINS",
    "OPTION_DAILY",
    "OPTION_FLOW",
    "OPTION_GREEKS",
    "OPTION_SNAPSHOTS",
    "OPTION_STATE",
    "REGIMES",
    "RETRIEVAL_TABLES",
    "RUNWAY",
    "SCORE",
    "SIGNALS",
    "SIGNALS_MULTI_DAY",
    "SPY_OPTIONS",
    "TAPE",
    "TOUCHES",
    "TRUTH_TABLES",
    "dataset_named",
    "datasets_named",
]

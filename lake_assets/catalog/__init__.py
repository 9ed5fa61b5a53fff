"""Every dataset of the lake, declared once."""

from typing import Final

from lake_assets.catalog.bronze import ES_MBP10, ES_TRADES, SPY_OPTIONS
from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.gold import LABELS, SIGNALS, SIGNALS_MULTI_DAY
from lake_assets.catalog.label_grid import LABEL_GRID
from lake_assets.catalog.options import OPTION_FLOW, OPTION_GREEKS
from lake_assets.catalog.silver import (
    ES_SPY_BASIS,
    FRONT_CONTRACT,
    LEVELS,
    OHLCV_1M,
    OHLCV_2M,
)
from lake_assets.catalog.touch import BARRIER, FUEL, RUNWAY, SCORE, TAPE, TOUCHES
from lake_assets.errors import UnknownNameError

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
    BARRIER,
    TAPE,
    FUEL,
    SCORE,
    RUNWAY,
    LABELS,
    LABEL_GRID,
    SIGNALS,
    SIGNALS_MULTI_DAY,
)

_BY_NAME: Final = {dataset.name: dataset for dataset in DATASETS}


def dataset_named(name: str) -> Dataset:
    """The dataset of a name, with or without its layer: ``levels`` or ``silver/levels``.

    Raises:
        UnknownNameError: nobody declared it; the message lists who is there.
    """
    found = _BY_NAME.get(name.rsplit("/", 1)[-1])
    if found is None or "/".join(found.key) != name != found.name:
        raise UnknownNameError(f"no dataset is called {name!r}; there are {', '.join(_BY_NAME)}")
    return found


__all__ = [
    "BARRIER",
    "DATASETS",
    "ES_MBP10",
    "ES_SPY_BASIS",
    "ES_TRADES",
    "FRONT_CONTRACT",
    "FUEL",
    "LABELS",
    "LABEL_GRID",
    "LEVELS",
    "OHLCV_1M",
    "OHLCV_2M",
    "OPTION_FLOW",
    "OPTION_GREEKS",
    "RUNWAY",
    "SCORE",
    "SIGNALS",
    "SIGNALS_MULTI_DAY",
    "SPY_OPTIONS",
    "TAPE",
    "TOUCHES",
    "dataset_named",
]

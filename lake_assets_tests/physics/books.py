"""Book records and trades, written as tuples, as the frames of Bronze."""

import polars as pl

from lake_assets.catalog.bronze import ES_MBP10, ES_TRADES
from lake_assets_tests.physics.frames import table


def book_frame(records) -> pl.DataFrame:
    """(ns, sequence, flags, action, bids, asks); a level of size 0 keeps its price."""
    columns = {
        "ts_event_ns": [row[0] for row in records],
        "sequence": [row[1] for row in records],
        "flags": [row[2] for row in records],
        "action": [row[3] for row in records],
    }
    deepest = max((len(side) for row in records for side in row[4:]), default=0)
    for place, side in ((4, "bid"), (5, "ask")):
        for level in range(deepest):
            shown = [row[place][level : level + 1] or [(None, None)] for row in records]
            columns[f"{side}_ticks_{level}"] = [price for ((price, _),) in shown]
            columns[f"{side}_size_{level}"] = [size for ((_, size),) in shown]
    return table(ES_MBP10, **columns)


def trades_frame(trades) -> pl.DataFrame:
    """(ns, sequence, ticks, size, aggressor)."""
    names = ("ts_event_ns", "sequence", "price_ticks", "size", "aggressor")
    return table(ES_TRADES, **{name: [row[at] for row in trades] for at, name in enumerate(names)})

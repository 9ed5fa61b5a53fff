"""Statistics of every session together, slice by slice."""

import polars as pl

from lake_assets.catalog import TRUTH_TABLES
from lake_assets.catalog.rows import Rows
from lake_assets.orchestration.io_manager import Openings
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.seconds.truth_tables import Recall, count_truths


@lake_asset(TRUTH_TABLES)
def truth_tables(
    option_state: dict[str, Openings],
    bursts: dict[str, Openings],
    liquidity_events: dict[str, Openings],
    fear_spikes: dict[str, Openings],
    chop_pockets: dict[str, Openings],
    regimes: dict[str, Openings],
    burst_labels: pl.DataFrame,
    recall: Recall,
) -> Rows:
    """Count, average and rank, with intervals, whatever fell into a slice."""
    return count_truths(
        {
            "option_state": option_state,
            "bursts": bursts,
            "liquidity_events": liquidity_events,
            "fear_spikes": fear_spikes,
            "chop_pockets": chop_pockets,
            "regimes": regimes,
        },
        burst_labels,
        recall,
    )

"""Labels of bursts, from the bursts of earlier sessions."""

from lake_assets.catalog import BURST_LABELS
from lake_assets.catalog.rows import Rows
from lake_assets.orchestration.io_manager import Scans
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.seconds.burst_labels import label_bursts


@lake_asset(BURST_LABELS)
def burst_labels(bursts: dict[str, Scans], regimes: dict[str, Scans]) -> Rows:
    """Judge each burst by quantiles of the sessions before its own, underlying by underlying."""
    return label_bursts(bursts, regimes)

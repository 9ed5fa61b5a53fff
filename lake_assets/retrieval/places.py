"""Where retrieval keeps its own files in a lake."""

from pathlib import Path
from typing import Final

from lake_assets.market.facts import CONFIG

STATE: Final = Path(CONFIG) / "runtime" / "collect_data_state.json"
AUDIT_HEADS: Final = Path("_manifests") / "audit"

"""The check that a vendor did not deliver the session before a second time."""

from datetime import date
from typing import Final

import dagster as dg

from lake_assets.catalog import OPTION_SNAPSHOTS
from lake_assets.daily.repeats import WARNING_SHARE, share_of_repeats
from lake_assets.lake.lake import Lake
from lake_assets.lake.staging import Staged
from lake_assets.market.sessions import regular_neighbours
from lake_assets.orchestration.further import Further, rows_of

_NAME: Final = "repeat_of_previous"
_TEXT: Final = "The contracts are not those of the session before, priced as they were; warns."


def _look(lake: Lake, partition: str, staged: Staged | None) -> dg.AssetCheckResult:
    before = regular_neighbours(date.fromisoformat(partition))[0]
    name = before.day.isoformat() if before else ""
    share = None
    if before is not None and lake.in_force(OPTION_SNAPSHOTS, name) is not None:
        chain = rows_of(lake, OPTION_SNAPSHOTS, partition, staged)
        share = share_of_repeats(chain, lake.read(OPTION_SNAPSHOTS, name))
    told = "nothing to compare with" if share is None else f"{share:.1%} as on {name}"
    return dg.AssetCheckResult(
        check_name=_NAME,
        passed=share is None or share < WARNING_SHARE,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"repeated": dg.MetadataValue.text(told)},
    )


repeat_of_previous: Final = Further(_NAME, _TEXT, _look)

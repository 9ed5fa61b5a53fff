"""As many assets, edges and checks as the touches have, and nothing in them: Dagster's own part."""

from collections.abc import Iterator
from typing import Any, Final

import dagster as dg

ASSETS: Final = 19
_BEHIND: Final = 3  # assets each one reads

_DAYS: Final = dg.DailyPartitionsDefinition("2025-01-01", timezone="America/New_York")


class Nothing(dg.IOManager):
    """Keeps nothing."""

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Drop it."""

    def load_input(self, context: dg.InputContext) -> None:
        """Nothing is read."""


def _asset(number: int) -> dg.AssetsDefinition:
    key = dg.AssetKey(f"empty_{number}")
    behind = [f"empty_{n}" for n in range(max(0, number - _BEHIND), number)]

    @dg.asset(
        key=key,
        ins={name: dg.AssetIn(key=dg.AssetKey(name)) for name in behind},
        partitions_def=_DAYS,
        check_specs=[
            dg.AssetCheckSpec("schema", asset=key, blocking=True),
            dg.AssetCheckSpec("quality", asset=key),
        ],
    )
    def empty(
        _context: dg.AssetExecutionContext, **_: object
    ) -> Iterator[dg.MaterializeResult[Any]]:
        checks = [
            dg.AssetCheckResult(passed=True, check_name=name) for name in ("schema", "quality")
        ]
        yield dg.MaterializeResult(
            metadata={"why": "nothing"}, check_results=checks, data_version=dg.DataVersion("1")
        )

    return empty


defs = dg.Definitions(
    assets=[_asset(number) for number in range(ASSETS)],
    resources={"io_manager": Nothing()},
    executor=dg.in_process_executor,
)

"""Bronze datasets whose files are landed in folders of their own, and which files those are."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from lake_assets.catalog.gpr import GPR_PRINTS
from lake_assets.catalog.macro import MACRO_PRINTS
from lake_assets.catalog.option_chains import OPTION_CHAINS
from lake_assets.errors import RawInputError
from lake_assets.sources.gpr import gpr_fingerprints, gpr_months, undated
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.macro import macro_days, macro_fingerprints
from lake_assets.sources.option_chains import chain_days, chain_fingerprints, non_sessions

LANDED: Final[Mapping[str, Callable[[Inventory, date], list[tuple[str, str]]]]] = {
    OPTION_CHAINS.name: chain_fingerprints,
    MACRO_PRINTS.name: macro_fingerprints,
    GPR_PRINTS.name: gpr_fingerprints,
}
"""By dataset, from a partition's day to name and SHA-256 of the files it would be read from."""


def landed_partitions(inventory: Inventory, name: str) -> list[str]:
    """Partitions of a dataset of `LANDED` that files are there for, oldest first."""
    if name == GPR_PRINTS.name:
        return [f"{month:%Y-%m}" for month in gpr_months(inventory)]
    days = chain_days(inventory) if name == OPTION_CHAINS.name else macro_days(inventory)
    return [day.isoformat() for day in days]


def landing_faults(inventory: Inventory) -> Iterator[RawInputError]:
    """Why landed files make no partition: no session, or no retrieval date."""
    yield from non_sessions(inventory)
    yield from undated(inventory)

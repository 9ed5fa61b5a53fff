"""Everything questions are answered from, simulated for a range of sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lake_assets.errors import ConflictingInputError
from lake_assets.market.sessions import Session
from lake_assets.simulation.chains import ChainSimulation, simulate_chains
from lake_assets.simulation.retrieved import months_of, simulate_gpr, simulate_macro
from lake_assets.sources.batch_support import says_simulated


@dataclass(frozen=True, slots=True)
class Landed:
    """How much was written."""

    chain_rows: int
    macro_values: int
    gpr_months: int


def simulate_landed(sessions: Sequence[Session], raw_root: Path, params: ChainSimulation) -> Landed:
    """Write chains and macro files of each session, and a file of risk of each month.

    The same parameters write the same bytes, so what stands there already is no hindrance.

    Raises:
        ConflictingInputError: a folder holds files that are not simulated.
    """
    regular = [session for session in sessions if session.rth is not None]
    days = [session.day for session in regular]
    folders = [raw_root / kind / str(day) for day in days for kind in ("option_chains", "macro")]
    for folder in (*folders, raw_root / "gpr"):
        if folder.exists() and any(folder.iterdir()) and not says_simulated(folder):
            raise ConflictingInputError(
                folder,
                expected="an empty folder, or one of simulated files",
                found="files of a vendor's",
                remedy="simulate into another raw folder",
            )
    return Landed(
        chain_rows=simulate_chains(regular, raw_root, params),
        macro_values=simulate_macro(days, raw_root, seed=params.seed),
        gpr_months=simulate_gpr(months_of(days), raw_root, seed=params.seed),
    )

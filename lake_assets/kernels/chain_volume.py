"""What all contracts of an expiry have traded by each second."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
B1: TypeAlias = npt.NDArray[np.bool_]


@kernel
def chain_volume(
    second: I4, volume: I8, known: B1, opens: I8, stops: I8, seconds: int
) -> tuple[I8, I8]:
    """Sum the last known volume of each contract up to and including each second.

    Args:
        second: (r,) second of session, negative before the open; in time order in a contract.
        volume: (r,) volume of the contract so far.
        known: (r,) whether the volume is known.
        opens: (c,) first row of each contract.
        stops: (c,) the row after its last.
        seconds: how many seconds there are.

    Returns:
        ``(sums, contracts)``, each (seconds,): what the contracts have traded, and of how many
        a volume is known.

    Source:
        docs/features.md, "Option state".
    """
    sums, contracts = np.zeros((2, seconds), np.int64)
    for contract in range(opens.shape[0]):
        counted, seen = np.int64(0), False
        for row in range(opens[contract], stops[contract]):
            if not known[row] or second[row] >= seconds:
                continue
            at = max(np.int64(0), np.int64(second[row]))
            sums[at] += volume[row] - counted
            contracts[at] += 0 if seen else 1
            counted, seen = volume[row], True
    return np.cumsum(sums), np.cumsum(contracts)

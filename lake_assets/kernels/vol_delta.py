"""What was traded between a contract's rows, from its running volume."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
I1: TypeAlias = npt.NDArray[np.int8]

UNKNOWN: Final = -1  # a volume, difference or age nobody knows
OK: Final = 0
RESET: Final = 1
FIRST_KNOWN: Final = 2
FIRST_UNKNOWN: Final = 3
MISSING: Final = 4
_MICROS_PER_SECOND: Final = 1_000_000


@kernel
def difference_volume(
    contract: I4, time_us: I8, volume: I8, known_from_us: int
) -> tuple[I8, I1, I4]:
    """Difference each contract's running volume, row by row.

    A volume below the one before is a reset: nothing is booked, and it is the new reference. A
    row without volume keeps the reference. The first volume counts whole where the contract was
    seen from its start: its first row is not after ``known_from_us``, or its first volume is 0.

    Args:
        contract: (n,) code of the contract, non-decreasing.
        time_us: (n,) time of the row, us, non-decreasing within a contract.
        volume: (n,) traded today so far, UNKNOWN where the row has none.
        known_from_us: latest first row, inclusive, of a contract seen from its start, us.

    Returns:
        ``(delta, flag, elapsed_s)``, each (n,): traded since the contract's last volume, UNKNOWN
        where nobody can tell; OK, RESET, FIRST_KNOWN, FIRST_UNKNOWN or MISSING; whole seconds
        since the contract's row before, UNKNOWN on its first.

    Source:
        docs, "Volume between rows".
    """
    count = contract.shape[0]
    delta = np.empty(count, np.int64)
    flag = np.empty(count, np.int8)
    elapsed = np.empty(count, np.int32)
    held, in_time = UNKNOWN, False
    for i in range(count):
        if i == 0 or contract[i] != contract[i - 1]:
            held, in_time = UNKNOWN, time_us[i] <= known_from_us
            elapsed[i] = UNKNOWN
        else:
            elapsed[i] = (time_us[i] - time_us[i - 1]) // _MICROS_PER_SECOND
        now = volume[i]
        if now == UNKNOWN:
            delta[i], flag[i] = UNKNOWN, MISSING
            continue
        if held != UNKNOWN:
            delta[i], flag[i] = (now - held, OK) if now >= held else (0, RESET)
        elif in_time or now == 0:
            delta[i], flag[i] = now, FIRST_KNOWN
        else:
            delta[i], flag[i] = UNKNOWN, FIRST_UNKNOWN
        held = now
    return delta, flag, elapsed

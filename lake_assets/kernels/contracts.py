"""Where the rows of each option contract begin, and the second each row is of."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
U1: TypeAlias = npt.NDArray[np.uint8]

_MICROS_PER_SECOND: Final = 1_000_000


@kernel
def place_rows(
    expiry: I4, right: U1, strike: I4, time_us: I8, opens_us: int
) -> tuple[I8, I4, bool]:
    """Look once at rows that should be by expiry, right, strike and time.

    Args:
        expiry: (r,) days since the epoch.
        right: (r,) 0 for calls, 1 for puts.
        strike: (r,) points.
        time_us: (r,) us since the epoch.
        opens_us: begin of the session's first second, us since the epoch.

    Returns:
        ``(opens, second, ordered)``: (c,) first row of each contract; (r,) second of session, a
        whole one, negative before the open; and whether the rows are in that order. Where they
        are not, the other two say nothing.

    Source:
        docs/features.md, "Option state".
    """
    rows = time_us.shape[0]
    opens, second, contracts = np.empty(1_024, np.int64), np.empty(rows, np.int32), 0
    for row in range(rows):
        second[row] = (time_us[row] - opens_us) // _MICROS_PER_SECOND
        if row > 0:
            before = (np.int64(expiry[row - 1]), right[row - 1], strike[row - 1])
            here = (np.int64(expiry[row]), right[row], strike[row])
            if here == before:
                if time_us[row] < time_us[row - 1]:
                    return opens[:0], second, False
                continue
            if here < before:
                return opens[:0], second, False
        if contracts == opens.shape[0]:
            opens = np.append(opens, np.empty(contracts, np.int64))
        opens[contracts] = row
        contracts += 1
    return opens[:contracts].copy(), second, True

"""Rows of many contracts, laid out as contract by second."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
B1: TypeAlias = npt.NDArray[np.bool_]


@kernel
def last_rows(contract: I4, second: I4, contracts: int, seconds: int) -> I4:
    """Find the last row of each contract in each second.

    Args:
        contract: (r,) place of the row's contract; a contract's rows are in time order.
        second: (r,) second of session of the row; outside ``[0, seconds)`` it is not looked at.
        contracts: how many contracts there are.
        seconds: how many seconds there are.

    Returns:
        (contracts, seconds) place of the row, -1 where the contract has none in the second.

    Source:
        docs/features.md, "Option state".
    """
    last = np.full((contracts, seconds), -1, np.int32)
    for row in range(contract.shape[0]):
        if 0 <= second[row] < seconds:
            last[contract[row], second[row]] = row
    return last


@kernel
def newest_seconds(last: I4) -> I4:
    """Tell each contract's newest second with a row, up to and including each second.

    Args:
        last: as `last_rows` gives it.

    Returns:
        (contracts, seconds) second of session, -1 before the first.

    Source:
        docs/features.md, "Option state".
    """
    newest = np.empty(last.shape, np.int32)
    for contract in range(last.shape[0]):
        seen = -1
        for second in range(last.shape[1]):
            if last[contract, second] >= 0:
                seen = second
            newest[contract, second] = seen
    return newest


@kernel
def sum_in_cells(
    contract: I4, second: I4, value: I8, known: B1, contracts: int, seconds: int
) -> tuple[I8, B1]:
    """Sum a value of the rows of each contract in each second.

    Args:
        contract: (r,) place of the row's contract.
        second: (r,) second of session; outside ``[0, seconds)`` the row is not looked at.
        value: (r,) what is summed.
        known: (r,) whether the value is known.
        contracts: how many contracts there are.
        seconds: how many seconds there are.

    Returns:
        ``(sums, complete)``, each (contracts, seconds); a cell is complete unless one of its rows
        is unknown. Without rows it is complete, and its sum 0.

    Source:
        docs/features.md, "Option state".
    """
    sums = np.zeros((contracts, seconds), np.int64)
    complete = np.ones((contracts, seconds), np.bool_)
    for row in range(contract.shape[0]):
        if 0 <= second[row] < seconds:
            if known[row]:
                sums[contract[row], second[row]] += value[row]
            else:
                complete[contract[row], second[row]] = False
    return sums, complete


@kernel
def seconds_with_rows(second: I4, seconds: int) -> B1:
    """Tell whether any contract has a row in each second.

    Args:
        second: (r,) second of session of the row; outside ``[0, seconds)`` it is not looked at.
        seconds: how many seconds there are.

    Returns:
        (seconds,) whether a row is of the second.

    Source:
        docs/features.md, "Option state".
    """
    found = np.zeros(seconds, np.bool_)
    for row in range(second.shape[0]):
        if 0 <= second[row] < seconds:
            found[second[row]] = True
    return found

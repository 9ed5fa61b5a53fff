"""Who crossed the spread: the quote rule, then the tick rule, contract by contract."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
I1: TypeAlias = npt.NDArray[np.int8]

NO_QUOTE: Final = -1
UNTRADED: Final = -1
BY_NOTHING: Final = 0
BY_QUOTE: Final = 1
BY_TICK: Final = 2
ELIGIBLE: Final = 0
OUT_OF_SEQUENCE: Final = 1
CANCEL: Final = 2


@kernel
def classify_aggressor(
    contract: I4, price_u: I8, bid_u: I8, ask_u: I8, report: I1, last_price: I8, last_sign: I1
) -> tuple[I1, I1]:
    """Name the aggressor of each print; prints may come in any number of calls, in order.

    The quote rule speaks where ask > bid >= 0, unless the print is exactly at the midpoint. Then
    the tick rule does: the sign of the last change between eligible prints of the contract, up
    to this print. A report out of sequence has its quote at most and does not move the series; a
    cancel has nothing.

    Args:
        contract: (n,) code of the contract, in [0, c), prints in total order.
        price_u: (n,) units of $0.0001.
        bid_u: (n,) best bid in force, NO_QUOTE where absent.
        ask_u: (n,) best ask in force, NO_QUOTE where absent.
        report: (n,) ELIGIBLE, OUT_OF_SEQUENCE or CANCEL.
        last_price: (c,) price of each contract's last eligible print, UNTRADED before the first;
            moved on to this call's end.
        last_sign: (c,) sign of its last change, 0 before the first; moved on likewise.

    Returns:
        ``(aggressor, method)``, each (n,): +1 buyer, -1 seller, 0 unknown; BY_QUOTE, BY_TICK
        or BY_NOTHING.

    Source:
        docs, "Aggressor of an option print"; Lee and Ready (1991).
    """
    count = contract.shape[0]
    aggressor, method = np.zeros(count, np.int8), np.zeros(count, np.int8)
    for i in range(count):
        if report[i] == CANCEL:
            continue
        code = contract[i]
        if report[i] == ELIGIBLE:
            if last_price[code] != UNTRADED and price_u[i] != last_price[code]:
                last_sign[code] = 1 if price_u[i] > last_price[code] else -1
            last_price[code] = price_u[i]
        by_quote = _quote_sign(price_u[i], bid_u[i], ask_u[i])
        if by_quote != 0:
            aggressor[i], method[i] = by_quote, BY_QUOTE
        elif report[i] == ELIGIBLE and last_sign[code] != 0:
            aggressor[i], method[i] = last_sign[code], BY_TICK
    return aggressor, method


@kernel
def _quote_sign(price_u: int, bid_u: int, ask_u: int) -> int:
    """Side of the midpoint a price is on; 0 at the midpoint or without a sound quote."""
    if bid_u < 0 or ask_u <= bid_u:
        return 0
    above = 2 * price_u - (bid_u + ask_u)
    return 1 if above > 0 else -1 if above < 0 else 0

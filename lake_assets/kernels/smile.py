"""The last volatility of each contract, and what it says of a contract that has none now."""

import math
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I1: TypeAlias = npt.NDArray[np.int8]
F8: TypeAlias = npt.NDArray[np.float64]

UNKNOWN, OWN, LAST, INTERPOLATED = range(4)  # where a volatility comes from
_NEVER: Final = -(2**62)


class Smile(NamedTuple):
    """The newest valid volatility of each strike and right, (strikes, 2) each.

    Attributes:
        iv: a year, NaN where none was ever seen.
        ns: when it was seen.
    """

    iv: F8
    ns: I8


@kernel
def empty_smile(strikes: int) -> Smile:
    """A smile nobody has printed on yet."""
    return Smile(np.full((strikes, 2), np.nan), np.full((strikes, 2), _NEVER, np.int64))


@kernel
def volatility_at(
    smile: Smile, strikes_u: I8, strike: int, right: int, now: int, max_age_ns: int
) -> tuple[float, int]:
    """A contract's last volatility, however old, else one between its fresh neighbours.

    A neighbour is the nearest strike on its side with a volatility of the same right at most
    ``max_age_ns`` old, ends included. With one neighbour missing nothing is guessed.

    Returns:
        ``(iv, method)``; NaN and `UNKNOWN` where there is none.
    """
    if not math.isnan(smile.iv[strike, right]):
        return smile.iv[strike, right], LAST
    oldest = now - max_age_ns
    below, above = strike - 1, strike + 1
    while below >= 0 and smile.ns[below, right] < oldest:
        below -= 1
    while above < strikes_u.shape[0] and smile.ns[above, right] < oldest:
        above += 1
    if below < 0 or above == strikes_u.shape[0]:
        return math.nan, UNKNOWN
    share = (strikes_u[strike] - strikes_u[below]) / (strikes_u[above] - strikes_u[below])
    low, high = smile.iv[below, right], smile.iv[above, right]
    return low + share * (high - low), INTERPOLATED


@kernel
def volatilities_in_force(
    smile: Smile, ns: I8, strike: I8, right: I1, own_iv: F8, strikes_u: I8, max_age_ns: int
) -> tuple[F8, I1]:
    """The volatility to use at each of ``n`` prints: its own, else the past's.

    The past of a print is what was stamped before it: prints of one moment do not see each
    other. A session may come in several calls, later prints in later ones, those of one moment
    together.

    Args:
        smile: of all earlier prints; these are noted in it.
        ns: (n,) time of the print, non-decreasing.
        strike: (n,) place of its strike.
        right: (n,) `CALL` or `PUT`.
        own_iv: (n,) volatility its price implies, NaN where none.
        strikes_u: (s,) strikes ascending, units of $0.0001.
        max_age_ns: how old a neighbour's volatility may be, ends included.

    Returns:
        ``(iv, method)``, each (n,).

    Source:
        docs/features.md, "Options".
    """
    count = ns.shape[0]
    used, method = own_iv.copy(), np.full(count, OWN, np.int8)
    seen = 0
    for i in range(count):
        while ns[seen] < ns[i]:
            note(smile, strike[seen], right[seen], ns[seen], own_iv[seen])
            seen += 1
        if math.isnan(own_iv[i]):
            used[i], method[i] = volatility_at(
                smile, strikes_u, strike[i], right[i], ns[i], max_age_ns
            )
    for i in range(seen, count):
        note(smile, strike[i], right[i], ns[i], own_iv[i])
    return used, method


@kernel
def note(smile: Smile, strike: int, right: int, ns: int, iv: float) -> None:
    """Remember a volatility, if it is one."""
    if not math.isnan(iv):
        smile.iv[strike, right], smile.ns[strike, right] = iv, ns

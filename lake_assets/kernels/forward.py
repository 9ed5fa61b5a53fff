"""Put/call parity second by second: spot of a whole chain, forward of a few strikes."""

import math
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.parity import CALL, PUT, median_in_place

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
I2: TypeAlias = npt.NDArray[np.int16]
F8: TypeAlias = npt.NDArray[np.float64]

_UNKNOWN: Final = -1


class Chain(NamedTuple):
    """The quotes of one expiry.

    Attributes:
        strike: (k,) ascending, points.
        last: (2, k, n) place of each leg's row of the second, calls first, -1 where none.
        twice_mid: (r,) bid plus ask of a row in ticks, -1 where it has no mid.
        mid: (r,) mid of a row, points.
    """

    strike: I8
    last: I4
    twice_mid: I8
    mid: F8


class ParityStrikes(NamedTuple):
    """How many strikes take part, and how few are enough."""

    most: int
    least: int


@kernel
def parity_spot(chain: Chain, years: F8, rate: float, rule: ParityStrikes) -> F8:
    """Imply spot in each second from the strikes nearest to where call and put cost the same.

    Of the strikes with both mids in the second, that is the one with the least ``|C - P|``, the
    lower of equals. The forward is the median of ``K + exp(rT) (C - P)`` over the strikes nearest
    to it, the lower of equals first; spot is the forward discounted.

    Args:
        chain: the quotes.
        years: (n,) to expiry.
        rate: continuous, a year.
        rule: how many strikes.

    Returns:
        (n,) points, NaN where too few strikes have both mids or they imply no price above 0.

    Source:
        docs/features.md, "Option state".
    """
    seconds = years.shape[0]
    spot = np.full(seconds, np.nan)
    pairs = np.empty(chain.strike.shape[0], np.int64)
    for second in range(seconds):
        count, centre = _pairs_of(chain, second, pairs)
        if count >= rule.least:
            first, stop = _nearest(chain.strike, pairs[:count], centre, rule.most)
            growth = math.exp(rate * years[second])
            implied = np.empty(stop - first)
            for i in range(first, stop):
                k = pairs[i]
                call = chain.mid[chain.last[CALL, k, second]]
                put = chain.mid[chain.last[PUT, k, second]]
                implied[i - first] = chain.strike[k] + growth * (call - put)
            price = median_in_place(implied) * math.exp(-rate * years[second])
            spot[second] = price if price > 0 else math.nan
    return spot


@kernel
def _pairs_of(chain: Chain, second: int, pairs: I8) -> tuple[int, int]:
    """Fill in the strikes with both mids; their count, and which of them is the centre."""
    count, centre, least = 0, 0, np.int64(0)
    for k in range(chain.strike.shape[0]):
        call, put = chain.last[CALL, k, second], chain.last[PUT, k, second]
        if call < 0 or put < 0:
            continue
        if chain.twice_mid[call] == _UNKNOWN or chain.twice_mid[put] == _UNKNOWN:
            continue
        gap = abs(chain.twice_mid[call] - chain.twice_mid[put])
        if count == 0 or gap < least:
            centre, least = count, gap
        pairs[count] = k
        count += 1
    return count, centre


@kernel
def _nearest(strike: I8, pairs: I8, centre: int, most: int) -> tuple[int, int]:
    """The stretch ``[first, stop)`` of the pairs nearest to the centre, the lower of equals."""
    first, stop = centre, centre + 1
    middle = strike[pairs[centre]]
    while stop - first < most and (first > 0 or stop < pairs.shape[0]):
        below = first > 0
        if below and stop < pairs.shape[0]:
            below = middle - strike[pairs[first - 1]] <= strike[pairs[stop]] - middle
        if below:
            first -= 1
        else:
            stop += 1
    return first, stop


@kernel
def slot_forward(strike: I4, mid: F8, years: F8, rate: float) -> tuple[F8, I2]:
    """Imply the forward in each second from the strikes that hold a slot of both rights.

    Args:
        strike: (2, s, n) strike of each slot, calls first, points; -1 where the slot is empty.
        mid: (2, s, n) mid of each slot, points; NaN where unknown.
        years: (n,) to expiry.
        rate: continuous, a year.

    Returns:
        ``(forward, strikes)``, each (n,): the median of ``K + exp(rT) (C - P)``, NaN where there
        is none, and how many strikes are in it; a strike in two slots counts once.

    Source:
        docs/features.md, "Option state".
    """
    slots, seconds = strike.shape[1], strike.shape[2]
    forward, strikes = np.full(seconds, np.nan), np.zeros(seconds, np.int16)
    implied = np.empty(slots)
    for second in range(seconds):
        growth, count = math.exp(rate * years[second]), 0
        for slot in range(slots):
            price = strike[CALL, slot, second]
            other = _slot_of(strike[PUT, :, second], price)
            repeated = _slot_of(strike[CALL, :, second], price) < slot
            if price < 0 or other < 0 or repeated:
                continue
            gap = mid[CALL, slot, second] - mid[PUT, other, second]
            if not math.isnan(gap):
                implied[count] = price + growth * gap
                count += 1
        if count > 0:
            forward[second] = median_in_place(implied[:count].copy())
            strikes[second] = count
    return forward, strikes


@kernel
def _slot_of(strikes: I4, strike: int) -> int:
    """First slot that holds a strike, -1 if none does."""
    for slot in range(strikes.shape[0]):
        if strikes[slot] == strike:
            return slot
    return -1

"""Which strikes stand around the money, and which contract holds each slot."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
U2: TypeAlias = npt.NDArray[np.uint16]
B1: TypeAlias = npt.NDArray[np.bool_]

NO_TARGET: Final = -1
NO_CONTRACT: Final = -1
RIGHTS: Final = 2
SLOTS: Final = 5  # of a right: two steps below the target to two above
ATM: Final = SLOTS // 2


class Listing(NamedTuple):
    """Contracts by expiry, right and strike.

    Attributes:
        strike: (c,) points.
        first: (c,) second of session of the contract's first row, negative before the open.
        opens: (e, 2) first contract of each expiry and right, calls first.
        stops: (e, 2) the contract after its last.
    """

    strike: I8
    first: I8
    opens: I8
    stops: I8


@kernel
def nearest_strikes(spot: I8, step: int, step_points: int, hysteresis_pct: int) -> I4:
    """Round spot to a multiple of the strike step; exact halves go up.

    With a hysteresis the last target stays while spot is within a half and ``hysteresis_pct`` of
    a step of it.

    Args:
        spot: (n,) in the smallest unit of spot, negative where unknown.
        step: strike step in that unit.
        step_points: strike step, points.
        hysteresis_pct: % of a step, 0 for none.

    Returns:
        (n,) points, `NO_TARGET` where spot is unknown.

    Source:
        docs/features.md, "Option state".
    """
    target = np.full(spot.shape[0], NO_TARGET, np.int32)
    held, holds = np.int64(0), False
    for t in range(spot.shape[0]):
        if spot[t] < 0:
            continue
        away = 100 * abs(spot[t] - held * step)
        if not holds or hysteresis_pct == 0 or away > (50 + hysteresis_pct) * step:
            held, holds = (2 * spot[t] + step) // (2 * step), True
        target[t] = held * step_points
    return target


@kernel
def fill_slots(target: I4, expiry: I8, listing: Listing, step: int) -> tuple[I4, U2]:
    """Choose the contract of each slot in each second.

    A contract is listed from its first row on. Where the slot's strike is not, the nearest listed
    one of the right within a step stands in, the lower of equals.

    Args:
        target: (n,) strike at the money, points; `NO_TARGET` where unknown.
        expiry: (n,) place of the chosen expiry, -1 where none is known.
        listing: the contracts.
        step: strike step, points.

    Returns:
        ``(contract, fallback)``: (2, 5, n) place of the contract, calls first, lowest strike
        first, `NO_CONTRACT` where there is none; and (n,) one bit per slot in that order, set
        where another strike stands in.

    Source:
        docs/features.md, "Option state".
    """
    seconds = target.shape[0]
    contract = np.full((RIGHTS, SLOTS, seconds), NO_CONTRACT, np.int32)
    fallback = np.zeros(seconds, np.uint16)
    for t in range(seconds):
        if target[t] == NO_TARGET or expiry[t] < 0:
            continue
        for right in range(RIGHTS):
            opens, stops = listing.opens[expiry[t], right], listing.stops[expiry[t], right]
            for slot in range(SLOTS):
                wanted = target[t] + (slot - ATM) * step
                chosen = _nearest_listed(listing, opens, stops, wanted, step, t)
                contract[right, slot, t] = chosen
                if chosen >= 0 and listing.strike[chosen] != wanted:
                    fallback[t] |= np.uint16(1 << (SLOTS * right + slot))
    return contract, fallback


@kernel
def _nearest_listed(
    listing: Listing, opens: int, stops: int, wanted: int, step: int, second: int
) -> int:
    """The listed contract nearest to a strike and within a step of it, the lower of equals."""
    chosen, least = NO_CONTRACT, step + 1
    first = opens + np.searchsorted(listing.strike[opens:stops], wanted - step)
    for at in range(first, stops):
        away = abs(listing.strike[at] - wanted)
        if listing.strike[at] > wanted + step:
            break
        if away < least and listing.first[at] <= second:
            chosen, least = at, away
    return chosen


@kernel
def find_rolls(call: I4, put: I4, expiry: I8) -> B1:
    """Tell where the contract at the money of either right, or the expiry, is another one.

    Args:
        call: (n,) place of the call at the money, `NO_CONTRACT` where none.
        put: (n,) the same of the put.
        expiry: (n,) place of the expiry, -1 where none.

    Returns:
        (n,) whether one differs from the last there was of its kind; the first never does.

    Source:
        docs/features.md, "Option state".
    """
    rolled = np.zeros(call.shape[0], np.bool_)
    last_call, last_put, last_expiry = np.int64(-1), np.int64(-1), np.int64(-1)
    for t in range(call.shape[0]):
        if call[t] >= 0:
            rolled[t] |= last_call >= 0 and call[t] != last_call
            last_call = np.int64(call[t])
        if put[t] >= 0:
            rolled[t] |= last_put >= 0 and put[t] != last_put
            last_put = np.int64(put[t])
        if expiry[t] >= 0:
            rolled[t] |= last_expiry >= 0 and expiry[t] != last_expiry
            last_expiry = expiry[t]
    return rolled

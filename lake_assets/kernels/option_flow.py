"""What was traded in each contract up to each minute's end, and its volatility by then."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.smile import empty_smile, note, volatility_at

I8: TypeAlias = npt.NDArray[np.int64]
I1: TypeAlias = npt.NDArray[np.int8]
F8: TypeAlias = npt.NDArray[np.float64]

_VOLUME, _PREMIUM, _NET, _SQUARES = range(4)


class OptionPrints(NamedTuple):
    """Prints of the options of one expiry, (n,) each, times non-decreasing.

    Attributes:
        ns: time of the print.
        strike: place of the strike in a sorted list of strikes.
        right: `CALL` or `PUT`.
        price_u: units of $0.0001.
        size: contracts.
        side: +1 buyer, -1 seller, 0 unknown.
        iv: volatility the price implies, NaN where none.
    """

    ns: I8
    strike: I8
    right: I1
    price_u: I8
    size: I8
    side: I1
    iv: F8


class FlowRows(NamedTuple):
    """One place a minute end and traded contract, in this order; (r,) each.

    Attributes:
        end: place of the minute end.
        strike: place of the strike.
        right: `CALL` or `PUT`.
        volume: contracts.
        premium_u: price times contracts, units of $0.0001.
        net: contracts bought minus sold by those who crossed the spread.
        size_sq: squared sizes of the prints with a known aggressor.
        iv: a year, NaN where unknown.
        method: where it comes from.
    """

    end: I8
    strike: I8
    right: I1
    volume: I8
    premium_u: I8
    net: I8
    size_sq: I8
    iv: F8
    method: I1


@kernel
def sum_flow(prints: OptionPrints, strikes_u: I8, ends: I8, max_age_ns: int) -> FlowRows:
    """Sum each contract's prints up to each minute end.

    A print stamped at an end is not in it. Contracts nobody traded by then have no row.

    Args:
        prints: (n,) prints, in order.
        strikes_u: (s,) strikes ascending, units of $0.0001.
        ends: (m,) minute ends, ascending.
        max_age_ns: how old a neighbour's volatility may be, ends included.

    Source:
        docs/features.md, "Options".
    """
    strikes = strikes_u.shape[0]
    sums = np.zeros((strikes, 2, 4), np.int64)
    smile = empty_smile(strikes)
    rows = _blank_rows(2 * strikes * ends.shape[0])
    head = count = 0
    for j in range(ends.shape[0]):
        while head < prints.ns.shape[0] and prints.ns[head] < ends[j]:
            _add(prints, head, sums)
            note(smile, prints.strike[head], prints.right[head], prints.ns[head], prints.iv[head])
            head += 1
        for strike in range(strikes):
            for right in range(2):
                if sums[strike, right, _VOLUME] > 0:
                    rows.end[count], rows.strike[count], rows.right[count] = j, strike, right
                    _copy(sums[strike, right], count, rows)
                    rows.iv[count], rows.method[count] = volatility_at(
                        smile, strikes_u, strike, right, ends[j], max_age_ns
                    )
                    count += 1
    return _head(rows, count)


@kernel
def _add(prints: OptionPrints, i: int, sums: I8) -> None:
    size, side = prints.size[i], prints.side[i]
    of_contract = sums[prints.strike[i], prints.right[i]]
    of_contract[_VOLUME] += size
    of_contract[_PREMIUM] += prints.price_u[i] * size
    of_contract[_NET] += side * size
    if side != 0:
        of_contract[_SQUARES] += size * size


@kernel
def _copy(of_contract: I8, row: int, rows: FlowRows) -> None:
    rows.volume[row] = of_contract[_VOLUME]
    rows.premium_u[row] = of_contract[_PREMIUM]
    rows.net[row] = of_contract[_NET]
    rows.size_sq[row] = of_contract[_SQUARES]


@kernel
def _blank_rows(count: int) -> FlowRows:
    return FlowRows(
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int8),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
        np.zeros(count),
        np.zeros(count, np.int8),
    )


@kernel
def _head(rows: FlowRows, count: int) -> FlowRows:
    return FlowRows(
        rows.end[:count],
        rows.strike[:count],
        rows.right[:count],
        rows.volume[:count],
        rows.premium_u[:count],
        rows.net[:count],
        rows.size_sq[:count],
        rows.iv[:count],
        rows.method[:count],
    )

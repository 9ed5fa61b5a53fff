"""Put/call parity: the basis between the future and the fund, minute by minute."""

import math
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.market.price import NANOS_PER_SECOND, UNITS_PER_TICK

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
I1: TypeAlias = npt.NDArray[np.int8]
F8: TypeAlias = npt.NDArray[np.float64]

CALL: Final = 0
PUT: Final = 1
YEAR_S: Final = 365 * 86_400.0

_GAP, _STRIKE, _DIFFERENCE, _STAMP, _ES = range(5)  # columns of a pair


class Quotes(NamedTuple):
    """Quotes at the prints of one expiry, (n,) each, times non-decreasing.

    Attributes:
        ns: time of the print.
        strike: place of the strike in a sorted list of strikes.
        right: `CALL` or `PUT`.
        bid: units of $0.0001.
        ask: units of $0.0001.
    """

    ns: I8
    strike: I8
    right: I1
    bid: I8
    ask: I8


class Future(NamedTuple):
    """Trades of the front contract, (n,) each, times non-decreasing: ns and ES ticks."""

    ns: I8
    ticks: I4


class ParityRule(NamedTuple):
    """Which quotes make a pair and which pairs make a sample; ns, seconds and units."""

    quote_age_ns: int
    max_skew_ns: int
    max_spread_u: int
    max_spread_pct: int
    max_gap_u: int
    min_strikes: int
    max_strikes: int
    rate: float
    min_time_s: int


class Samples(NamedTuple):
    """One place a minute end, (m,) each.

    Attributes:
        basis_u: ES / 10 minus implied SPY, units of $0.0001, not rounded; 0 without a sample.
        es_u: ES / 10 at the newest of its pairs, units.
        strikes: pairs used; 0 means there is no sample.
    """

    basis_u: F8
    es_u: I8
    strikes: I4


@kernel
def sample_parity(
    quotes: Quotes, strikes_u: I8, future: Future, ends: I8, close_ns: int, rule: ParityRule
) -> Samples:
    """Imply SPY from calls and puts at each minute end.

    A sample at ``end`` sees quotes in ``[end - quote_age, end)``: of each strike the latest call
    and put, and the last trade of the future in ``[stamp - skew, stamp)`` before the later one.

    Args:
        quotes: quotes of the options that expire at the close.
        strikes_u: (s,) strikes ascending, units of $0.0001.
        future: trades of the front contract.
        ends: (m,) minute ends, ascending.
        close_ns: when the options expire.
        rule: limits of age, spread, skew and count.

    Source:
        docs/features.md, "Prices".
    """
    m = ends.shape[0]
    samples = Samples(np.zeros(m), np.zeros(m, np.int64), np.zeros(m, np.int32))
    last = np.full((strikes_u.shape[0], 2), -1, np.int64)
    head = 0
    for j in range(m):
        while head < quotes.ns.shape[0] and quotes.ns[head] < ends[j]:
            last[quotes.strike[head], quotes.right[head]] = head
            head += 1
        if head == 0 or quotes.ns[head - 1] < ends[j] - rule.quote_age_ns:
            continue
        pairs = _nearest_pairs(quotes, last, strikes_u, future, ends[j], rule)
        if pairs.shape[0] >= rule.min_strikes:
            samples.basis_u[j] = _median_basis(pairs, close_ns, rule)
            samples.es_u[j] = _newest_es(pairs)
            samples.strikes[j] = pairs.shape[0]
    return samples


@kernel
def _nearest_pairs(
    quotes: Quotes, last: I8, strikes_u: I8, future: Future, end: int, rule: ParityRule
) -> I8:
    """The usable pairs with the smallest gap, of equals the lower strike first."""
    pairs = np.zeros((rule.max_strikes, 5), np.int64)
    count = 0
    for s in range(strikes_u.shape[0]):
        call, put = last[s, CALL], last[s, PUT]
        if not _is_pair(quotes, call, put, end - rule.quote_age_ns, rule):
            continue
        difference = quotes.bid[call] + quotes.ask[call] - quotes.bid[put] - quotes.ask[put]
        gap = abs(difference)
        if gap > 2 * rule.max_gap_u or (count == rule.max_strikes and gap >= pairs[-1, _GAP]):
            continue
        stamp = max(quotes.ns[call], quotes.ns[put])
        at = np.searchsorted(future.ns, stamp) - 1
        if at < 0 or future.ns[at] < stamp - rule.max_skew_ns:
            continue
        count = min(count + 1, rule.max_strikes)
        place = count - 1
        while place > 0 and pairs[place - 1, _GAP] > gap:
            for column in range(pairs.shape[1]):
                pairs[place, column] = pairs[place - 1, column]
            place -= 1
        pairs[place, _GAP], pairs[place, _STRIKE] = gap, strikes_u[s]
        pairs[place, _DIFFERENCE], pairs[place, _STAMP] = difference, stamp
        pairs[place, _ES] = UNITS_PER_TICK * np.int64(future.ticks[at])
    return pairs[:count]


@kernel
def _is_pair(quotes: Quotes, call: int, put: int, opens: int, rule: ParityRule) -> bool:
    """Whether both prints exist, are fresh, close in time and fairly quoted."""
    if call < 0 or put < 0 or quotes.ns[call] < opens or quotes.ns[put] < opens:
        return False
    if abs(quotes.ns[call] - quotes.ns[put]) > rule.max_skew_ns:
        return False
    return _is_fair(quotes.bid[call], quotes.ask[call], rule) and _is_fair(
        quotes.bid[put], quotes.ask[put], rule
    )


@kernel
def _is_fair(bid: int, ask: int, rule: ParityRule) -> bool:
    """Whether the spread is positive and no wider than both limits allow, in integers."""
    spread = ask - bid
    if bid <= 0 or spread <= 0:
        return False
    return spread <= rule.max_spread_u or 200 * spread <= rule.max_spread_pct * (bid + ask)


@kernel
def _median_basis(pairs: I8, close_ns: int, rule: ParityRule) -> float:
    """Median over pairs of ES / 10 minus ``K exp(-rT) + C - P``; twice the mids are integers."""
    values = np.zeros(pairs.shape[0])
    for i in range(pairs.shape[0]):
        seconds = max(float(rule.min_time_s), (close_ns - pairs[i, _STAMP]) / NANOS_PER_SECOND)
        discount = math.exp(-rule.rate * seconds / YEAR_S)
        values[i] = pairs[i, _ES] - (pairs[i, _STRIKE] * discount + pairs[i, _DIFFERENCE] / 2)
    return median_in_place(values)


@kernel
def _newest_es(pairs: I8) -> int:
    """ES / 10 at the pair that was complete last."""
    newest = 0
    for i in range(1, pairs.shape[0]):
        if pairs[i, _STAMP] > pairs[newest, _STAMP]:
            newest = i
    return int(pairs[newest, _ES])


@kernel
def median_in_place(values: F8) -> float:
    """Middle of a few values, of an even count the mean of the middle two; sorts in place.

    By hand, because `np.median` takes seconds to compile and there are at most dozens.
    """
    for i in range(1, values.shape[0]):
        value, place = values[i], i
        while place > 0 and values[place - 1] > value:
            values[place] = values[place - 1]
            place -= 1
        values[place] = value
    middle = values.shape[0] // 2
    if values.shape[0] % 2 == 1:
        return float(values[middle])
    return float((values[middle - 1] + values[middle]) / 2)


@kernel
def median_of_samples(basis_u: F8, strikes: I4, window: int, carry: int) -> tuple[F8, I4, I8]:
    """The basis at each of ``m`` minutes from the samples that end in the window up to it.

    The window is ``(minute - window, minute]``, in places. Without a sample in it the last basis
    is carried: by then its window had moved on to its newest sample alone.

    Args:
        basis_u: (m,) samples, units of $0.0001.
        strikes: (m,) pairs of the sample, 0 where there is none.
        window: minutes.
        carry: how many minutes old the newest sample may be.

    Returns:
        ``(basis, samples, newest)``, each (m,): the median, how many samples are in it, and the
        place of the newest, -1 where there is no basis.
    """
    m = basis_u.shape[0]
    basis, samples, newest = np.zeros(m), np.zeros(m, np.int32), np.full(m, -1, np.int64)
    last = -1
    for i in range(m):
        if strikes[i] > 0:
            last = i
        if last < 0 or i - last > max(carry, window - 1):
            continue
        first = min(max(0, i - window + 1), last)
        seen, count = np.zeros(i + 1 - first), 0
        for j in range(first, i + 1):
            if strikes[j] > 0:
                seen[count] = basis_u[j]
                count += 1
        basis[i] = median_in_place(seen[:count])
        samples[i], newest[i] = count, last
    return basis, samples, newest

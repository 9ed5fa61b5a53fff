"""The SPY options of a simulated session: definitions, and prints with the quote in force."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from databento_dbn import CMBP1Msg

from lake_assets.kernels.simulated_options import price_options
from lake_assets.market.price import DBN_PRICE_SCALE, DBN_UNDEFINED_PRICE, NANOS_PER_SECOND
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import OptionRight
from lake_assets.simulation.contracts import Option
from lake_assets.simulation.dbn_file import Records
from lake_assets.simulation.fair_value import F8, regular_seconds
from lake_assets.simulation.parameters import SimulationParams

I8: TypeAlias = npt.NDArray[np.int64]

OPRA_PUBLISHER: Final = 30
_TCBBO_LENGTH: Final = 20  # of a record, in units of four bytes
_TCBBO_RTYPE: Final = 194
_F_LAST: Final = 128
_RATE: Final = 0.045
_YEAR_NS: Final = 365 * 86_400 * NANOS_PER_SECOND
_SHORTEST_NS: Final = 60 * NANOS_PER_SECOND
_CENT: Final = DBN_PRICE_SCALE // 100
_SAME_DAY_SHARE: Final = 0.88
_PAIR_SHARE: Final = 0.3  # of prints that start a pair of call and put at one strike
_NEAR_USD: Final = 2.2  # standard deviation of a traded strike from spot
_FLOW_LIFE_S: Final = 900
_EXCHANGES: Final = 16
_LARGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Underlying:
    """SPY as each second of the session began, in dollars, and how busy the second is."""

    spot_usd: F8
    activity: F8


@dataclass(frozen=True, slots=True)
class Prints:
    """What was traded when, (n,) each and in order of time; ``option`` is a place in a list."""

    ns: I8
    second: I8
    option: I8


def trade_options(
    session: Session,
    params: SimulationParams,
    options: list[Option],
    underlying: Underlying,
    rng: np.random.Generator,
) -> Records:
    """Draw the prints of regular hours as vendor ``tcbbo`` records.

    Args:
        session: one with regular hours.
        params: how many prints, and how dear.
        options: the listed ones, as ``options_of`` orders them.
        underlying: where spot goes.
        rng: where the draws come from.
    """
    prints = _draw_prints(session, params, options, underlying, rng)
    middle = _middle_usd(params, options, prints, underlying.spot_usd, rng)
    bid, ask = _quote_cents(middle, rng)
    lean = _flow(prints, options, rng)
    records = np.zeros(prints.ns.size, np.dtype(CMBP1Msg._dtypes))  # noqa: SLF001 the vendor's layout has no other name
    _fill_header(records, options, prints, session, rng)
    _fill_quote(records, bid, ask, rng)
    records["price"] = _traded_cents(bid, ask, lean, rng) * _CENT
    return records


def _draw_prints(
    session: Session,
    params: SimulationParams,
    options: list[Option],
    underlying: Underlying,
    rng: np.random.Generator,
) -> Prints:
    """Times by activity, strikes near the money; some calls come with the put of their strike."""
    count = params.option_trade_count
    starts, stops = regular_seconds(session)
    due = np.concatenate([[0.0], np.cumsum(underlying.activity[starts:stops])])
    share = np.sort(rng.random(count)) * due[-1] * (1 - 1e-9)
    moment = np.interp(share, due, np.arange(due.size, dtype=np.float64))
    ns = session.hours.opens + ((starts + moment) * NANOS_PER_SECOND).astype(np.int64)
    second = (ns - session.hours.opens) // NANOS_PER_SECOND

    strikes = len(options) // 4
    strike = np.rint(underlying.spot_usd[second] + rng.normal(0.0, _NEAR_USD, count)).astype(
        np.int64
    )
    strike = np.clip(strike - options[0].strike, 0, strikes - 1)
    later = (rng.random(count) >= _SAME_DAY_SHARE).astype(np.int64)
    put = rng.integers(0, 2, count)
    first = np.flatnonzero(rng.random(count - 1) < _PAIR_SHARE)
    first = first[np.diff(first, prepend=-2) > 1]
    for column in (strike, later, second):
        column[first + 1] = column[first]
    put[first + 1] = 1 - put[first]
    ns[first + 1] = ns[first] + rng.integers(1_000, 900_000, first.size)
    order = np.argsort(ns, kind="stable")
    option = 2 * strikes * later + 2 * strike + put
    closes = session.hours.opens + stops * NANOS_PER_SECOND
    return Prints(np.minimum(ns[order], closes - 1), second[order], option[order])


def _middle_usd(
    params: SimulationParams,
    options: list[Option],
    prints: Prints,
    spot_usd: F8,
    rng: np.random.Generator,
) -> F8:
    """Theoretical price at the print, from a smile that rises when spot falls."""
    spot = spot_usd[prints.second]
    strike = np.array([option.strike for option in options], np.float64)[prints.option]
    expires = np.array([option.expires_ns for option in options])[prints.option]
    call = np.array([option.right is OptionRight.C for option in options])[prints.option]
    years = np.maximum(expires - prints.ns, _SHORTEST_NS) / _YEAR_NS
    moved = np.log(spot_usd / spot_usd[0])
    wander = np.cumsum(rng.standard_normal(spot_usd.size)) * 4e-4
    level = params.volatility * np.exp(np.clip(wander - 8.0 * moved, -0.7, 0.7))[prints.second]
    away = np.clip(np.log(strike / spot) / (level * np.sqrt(years)), -6.0, 6.0)
    smile = np.clip(level * (1.0 - 0.05 * away + 0.02 * away**2), 0.05, 2.0)
    usd: F8 = price_options(spot, strike, years, smile, call.astype(np.int64), _RATE)
    return usd


def _quote_cents(middle_usd: F8, rng: np.random.Generator) -> tuple[I8, I8]:
    """Consolidated bid and ask, at least a cent apart; a bid of 0 is no bid."""
    cents = 100.0 * middle_usd
    half = 0.5 + 0.006 * cents + rng.exponential(0.3, cents.size)
    bid = np.maximum(np.floor(cents - half + 0.5), 0.0).astype(np.int64)
    ask = np.maximum(np.ceil(cents + half - 0.5), bid + 1.0).astype(np.int64)
    return bid, ask


def _flow(prints: Prints, options: list[Option], rng: np.random.Generator) -> F8:
    """Excess share of buyers in each print, -0.6 to 0.6: episodes, different by strike."""
    strikes = np.array([option.strike for option in options])
    block = (strikes[prints.option] - strikes.min()) // 3
    stretch = (prints.second - prints.second[0]) // _FLOW_LIFE_S
    leans = rng.choice([-0.6, -0.3, 0.0, 0.3, 0.6], (stretch.max() + 1, block.max() + 1))
    lean: F8 = leans[stretch, block]
    return lean


def _traded_cents(bid: I8, ask: I8, lean: F8, rng: np.random.Generator) -> I8:
    """At the ask, at the bid, or sometimes between; where nobody bids, at the ask."""
    buys = rng.random(bid.size) < 0.5 + 0.5 * lean
    inside = rng.integers(bid, ask + 1)
    price = np.where(rng.random(bid.size) < 0.2, inside, np.where(buys, ask, bid))
    return np.maximum(np.where(bid == 0, ask, price), 1)


def _fill_header(
    records: Records,
    options: list[Option],
    prints: Prints,
    session: Session,
    rng: np.random.Generator,
) -> None:
    size = prints.ns.size
    ids = np.array([option.instrument_id for option in options])
    latest = session.hours.closes - 1
    records["length"], records["rtype"] = _TCBBO_LENGTH, _TCBBO_RTYPE
    records["publisher_id"] = 20 + rng.integers(0, _EXCHANGES, size)
    records["instrument_id"] = ids[prints.option]
    records["ts_event"] = prints.ns
    records["ts_recv"] = np.minimum(prints.ns + 150_000, latest)
    records["ts_in_delta"] = 150_000 - 90_000
    records["size"] = np.minimum(
        rng.geometric(0.22, size) * rng.choice([1, 1, 1, 5, 10], size), 500
    )
    records["action"], records["side"], records["flags"] = b"T", b"N", _F_LAST


def _fill_quote(records: Records, bid: I8, ask: I8, rng: np.random.Generator) -> None:
    bids = bid > 0
    records["bid_px_00"] = np.where(bids, bid * _CENT, DBN_UNDEFINED_PRICE)
    records["bid_sz_00"] = np.where(bids, rng.integers(1, 400, bid.size), 0)
    records["bid_pb_00"] = np.where(bids, 20 + rng.integers(0, _EXCHANGES, bid.size), 0)
    records["ask_px_00"] = ask * _CENT
    records["ask_sz_00"] = rng.integers(1, 400, ask.size)
    records["ask_pb_00"] = 20 + rng.integers(0, _EXCHANGES, ask.size)

"""Simulated options: uncrossed quotes, trades within them, both ways of flow, parity."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from databento_dbn import CMBP1Msg

from lake_assets.market.sessions import session_on
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets_tests.simulation.vendor_reader import read, store_of

UNDEFINED = 2**63 - 1
DAY = date(2025, 12, 17)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return simulate_session(
        session_on(DAY), tmp_path_factory.mktemp("raw"), SimulationParams(seed=5)
    )


@pytest.fixture(scope="module")
def definitions(files):
    records = store_of(files.paths("definition")[0]).to_ndarray()
    return {record["instrument_id"]: record for record in records}


@pytest.fixture(scope="module")
def prints(files):
    store = store_of(files.paths("tcbbo")[0])
    body = b"".join(bytes(record) for record in store)
    return np.frombuffer(body, np.dtype(CMBP1Msg._dtypes))  # noqa: SLF001 the vendor's layout


def test_prints_lie_in_regular_hours(files, prints):
    rth = files.session.rth
    assert rth.opens <= prints["ts_event"].min()
    assert prints["ts_event"].max() < rth.closes
    assert (np.diff(prints["ts_event"].astype("i8")) >= 0).all()
    assert set(prints["rtype"].tolist()) == {194}


def test_quotes_are_uncrossed_and_on_the_cent(prints):
    bids = prints["bid_px_00"] != UNDEFINED
    assert bids.mean() > 0.9
    assert (prints["bid_px_00"][bids] < prints["ask_px_00"][bids]).all()
    assert (prints["bid_px_00"][bids] > 0).all()
    for column in ("price", "ask_px_00"):
        assert (prints[column] % 10_000_000 == 0).all()
        assert (prints[column] > 0).all()


def test_trades_lie_within_their_quote_and_at_both_ends(prints):
    low = np.where(prints["bid_px_00"] == UNDEFINED, 0, prints["bid_px_00"])
    assert (prints["price"] >= low).all()
    assert (prints["price"] <= prints["ask_px_00"]).all()
    assert (prints["price"] == prints["ask_px_00"]).mean() > 0.25
    assert (prints["price"] == low).mean() > 0.25
    inside = (prints["price"] > low) & (prints["price"] < prints["ask_px_00"])
    assert inside.mean() > 0.01


def test_every_print_is_of_a_defined_option_near_the_money(prints, definitions):
    assert set(prints["instrument_id"].tolist()) <= set(definitions)
    strikes = np.array([definitions[i]["strike_price"] for i in prints["instrument_id"]]) / 1e9
    spot = np.median(strikes)
    assert (np.abs(strikes - spot) <= 5).mean() > 0.8
    assert (np.abs(strikes - spot) <= 0.04 * spot).all()


def test_symbols_say_what_the_definitions_say(definitions):
    expiries = set()
    for record in definitions.values():
        symbol = record["raw_symbol"].decode()
        expiries.add(symbol[6:12])
        assert symbol[:6] == "SPY   "
        assert symbol[12] == record["instrument_class"].decode()
        assert int(symbol[13:]) * 1_000_000 == record["strike_price"]
    assert expiries == {"251217", "251218"}


def test_a_call_and_a_put_tell_one_spot(files, prints, definitions):
    """Close pairs imply SPY within cents of ES less the basis, which moves slowly."""
    implied = []
    for one, two in pairwise(prints):
        a, b = (definitions[record["instrument_id"]] for record in (one, two))
        same = a["strike_price"] == b["strike_price"] and a["expiration"] == b["expiration"]
        kinds = {a["instrument_class"], b["instrument_class"]}
        if not same or len(kinds) < 2 or two["ts_event"] - one["ts_event"] > 10**6:
            continue
        if UNDEFINED in (one["bid_px_00"], two["bid_px_00"]):
            continue
        middles = {
            d["instrument_class"]: (int(r["bid_px_00"]) + int(r["ask_px_00"])) / 2e9
            for d, r in ((a, one), (b, two))
        }
        implied.append((one["ts_event"], a["strike_price"] / 1e9 + middles[b"C"] - middles[b"P"]))
    assert len(implied) > 1_000
    trades = read(files.paths("trades"))
    trades = trades[trades["instrument_id"] == 2603]
    at = np.searchsorted(trades["ts_event"], np.array([ns for ns, _ in implied]))
    basis = trades["price"][at - 1] / 1e10 - np.array([spot for _, spot in implied])
    assert np.median(basis) == pytest.approx(files.params.basis_usd, abs=0.3)
    assert np.std(basis) < 0.15


def test_customers_lean_both_ways(prints, definitions):
    """Per strike, the net of buys and sells against what coin flips would give."""
    signed, squared = {}, {}
    for record in prints:
        at_ask = record["price"] == record["ask_px_00"]
        side = 1 if at_ask else -1 if record["price"] == record["bid_px_00"] else 0
        strike = int(definitions[record["instrument_id"]]["strike_price"])
        size = int(record["size"])
        signed[strike] = signed.get(strike, 0) + side * size
        squared[strike] = squared.get(strike, 0) + size * size
    scores = [signed[k] / squared[k] ** 0.5 for k in signed if squared[k] > 10_000]
    assert min(scores) <= -2
    assert max(scores) >= 2

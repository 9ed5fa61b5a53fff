"""A simulated session on disk: read by the vendor's reader, same bytes each time, whole."""

import hashlib
import json
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from lake_assets.errors import ConflictingInputError
from lake_assets.market.sessions import session_on
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets.sources.raw_file import SIMULATED_MARK
from lake_assets_tests.simulation.vendor_reader import read, store_of

PARAMS = SimulationParams(seed=42, book_records=50_000, option_trades=8_000)
WHOLE = date(2025, 11, 20)
AFTER_CLOCK_CHANGE = date(2025, 11, 3)
HALF = date(2025, 11, 28)
NO_NEW_YORK = date(2025, 11, 27)
MOURNING = date(2025, 1, 9)
DAYS = [WHOLE, AFTER_CLOCK_CHANGE, HALF, NO_NEW_YORK, MOURNING]
DAY_NS = 86_400 * 10**9


@pytest.fixture(scope="module", params=DAYS, ids=str)
def simulated(request, tmp_path_factory):
    return simulate_session(session_on(request.param), tmp_path_factory.mktemp("raw"), PARAMS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return simulate_session(session_on(WHOLE), tmp_path_factory.mktemp("raw"), PARAMS)


def digests(simulated):
    return {each.path.name: each.sha256 for each in simulated.files}


def test_the_vendors_reader_reads_each_file(simulated):
    for each in simulated.files:
        store = store_of(each.path)
        assert len(store.to_ndarray()) == each.records > 0
        assert store.metadata.version == 3
        assert f".{store.schema}.dbn.zst" in each.path.name
        assert store.metadata.not_found == [SIMULATED_MARK]


def test_every_record_lies_in_the_range_its_file_states(simulated):
    hours = simulated.session.hours
    for each in simulated.files:
        store = store_of(each.path)
        start, end = store.metadata.start, store.metadata.end
        received = store.to_ndarray()["ts_recv"] if "tcbbo" not in each.path.name else None
        assert hours.opens <= start < end <= hours.closes
        assert start // DAY_NS == (end - 1) // DAY_NS
        if received is not None:
            assert start <= received.min()
            assert received.max() < end


def test_the_files_cover_the_session(simulated):
    stores = [store_of(path) for path in simulated.paths("mbp-10")]
    edges = [(store.metadata.start, store.metadata.end) for store in stores]
    hours = simulated.session.hours
    assert edges[0][0] == hours.opens
    assert edges[-1][1] == hours.closes
    assert all(end == start for (_, end), (start, _) in pairwise(edges))


def test_the_counts_are_those_asked_for(simulated):
    assert simulated.count("mbp-10") == pytest.approx(PARAMS.book_records, rel=0.02)
    assert simulated.count("trades") == pytest.approx(PARAMS.trade_count, rel=0.02)
    asked = PARAMS.option_trade_count if simulated.session.rth else 0
    assert simulated.count("tcbbo") == asked
    assert (simulated.count("definition") > 0) == (asked > 0)


def test_the_trades_are_those_of_the_book(simulated):
    book, trades = read(simulated.paths("mbp-10")), read(simulated.paths("trades"))
    book = book[book["action"] == b"T"]
    names = [name for name in trades.dtype.names if name not in ("length", "rtype")]
    assert len(book) == len(trades)
    assert all((book[name] == trades[name]).all() for name in names)
    assert set(trades["rtype"].tolist()) == {0}


def test_the_front_contract_trades_most_and_a_spread_trades_too(whole):
    symbols = {}
    for path in whole.paths("trades"):
        store = store_of(path)
        names = {int(m[0]["symbol"]): raw for raw, m in store.metadata.mappings.items()}
        for number in store.to_ndarray()["instrument_id"]:
            symbols[names[number]] = symbols.get(names[number], 0) + 1
    assert set(symbols) == {"ESZ5", "ESH6", "ESZ5-ESH6"}
    assert symbols["ESZ5"] > 10 * symbols["ESH6"] > symbols["ESZ5-ESH6"] > 0


def test_regular_hours_are_the_busy_ones(whole):
    trades = read(whole.paths("trades"))
    rth = whole.session.rth
    regular = (trades["ts_event"] >= rth.opens) & (trades["ts_event"] < rth.closes)
    assert 0.5 < regular.mean() < 0.8
    minutes = (trades["ts_event"][regular].astype("i8") - rth.opens) // (60 * 10**9)
    first, middle, last = ((minutes // 30 == half).sum() for half in (0, 6, 12))
    assert first > 1.5 * middle
    assert last > 1.2 * middle


def test_the_night_fills_the_long_average_and_the_premarket_trades(whole):
    trades = read(whole.paths("trades"))["ts_event"].astype("i8")
    before = trades[trades < whole.session.rth.opens]
    bars = np.unique(before // (120 * 10**9)).size
    assert bars >= 440
    assert (before >= whole.session.rth.opens - int(5.5 * 3600e9)).sum() > 500


def test_the_day_has_a_range_levels_live_in(whole):
    trades, rth = read(whole.paths("trades")), whole.session.rth
    front = trades["instrument_id"] == 2512
    regular = (trades["ts_event"] >= rth.opens) & (trades["ts_event"] < rth.closes)
    points = np.ptp(trades["price"][front & regular]) / 1e9
    assert 30 <= points <= 90


def test_the_same_parameters_give_the_same_bytes_whatever_the_chunks(whole, tmp_path):
    again = simulate_session(session_on(WHOLE), tmp_path, PARAMS, chunk_records=1_009)
    assert digests(again) == digests(whole)
    support = ["metadata.json", "manifest.json", "condition.json", "symbology.json"]
    for one, other in zip(whole.files, again.files, strict=True):
        for name in support:
            ours, theirs = one.path.parent / name, other.path.parent / name
            assert ours.read_bytes() == theirs.read_bytes()


def test_another_seed_gives_other_bytes(whole, tmp_path):
    other = simulate_session(session_on(WHOLE), tmp_path, PARAMS.model_copy(update={"seed": 43}))
    alike = set(digests(other).items()) & set(digests(whole).items())
    assert {name for name, _ in alike} == {"opra-pillar-20251120.definition.dbn.zst"}


def test_the_manifest_describes_every_file(simulated):
    for folder in {each.path.parent for each in simulated.files}:
        listed = json.loads((folder / "manifest.json").read_text())["files"]
        assert {each["filename"] for each in listed} | {"manifest.json"} == {
            path.name for path in folder.iterdir()
        }
        for each in listed:
            content = (folder / each["filename"]).read_bytes()
            assert each["size"] == len(content)
            assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_what_is_there_is_left_alone_and_another_simulation_refused(tmp_path):
    session = session_on(NO_NEW_YORK)
    first = simulate_session(session, tmp_path, PARAMS)
    stamps = [each.path.stat().st_mtime_ns for each in first.files]
    assert simulate_session(session, tmp_path, PARAMS) == first
    assert [each.path.stat().st_mtime_ns for each in first.files] == stamps

    for change in ({"seed": 7}, {"trades": 5_000}):
        with pytest.raises(ConflictingInputError, match="overwrite"):
            simulate_session(session, tmp_path, PARAMS.model_copy(update=change))

    other = PARAMS.model_copy(update={"seed": 7})
    replaced = simulate_session(session, tmp_path, other, overwrite=True)
    assert len(list(tmp_path.iterdir())) == 1
    assert simulate_session(session, tmp_path, other) == replaced


def test_a_changed_file_is_refused(tmp_path):
    session = session_on(NO_NEW_YORK)
    first = simulate_session(session, tmp_path, PARAMS)
    path = first.paths("trades")[0]
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ConflictingInputError, match="does not describe"):
        simulate_session(session, tmp_path, PARAMS)
    assert simulate_session(session, tmp_path, PARAMS, overwrite=True) == first


def test_a_simulation_cut_short_is_made_anew(tmp_path):
    session = session_on(NO_NEW_YORK)
    first = simulate_session(session, tmp_path, PARAMS)
    (first.files[0].path.parent / "manifest.json").unlink()
    assert simulate_session(session, tmp_path, PARAMS) == first
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]

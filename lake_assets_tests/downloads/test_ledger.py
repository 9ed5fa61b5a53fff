"""The ledger: appended, never changed, and never above the cap whoever asks."""

import json
import os
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.downloads.ledger import Event, Purchase, ledger_of
from lake_assets.downloads.products import ES_TRADES, Request
from lake_assets.errors import BudgetError, LedgerError
from lake_assets.market.sessions import Interval, Nanos


def request(number=0):
    day = 1_765_839_600 * 10**9 + number * 86_400 * 10**9
    interval = Interval(Nanos(day), Nanos(day + 10**9))
    return Request(ES_TRADES, date(2025, 12, 16), interval)


@pytest.fixture
def ledger(tmp_path):
    return ledger_of(tmp_path)


def bought(job, cost):
    return {"request": request().name, "job_id": job, "cost_usd": cost}


def test_what_is_reserved_counts_and_is_counted_once(ledger):
    for _ in range(2):
        ledger.reserve([(request(), Decimal("0.6"))], cap_usd=Decimal(1))
    assert ledger.held_usd() == Decimal("0.6")


def test_a_price_that_has_risen_is_topped_up(ledger):
    ledger.reserve([(request(), Decimal("0.6"))], cap_usd=Decimal(1))
    ledger.reserve([(request(), Decimal("0.9"))], cap_usd=Decimal(1))
    assert ledger.held_usd() == Decimal("0.9")
    with pytest.raises(BudgetError):
        ledger.reserve([(request(), Decimal("1.1"))], cap_usd=Decimal(1))
    assert ledger.held_usd() == Decimal("0.9")


def test_all_of_them_or_none(ledger):
    prices = [(request(0), Decimal("0.5")), (request(1), Decimal("0.6"))]
    with pytest.raises(BudgetError, match=r"LAKE_BUDGET_USD to at least 1\.1"):
        ledger.reserve(prices, cap_usd=Decimal(1))
    assert ledger.held_usd() == 0


def test_nothing_may_be_spent_unless_it_is_free(ledger):
    ledger.reserve([(request(0), Decimal(0))], cap_usd=Decimal(0))
    with pytest.raises(BudgetError):
        ledger.reserve([(request(1), Decimal("0.01"))], cap_usd=Decimal(0))


def test_a_cap_that_was_lowered_stops_what_was_reserved_under_the_old_one(ledger):
    ledger.reserve([(request(), Decimal(5))], cap_usd=Decimal(10))
    with pytest.raises(BudgetError):
        ledger.reserve([(request(), Decimal(5))], cap_usd=Decimal(4))


def test_tenths_of_a_dollar_add_up(ledger):
    prices = [(request(number), Decimal("0.1")) for number in range(10)]
    ledger.reserve(prices, cap_usd=Decimal(1))
    assert ledger.held_usd() == 1


def test_a_purchase_costs_what_was_reserved_or_more(ledger):
    ledger.reserve([(request(), Decimal("0.6"))], cap_usd=Decimal(1))
    ledger.record(Event.BOUGHT, bought("J1", "0.1"))
    assert ledger.held_usd() == Decimal("0.6")
    ledger.record(Event.BOUGHT, bought("J1", "0.7"))
    assert ledger.held_usd() == Decimal("0.7")


def test_what_is_bought_is_not_reserved_again(ledger):
    ledger.record(Event.BOUGHT, bought("J1", "0.7"))
    ledger.reserve([(request(), Decimal("0.7"))], cap_usd=Decimal(0))
    assert ledger.held_usd() == Decimal("0.7")


def test_what_was_lost_stays_paid(ledger):
    ledger.record(Event.BOUGHT, bought("J1", "0.7"))
    ledger.record(Event.GIVEN_UP, bought("J1", "0.7"))
    assert ledger.purchases()[request().name] == Purchase(sunk_usd=Decimal("0.7"))
    with pytest.raises(BudgetError):
        ledger.reserve([(request(), Decimal("0.7"))], cap_usd=Decimal(1))


def test_a_torn_line_is_cut_off(ledger):
    ledger.reserve([(request(0), Decimal("0.5"))], cap_usd=Decimal(1))
    whole = ledger.path.read_bytes()
    with ledger.path.open("ab") as file:
        file.write(whole[: len(whole) // 2])
    ledger.reserve([(request(1), Decimal("0.5"))], cap_usd=Decimal(1))
    assert ledger.path.read_bytes().startswith(whole)
    assert ledger.held_usd() == 1
    for line in ledger.path.read_text().splitlines():
        json.loads(line)


@pytest.mark.parametrize(
    "line",
    [
        "no line",
        "[]",
        '{"event": "reserved", "request": "x"}',
        '{"event": "reserved", "request": "x", "cost_usd": "-5"}',
        '{"event": "reserved", "request": "x", "cost_usd": "NaN"}',
        '{"event": "refunded", "request": "x"}',
        '{"event": "bought", "request": "x", "cost_usd": "1"}',
        '{"event": "landed"}',
        "",
    ],
)
def test_a_ledger_that_was_edited_buys_nothing(ledger, line):
    ledger.reserve([(request(0), Decimal("0.5"))], cap_usd=Decimal(1))
    with ledger.path.open("a") as file:
        file.write(f"{line}\n")
    before = ledger.path.read_bytes()
    with pytest.raises(LedgerError, match="line 2"):
        ledger.reserve([(request(1), Decimal("0.1"))], cap_usd=Decimal(1))
    assert ledger.path.read_bytes() == before


def test_a_ledger_that_cannot_be_written_buys_nothing(ledger):
    ledger.path.mkdir(parents=True)
    with pytest.raises(LedgerError, match="nothing is bought"):
        ledger.reserve([(request(), Decimal("0.5"))], cap_usd=Decimal(1))


EVENTS = st.sampled_from(
    [Event.RESERVED, Event.SUBMITTING, Event.BOUGHT, Event.RELEASED, Event.LANDED]
)


@given(st.lists(st.tuples(EVENTS, st.integers(0, 3), st.integers(0, 500)), max_size=30))
def test_no_history_makes_money(events):
    """Whatever happens, what was bought stays counted and nothing counts below zero."""
    known, paid = {}, {}
    for event, number, cents in events:
        line = {"cost_usd": f"{cents / 100:.2f}", "job_id": "J", "at_s": 0.0}
        before = known.get(number, Purchase())
        if event is Event.RELEASED and before.job_id is not None:
            continue  # nobody releases what is bought
        known[number] = before.after(event, line)
        if event is Event.BOUGHT:
            paid[number] = max(paid.get(number, Decimal()), Decimal(line["cost_usd"]))
    for number, purchase in known.items():
        assert purchase.held_usd >= paid.get(number, Decimal())


RESERVE = """
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from lake_assets.downloads.ledger import ledger_of
from lake_assets.downloads.products import ES_TRADES, Request
from lake_assets.errors import BudgetError
from lake_assets.market.sessions import Interval

ledger = ledger_of(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[2]) + 8):
    request = Request(ES_TRADES, date(2025, 12, 16), Interval(number * 10**9, 10**12))
    try:
        ledger.reserve([(request, Decimal("0.1"))], cap_usd=Decimal(1))
    except BudgetError:
        print(number)
"""


def test_processes_together_keep_to_one_cap(ledger, tmp_path):
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RESERVE, str(tmp_path), str(100 * each)],
            env=environ,
            stdout=subprocess.PIPE,
            text=True,
        )
        for each in range(2)
    ]
    refused = [number for process in processes for number in process.communicate()[0].split()]
    assert [process.returncode for process in processes] == [0, 0]
    assert ledger.held_usd() == 1
    assert len(ledger.purchases()) == 10
    assert len(refused) == 6


def test_only_its_owner_reads_the_ledger(ledger):
    ledger.reserve([(request(), Decimal("0.1"))], cap_usd=Decimal(1))
    assert ledger.path.stat().st_mode & 0o077 == 0

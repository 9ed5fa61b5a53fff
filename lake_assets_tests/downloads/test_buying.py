"""Buying: nothing above the cap, nothing twice, nothing half, whoever is killed when."""

import json
import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from lake_assets.downloads.ledger import FOLDER
from lake_assets.errors import BudgetError, BusyPartitionError, ConflictingInputError
from lake_assets.lake.lock import hold
from lake_assets.sources.inventory import scan_raw
from lake_assets_tests.gateway.server import CANARY, Reply, refusal
from lake_assets_tests.orchestration.lakes import DAYS

PRICE = Decimal("0.25")


@pytest.mark.parametrize("budget", [None, "0", "0.24"])
def test_above_the_cap_nothing_is_requested(shop, budget):
    with pytest.raises(BudgetError, match=r"0\.25 USD more"):
        shop.buy(budget=budget)
    assert shop.gateway.asked["cost"] == 1
    assert shop.gateway.asked["submit"] == shop.gateway.bytes_bought == 0
    assert (shop.held(), shop.visible()) == (0, [])


def test_the_cap_is_of_everything_ever_spent(shop):
    shop.buy(budget="0.49")
    shop.day = DAYS[0]
    with pytest.raises(BudgetError, match=r"at least 0\.50"):
        shop.buy(budget="0.49")
    assert len(shop.gateway.jobs) == 1
    shop.buy(budget="0.5")
    assert shop.held() == Decimal("0.5")


def test_several_requests_are_bought_together_or_not_at_all(shop):
    shop.products = ("es_trades", "es_mbp10", "spy_options")
    with pytest.raises(BudgetError):
        shop.buy(budget="0.74")
    assert shop.gateway.asked["submit"] == 0
    shop.buy(budget="0.75")
    assert len(shop.gateway.jobs) == 3
    assert shop.lacking() == []


def test_what_is_free_needs_no_budget(shop):
    shop.gateway.price_usd = lambda _: 0
    shop.buy(budget=None)
    assert shop.held() == 0
    assert shop.lacking() == []


def test_a_price_that_rises_after_the_quote_counts_as_it_was_paid(shop):
    prices = iter([0.25, 0.75])
    shop.gateway.price_usd = lambda _: next(prices)
    shop.gateway.new_states = ["done"]
    shop.buy()
    assert shop.held() == Decimal("0.75")


def test_what_was_quoted_is_recorded(shop):
    shop.buyer().quote(shop.lacking())
    (line,) = map(json.loads, (shop.raw / FOLDER / "ledger.jsonl").read_text().splitlines())
    assert line["event"] == "quoted"
    assert (line["records"], line["bytes"], line["cost_usd"]) == (6_000, 288_000, "0.25")
    assert set(line["conditions"].values()) == {"available"}
    assert shop.held() == 0


def test_what_has_landed_is_not_bought_again(shop):
    shop.buy()
    before = shop.gateway.asked
    assert shop.buy() == []
    assert shop.gateway.asked == before


def test_files_that_were_lost_are_downloaded_again_not_bought(shop):
    (landed,) = shop.buy()
    shutil.rmtree(landed.folder)
    shop.buy(budget="0")
    assert len(shop.gateway.jobs) == 1
    assert shop.lacking() == []


def test_a_folder_that_lost_a_file_is_named(shop):
    (landed,) = shop.buy()
    next(landed.folder.glob("*20251217*")).unlink()
    with pytest.raises(ConflictingInputError, match="move the folder away"):
        shop.buy()
    assert len(shop.gateway.jobs) == 1
    shutil.rmtree(landed.folder)
    shop.buy()
    assert (len(shop.gateway.jobs), shop.lacking()) == (1, [])


def test_only_the_stretch_that_is_missing_is_bought(shop, simulated_raw):
    name = "glbx-mdp3-20251216.trades.dbn.zst"
    folder = next(simulated_raw.glob("GLBX-20251217-*"))
    (shop.raw / "mine").mkdir(parents=True)
    shutil.copy(folder / name, shop.raw / "mine" / name)
    (request,) = shop.lacking()
    assert request.start == "2025-12-17T00:00:00.000000000Z"
    shop.buy()
    assert shop.lacking() == []


def test_a_stretch_that_was_bought_alone_is_not_paid_again_with_the_whole(shop, simulated_raw):
    name = "glbx-mdp3-20251216.trades.dbn.zst"
    folder = next(simulated_raw.glob("GLBX-20251217-*"))
    (shop.raw / "mine").mkdir(parents=True)
    shutil.copy(folder / name, shop.raw / "mine" / name)
    (landed,) = shop.buy()
    shutil.rmtree(shop.raw / "mine")
    shutil.rmtree(landed.folder)
    assert [request.start for request in shop.lacking()] == ["2025-12-16T23:00:00.000000000Z"]
    shop.buy()
    day, evening = [job.query for job in shop.gateway.jobs]
    assert evening["end"] == day["start"] == "2025-12-17T00:00:00.000000000Z"
    assert shop.lacking() == []


def test_a_lost_ledger_is_no_reason_to_pay_again(shop):
    """The account's own list of jobs is asked first."""
    shop.buy()
    shutil.rmtree(shop.raw)
    shop.buy(budget="0")
    assert len(shop.gateway.jobs) == 1
    assert shop.held() == PRICE


def test_a_job_of_the_account_that_is_another_request_is_not_taken(shop):
    shop.buy()
    query = shop.gateway.jobs[0].query
    shutil.rmtree(shop.raw)
    for name, value in {
        "schema": "mbo",
        "symbols": "ES.FUT,NQ.FUT",
        "end": "2025-12-17T22:00:00.000000001Z",
        "encoding": "csv",
        "split_duration": "month",
    }.items():
        kept, query[name] = query[name], value
        with pytest.raises(BudgetError):
            shop.buy(budget="0")
        query[name] = kept
    shop.buy(budget="0")


def test_requests_that_were_not_sent_give_their_money_back(shop):
    shop.products = ("es_trades", "es_mbp10")
    shop.gateway.fail_always("submit", refusal(402))
    with pytest.raises(Exception, match="402"):
        shop.buy()
    assert shop.held() == 0


def test_two_at_once_buy_once(shop):
    lacking = shop.lacking()
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(shop.buyer().buy, lacking) for _ in range(2)]
        for each in both:
            assert [landed.error for landed in each.result()] == [None]
    assert len(shop.gateway.jobs) == 1
    assert shop.held() == PRICE


def test_two_at_once_cannot_together_exceed_the_cap(shop):
    """Each fits alone; the one that comes second is refused."""
    other = type(shop)(shop.gateway, shop.raw, day=DAYS[0])
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(each.buy, budget="0.3") for each in (shop, other)]
    errors = [each.exception() for each in both]
    assert sorted(map(type, errors), key=str) == sorted([type(None), BudgetError], key=str)
    assert len(shop.gateway.jobs) == 1


def test_whoever_waits_for_another_download_is_told_so(shop):
    (request,) = shop.lacking()
    buyer = shop.buyer()
    with ThreadPoolExecutor(1) as pool, hold(buyer.ledger.lock_of(request.name), wait_s=0):
        impatient = type(buyer)(buyer.raw_root, buyer.key, buyer.settings, lock_wait_s=0.05)
        refused = pool.submit(impatient.buy, [request]).exception()
    assert isinstance(refused, BusyPartitionError)
    assert shop.gateway.asked["submit"] == 0


BUY = """
import sys
from pathlib import Path
from lake_assets_tests.gateway.server import Gateway
from lake_assets_tests.gateway.shop import Shop

gateway = Gateway([])
gateway.address = sys.argv[1]
Shop(gateway, Path(sys.argv[2])).buy()
"""


@pytest.mark.parametrize("route", ["submit", "download"])
def test_a_process_that_is_killed_leaves_nothing_half_and_nothing_is_paid_twice(shop, route):
    """Killed while the vendor takes its time: after the job was made, and before it is known."""
    stalled = Reply(stall_s=60.0, after=route == "submit")
    shop.gateway.fail_always(route, stalled)
    words = [sys.executable, "-c", BUY, shop.gateway.address, str(shop.raw)]
    process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    while not shop.gateway.asked[route]:
        assert process.poll() is None
        shop.gateway.arrived.wait(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert shop.visible() == []
    assert scan_raw(shop.raw).faults == ()
    shop.gateway.recover()
    shop.buy(settle_s=30.0 if route == "submit" else 0.2)
    assert len(shop.gateway.jobs) == 1
    assert shop.held() == PRICE
    assert shop.lacking() == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="STRACE ABSENT: install it to run this")
def test_every_file_is_on_the_disk_before_the_rename_and_the_rename_after(shop, tmp_path):
    calls = tmp_path / "calls"
    watch = ["strace", "-f", "-y", "--seccomp-bpf", "-e", "trace=fsync,/rename", "-o", str(calls)]
    subprocess.run(
        [*watch, sys.executable, "-c", BUY, shop.gateway.address, str(shop.raw)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    lines = calls.read_text().splitlines()
    job_id = shop.gateway.jobs[0].job_id
    stage = f"{shop.raw / FOLDER / 'staging' / job_id}"
    (renamed,) = [n for n, line in enumerate(lines) if "rename" in line and f'{stage}"' in line]
    before = [line for line in lines[:renamed] if "fsync(" in line]
    for path in (shop.raw / job_id).iterdir():
        assert any(f"<{stage}/{path.name}>" in line for line in before), path
    assert f"<{stage}>" in before[-1]
    assert any("fsync(" in line and f"<{shop.raw}>" in line for line in lines[renamed:])


def test_a_rename_that_was_not_recorded_is_recognised(shop):
    """Killed between the promotion and the ledger's line of it."""
    shop.buy()
    ledger = shop.raw / FOLDER / "ledger.jsonl"
    *lines, last = ledger.read_text().splitlines()
    assert '"landed"' in last
    ledger.write_text("".join(f"{line}\n" for line in lines))
    request = type(shop)(shop.gateway, shop.raw.parent / "elsewhere").lacking()
    before = shop.gateway.asked["download"]
    (landed,) = shop.buyer().buy(request)
    assert landed.error is None
    assert shop.gateway.asked["download"] == before


def test_the_key_has_no_text(shop):
    buyer = shop.buyer()
    assert CANARY not in f"{buyer!r} {buyer} {buyer.vendor!r} {buyer.key!r}"

"""Every feature is what its past alone gives; one that reads ahead is caught by name.

LAKE_PROOF_CUTS sets how many moments of each session are tried; 200 is the full run.
"""

import os
from datetime import date
from functools import wraps

import dagster as dg
import polars as pl
import pytest

from lake_assets.audit.probes import Probe
from lake_assets.catalog import LABELS, SIGNALS, TOUCHES
from lake_assets.definitions import build_definitions, lake_assets
from lake_assets.gold.signals import signals
from lake_assets.market.sessions import session_on
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.orchestration.runs import run_partition
from lake_assets_tests.orchestration import audits
from lake_assets_tests.orchestration.audits import MINUTE, audit_of, leaking_audit
from lake_assets_tests.orchestration.evening import EVENING, GLOBEX
from lake_assets_tests.orchestration.lakes import DAILY, DAY, outcomes
from lake_assets_tests.promises.tally import count_audit

CUTS = int(os.environ.get("LAKE_PROOF_CUTS", "4"))
SHARES = min(4, 1 + CUTS // 16)  # of the cuts, so that processes can share them
ONLY = [dg.AssetKey(SIGNALS.key)]


def cuts_of(audit, count):
    """Sampled cuts, and the moments where something begins or ends."""
    rth = audit.rebuild.session.rth
    named = [rth.opens, rth.opens + 15 * MINUTE, rth.opens + 15 * MINUTE + 1, rth.closes]
    return [*named, *audit.draw(count - len(named), seed=11)]


@pytest.mark.parametrize("share", range(SHARES))
def test_a_simulated_session_says_what_its_past_says(built_once, share, promise):
    audit = audit_of(built_once.lake, DAY)
    cuts = cuts_of(audit, CUTS + 4 + CUTS // 10)
    assert len(cuts) >= CUTS

    with promise("P5") as counts:
        certificate = audit.at(cuts[share::SHARES], seed=share)
        count_audit(counts, certificate)
        assert certificate.leaks == ()

    assert min(certificate.rows.values()) > 0
    assert certificate.probes == tuple(Probe)


@pytest.mark.parametrize("share", range(SHARES))
def test_a_real_session_says_what_its_past_says(evening, share, promise):
    audit = audit_of(evening["levels"].lake, EVENING, **GLOBEX)
    touches = audit.published["touches"]["ts_event_ns"]
    busy = audit.draw(40 * CUTS, seed=5)
    cuts = [cut for cut in busy if touches.min() <= cut <= touches.max() + MINUTE][:CUTS]
    assert len(cuts) == CUTS

    with promise("P5") as counts:
        certificate = audit.at(cuts[share::SHARES], seed=share)
        count_audit(counts, certificate)
        assert certificate.leaks == ()

    assert certificate.rows["signals"] > 0


@pytest.mark.parametrize(
    ("name", "leak", "told"),
    [
        ("levels", audits.final_sma, "levels: .* kind=SMA_200"),
        ("levels", audits.high_of_the_minute, "levels: .* kind=SESSION_HIGH"),
        ("fuel", audits.gamma_of_the_day, r"fuel\.gamma_exposure: .* rows differ"),
        ("tape", audits.scaled_by_the_day, r"tape\.tape_imbalance: .* rows differ"),
    ],
    ids=["final SMA", "high of the minute", "gamma of the day", "ranks of the day"],
)
def test_a_planted_leak_is_caught_by_name_by_either_probe(built_once, name, leak, told):
    audit = leaking_audit(built_once.lake, DAY, name, leak)
    found = audit.at(audit.draw(3, seed=2), seed=3).leaks

    # what is made from the leak differs too; the leak itself must be among it, and by its name
    for probe in Probe:
        leaks = [line for line in found if f"({probe} at" in line]
        assert pl.Series(leaks).str.contains(told).any(), leaks
    upstream = ("front_contract", "es_spy_basis", "ohlcv", "option_")
    assert not [line for line in found if line.startswith(upstream)]


@wraps(signals.recipe.make)
def spot_to_come(**given):
    made = signals.recipe.make(**given)
    return made.with_columns(spot=pl.col("spot").shift(-1).fill_null(pl.col("spot")))


def run_leaking(lake, select=DAILY, **options):
    """Materialize with a research table that holds the next touch's price."""
    leaking = lake_asset(SIGNALS, audited=True)(spot_to_come)
    assets = [leaking if a.recipe.dataset == SIGNALS else a for a in lake_assets()]
    return run_partition(build_definitions(lake.environ, assets), DAY, select=select, **options)


def test_a_research_table_that_reads_ahead_is_never_published(empty_lake):
    found = run_leaking(empty_lake)

    assert "signals of 2025-12-17 is not published" in found.error
    assert "signals.spot: " in found.error
    assert empty_lake.lake.in_force(SIGNALS, DAY) is None
    assert empty_lake.lake.in_force(LABELS, DAY) is not None
    assert empty_lake.lake.verify() == []


def test_the_old_table_stays_when_the_new_one_reads_ahead(built_lake):
    before = built_lake.lake.in_force(SIGNALS, DAY)
    found = run_leaking(built_lake, select=ONLY, force="gold/signals")

    assert "is not published" in found.error
    assert built_lake.lake.in_force(SIGNALS, DAY) == before


def test_a_partition_carries_its_certificate(built_once):
    kept = built_once.lake.in_force(SIGNALS, DAY).certificate

    assert len(kept["cuts"]) == 1
    assert kept["leaks"] == []
    assert kept["cells"] > 10_000
    assert {"levels", "touches", "score", "labels", "signals"} <= set(kept["rows"])
    rth = session_on(date.fromisoformat(DAY)).rth
    assert rth.opens < kept["cuts"][0] < rth.closes
    assert built_once.lake.in_force(TOUCHES, DAY).certificate is None


def test_more_cuts_are_made_when_asked_and_none_when_not(built_lake):
    outcomes(built_lake.run(select=ONLY, force="gold/signals", LAKE_AUDIT_CUTS="2"))
    assert len(built_lake.lake.in_force(SIGNALS, DAY).certificate["cuts"]) == 2

    outcomes(built_lake.run(select=ONLY, force="gold/signals", LAKE_AUDIT_CUTS="0"))
    assert "no cut was asked" in built_lake.lake.in_force(SIGNALS, DAY).certificate["reason"]

"""Every second and every event of the option state is what its past alone gives.

LAKE_PROOF_CUTS sets how many moments of each underlying's day are tried; 200 is the full run.
"""

import os
from datetime import date

import polars as pl
import pytest

from lake_assets.audit.probes import Probe, probe_bronze
from lake_assets.catalog import OPTION_BOOKS
from lake_assets.catalog.parameters import BookParams
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.audit import Audit
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.rebuild import Rebuild
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.option_books import read_option_books
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.audits import MADE
from lake_assets_tests.orchestration.in_memory import MADE_FROM
from lake_assets_tests.promises.tally import count_audit

UNDERLYINGS = ("NIFTY", "SPY")
DAY = date(2025, 12, 17)
CUTS = int(os.environ.get("LAKE_PROOF_CUTS", "4"))
SHARES = min(4, 1 + CUTS // 16)


def session_of(name):
    return session_on(DAY, underlying_named(name).calendar)


@pytest.fixture(scope="module", params=UNDERLYINGS)
def audit(request, tmp_path_factory):
    """A day of planted option books, and every table found in it."""
    underlying, session = underlying_named(request.param), session_of(request.param)
    params = LakeParams()

    def build(folder):
        made = OptionBookParams(seed=5, days_to_expiry=2, flaws=True)
        simulate_option_books(session, underlying, folder / "raw", made)
        group = params.group(BookParams, underlying.name)
        books = read_option_books(scan_raw(folder / "raw"), session, underlying, group).batches
        rows = books if isinstance(books, pl.DataFrame) else pl.from_arrow(books.read_all())
        rows.write_ipc(folder / "books.arrow")

    folder = filled_once(tmp_path_factory, f"books-{underlying.name}", build)
    bronze = {f"option_books_{underlying.name}": pl.read_ipc(folder / "books.arrow").lazy()}
    recipes = [r for r in MADE if r.dataset.underlying == underlying.name]
    rebuild = Rebuild(recipes, session, params, MADE_FROM)
    return Audit(rebuild, bronze, rebuild.from_bronze(bronze, session.hours.closes).tables)


@pytest.mark.parametrize("share", range(SHARES))
def test_a_day_of_options_says_what_its_past_says(audit, share, promise):
    rth = audit.rebuild.session.rth
    named = [rth.opens, rth.opens + 1, rth.opens + 120 * 10**9, rth.closes]
    cuts = [*named, *audit.draw(CUTS + 8, seed=7)][: CUTS + 4]
    assert len(cuts) >= CUTS

    with promise("P5") as counts:
        certificate = audit.at(cuts[share::SHARES], seed=share)
        count_audit(counts, certificate)
        assert certificate.leaks == ()

    assert min(certificate.rows.values()) > 0, certificate.rows


def test_the_other_future_of_books_is_well_formed_and_another(audit):
    (name,) = audit.bronze
    dataset = next(d for d in OPTION_BOOKS if d.name == name)
    cut = audit.draw(1, seed=3)[0]
    rows = probe_bronze(audit.bronze, Probe.SCRAMBLED, cut, 1)[name].collect()
    old = audit.bronze[name].collect()
    before, order = pl.col("timestamp_ns") < cut, list(dataset.sort_by)

    assert rows.filter(before).equals(old.filter(before))
    dataset.schema.validate(rows)
    assert rows.select(order).equals(rows.select(order).unique(maintain_order=True))
    assert rows.select(order).equals(rows.select(order).sort(order))
    same = rows.filter(~before).join(old, on=rows.columns, nulls_equal=True)
    assert same.height < rows.filter(~before).height / 3


def state_that_knows_the_close(made):
    """A state whose spot at the money is compared with the session's last."""
    last = pl.col("spot_price").drop_nulls().last()
    return made.with_columns(ret_1s=(last / pl.col("spot_price")).log())


def test_a_state_that_knows_the_close_is_caught_by_name(audit):
    name = next(iter(audit.published))
    leaking = {**audit.published, name: state_that_knows_the_close(audit.published[name])}
    found = Audit(audit.rebuild, audit.bronze, leaking).at(audit.draw(1, seed=1), seed=1)
    assert any(leak.startswith(f"{name}.ret_1s: ") for leak in found.leaks)

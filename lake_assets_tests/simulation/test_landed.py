"""Simulated landings: the same bytes again, marked, sound, and told in the past only."""

import csv
import json
from datetime import date

import polars as pl
import pytest

from lake_assets.daily.parameters import ChainParams
from lake_assets.daily.snapshots import snapshot_chains
from lake_assets.errors import ConflictingInputError
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets.market.sessions import session_on, sessions_between
from lake_assets.retrieval.picks import pick_daily
from lake_assets.simulation.chains import ChainSimulation
from lake_assets.simulation.landed import simulate_landed
from lake_assets.sources.gpr import read_gpr
from lake_assets.sources.macro import read_macro
from lake_assets.sources.option_chains import read_option_chains
from lake_assets_tests.oracles import chain_volatility as oracle
from lake_assets_tests.sources.landed_files import inventory

DAY = date(2025, 12, 17)
SMALL = ChainSimulation(seed=5, symbols=("SPY", "IWM"), expirations=6)


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    folder = tmp_path_factory.mktemp("landed")
    simulate_landed(sessions_between(date(2025, 12, 16), DAY), folder, SMALL)
    return folder


def contents(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_session_is_the_same_whatever_range_it_is_simulated_in(raw, tmp_path):
    simulate_landed([session_on(DAY)], tmp_path, SMALL)
    alone, both = contents(tmp_path), contents(raw)
    assert alone == {name: both[name] for name in alone}
    assert len(alone) < len(both)


def test_another_seed_is_another_market(raw, tmp_path):
    simulate_landed([session_on(DAY)], tmp_path, ChainSimulation(seed=6, symbols=("SPY",)))
    name = f"option_chains/{DAY}/SPY.csv"
    assert contents(tmp_path)[name] != contents(raw)[name]


def test_chains_are_read_whole_and_marked_and_have_a_pick_for_every_symbol(raw):
    session = session_on(DAY)
    bronze = read_option_chains(inventory(raw), session)
    assert bronze.quality["provenance"] == "simulated"
    assert not [name for name in bronze.quality if name.startswith("quarantined")]
    made = snapshot_chains(bronze.batches, session, LiquidityTiers.load(), ChainParams()).batches
    assert made.height == bronze.quality["rows_read"]
    picks = pick_daily(made, "0" * 64)
    assert picks["symbol"].to_list() == ["IWM", "SPY"]
    assert sum(picks.null_count().row(0)) == 0


def test_a_simulated_mid_is_the_price_of_its_volatility(raw):
    path = raw / "option_chains" / str(DAY) / "SPY.csv"
    with path.open() as file:
        rows = [r for r in csv.DictReader(file) if r["implied_volatility"]][::37]
    for row in rows:
        years = (date.fromisoformat(row["expiration"]) - DAY).days / 365
        worth = oracle.price(
            float(row["underlying_price"]),
            float(row["strike"]),
            years,
            float(row["implied_volatility"]),
            0.04,
            0.0,
            is_call=row["type"] == "C",
        )
        assert float(row["last"]) == pytest.approx(worth, abs=0.006)
        assert float(row["bid"]) <= float(row["ask"])


def test_macro_files_tell_nothing_of_the_future_and_revise_the_newest_month(raw):
    made = read_macro(inventory(raw), DAY)
    assert made.quality["provenance"] == "simulated"
    assert not [name for name in made.quality if name.startswith("quarantined")]
    assert made.batches["observation_date"].max() <= DAY
    before = read_macro(inventory(raw), date(2025, 12, 16)).batches
    both = before.join(made.batches, on=["series", "observation_date"], suffix="_later")
    changed = both.filter(pl.col("value") != pl.col("value_later"))
    assert set(changed["series"]) <= {"CPIAUCSL", "UNRATE", "FEDFUNDS"}


def test_risk_ends_with_the_month_before_its_retrieval(raw):
    made = read_gpr(inventory(raw), date(2025, 12, 1)).batches
    assert made["date"].max() == date(2025, 11, 1)
    assert set(made["retrieval_date"]) == {date(2025, 12, 3)}


def test_a_vendors_files_are_not_written_over(tmp_path):
    folder = tmp_path / "option_chains" / str(DAY)
    folder.mkdir(parents=True)
    (folder / "SPY.csv").write_text("a vendor's")
    with pytest.raises(ConflictingInputError, match="option_chains"):
        simulate_landed([session_on(DAY)], tmp_path, SMALL)
    assert (folder / "SPY.csv").read_text() == "a vendor's"


def test_a_folder_is_marked_before_anything_is_in_it(raw):
    for folder in (raw / "gpr", raw / "macro" / str(DAY), raw / "option_chains" / str(DAY)):
        assert json.loads((folder / "metadata.json").read_text()) == {"simulated": True}

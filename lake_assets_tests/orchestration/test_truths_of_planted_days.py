"""Truth tables of planted days of two underlyings, raw shards to JSON, against counting again."""

import dagster as dg
import polars as pl
import pytest

from lake_assets.catalog import (
    BURST_LABELS,
    BURSTS,
    FAMILIES,
    OPTION_BOOKS,
    OPTION_STATE,
    TRUTH_TABLES,
)
from lake_assets.catalog.dataset import WHOLE
from lake_assets.market.underlyings import underlying_named
from lake_assets_tests.oracles.truth_tables import OF_EVENTS, Truths
from lake_assets_tests.orchestration.lakes import TestLake
from lake_assets_tests.orchestration.planted import DAYS, QUIET, UNDERLYINGS, planted_lake
from lake_assets_tests.sources.packed_shards import put

KEYS = ("dte_bucket", "time_of_day", "regime", "subject", "measure", "statistic")
SUBJECTS = ("burst", "fear", "liquidity", "chop", "regime")
WITHIN = 0.05  # what the recovery of plants allows
SEEN = ["timestamp", "dte_bucket", "time_of_day", "spot_observed", "ce_observed", "pe_observed"]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    return planted_lake(tmp_path_factory)


@pytest.fixture(params=UNDERLYINGS)
def name(request):
    """One underlying."""
    return request.param


def told(lake, name):
    """Rows of the truth tables by their keys."""
    rows = lake.lake.read(TRUTH_TABLES, WHOLE).filter(pl.col("underlying") == name)
    return {tuple(row[key] for key in KEYS): row for row in rows.to_dicts()}


def recounted(lake, name):
    """Everything that happened, counted again from the published tables in plain Python."""
    judged = {row["event_id"]: row for row in lake.lake.read(BURST_LABELS, WHOLE).to_dicts()}
    days = []
    for day in DAYS:
        tables = {
            family.table: lake.lake.read(family.of(name), day.isoformat())
            for family in FAMILIES
            if family.table != "option_books"
        }
        seconds = tables.pop("option_state").select(SEEN).with_columns(tables["regimes"]["regime"])
        rows = {table: frame.to_dicts() for table, frame in tables.items()}
        rows["bursts"] = [
            burst | {at: judged[burst["event_id"]][at] for at in ("label", "regime_before")}
            for burst in rows["bursts"]
        ]
        days.append(rows | {"seconds": seconds.to_dicts()})
    entry = underlying_named(name)
    return Truths(
        days,
        underlying=name,
        moves={
            "small": entry.convexity_small_points,
            "large": entry.convexity_large_points,
        },
        decimals=entry.spot_decimals,
        counting=OF_EVENTS,
    ).found


def test_every_statistic_of_events_and_regimes_is_what_counting_again_finds(lake, name):
    rows = {key: row for key, row in told(lake, name).items() if key[3] in SUBJECTS}
    found = recounted(lake, name)

    assert {(key[:3], *key[3:]) for key in rows} == set(found)
    for key, row in rows.items():
        assert (row["value"], row["n"], row["n_days"]) == found[key[:3], *key[3:]][:3], key


def test_what_is_counted_is_what_was_planted(lake, name):
    rows = told(lake, name)
    answers = pl.concat(
        pl.read_parquet(lake.root / f"raw/option_books/{day}/answers_{name}_{day}.parquet")
        for day in DAYS
    )
    bursts, up = answers.filter(pl.col("kind") == "burst"), pl.col("direction") > 0
    planted = {
        ("burst", "bursts"): bursts.height,
        ("burst", "up"): bursts.filter(up).height,
        ("burst", "down"): bursts.filter(~up).height,
        ("fear", "spikes"): answers.filter(pl.col("kind") == "fear").height,
        **{
            ("liquidity", kind): answers.filter(pl.col("kind") == kind).height
            for kind in ("vacuum", "flicker", "bid_replenish", "ask_replenish")
        },
    }
    for (subject, measure), expected in planted.items():
        counted = rows["all", "all", "all", subject, measure, "count"]["value"]
        assert expected >= 3 * (len(DAYS) - 1), (subject, measure)
        assert abs(counted - expected) <= max(1, WITHIN * expected), (subject, measure)


def test_a_quiet_day_has_no_burst_and_a_file_that_says_so(lake, name):
    state = lake.lake.read(OPTION_STATE.of(name), QUIET.isoformat())
    bursts = lake.lake.read(BURSTS.of(name), QUIET.isoformat())

    assert state.height == 22_501
    assert bursts.equals(BURSTS.of(name).empty())
    assert (lake.root / BURSTS.of(name).path(QUIET.isoformat())).is_file()
    assert lake.lake.in_force(TRUTH_TABLES, WHOLE).quality[f"days_without_bursts_{name}"] == 1


def test_the_slices_are_those_of_the_days(lake, name):
    rows = told(lake, name)
    buckets = {
        bucket
        for day in DAYS
        for bucket in lake.lake.read(OPTION_STATE.of(name), day.isoformat())["dte_bucket"].unique()
    }
    seconds = {
        bucket: rows[bucket, "all", "all", "regime", "seconds", "count"]["value"]
        for bucket in ("0", "2", "4", "6+", "all")
    }

    assert {bucket for bucket in buckets if seconds[bucket] > 0} == buckets
    assert sum(seconds[bucket] for bucket in buckets) == seconds["all"]
    shares = [
        rows["all", "all", regime, "regime", "share", "share"]["value"]
        for regime in ("normal", "chop", "flicker", "burst", "fear")
    ]
    assert all(share > 0 for share in shares)
    assert sum(shares) == pytest.approx(1.0, abs=1e-12)


def test_the_underlyings_keep_apart(lake):
    quality = lake.lake.in_force(TRUTH_TABLES, WHOLE).quality
    for underlying in UNDERLYINGS:
        assert quality[f"dates_used_{underlying}"] == " ".join(day.isoformat() for day in DAYS)
    labels = lake.lake.read(BURST_LABELS, WHOLE)
    assert {event.split("_")[0] for event in labels["event_id"]} == set(UNDERLYINGS)
    assert not labels["event_id"].is_duplicated().any()


@pytest.mark.parametrize("shards", [2, 3, 5])
def test_shards_cut_otherwise_and_shuffled_give_the_same_bytes(lake, tmp_path, shards):
    """Bronze decides everything after it: the same bytes of it are the same events."""
    day, books = DAYS[0], OPTION_BOOKS.of("NIFTY")
    folder = lake.root / f"raw/option_books/{day}/NIFTY"
    rows = pl.concat(pl.read_parquet(path) for path in sorted(folder.glob("*.parquet")))
    shuffled = rows.sample(fraction=1.0, shuffle=True, seed=shards)
    for at, part in enumerate(shuffled.iter_slices(-(-rows.height // shards))):
        path = put(tmp_path / "raw", part, name=f"part-{-at}", underlying="NIFTY", day=day)
    (path.parent / "metadata.json").write_text('{"simulated": true}')
    other = TestLake(tmp_path)
    other.forget_runs()

    done = other.run_at_home(day.isoformat(), select=[dg.AssetKey(books.key)])

    assert done.error is None, done.error
    assert len(list(path.parent.glob("*.parquet"))) == shards
    made, first = (where.lake.in_force(books, day.isoformat()) for where in (other, lake))
    assert made.sha256 == first.sha256

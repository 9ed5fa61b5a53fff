"""Truth tables against counting everything again in plain Python, and what must not matter."""

import polars as pl
import pytest

from lake_assets.errors import ComputationRefusedError
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds import truth_microstructure, truth_tables
from lake_assets.seconds.burst_labels import label_bursts
from lake_assets.seconds.truth_tables import count_truths, make_anew
from lake_assets_tests.oracles.truth_tables import SLICES, Truths
from lake_assets_tests.seconds.truths import Drawn, tables

FEW_DAYS = Drawn(days=3, seconds=150, bursts=8, events=40)
MANY_DAYS = Drawn(days=12, seconds=60, bursts=3, events=12, seed=2)
KEYS = ("dte_bucket", "time_of_day", "regime", "subject", "measure", "statistic")
ALL = ("all", "all", "all")


def lazy(*markets, order=1):
    """Sessions of drawn markets as an asset gets them."""
    drawn = {market.underlying: tables(market) for market in markets}
    return {
        table: {
            name: [(day, rows.lazy) for day, rows in mine[table][::order]]
            for name, mine in drawn.items()
        }
        for table in next(iter(drawn.values()))
    }


def truths_of(given, recall=make_anew):
    bursts, regimes = (
        {name: [(day, rows()) for day, rows in days] for name, days in given[table].items()}
        for table in ("bursts", "regimes")
    )
    labels = label_bursts(bursts, regimes).batches
    return count_truths(given, labels, recall), labels


def slow(market, labels) -> Truths:
    judged = {row["event_id"]: row for row in labels.to_dicts()}
    drawn = tables(market)
    days = []
    for place in range(market.days):
        day = {table: sessions[place][1].to_dicts() for table, sessions in drawn.items()}
        seconds = zip(day["option_state"], day["regimes"], strict=True)
        day["seconds"] = [state | {"regime": told["regime"]} for state, told in seconds]
        day["bursts"] = [
            burst | {name: judged[burst["event_id"]][name] for name in ("label", "regime_before")}
            for burst in day["bursts"]
        ]
        days.append(day)
    entry = underlying_named(market.underlying)
    return Truths(
        days,
        underlying=entry.name,
        moves={
            "small": entry.convexity_small_points,
            "large": entry.convexity_large_points,
        },
        decimals=entry.spot_decimals,
    )


@pytest.fixture(scope="module", params=[FEW_DAYS, MANY_DAYS], ids=["few days", "many days"])
def both(request):
    """The rows by their keys, and the slow twin."""
    made, labels = truths_of(lazy(request.param))
    rows = {tuple(row[key] for key in KEYS): row for row in made.batches.to_dicts()}
    return rows, slow(request.param, labels)


def test_every_statistic_equals_the_slow_one(both):
    rows, twin = both
    assert {(key[:3], *key[3:]) for key in rows} == set(twin.found)
    for key, row in rows.items():
        value, n, n_days, low, high = twin.found[key[:3], *key[3:]]
        assert (row["value"], row["n"], row["n_days"]) == (value, n, n_days), key
        assert row["low_sample"] == (n < 20)
        if row["ci_method"] == "order_statistics":
            assert (row["ci_low"], row["ci_high"]) == (low, high), key
        elif row["ci_method"] is None:
            assert (row["ci_low"], row["ci_high"], low, high) == (None,) * 4, key


def test_every_interval_of_a_mean_is_found_where_the_slow_one_is(both):
    rows, twin = both
    drawn = {
        (key[:3], *key[3:])
        for key, row in rows.items()
        if str(row["ci_method"]).startswith("bootstrap")
    }
    assert drawn == set(twin.units)


@pytest.mark.parametrize("where", [ALL, ("all", "morning", "chop")])
def test_intervals_of_means_are_the_slow_draws(both, where):
    rows, twin = both
    asked = [key for key in twin.units if key[0] == where and key[1] != "microstructure"]
    for key in asked:
        row = rows[(*key[0], *key[1:])]
        assert (row["ci_low"], row["ci_high"]) == twin.bounds(key), key
    assert asked or where != ALL


def test_the_order_of_sessions_and_the_threads_change_nothing(monkeypatch):
    usual, _ = truths_of(lazy(FEW_DAYS))
    for module in (truth_microstructure, truth_tables):
        monkeypatch.setattr(module, "THREADS", 1)
    turned, _ = truths_of(lazy(FEW_DAYS, order=-1))
    assert turned.batches.equals(usual.batches)
    assert turned.quality == usual.quality


def test_two_underlyings_never_mix():
    other = Drawn(underlying="BANKNIFTY", days=2, seconds=90, seed=5)
    together, _ = truths_of(lazy(FEW_DAYS, other))
    for market in (FEW_DAYS, other):
        alone, _ = truths_of(lazy(market))
        mine = together.batches.filter(pl.col("underlying") == market.underlying)
        assert mine.equals(alone.batches)


def test_counts_of_the_parts_are_those_of_all_but_for_unknown_ones(both):
    rows, _ = both
    for (dte, time, regime, *what), row in rows.items():
        if what[2] == "count" and time == "all":
            parts = [
                rows[dte, part, regime, *what]["value"]
                for part in ("morning", "midday", "afternoon")
            ]
            assert sum(parts) == row["value"]


def test_shares_of_regimes_add_to_one(both):
    rows, _ = both
    regimes = ("normal", "chop", "flicker", "burst", "fear")
    shares = [rows["all", "all", r, "regime", "share", "share"]["value"] for r in regimes]
    assert sum(shares) == pytest.approx(1.0, abs=1e-15)


def test_a_remembered_session_is_not_opened_and_says_the_same():
    given, held = lazy(MANY_DAYS), {}

    def recall(underlying, day, make):
        if (underlying.name, day) not in held:
            held[underlying.name, day] = make()
        return held[underlying.name, day]

    usual, _ = truths_of(given)
    first, labels = truths_of(given, recall)
    assert [day for _, day in sorted(held)] == MANY_DAYS.dates

    def unopened():
        raise AssertionError

    closed = {
        table: {"NIFTY": [(day, unopened) for day, _ in days["NIFTY"]]}
        for table, days in given.items()
    }
    again = count_truths(closed, labels, recall)
    for told in (first, again):
        assert told.batches.equals(usual.batches)
        assert told.quality == usual.quality


def test_no_session_is_no_row():
    empty = {table: {"NIFTY": []} for table in lazy(FEW_DAYS)}
    made, labels = truths_of(empty)
    assert (made.batches.height, labels.height) == (0, 0)
    assert made.quality["sessions_NIFTY"] == 0


def test_sessions_without_a_burst_count_as_sessions():
    made, _ = truths_of(lazy(Drawn(days=2, seconds=60, bursts=0, events=0)))
    told = {
        row["statistic"]: row
        for row in made.batches.filter(
            pl.col("measure") == "bursts", *(pl.col(k) == "all" for k in KEYS[:3])
        ).to_dicts()
    }
    assert told["count"]["value"] == 0
    assert (told["per_session"]["value"], told["per_session"]["n"]) == (0, 2)
    assert made.quality["days_without_bursts_NIFTY"] == 2
    sizes = made.batches.filter(pl.col("measure") == "size_points")
    assert sizes["value"].null_count() == sizes.height == len(SLICES) * 6


def test_labels_that_lack_a_burst_are_refused():
    given = lazy(FEW_DAYS)
    _, labels = truths_of(given)
    with pytest.raises(
        ComputationRefusedError, match="burst_labels lacks 1 bursts, such as NIFTY_"
    ):
        count_truths(given, labels[1:])


def test_regimes_of_other_seconds_are_refused():
    given = lazy(FEW_DAYS)
    _, labels = truths_of(given)
    day, rows = given["regimes"]["NIFTY"][0]
    given["regimes"]["NIFTY"][0] = day, lambda: rows().head(10)
    with pytest.raises(ComputationRefusedError, match="not of the same seconds"):
        count_truths(given, labels)

"""Labels of bursts against sorting all earlier bursts anew, and against the future."""

import polars as pl
import pytest

from lake_assets.seconds.burst_labels import label_bursts
from lake_assets_tests.oracles.quantiles import quantile
from lake_assets_tests.seconds.truths import Drawn, tables

MARKET = Drawn(days=6, seconds=90, bursts=12)


def sessions(*markets, last=None):
    drawn = {market.underlying: tables(market) for market in markets}
    return [
        {name: [(d, rows.lazy()) for d, rows in mine[table]][:last] for name, mine in drawn.items()}
        for table in ("bursts", "regimes")
    ]


def slow(market) -> list[dict]:
    """Every burst's label, from lists."""
    drawn = tables(market)
    told, prior = [], []
    for (_, bursts), (_, regimes) in zip(drawn["bursts"], drawn["regimes"], strict=True):
        at = dict(zip(regimes["timestamp"], regimes["regime"], strict=True))
        rows = bursts.to_dicts()
        for row in rows:
            before = [t for t in at if t < row["start_time"]]
            q = {
                f"{name}_q{share}": quantile([p[score] for p in prior], share / 100)
                for name, score in (("tps", "tps"), ("vacuum", "vacuum_score"))
                for share in (30, 70)
            }
            told.append(
                {
                    "event_id": row["event_id"],
                    "regime_before": at[max(before)],
                    "label": _label(row["tps"], row["vacuum_score"], q, len(prior)),
                    **q,
                    "n_prior": len(prior),
                }
            )
        prior += [r for r in rows if r["tps"] is not None and r["vacuum_score"] is not None]
    return told


def _label(tps, vacuum, q, n_prior):
    if n_prior < 20 or tps is None or vacuum is None:
        return None
    if tps >= q["tps_q70"] and vacuum <= q["vacuum_q30"]:
        return "trade"
    if vacuum >= q["vacuum_q70"] and tps <= q["tps_q30"]:
        return "vacuum"
    return "mixed" if tps >= q["tps_q70"] and vacuum >= q["vacuum_q70"] else "neither"


@pytest.mark.parametrize("seed", range(5))
def test_every_label_equals_the_slow_one(seed):
    market = Drawn(days=6, seconds=90, bursts=12, seed=seed)
    assert label_bursts(*sessions(market)).batches.to_dicts() == slow(market)


def test_every_label_is_reached():
    found = label_bursts(*sessions(Drawn(days=20, seconds=90, bursts=20))).batches["label"]
    assert set(found) == {"trade", "vacuum", "mixed", "neither", None}


@pytest.mark.parametrize("last", [0, 1, 3, 5])
def test_the_future_changes_nothing(last):
    whole = label_bursts(*sessions(MARKET)).batches
    past = label_bursts(*sessions(MARKET, last=last)).batches
    assert past.equals(whole.head(past.height))
    assert past.height == 12 * last


def test_wild_later_sessions_change_nothing():
    usual, wild = sessions(MARKET), sessions(MARKET)
    for place in (4, 5):
        day, rows = wild[0]["NIFTY"][place]
        wild[0]["NIFTY"][place] = (day, rows.with_columns(pl.col("tps", "vacuum_score") * 1_000))
    first = 12 * 4
    assert label_bursts(*wild).batches.head(first).equals(label_bursts(*usual).batches.head(first))


def test_a_session_is_not_judged_by_itself():
    told = label_bursts(*sessions(MARKET)).batches.with_columns(
        day=pl.col("event_id").str.slice(6, 10)
    )
    per_day = told.group_by("day").agg(pl.col("n_prior", "tps_q30").n_unique())
    assert per_day["n_prior"].to_list() == [1] * 6
    assert told.filter(pl.col("day") == told["day"].min())["n_prior"].unique().to_list() == [0]


def test_two_underlyings_never_mix():
    other = Drawn(underlying="BANKNIFTY", days=3, seconds=90, bursts=9, seed=7)
    together = label_bursts(*sessions(MARKET, other)).batches
    for market in (MARKET, other):
        alone = label_bursts(*sessions(market)).batches
        mine = together.filter(pl.col("event_id").str.starts_with(f"{market.underlying}_"))
        assert mine.equals(alone)


def test_sessions_without_a_burst_and_no_session_give_no_row():
    quiet = label_bursts(*sessions(Drawn(days=2, bursts=0)))
    assert (quiet.batches.height, quiet.quality["sessions_NIFTY"]) == (0, 2)
    assert label_bursts({"NIFTY": []}, {"NIFTY": []}).batches.height == 0

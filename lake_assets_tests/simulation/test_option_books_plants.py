"""What is planted in simulated option books is in their files, and nothing else is."""

from datetime import date
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from lake_assets.market.option_vocabulary import DteBucket, SpotSource
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets_tests.simulation.option_books_reader import read_tape

DAY = date(2025, 12, 17)
INSTANTS = ("bid_pull", "ask_pull", "bid_replenish", "ask_replenish")
DECOYS = ("burst_decoy", "traded_fall_decoy", "small_change_decoy")
MOVES = ("burst", "burst_decoy", "fear")
# A spot that is taken from quotes is off by what their ticks leave open.
SLACK = {SpotSource.FEED: 0.0, SpotSource.PARITY: 0.015}


class Simulated:
    """One simulated day: its files' content and its answers."""

    def __init__(self, made):
        self.made, self.underlying = made, made.underlying
        self.tape = read_tape(made)
        self.answers = pl.read_parquet(made.path("answers"))
        self.lot = made.underlying.lot_size_on(DAY)
        bucket = DteBucket.of((self.tape.expiry - DAY).days).place
        self.burst_points = made.underlying.burst_points[bucket]
        self.step_points = made.underlying.burst_step_points[bucket]
        self.theta_put = made.underlying.theta_put[bucket]
        self.slack = SLACK[made.underlying.spot_source]

    def plants(self, *kinds):
        """Answers of some kinds, one dictionary each, with seconds of the session."""
        return self.answers.filter(pl.col("kind").cast(pl.String).is_in(kinds)).to_dicts()

    def book(self, plant, back=0):
        """The planted contract's row at the plant's start, or some seconds before."""
        return self.tape.at(plant["leg"], plant["strike"], plant["start_second"] - back)

    def money(self, second):
        """The strike at the money by the specification's rule."""
        step = self.underlying.strike_step
        return int(np.floor(self.tape.spot[second] / step + 0.5)) * step

    def near_plants(self, leg, strike, before, after):
        """Seconds that a plant on a contract explains."""
        seconds = set()
        for plant in self.answers.filter(
            pl.col("strike") == strike, pl.col("leg") == leg
        ).to_dicts():
            seconds |= set(range(plant["start_second"] - before, plant["end_second"] + after))
        return seconds


@pytest.fixture(scope="module", params=UNDERLYINGS)
def day(request, tmp_path_factory):
    underlying = UNDERLYINGS[request.param]
    session = session_on(DAY, underlying.calendar)
    params = OptionBookParams(seed=7, days_to_expiry=1 + 2 * (request.param == "SPY"))
    root = tmp_path_factory.mktemp("raw")
    return Simulated(simulate_option_books(session, underlying, root, params))


def test_every_kind_is_planted_on_both_legs_and_sides(day):
    kinds = set(day.answers["kind"].cast(pl.String))
    assert kinds == {*MOVES, *INSTANTS, "vacuum", "flicker", "chop", *DECOYS}
    for kind in INSTANTS:
        assert {plant["leg"] for plant in day.plants(kind)} == {"CE", "PE"}
    assert {plant["direction"] for plant in day.plants("burst")} == {1, -1}
    assert {plant["direction"] for plant in day.plants("fear")} == {-1}


def test_plants_keep_a_minute_apart(day):
    """Fear comes with its burst and its instants, a vacuum and flicker with their pulls."""
    alone = day.plants("burst", "vacuum", "flicker", *DECOYS)
    alone.sort(key=lambda plant: plant["start_second"])
    gaps = [later["start_second"] - earlier["end_second"] for earlier, later in pairwise(alone)]
    assert min(gaps) >= 60


@pytest.mark.parametrize("kind", INSTANTS)
def test_an_instant_is_one_seconds_change_without_a_trade(day, kind):
    side, low, high = kind.split("_")[0], 0.35, 0.80
    if kind.endswith("pull"):
        low, high = 0.45, 0.70
    flicker = {
        plant["start_second"] + second for plant in day.plants("flicker") for second in range(60)
    }
    for plant in day.plants(kind):
        before, now = day.book(plant, back=1), day.book(plant)
        change = abs(now[f"{side}_depth"] / before[f"{side}_depth"] - 1)
        if plant["start_second"] not in flicker and not plant["in_vacuum"]:
            assert low <= change <= high
            assert (now["bid"], now["ask"]) == (before["bid"], before["ask"])
        assert (now[f"{side}_depth"] < before[f"{side}_depth"]) == kind.endswith("pull")
        assert change > (0.35 if kind.endswith("pull") else 0.25)
        assert now["traded"] == 0
        assert min(before["bid_depth"], before["ask_depth"]) >= 10 * day.lot


def test_the_money_stands_still_about_an_instant(day):
    for plant in day.plants(*INSTANTS, "vacuum", "traded_fall_decoy", "small_change_decoy"):
        at = plant["start_second"]
        assert {day.money(second) for second in range(at - 4, at + 3)} == {plant["strike"]}


def test_a_vacuum_takes_both_sides_and_opens_the_spread(day):
    for plant in day.plants("vacuum"):
        now = day.book(plant)
        past = [day.book(plant, back=back) for back in (3, 2, 1)]
        for side in ("bid_depth", "ask_depth"):
            fall = 1 - now[side] / max(row[side] for row in past)
            assert 0.70 <= fall <= 0.86
        wider = (now["ask"] - now["bid"]) / min(row["ask"] - row["bid"] for row in past)
        assert 2.0 <= wider <= 3.0
        assert sum(row["traded"] for row in (*past[1:], now)) == 0
        inside = [p for p in day.plants("bid_pull", "ask_pull") if p["in_vacuum"]]
        mine = [p for p in inside if 0 <= plant["start_second"] - p["start_second"] <= 2]
        assert len(mine) in (2, 4, 6)
        for pull in mine:
            side = f"{pull['side']}_depth"
            assert day.book(pull)[side] <= 0.65 * day.book(pull, back=1)[side]


def test_flicker_changes_the_spread_every_second(day):
    for plant in day.plants("flicker"):
        rows = [
            day.tape.at(plant["leg"], plant["strike"], second)
            for second in range(plant["start_second"] - 1, plant["end_second"] + 1)
        ]
        spreads = [row["ask"] - row["bid"] for row in rows]
        assert all(a != b for a, b in pairwise(spreads))
        within = range(plant["start_second"], plant["end_second"] + 1)
        for kind, count in (("pull", 30), ("replenish", 30)):
            implied = day.plants(f"bid_{kind}", f"ask_{kind}")
            mine = [p for p in implied if p["start_second"] in within]
            assert len(mine) == count


def test_a_burst_is_a_ramp_of_its_size_with_a_large_step(day):
    for plant in day.plants("burst"):
        start, end = plant["start_second"], plant["end_second"]
        seconds, spot = end - 10 - start, day.tape.spot
        assert 3 <= seconds <= 8
        moved = plant["direction"] * (spot[end - 10] - spot[start])
        assert moved == pytest.approx(plant["size_points"], abs=1e-6 + day.slack)
        assert 1.3 <= plant["size_points"] / day.burst_points <= 3.0
        steps = plant["direction"] * np.diff(spot[start : end - 9])
        assert steps.min() > -day.slack
        assert steps.max() >= 1.5 * day.step_points - 0.01 - day.slack


def test_decoys_fall_short(day):
    for plant in day.plants("burst_decoy"):
        window = day.tape.spot[plant["start_second"] - 15 : plant["end_second"] + 20]
        ten = np.abs(window[10:] - window[:-10]).max()
        assert ten == pytest.approx(0.7 * day.burst_points, abs=0.05 * day.burst_points + day.slack)
    for plant in day.plants("traded_fall_decoy"):
        side = f"{plant['side']}_depth"
        assert day.book(plant)["traded"] >= 5 * day.lot
        assert day.book(plant)[side] <= 0.6 * day.book(plant, back=1)[side]
    for plant in day.plants("small_change_decoy"):
        side = f"{plant['side']}_depth"
        change = abs(day.book(plant)[side] / day.book(plant, back=1)[side] - 1)
        assert change == pytest.approx(0.2, abs=0.01)


def test_fear_is_a_put_that_gains_more_than_spot_explains(day):
    for plant in day.plants("fear"):
        start, end = plant["start_second"], plant["end_second"]
        then, peak = day.book(plant), day.tape.at("PE", plant["strike"], end - 10)
        ticks = round(1 / day.underlying.option_tick)
        gain = (peak["bid"] + peak["ask"] - then["bid"] - then["ask"]) / 2 / ticks
        share = gain / plant["size_points"]
        assert share >= day.theta_put + 0.1
        assert share == pytest.approx(plant["magnitude"], abs=0.06)
        before = [
            p for p in day.plants("bid_pull", "ask_pull") if -30 < p["start_second"] - start <= 0
        ]
        after = [
            p
            for p in day.plants("bid_replenish", "ask_replenish")
            if 0 < p["start_second"] - end <= 20
        ]
        assert len(before) == 4
        assert len(after) == 2


def test_the_background_of_spot_is_quiet(day):
    spot = day.tape.spot
    quiet = np.ones(spot.size, np.bool_)
    for plant in day.plants(*MOVES):
        quiet[plant["start_second"] : plant["end_second"] + 10] = False
    ten = np.abs(spot[10:] - spot[:-10])[quiet[10:]]
    assert np.nanmax(ten) < 0.7 * day.burst_points


def test_depth_changes_slowly_but_for_plants(day):
    """Every contract, every second with a bid in it and in the one before: under a fifth."""
    for (leg, strike), book in day.tape.books.items():
        changed = book.select(
            "second",
            one=pl.col("second").diff() == 1,
            two=(pl.col("bid") > 0) & (pl.col("bid").shift() > 0),
            bid=pl.col("bid_depth") / pl.col("bid_depth").shift() - 1,
            ask=pl.col("ask_depth") / pl.col("ask_depth").shift() - 1,
        ).filter(pl.col("one"), pl.col("two"))
        explained = day.near_plants(leg, strike, 0, 1)
        loud = changed.filter(
            pl.max_horizontal(pl.col("bid").abs(), pl.col("ask").abs()) >= 0.2,
            ~pl.col("second").is_in(explained),
        )
        assert loud.is_empty(), (leg, strike, loud)


def test_chop_is_calm_thinly_traded_and_tight(day):
    spans = day.plants("chop")
    chop = np.zeros(day.tape.spot.size, np.bool_)
    for span in spans:
        assert span["end_second"] - span["start_second"] + 1 >= 300
        chop[span["start_second"] : span["end_second"] + 1] = True
    assert spans[0]["start_second"] <= 200
    share = np.cumsum(chop) / np.arange(1, chop.size + 1)
    assert share[1800:].min() >= 0.30
    money = day.money(0)
    book = day.tape.books["CE", money].filter(pl.col("second") > 0)
    calm = chop[book["second"].to_numpy()]
    spread = (book["ask"] - book["bid"]).to_numpy()
    traded = book["traded"].to_numpy()
    assert traded[calm].mean() <= traded[~calm].mean() / 3 * 1.05
    assert spread[calm].mean() < 0.7 * spread[~calm].mean()
    moved = np.diff(day.tape.spot)
    ratio = moved[chop[1:]].std() / moved[~chop[1:]].std()
    assert ratio <= (1 / 3 if day.underlying.spot_source is SpotSource.FEED else 0.6)

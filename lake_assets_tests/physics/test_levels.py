"""Levels: when each is published, at what price, and from which past."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.catalog.silver import ES_SPY_BASIS, FRONT_CONTRACT, LEVELS, OHLCV_2M
from lake_assets.errors import UnorderedInputError
from lake_assets.market.sessions import session_on
from lake_assets.physics.bars import build_bars
from lake_assets.physics.levels import list_levels
from lake_assets.physics.parameters import LevelParams
from lake_assets_tests.oracles import levels as oracle
from lake_assets_tests.physics.frames import OPEN_NS, SESSION, table

MINUTE = 60 * 10**9
NO_FLOW = OPTION_FLOW.empty()
FRONT = table(FRONT_CONTRACT)
DEFAULTS = LevelParams()
GLOBEX = LevelParams(touch_hours="globex")
BASIS = table(
    ES_SPY_BASIS,
    minute_ns=[OPEN_NS + MINUTE, OPEN_NS + 16 * MINUTE],
    basis_u=[56_663, 50_125],
    conversion="parity",
)
minutes = st.sampled_from([-900, -331, -330, -1, 0, 1, 2, 14, 15, 16, 389, 390])
trade = st.tuples(
    minutes, st.sampled_from([-1, 0, 1]), st.integers(27_590, 27_610), st.integers(1, 9)
)
trades_in_order = st.lists(trade, max_size=12).map(
    lambda rows: sorted(
        ((OPEN_NS + at * MINUTE + ns, k, n) for at, ns, k, n in rows), key=lambda row: row[0]
    )
)


def of(trades):
    """Trades from (ns, ticks, size)."""
    ns, ticks, sizes = ([row[i] for row in trades] for i in range(3))
    return table(ES_TRADES, ts_event_ns=ns, price_ticks=ticks, size=sizes)


def at(*rows):
    """Trades from (minutes from the open, ticks), one contract each."""
    return of([(OPEN_NS + int(minute * MINUTE), ticks, 1) for minute, ticks in rows])


def bars_ending(count, last_minute=0):
    """So many two-minute bars, closing one tick higher each, the last ending at a minute."""
    ends = [OPEN_NS + (last_minute - 2 * back) * MINUTE for back in reversed(range(count))]
    closes = [27_000 + place for place in range(count)]
    return table(OHLCV_2M, end_ns=ends, close_ticks=closes)


def levels_of(trades, bars=None, params=DEFAULTS, session=SESSION):
    bars = OHLCV_2M.empty() if bars is None else bars
    levels = list_levels(trades, FRONT, BASIS, bars, NO_FLOW, session, params)
    LEVELS.schema.validate(levels)
    return levels


def published(levels, kind, minute):
    """(level_e, known at, in minutes from the open) of a kind at a minute."""
    rows = levels.filter(
        pl.col("minute_ns") == OPEN_NS + minute * MINUTE, pl.col("kind") == kind
    ).select("level_e", (pl.col("known_at_ns") - OPEN_NS) // MINUTE)
    return rows.rows()


@settings(max_examples=30)
@given(trades_in_order, st.sampled_from([199, 200, 400, 405]), st.sampled_from([DEFAULTS, GLOBEX]))
def test_levels_equal_the_slow_ones(trades, count, params):
    bars = bars_ending(count, last_minute=20)
    basis = dict(BASIS.select("minute_ns", "basis_u").iter_rows())
    expected = oracle.levels(
        trades, bars.select("end_ns", "close_ticks").rows(), basis, SESSION, params
    )

    levels = levels_of(of(trades), bars, params)

    names = ("minute_ns", "kind", "level_id", "level_u", "level_e", "scale", "known_at_ns")
    assert sorted(levels.select(names).rows()) == sorted(expected)


@settings(max_examples=30)
@given(trades_in_order)
def test_rows_are_in_the_tables_total_order(trades):
    levels = levels_of(of(trades), bars_ending(400))

    assert levels.equals(levels.sort(LEVELS.sort_by, maintain_order=True))
    assert not levels.select("minute_ns", "level_id").is_duplicated().any()
    assert (levels["known_at_ns"] <= levels["minute_ns"]).all()


def test_premarket_runs_from_four_to_the_open():
    levels = levels_of(at((-331, 27_700), (-330, 27_610), (-0.1, 27_590), (0, 27_500)))

    assert published(levels, "PM_HIGH", 0) == [(27_610 * 250, 0)]
    assert published(levels, "PM_LOW", 389) == [(27_590 * 250, 0)]


def test_without_premarket_trades_there_is_no_premarket_level():
    kinds = levels_of(at((-331, 27_700), (0, 27_500)))["kind"]

    assert not kinds.is_in(["PM_HIGH", "PM_LOW"]).any()


def test_the_opening_range_is_known_when_it_is_over():
    levels = levels_of(at((0, 27_610), (14.9, 27_590), (15, 27_700)))

    assert published(levels, "OR_HIGH", 14) == []
    assert published(levels, "OR_HIGH", 15) == [(27_610 * 250, 15)]
    assert published(levels, "OR_LOW", 389) == [(27_590 * 250, 15)]


def test_session_levels_begin_the_minute_after_a_trade():
    levels = levels_of(at((-5, 27_900), (0.5, 27_610), (1, 27_590)))

    assert published(levels, "SESSION_HIGH", 0) == []
    assert published(levels, "SESSION_HIGH", 1) == [(27_610 * 250, 1)]
    assert published(levels, "SESSION_LOW", 1) == [(27_610 * 250, 1)]
    assert published(levels, "SESSION_LOW", 2) == [(27_590 * 250, 2)]


def test_the_volume_weighted_mean_of_the_reference():
    trades = of([(OPEN_NS, 27_600, 3), (OPEN_NS + 1, 27_604, 2)])

    assert published(levels_of(trades), "VWAP", 1) == [(6_900_400, 1)]


def test_an_average_needs_all_its_bars_completed():
    levels = levels_of(at((0, 27_600)), bars_ending(200, last_minute=2))

    # closes 27,000 to 27,199: their mean is half a tick over 27,099
    assert published(levels, "SMA_200", 1) == []
    assert published(levels, "SMA_200", 2) == [(27_099 * 250 + 125, 2)]
    assert published(levels, "SMA_400", 389) == []


def test_round_levels_reach_ten_dollars_ends_included():
    whole = levels_of(at((-1, 27_600)))  # 690.00 by ratio
    prices = whole.filter(minute_ns=OPEN_NS, kind="ROUND")["level_price"].to_list()
    assert prices == [680.0 + step for step in range(21)]

    broken = levels_of(at((-1, 27_601)))  # 690.025
    prices = broken.filter(minute_ns=OPEN_NS, kind="ROUND")["level_price"].to_list()
    assert prices == [681.0 + step for step in range(20)]


def test_round_levels_follow_the_last_trade_before_the_minute():
    levels = levels_of(at((-1, 27_600), (0, 27_640)))

    assert levels.filter(minute_ns=OPEN_NS, kind="ROUND")["level_u"].min() == 6_800_000
    assert levels.filter(kind="ROUND", minute_ns=OPEN_NS + 2 * MINUTE)["level_u"].min() == 6_810_000


def test_without_a_price_there_is_no_level():
    assert levels_of(ES_TRADES.empty()).is_empty()


def test_the_basis_moves_es_levels_in_spy_and_spy_levels_in_es():
    levels = levels_of(at((-1, 27_600), (0, 27_600)))
    second = levels.filter(minute_ns=OPEN_NS + MINUTE)

    vwap = second.filter(kind="VWAP").select("level_u", "level_e", "scale").row(0)
    assert vwap == (6_900_000 - 56_663, 6_900_000, "ES")
    round_ = second.filter(level_id="ROUND_690.00").select("level_u", "level_e", "scale").row(0)
    assert round_ == (6_900_000, 6_956_663, "SPY")


@settings(max_examples=30)
@given(trades_in_order, st.integers(-5, 5))
def test_prices_shifted_by_ticks_shift_levels_born_in_es(trades, shift):
    born_es = pl.col("scale") == "ES"
    moved = [(ns, k + shift, n) for ns, k, n in trades]

    levels, shifted = (levels_of(of(rows)).filter(born_es) for rows in (trades, moved))

    expected = levels.with_columns(pl.col("level_u", "level_e") + 250 * shift)
    assert shifted.drop("level_price").equals(expected.drop("level_price"))


@settings(max_examples=25)
@given(
    trades_in_order,
    trades_in_order,
    st.sampled_from([-331, 0, 1, 15, 16]),
    st.sampled_from([DEFAULTS, GLOBEX]),
)
def test_the_future_changes_nothing(trades, others, minute, params):
    cut = OPEN_NS + minute * MINUTE
    changed = [t for t in trades if t[0] < cut] + [t for t in others if t[0] >= cut]

    def build(rows, params):
        found = of(rows)
        bars = build_bars(found, FRONT, BASIS, SESSION, period_s=120)
        return levels_of(found, bars, params)

    known = build(changed, params.model_copy(update={"as_of_ns": cut}))

    assert known.equals(build(trades, params).filter(pl.col("minute_ns") <= cut))


def test_globex_hours_count_from_the_sessions_open():
    first = SESSION.hours.opens
    trades = of([(first, 27_600, 1), (first + MINUTE, 27_640, 1)])

    levels = levels_of(trades, params=GLOBEX)

    second = levels.filter(minute_ns=first + MINUTE, kind="SESSION_HIGH")
    assert second["level_e"].to_list() == [27_600 * 250]
    assert levels["minute_ns"].max() == SESSION.hours.closes - MINUTE
    assert levels.filter(kind="PM_HIGH").is_empty()


@pytest.mark.parametrize(
    ("day", "last_minute"),
    [("2025-11-28", 209), ("2025-03-10", 389), ("2025-11-03", 389)],
    ids=["half day", "after the spring change", "after the autumn change"],
)
def test_every_regular_minute_of_a_session_has_its_levels(day, last_minute):
    session = session_on(date.fromisoformat(day))
    opens = session.rth.opens
    trades = of([(opens - 330 * MINUTE, 27_600, 1), (opens, 27_600, 1)])

    levels = levels_of(trades, session=session)

    found = levels.filter(kind="PM_HIGH")["minute_ns"]
    assert found.to_list() == [opens + m * MINUTE for m in range(last_minute + 1)]


def test_a_session_without_regular_hours_has_levels_only_as_globex():
    session = session_on(date(2025, 1, 9))
    trades = of([(session.hours.opens, 27_600, 1)])

    assert levels_of(trades, session=session).is_empty()
    kinds = levels_of(trades, params=GLOBEX, session=session)["kind"].unique().sort()
    assert kinds.to_list() == ["VWAP", "ROUND", "SESSION_HIGH", "SESSION_LOW"]


def test_bars_out_of_order_are_refused():
    with pytest.raises(UnorderedInputError, match="ohlcv_2m"):
        levels_of(at((0, 27_600)), bars_ending(3).reverse())

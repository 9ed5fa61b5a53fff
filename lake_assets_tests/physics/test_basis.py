"""The basis minute by minute: when parity speaks, how long it is carried, when it is refused."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.bronze import ES_TRADES, SPY_OPTIONS
from lake_assets.catalog.silver import ES_SPY_BASIS, FRONT_CONTRACT
from lake_assets.errors import ComputationRefusedError, UnorderedInputError
from lake_assets.market.sessions import session_on
from lake_assets.physics.basis import basis_rows, estimate_basis
from lake_assets.physics.parameters import BasisParams
from lake_assets_tests.oracles import basis as oracle
from lake_assets_tests.physics.frames import DAY, OPEN_NS, SESSION, table

SECOND = 10**9
MINUTE = 60 * SECOND
FRONT = table(FRONT_CONTRACT)
DEFAULTS = BasisParams()
SPOT = 27_857  # ticks; ES 6964.25

# when (minutes from the open), strikes quoted, call minus put at 690 in units, ES in ticks
burst = st.tuples(
    st.sampled_from([-60, -20, -3, 0, 1, 2, 14, 15, 16, 30, 44, 45, 46, 389]),
    st.integers(2, 4),
    st.sampled_from([7_600, 7_000, -12_345]),
    st.sampled_from([SPOT, SPOT + 9, SPOT + 700]),
)
bursts = st.lists(burst, max_size=8).map(lambda rows: sorted(rows, key=lambda row: row[0]))


def quotes(rows):
    """(ns, strike, right, bid, ask) of each burst, half a minute into its minute."""
    found = []
    for at, strikes, gap, _ in rows:
        for place in range(strikes):
            strike = 6_900_000 + 10_000 * place
            for right, mid in (("C", 60_000 + gap - 10_000 * place), ("P", 60_000)):
                ns = OPEN_NS + at * MINUTE + 30 * SECOND
                found.append((ns, strike, right, mid - 200, mid + 200))
    return found


def trades(rows):
    """(ns, ticks) a second before each burst."""
    return [(OPEN_NS + at * MINUTE + 29 * SECOND, ticks) for at, *_, ticks in rows]


def options(found):
    names = ("ts_event_ns", "strike_u", "right", "bid_u", "ask_u")
    given = {name: [row[i] for row in found] for i, name in enumerate(names)}
    return table(SPY_OPTIONS, expiry=DAY, **given)


def future(found):
    ns, ticks = ([row[i] for row in found] for i in range(2))
    return table(ES_TRADES, ts_event_ns=ns, price_ticks=ticks)


def basis_of(rows, params=DEFAULTS, session=SESSION):
    found, front = options(quotes(rows)), future(trades(rows))
    basis = estimate_basis(found, front, FRONT, session, params)
    ES_SPY_BASIS.schema.validate(basis)
    return basis


def at_minutes(basis, *minutes):
    """(conversion, age in minutes, samples) at minutes from the open."""
    wanted = basis.filter(pl.col("minute_ns").is_in([OPEN_NS + m * MINUTE for m in minutes]))
    return [
        (c, None if age is None else age // 60, n)
        for c, age, n in wanted.select("conversion", "method_age_s", "samples").iter_rows()
    ]


@settings(max_examples=25)
@given(bursts)
def test_every_minute_equals_the_slow_one(rows):
    # built as of the close, the whole session, so that far samples are dropped, not refused
    params = BasisParams(as_of_ns=SESSION.rth.closes)
    expected, dropped = oracle.basis(quotes(rows), trades(rows), SESSION, params)

    built = basis_rows(options(quotes(rows)), future(trades(rows)), FRONT, SESSION, params)

    assert built.batches.rows() == expected
    assert built.quality["basis_samples_dropped"] == dropped


def test_the_chain_of_the_reference_gives_its_basis():
    """A 21,600 s wait for the close: the quotes come at 10:00, the sample ends a minute on."""
    ten, mids = OPEN_NS + 30 * MINUTE, [(689, 30_500, 12_700), (690, 24_200, 16_600)]
    chain = [
        (ten, strike * 10_000, right, mid - 100, mid + 100)
        for strike, *pair in [*mids, (691, 19_000, 21_200)]
        for right, mid in zip("CP", pair, strict=True)
    ]

    basis = estimate_basis(options(chain), future([(ten - SECOND, SPOT)]), FRONT, SESSION, DEFAULTS)

    assert basis.row(31) == (ten + MINUTE, 56_663, "parity", 0, 1, 3)


def test_one_row_a_minute_from_the_open_to_the_close_included():
    minutes = basis_of([])["minute_ns"]

    assert minutes.to_list() == list(range(OPEN_NS, SESSION.rth.closes + 1, MINUTE))


def test_a_half_day_ends_at_its_close():
    session = session_on(date(2025, 11, 28))

    assert basis_of([], session=session)["minute_ns"][-1] == session.rth.closes


def test_a_session_without_regular_hours_has_no_basis():
    assert basis_of([], session=session_on(date(2025, 1, 9))).is_empty()


def test_without_options_the_ratio_holds_all_day():
    basis = basis_of([])

    assert basis.select("basis_u", "conversion", "samples", "strikes").unique().rows() == [
        (0, "ratio", 0, 0)
    ]
    assert basis["method_age_s"].null_count() == len(basis)


def test_the_first_minute_is_by_ratio_and_parity_follows():
    basis = basis_of([(0, 3, 7_600, SPOT), (1, 3, 7_600, SPOT)])

    assert at_minutes(basis, 0, 1, 2) == [("ratio", None, 0), ("parity", 0, 1), ("parity", 0, 2)]


def test_prints_before_the_open_count():
    assert at_minutes(basis_of([(-3, 3, 7_600, SPOT)]), 0) == [("parity", 2, 1)]


def test_a_basis_is_carried_for_thirty_minutes():
    basis = basis_of([(0, 3, 7_600, SPOT), (1, 3, 7_000, SPOT)])

    assert at_minutes(basis, 15, 16, 32, 33) == [
        ("parity", 13, 2),
        ("parity", 14, 1),
        ("parity", 30, 1),
        ("ratio", None, 0),
    ]


def test_the_ratio_can_be_forced():
    basis = basis_of([(0, 3, 7_600, SPOT)], BasisParams(conversion="ratio"))

    assert basis["conversion"].unique().to_list() == ["ratio"]
    assert basis["basis_u"].unique().to_list() == [0]


@pytest.mark.parametrize(
    "columns", [{"expiry": date(2025, 12, 18), "dte": 1}, {"bid_u": None}, {"ask_u": None}]
)
def test_other_expiries_and_prints_without_a_quote_do_not_count(columns):
    rows = options(quotes([(0, 3, 7_600, SPOT)])).with_columns(
        pl.lit(value).cast(SPY_OPTIONS.dtypes[name]).alias(name) for name, value in columns.items()
    )

    basis = estimate_basis(rows, future(trades([(0, 3, 0, SPOT)])), FRONT, SESSION, DEFAULTS)

    assert basis["conversion"].unique().to_list() == ["ratio"]


def test_another_contract_gives_no_basis():
    rows = [(0, 3, 7_600, SPOT)]
    other = future(trades(rows)).with_columns(raw_symbol=pl.lit("ESZ5"))

    basis = estimate_basis(options(quotes(rows)), other, FRONT, SESSION, DEFAULTS)

    assert basis["conversion"].unique().to_list() == ["ratio"]


def test_a_sample_too_far_from_the_future_is_dropped_and_counted():
    rows = [(0, 3, 7_600, SPOT), (1, 3, 7_600, SPOT + 700)]

    built = basis_rows(options(quotes(rows)), future(trades(rows)), FRONT, SESSION, DEFAULTS)

    assert at_minutes(built.batches, 2) == [("parity", 1, 1)]
    assert built.quality == {"basis_samples": 2, "basis_samples_dropped": 1}


def test_a_session_with_mostly_far_samples_is_refused():
    rows = [(0, 3, 7_600, SPOT), (1, 3, 7_600, SPOT + 700), (2, 3, 7_600, SPOT + 700)]

    with pytest.raises(ComputationRefusedError, match=r"2 of 3 parity samples are more than 2%"):
        basis_of(rows)
    assert at_minutes(basis_of(rows, BasisParams(as_of_ns=OPEN_NS + 3 * MINUTE)), 3) == [
        ("parity", 2, 1)
    ]


def test_far_samples_before_the_open_refuse_nothing():
    rows = [(-2, 3, 7_600, SPOT + 700), (-1, 3, 7_600, SPOT + 700)]

    assert at_minutes(basis_of(rows), 1) == [("ratio", None, 0)]


@settings(max_examples=40)
@given(bursts, bursts, st.sampled_from([0, 1, 15, 46]))
def test_the_future_changes_nothing(rows, others, minute):
    cut = OPEN_NS + minute * MINUTE
    changed = [r for r in rows if r[0] < minute] + [r for r in others if r[0] >= minute]
    whole = basis_of(rows, BasisParams(as_of_ns=SESSION.rth.closes))

    known = basis_of(changed, BasisParams(as_of_ns=cut))

    assert known.equals(whole.filter(pl.col("minute_ns") <= cut))
    assert known["minute_ns"][-1] == cut


@settings(max_examples=30)
@given(bursts, st.integers(-3, 3))
def test_a_future_shifted_by_ticks_shifts_a_parity_basis(rows, shift):
    params = BasisParams(basis_max_share=1)
    basis = basis_of(rows, params)
    shifted = basis_of([(*row[:3], row[3] + shift) for row in rows], params)

    by_parity = pl.col("conversion") == "parity"
    moved = basis.with_columns(basis_u=pl.col("basis_u") + pl.when(by_parity).then(250 * shift))
    assert shifted.filter(by_parity).equals(moved.filter(by_parity))


def test_options_out_of_order_are_refused():
    back = quotes([(1, 3, 0, SPOT)]) + quotes([(0, 3, 0, SPOT)])

    with pytest.raises(UnorderedInputError, match="spy_options"):
        estimate_basis(options(back), future(trades([(0, 3, 0, SPOT)])), FRONT, SESSION, DEFAULTS)

"""Windows: the vectors of the specification, caps, state, given predicates, the future."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lake_assets.market.sessions import regular_days
from lake_assets.retrieval.state import Asked, Materialized, State, Vintage
from lake_assets.retrieval.vocabulary import (
    AnchorSource,
    Family,
    Granularity,
    Knowledge,
    Note,
    Reason,
    SourceType,
    WidenReason,
)
from lake_assets.retrieval.windows import (
    TIME_WINDOW_DAYS,
    TimePredicate,
    days_before,
    place,
    session_before,
    session_up_to,
    sessions_after,
    time_signal,
)

CLOCK = date(2031, 1, 1)
SESSIONS = regular_days()
HELD = Materialized(options=[d for d in SESSIONS if date(2025, 1, 1) <= d <= date(2026, 6, 30)])
day = date.fromisoformat


def held_up_to(last):
    return Materialized(options=[d for d in HELD.options if d <= last])


def placed(window, as_of, *, family=Family.OPTIONS_ANALYSIS, held=HELD, **also):
    asked = Asked(today=CLOCK, time_window=window, as_of=as_of and day(as_of))
    return place(family, asked, held, **also)


def spelled(predicate):
    return str(predicate.start_date), str(predicate.end_date), predicate.window_days


@pytest.mark.parametrize(
    ("as_of", "window", "start", "end", "days"),
    [
        ("2026-05-29", "today", "2026-05-29", "2026-05-29", 0),
        ("2026-05-31", "today", "2026-05-29", "2026-05-29", 0),
        ("2026-05-29", "yesterday", "2026-05-28", "2026-05-29", 1),
        ("2026-06-01", "yesterday", "2026-05-29", "2026-06-01", 3),
        ("2026-05-29", "past_week", "2026-05-22", "2026-05-29", 7),
        ("2026-05-30", "past_week", "2026-05-22", "2026-05-29", 7),
        ("2026-05-25", "today", "2026-05-22", "2026-05-22", 0),
        ("2026-05-26", "yesterday", "2026-05-22", "2026-05-26", 4),
        ("2026-05-29", "past_month", "2026-04-29", "2026-05-29", 30),
        ("2026-05-29", "past_six_months", "2025-11-30", "2026-05-29", 180),
        ("2026-05-29", "all", "2025-05-29", "2026-05-29", 365),
        ("2025-11-28", "yesterday", "2025-11-26", "2025-11-28", 2),
    ],
)
def test_v2_daily_windows(as_of, window, start, end, days):
    found = placed(window, as_of, held=held_up_to(day(as_of)))
    assert found.reason is None
    assert spelled(found.predicate) == (start, end, days)
    assert found.predicate.widened is (window == "yesterday")
    assert found.predicate.widen_reason == (
        WidenReason.PREVIOUS_SESSION if window == "yesterday" else None
    )
    assert found.predicate.time_signal


def test_v2_six_months_hold_124_sessions():
    predicate = placed("past_six_months", "2026-05-29").predicate
    inside = [d for d in SESSIONS if predicate.start_date <= d <= predicate.end_date]
    assert len(inside) == 124


def test_v2_an_unknown_word_is_no_signal():
    put_call = placed("fortnight", "2026-05-29", family=Family.PUT_CALL_RATIO).predicate
    other = placed("fortnight", "2026-05-29").predicate
    assert spelled(put_call) == ("2026-05-24", "2026-05-29", 5)
    assert spelled(other) == ("2025-11-30", "2026-05-29", 180)
    assert not put_call.time_signal
    assert not other.time_signal


def gpr(*observed, retrieved=CLOCK):
    return Materialized(gpr=[Vintage(f"{d:%Y-%m}", retrieved, d) for d in observed])


@pytest.mark.parametrize(
    ("end", "window", "start", "days", "widened"),
    [
        ("2026-04-01", "today", "2026-02-25", 35, True),
        ("2026-04-01", "past_week", "2026-02-25", 35, True),
        ("2026-04-01", "past_month", "2026-02-25", 35, True),
        ("2026-05-01", "yesterday", "2026-03-27", 35, True),
        ("2026-04-01", "past_six_months", "2025-10-03", 180, False),
    ],
)
def test_v2_monthly_windows(end, window, start, days, widened):
    predicate = placed(
        window, None, family=Family.GEOPOLITICAL_ANALYSIS, held=gpr(day(end))
    ).predicate
    assert spelled(predicate) == (start, end, days)
    assert predicate.widened is widened
    assert predicate.granularity is Granularity.MONTHLY


@pytest.mark.parametrize("word", ["PAST_WEEK", " Past_Week ", "past_week"])
def test_a_time_word_in_any_case(word):
    assert time_signal(word) == "past_week"
    assert spelled(placed(word, "2026-05-29").predicate)[2] == 7


@pytest.mark.parametrize("word", [None, "", "past week", "default", "2026"])
def test_other_words_are_none(word):
    assert time_signal(word) is None


def test_a_signal_is_never_widened_to_five_days():
    assert spelled(placed("today", "2026-05-29", family=Family.PUT_CALL_RATIO).predicate)[2] == 0


@pytest.mark.parametrize(
    ("as_of", "key", "end", "source", "notes"),
    [
        ("2026-05-29", "2026-05-28", "2026-05-28", AnchorSource.STATE, ()),
        ("2026-05-28", "2026-05-29", "2026-05-28", AnchorSource.AS_OF, ()),
        ("2026-05-29", "2026-05-29", "2026-05-29", AnchorSource.AS_OF, ()),
        (None, "2026-05-20", "2026-05-20", AnchorSource.STATE, ()),
        (
            None,
            "2026-07-01",
            "2026-06-30",
            AnchorSource.MANIFEST,
            (Note.STATE_AHEAD_OF_DATA,),
        ),
        (None, None, "2026-06-30", AnchorSource.MANIFEST, (Note.STATE_UNAVAILABLE,)),
    ],
)
def test_the_cap_is_the_earlier_of_as_of_and_state(as_of, key, end, source, notes):
    found = placed("today", as_of, state=State(options_daily=key and day(key)))
    assert (str(found.predicate.end_date), found.predicate.anchor_source) == (end, source)
    assert found.notes == notes


def test_without_a_manifest_the_clock_only_logs():
    found = placed("past_week", "2026-05-29", held=Materialized())
    assert found.reason is Reason.NO_PARTITIONS
    assert found.predicate.anchor_source is AnchorSource.CLOCK
    assert found.predicate.end_date == session_up_to(CLOCK)


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("as_of", [date.min, date(2009, 1, 1), date(2024, 12, 31)])
def test_before_the_first_partition_there_is_nothing(family, as_of):
    held = Materialized(
        options=[date(2025, 1, 2)],
        macro=[date(2025, 1, 2)],
        gpr=[Vintage("2025-01", date(2025, 1, 2), date(2024, 12, 1))],
    )
    for window in [*TIME_WINDOW_DAYS, None]:
        asked = Asked(today=CLOCK, time_window=window, as_of=as_of)
        assert place(family, asked, held).reason is Reason.NO_PARTITIONS


def test_macro_is_known_on_the_day_it_was_retrieved_though_no_session():
    sunday = Materialized(macro=[date(2026, 5, 29), date(2026, 5, 31)])
    predicate = placed("today", "2026-05-31", family=Family.MACRO_ANALYSIS, held=sunday).predicate
    assert predicate.end_date == date(2026, 5, 29)
    assert predicate.known_at == date(2026, 5, 31)
    assert predicate.source is SourceType.MACRO_HISTORY


VINTAGES = Materialized(
    gpr=[
        Vintage("2026-05", date(2026, 5, 6), date(2026, 4, 1)),
        Vintage("2026-04", date(2026, 4, 7), date(2026, 3, 1)),
    ]
)


@pytest.mark.parametrize(
    ("as_of", "month", "end", "known_at", "source"),
    [
        ("2026-05-29", None, "2026-04-01", "2026-05-06", AnchorSource.AS_OF),
        ("2026-05-05", None, "2026-03-01", "2026-04-07", AnchorSource.AS_OF),
        ("2026-05-29", "2026-04", "2026-03-01", "2026-04-07", AnchorSource.STATE),
        (None, "2026-04", "2026-03-01", "2026-04-07", AnchorSource.STATE),
        (None, "2026-06", "2026-04-01", "2026-05-06", AnchorSource.MANIFEST),
        (None, None, "2026-04-01", "2026-05-06", AnchorSource.MANIFEST),
    ],
)
def test_the_vintage_known_then(as_of, month, end, known_at, source):
    found = placed(
        "all",
        as_of,
        family=Family.GEOPOLITICAL_ANALYSIS,
        held=VINTAGES,
        state=State(gpr_monthly=month),
    ).predicate
    assert (str(found.end_date), str(found.known_at)) == (end, known_at)
    assert found.anchor_source is source


@pytest.mark.parametrize("family", [Family.MACRO_ANALYSIS, Family.GEOPOLITICAL_ANALYSIS])
@pytest.mark.parametrize("as_of", ["2026-05-05", None])
def test_the_latest_vintage_is_read_up_to_the_day_asked(family, as_of):
    held = Materialized(macro=[date(2026, 5, 29), date(2026, 5, 28)], gpr=VINTAGES.gpr)
    newest = date(2026, 5, 29) if family is Family.MACRO_ANALYSIS else date(2026, 5, 6)
    asked = Asked(today=CLOCK, as_of=as_of and day(as_of), knowledge=Knowledge.LATEST_VINTAGE)
    found = place(family, asked, held)
    assert found.reason is None
    assert found.predicate.known_at == newest
    assert found.predicate.end_date == (day(as_of) if as_of else newest)


def test_the_latest_vintage_of_nothing_is_nothing():
    asked = Asked(today=CLOCK, knowledge=Knowledge.LATEST_VINTAGE)
    assert place(Family.MACRO_ANALYSIS, asked, Materialized()).reason is Reason.NO_PARTITIONS


def explicit(start, end, known_at):
    return TimePredicate(
        source=SourceType.OPTIONS,
        label="explicit",
        granularity=Granularity.DAILY,
        start_date=day(start),
        end_date=day(end),
        window_days=(day(end) - day(start)).days,
        known_at=day(known_at),
        anchor_source=AnchorSource.AS_OF,
        time_signal=True,
    )


def test_a_given_predicate_is_taken_as_it_is():
    given_one = explicit("2026-05-02", "2026-05-20", "2026-05-20")
    assert placed("all", "2026-05-29", given=given_one).predicate == given_one
    assert placed("all", None, given=given_one).predicate == given_one


def test_a_given_predicate_is_lowered_to_the_cap():
    found = placed("all", "2026-05-10", given=explicit("2026-05-02", "2026-05-20", "2026-05-25"))
    assert found.predicate == explicit("2026-05-02", "2026-05-10", "2026-05-10")


def test_a_given_predicate_past_the_cap_reads_nothing():
    found = placed("all", "2026-05-01", given=explicit("2026-05-02", "2026-05-20", "2026-05-20"))
    assert found.reason is Reason.OUTSIDE_WINDOW


def test_a_predicate_survives_as_plain_values():
    predicate = placed("yesterday", "2026-05-29").predicate
    plain = predicate.to_dict()
    assert plain["start_date"] == "2026-05-28"
    assert TimePredicate.from_dict(plain) == predicate


@pytest.mark.parametrize(
    "change",
    [
        {"start_date": "2026-05-30"},
        {"window_days": 3},
        {"widened": False},
        {"colour": "blue"},
        {"known_at": "Friday"},
    ],
)
def test_a_window_that_contradicts_itself_is_refused(change):
    plain = placed("yesterday", "2026-05-29").predicate.to_dict()
    with pytest.raises(ValidationError):
        TimePredicate.from_dict(plain | change)


DAYS = st.dates(date(2024, 12, 1), date(2026, 12, 31))
WINDOWS = st.sampled_from([*TIME_WINDOW_DAYS, None, "soon"])


@given(st.sampled_from(list(Family)), WINDOWS, DAYS, st.data())
def test_the_future_changes_nothing(family, window, as_of, data):
    later = st.dates(as_of + timedelta(days=1), date(2027, 12, 31))
    past = Materialized(
        options=data.draw(st.lists(DAYS.filter(lambda d: d <= as_of), min_size=1)),
        macro=data.draw(st.lists(DAYS.filter(lambda d: d <= as_of), min_size=1)),
        gpr=[Vintage("2024-11", date(2024, 12, 1), date(2024, 10, 1))],
    )
    whole = Materialized(
        options=data.draw(st.permutations([*past.options, *data.draw(st.lists(later))])),
        macro=data.draw(st.permutations([*past.macro, *data.draw(st.lists(later))])),
        gpr=[Vintage("2026-01", data.draw(later), date(2025, 12, 1)), *past.gpr],
    )
    asked = Asked(today=CLOCK, time_window=window, as_of=as_of)
    found = place(family, asked, whole)
    assert found == place(family, asked, past)
    assert found.predicate.end_date <= as_of
    assert found.predicate.known_at <= as_of


def test_the_order_of_partitions_does_not_matter():
    shuffled = Materialized(options=HELD.options[::-1])
    assert placed("all", "2026-05-29", held=shuffled) == placed("all", "2026-05-29")


def test_days_beyond_the_calendar_do_not_raise():
    assert session_up_to(date.min) == date.min
    assert session_before(date.min) == date.min
    assert session_up_to(date.max) == SESSIONS[-1]
    assert days_before(date(1, 1, 5), 30) == date.min
    assert sessions_after(date(2026, 5, 29), date(2026, 5, 22)) == 0
    assert sessions_after(date(2026, 5, 22), date(2026, 5, 26)) == 1

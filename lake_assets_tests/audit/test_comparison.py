"""Whatever differs before the cut is named; what comes after it is nobody's business."""

import polars as pl
import pytest

from lake_assets.audit.comparison import compare, compared_columns
from lake_assets.catalog import BARRIER, FRONT_CONTRACT, LABELS, LEVELS, SIGNALS, TAPE
from lake_assets.catalog.schema import Role
from lake_assets.errors import ContractError
from lake_assets_tests.physics.frames import OPEN_NS, table

CUT = OPEN_NS + 2
TIMES = [OPEN_NS, OPEN_NS + 1, OPEN_NS + 2]


def tape(volumes=(1, 2, 3), times=TIMES):
    names = ["a", "b", "c"][: len(times)]
    return table(TAPE, event_id=names, ts_event_ns=list(times), tape_buy_vol=list(volumes))


def test_equal_tables_have_no_leaks_and_are_counted():
    found = compare(TAPE, tape(), tape(), CUT)
    assert found.leaks == ()
    assert found.rows == 2  # the touch stamped at the cut is made by a record of the future
    assert found.cells == 2 * len(TAPE.columns)


def test_a_cell_that_differs_before_the_cut_is_named():
    (leak,) = compare(TAPE, tape(), tape((1, 9, 3)), CUT).leaks
    assert leak.startswith("tape.tape_buy_vol: 1 of 2 rows differ, first ts_event_ns=")
    assert leak.endswith("published 2, from the past alone 9")


def test_a_null_beside_a_value_differs():
    known = table(BARRIER, event_id=["a"], ts_event_ns=TIMES[:1], churn=[5.0])
    unknown = table(BARRIER, event_id=["a"], ts_event_ns=TIMES[:1], churn=[None])
    for one, other in ((known, unknown), (unknown, known)):
        assert [leak.split(":")[0] for leak in compare(BARRIER, one, other, CUT).leaks] == [
            "barrier.churn"
        ]


@pytest.mark.parametrize("volumes", [(1, 2, 9), (1, 2, 0)])
def test_what_happens_at_the_cut_may_differ(volumes):
    assert compare(TAPE, tape(), tape(volumes), CUT).leaks == ()


def test_a_row_that_only_one_side_has_is_named():
    fewer = tape((1,), TIMES[:1])
    (missing,) = compare(TAPE, fewer, tape(), CUT).leaks
    assert "1 rows would have been given by the past and are not published" in missing
    (invented,) = compare(TAPE, tape(), fewer, CUT).leaks
    assert "1 rows are published that the past alone does not give" in invented


def test_another_order_is_named():
    turned = tape().reverse()
    assert compare(TAPE, tape(), turned, CUT).leaks == (
        "tape: the rows known at the cut come in another order",
    )


def test_a_level_is_known_at_its_minutes_start():
    old = table(LEVELS, minute_ns=TIMES, level_u=[1, 2, 3])
    moved = table(LEVELS, minute_ns=TIMES, level_u=[1, 2, 4])
    assert compare(LEVELS, old, moved, CUT).leaks != ()
    assert compare(LEVELS, old, moved, CUT - 1).leaks == ()


def test_a_table_without_times_is_compared_whole():
    old, new = (table(FRONT_CONTRACT, raw_symbol=[s]) for s in ("ESH4", "ESM4"))
    assert len(compare(FRONT_CONTRACT, old, new, 0).leaks) == 2


def labels(uniqueness, outcome="BREAK"):
    return table(
        LABELS,
        event_id=["a"],
        ts_event_ns=[OPEN_NS],
        label_horizon_end_ns=[OPEN_NS + 1],
        avg_uniqueness=[uniqueness],
        outcome=[outcome],
    )


def test_a_value_that_is_completed_later_may_be_unknown_but_not_another():
    assert compare(LABELS, labels(0.5), labels(None), CUT).leaks == ()
    assert compare(LABELS, labels(0.5), labels(0.4), CUT).leaks != ()
    assert compare(LABELS, labels(None), labels(0.5), CUT).leaks != ()
    assert compare(LABELS, labels(0.5), labels(0.5, None), CUT).leaks != ()


def test_labels_are_compared_where_they_are_known_only():
    assert compare(LABELS, labels(0.5), labels(0.5, "CHOP"), OPEN_NS + 1).rows == 0
    assert compared_columns(LABELS) == list(LABELS.columns)
    assert not set(compared_columns(SIGNALS)) & set(SIGNALS.having(Role.LABEL))


def test_a_table_of_another_shape_is_refused():
    with pytest.raises(ContractError, match="tape rebuilt must have the columns"):
        compare(TAPE, tape(), tape().with_columns(pl.lit(1).alias("new")), CUT)

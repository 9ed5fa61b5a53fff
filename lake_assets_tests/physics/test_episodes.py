"""Episodes of touches against their slow twin."""

from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.touch import TOUCHES
from lake_assets.physics.episodes import with_episodes
from lake_assets_tests.oracles import touches as oracle
from lake_assets_tests.physics.frames import DAY, OPEN_NS, table

GAP_S = 300
GAP_NS = GAP_S * 10**9
pauses = st.sampled_from([60 * 10**9, GAP_NS, GAP_NS + 1, 2 * GAP_NS])
touches_in_order = st.lists(
    st.tuples(pauses, st.sampled_from(["VWAP", "ROUND_690.00"])), max_size=9
)


def of(rows):
    """Touches from (pause before it, level)."""
    times = [OPEN_NS + sum(pause for pause, _ in rows[: at + 1]) for at in range(len(rows))]
    return table(TOUCHES, ts_event_ns=times, level_id=[level for _, level in rows])


@given(touches_in_order)
def test_episodes_equal_the_slow_ones(rows):
    touches = with_episodes(of(rows), GAP_S)

    for level in ("VWAP", "ROUND_690.00"):
        found = touches.filter(level_id=level)
        expected = oracle.episodes(found["ts_event_ns"].to_list(), GAP_NS)
        assert found.select("episode_id", "episode_seq", "is_first_of_episode").rows() == [
            (f"{DAY}_{level}_{start}", seq, seq == 1) for start, seq in expected
        ]


@given(touches_in_order, touches_in_order)
def test_later_touches_change_no_earlier_row(rows, later):
    alone, followed = (with_episodes(of(found), GAP_S) for found in (rows, rows + later))

    assert followed.head(len(rows)).drop("event_id").equals(alone.drop("event_id"))


def test_columns_keep_their_types():
    assert with_episodes(TOUCHES.empty(), GAP_S).select(TOUCHES.dtypes.names()).schema == (
        TOUCHES.dtypes
    )

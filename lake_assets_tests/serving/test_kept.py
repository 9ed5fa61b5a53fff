"""What is kept is what was put there, as long as there is room."""

from hypothesis import given
from hypothesis import strategies as st

from lake_assets.serving.kept import Kept


def test_the_longest_unused_is_forgotten_first():
    kept = Kept(8, len)
    for name in "abcd":
        kept.put((name,), b"xx")
    assert kept.get(("a",)) == b"xx"
    kept.put(("e",), b"xx")
    assert [name for name in "abcde" if kept.get((name,))] == ["a", "c", "d", "e"]


def test_what_takes_too_much_of_the_room_is_not_kept():
    kept = Kept(8, len)
    kept.put(("a",), b"xxx")
    assert kept.get(("a",)) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.binary(max_size=5)), max_size=30))
def test_nothing_else_is_ever_given_back(puts):
    kept, last = Kept(16, len), {}
    for name, body in puts:
        kept.put((name,), body)
        if len(body) * 4 <= 16:
            last[name] = body
        assert kept.get((name,)) in (None, last.get(name))

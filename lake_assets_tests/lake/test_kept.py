"""Frames that are remembered: whole, of what they were made from, or not at all."""

from datetime import date
from multiprocessing import get_context

import polars as pl
import pytest

from lake_assets.lake.kept import FOLDER, Kept

FRAMES = {
    "few": pl.DataFrame({"day": [date(2025, 8, 1), None], "x": [0.1, None]}),
    "none": pl.DataFrame(schema={"kind": pl.Enum(["a", "b"]), "n": pl.Int64}),
    "kinds": pl.DataFrame({"kind": pl.Series(["b", None], dtype=pl.Enum(["a", "b"]))}),
}


class Maker:
    """Counts how often it is asked."""

    def __init__(self, frames=FRAMES):
        self.frames, self.asked = frames, 0

    def make(self):
        """The frames."""
        self.asked += 1
        return self.frames


def same(found, frames=FRAMES):
    return list(found) == list(frames) and all(
        found[name].equals(frame) and found[name].schema == frame.schema
        for name, frame in frames.items()
    )


@pytest.fixture
def kept(tmp_path):
    return Kept.of(tmp_path)


def test_what_was_made_once_is_not_made_again(kept):
    maker = Maker()
    for _ in range(3):
        assert same(kept.recall("day", {"input": "1"}, maker.make))
    assert maker.asked == 1


def test_what_was_made_from_something_else_is_forgotten(kept, tmp_path):
    maker = Maker()
    for made_from in ("1", "2", "1"):
        assert same(kept.recall("day", {"input": made_from}, maker.make))
        assert len(list((tmp_path / FOLDER).iterdir())) == 1
    assert maker.asked == 3


def test_another_name_is_another_thing(kept):
    first, second = Maker(), Maker({"other": FRAMES["few"]})
    kept.recall("truths_NIFTY_2025-08-01", {}, first.make)
    assert same(kept.recall("truths_NIFTY_2025-08-04", {}, second.make), second.frames)
    assert same(kept.recall("truths_NIFTY_2025-08-01", {}, first.make))
    assert (first.asked, second.asked) == (1, 1)


def test_no_damage_is_believed(kept, tmp_path):
    """Each byte turned over, each length it may be cut to, and bytes that follow."""
    kept.recall("day", {}, Maker().make)
    (path,) = (tmp_path / FOLDER).iterdir()
    sound = path.read_bytes()
    turned = [bytes([b ^ 1 if i == at else b for i, b in enumerate(sound)]) for at in range(97)]
    cut = [sound[:length] for length in (0, 1, 31, 32, 33, len(sound) // 2, len(sound) - 1)]
    for damaged in (*turned, *cut, sound[:-1] + b"x", sound + b"x"):
        path.write_bytes(damaged)
        maker = Maker()
        assert same(kept.recall("day", {}, maker.make))
        assert maker.asked == 1
        assert path.read_bytes() == sound


def test_a_folder_that_is_gone_or_cannot_be_written_costs_no_result(kept, tmp_path):
    (tmp_path / FOLDER).write_text("not a folder")
    assert same(kept.recall("day", {}, Maker().make))


def test_what_a_dead_writer_left_is_removed_by_the_next(kept, tmp_path):
    kept.recall("day", {"input": "1"}, Maker().make)
    (path,) = (tmp_path / FOLDER).iterdir()
    path.with_name(f"{path.name}.dead").write_bytes(b"half")
    kept.recall("day", {"input": "2"}, Maker().make)
    assert len(list((tmp_path / FOLDER).iterdir())) == 1


def _recall_often(root, made_from):
    kept = Kept.of(root)
    return all(same(kept.recall("day", {"input": made_from}, Maker().make)) for _ in range(60))


def test_processes_that_keep_the_same_and_other_things_at_once_all_get_theirs(tmp_path):
    with get_context("spawn").Pool(3) as pool:
        asked = [(tmp_path, made_from) for made_from in ("1", "1", "2")]
        assert all(pool.starmap(_recall_often, asked))

"""Cells, the slices they belong to, and where their draws begin."""

from zlib import crc32

import polars as pl

from lake_assets.market.option_vocabulary import DteBucket, Regime, TimeOfDay
from lake_assets.seconds.truth_slices import NAMES, SLICES_OF, cells, seeds_of
from lake_assets_tests.oracles.truth_tables import SLICES, slices_of


def frame(*rows):
    schema = {
        "dte_bucket": pl.Enum(DteBucket),
        "time_of_day": pl.Enum(TimeOfDay),
        "regime": pl.Enum(Regime),
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_the_slices_are_the_full_cross():
    assert NAMES == SLICES
    assert len(NAMES) == 5 * 4 * 6


def test_a_row_belongs_to_the_slices_the_slow_one_finds():
    rows = [
        ("6+", "midday", "fear"),
        ("0", "morning", "normal"),
        (None, "afternoon", "chop"),
        ("2", "morning", None),
        (None, "morning", None),
    ]
    for row, cell in zip(rows, cells(frame(*rows)), strict=True):
        assert {NAMES[s] for s in SLICES_OF[cell] if s >= 0} == slices_of(row)


def test_draws_begin_with_the_checksum_of_the_slice():
    seeds = seeds_of("NIFTY")
    assert seeds[NAMES.index(("0", "morning", "chop"))] == crc32(b"NIFTY/0/morning/chop")
    assert len(set(seeds.tolist())) == len(NAMES)

"""Instrument numbers mean what the file says of their day."""

import numpy as np
import pytest
from databento_dbn import SType

from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.header import MappedSpan
from lake_assets.sources.layouts import layout_of
from lake_assets.sources.symbology import UNMAPPED, Symbology
from lake_assets_tests.sources.dbn_files import ES, OPEN, Request, read, trades, write


def test_a_number_may_change_its_contract_overnight():
    spans = {
        7: [(0, MappedSpan("ESH4", 7, 0, 100)), (1, MappedSpan("ESM4", 7, 100, 200))],
        8: [(1, MappedSpan("ESM4", 8, 0, 100))],
    }
    rows = np.zeros(5, layout_of("trades", 3).stored)
    rows["instrument_id"] = [7, 7, 7, 8, 9]
    rows["ts_recv"] = [99, 100, 200, 50, 50]

    codes = Symbology(["ESH4", "ESM4"], spans).codes(rows)

    assert codes.tolist() == [0, 1, UNMAPPED, 1, UNMAPPED]


@pytest.mark.parametrize(
    ("stype", "symbols", "name"),
    [
        (SType.RAW_SYMBOL, {"ESH4": ES}, "ESH4"),
        (SType.CONTINUOUS, {"ES.c.0": ES}, "ES.c.0"),
        (SType.PARENT, {"ESH4": ES, "ESH4-ESM4": 3}, "ESH4"),
    ],
    ids=["raw symbol", "continuous", "parent"],
)
def test_every_way_of_asking_names_the_contract(tmp_path, stype, symbols, name):
    write(tmp_path / "a.dbn", trades([OPEN]), Request(symbols=symbols, stype_in=stype))

    assert read(read_es_trades, tmp_path)[0]["raw_symbol"].to_list() == [name]

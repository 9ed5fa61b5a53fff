"""All columns that belong to a slot: book, forward, volatility, and the totals of the money."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_slots import PREFIXES, SLOT_COLUMNS, SUFFIXES
from lake_assets.kernels.strikes import ATM, RIGHTS, SLOTS
from lake_assets.seconds.book import Books, read_slot
from lake_assets.seconds.expiry import ChosenExpiry
from lake_assets.seconds.forward import imply_forward
from lake_assets.seconds.money import measure_money
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.rows import SIZES
from lake_assets.seconds.spot import Spot
from lake_assets.seconds.strikes import CALLS, PUTS, Slots
from lake_assets.seconds.volatility import imply_volatility
from lake_assets.seconds.volume import total_volume

_ALL: Final = [(right, slot) for right in range(RIGHTS) for slot in range(SLOTS)]


def measure_slots(
    books: Books, slots: Slots, chosen: ChosenExpiry, spot: Spot, params: StateParams
) -> pl.DataFrame:
    """What every slot shows and implies in each second, one column a slot and fact."""
    shown = {
        (right, at): read_slot(
            books,
            slots.contract[right, at],
            slots.strike[right, at],
            params.book_max_age_s,
            sizes=SIZES if at == ATM else (),
        )
        for right, at in _ALL
    }
    mids = [frame["mid"].fill_null(np.nan).to_numpy() for frame in shown.values()]
    mid = np.stack(mids).reshape(slots.contract.shape)
    forward = imply_forward(slots.strike, mid, chosen, spot, books.clock.underlying)
    parts = [forward]
    for (right, at), frame in shown.items():
        implied = imply_volatility(
            frame,
            right=right,
            forward=forward["forward"],
            chosen=chosen,
            underlying=books.clock.underlying,
            params=params,
        )
        whole = pl.concat([frame, implied], how="horizontal").select(SLOT_COLUMNS)
        parts.append(whole.rename(f"{PREFIXES[right]}_{{}}{SUFFIXES[at]}".format))
    money = [shown[right, ATM] for right in (CALLS, PUTS)]
    return pl.concat([*parts, *_measure_money(books, slots, money, spot, params)], how="horizontal")


def _measure_money(
    books: Books, slots: Slots, shown: list[pl.DataFrame], spot: Spot, params: StateParams
) -> list[pl.DataFrame]:
    """Columns of the two contracts at the money, and of both together."""
    call, put = (
        measure_money(books, slots, right, shown[right], spot, params) for right in (CALLS, PUTS)
    )
    totals = total_volume(shown[CALLS]["vol_delta"], shown[PUTS]["vol_delta"], params)
    return [
        call.rename(f"{PREFIXES[CALLS]}_{{}}".format),
        put.rename(f"{PREFIXES[PUTS]}_{{}}".format),
        totals.with_columns(
            spread_total=shown[CALLS]["spread"] + shown[PUTS]["spread"],
            flicker_30s=call["flicker_30s"] | put["flicker_30s"],
        ),
    ]

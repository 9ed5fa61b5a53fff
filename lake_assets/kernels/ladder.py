"""Ten-level book records into columns: one blocked transposition, level-major out.

``as_words`` views vendor records as 64-bit words, ``transpose_ladder`` turns them into a
``Ladder``: two ``LadderSide`` of level-major arrays whose rows are Arrow buffers as they are.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.memory import Memory
from lake_assets.market.price import DBN_UNDEFINED_PRICE, DBN_UNITS_PER_TICK

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
U1: TypeAlias = npt.NDArray[np.uint8]

LEVELS: Final = 10
MBP10_WORDS: Final = 46
_FIRST_LEVEL_WORD: Final = 6  # 16 bytes of header and 32 of the order come before the levels
_WORDS_A_LEVEL: Final = 4
_LOW_HALF: Final = 0xFFFF_FFFF
_TICKS_PER_DBN_UNIT: Final = 1 / DBN_UNITS_PER_TICK
# 256 records are 94 KB, in the second cache. Measured, both sides, allocation included: 184 ns a
# record in blocks of 64, 155 of 128, 140 of 256; 250 with one undivided loop over both sides.
_BLOCK: Final = 256
_INT32_MAX: Final = 2**31 - 1


class LadderSide(NamedTuple):
    """One side of the book, best level first; row ``i`` of each array is level ``i``.

    Attributes:
        ticks: (10, n) price, ES ticks; 0 where absent.
        size: (10, n) contracts; 0 where absent.
        orders: (10, n) resting orders; 0 where absent.
        valid: (10, ceil(n / 8)) bits, least significant first as Arrow has them: 1 where the
            level is there. One mask serves ticks, size and orders.
    """

    ticks: I4
    size: I8
    orders: I4
    valid: U1


class Ladder(NamedTuple):
    """Both sides of ``n`` book records, and how many defined prices were off the tick grid."""

    bid: LadderSide
    ask: LadderSide
    off_tick: int


def as_words(records: npt.NDArray[np.void], words: int = MBP10_WORDS) -> I8:
    """View contiguous vendor records as (n, words) int64, without a copy."""
    flat: I8 = np.ascontiguousarray(records).view(np.int64)
    return flat.reshape(-1, words)


def transpose_ladder(words: I8, rows: I8 | None = None, memory: Memory | None = None) -> Ladder:
    """Cut ten-level records, or some of them, into columns.

    An undefined price nulls its level. So does a defined price that is no whole tick, or none
    that fits 32 bits; those are counted.

    Args:
        words: (n, 46) the records as 64-bit words, little endian, see ``as_words``.
        rows: (m,) which of them, in the order wanted; all if None.
        memory: where the columns are to be; fresh memory if None.
    """
    taken = np.arange(words.shape[0]) if rows is None else rows
    lender = Memory() if memory is None else memory
    bid, ask = _blank_side(taken.shape[0], lender), _blank_side(taken.shape[0], lender)
    return Ladder(bid, ask, _cut(words, taken, bid, ask))


def _blank_side(count: int, memory: Memory) -> LadderSide:
    """A side to be filled: masks of zeros, values of any content."""
    valid = memory.array((LEVELS, (count + 7) // 8), np.uint8)
    valid.fill(0)
    ticks, orders = (memory.array((LEVELS, count), np.int32) for _ in range(2))
    return LadderSide(ticks, memory.array((LEVELS, count), np.int64), orders, valid)


def empty_side(count: int) -> LadderSide:
    """A side of ``count`` records with no level on any."""
    return LadderSide(
        np.zeros((LEVELS, count), np.int32),
        np.zeros((LEVELS, count), np.int64),
        np.zeros((LEVELS, count), np.int32),
        np.zeros((LEVELS, (count + 7) // 8), np.uint8),
    )


@kernel
def _cut(words: I8, rows: I8, bid: LadderSide, ask: LadderSide) -> int:
    """Fill both sides block by block and count the defined prices that are unusable.

    Args:
        words: (n, 46) records.
        rows: (m,) those to cut.
        bid: out, its masks zero on entry.
        ask: out, its masks zero on entry.
    """
    count = rows.shape[0]
    price = np.empty(_BLOCK, np.int64)
    keep = np.empty(_BLOCK, np.int64)
    off_tick = 0
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        block = rows[start:stop]
        for level in range(LEVELS):
            off_tick += _cut_level(words, block, level, 0, price, keep, bid, start, stop)
            off_tick += _cut_level(words, block, level, 1, price, keep, ask, start, stop)
    return off_tick


@kernel
def _cut_level(
    words: I8,
    block: I8,
    level: int,
    half: int,
    price: I8,
    keep: I8,
    out: LadderSide,
    start: int,
    stop: int,
) -> int:
    """One level of one side of one block: a strided read, then loops that vectorise.

    Args:
        words: (n, 46) records.
        block: (stop - start,) those of the block.
        level: 0 is the best.
        half: 0 bid, 1 ask; the ask's price is the next word, its counts the upper halves.
        price: scratch, the block's prices.
        keep: scratch, all ones where the level is there, else 0: a mask instead of a branch.
        out: the side to fill.
        start: first row of the block; a multiple of eight.
        stop: row after its last.
    """
    at = _FIRST_LEVEL_WORD + _WORDS_A_LEVEL * level
    ticks, valid = out.ticks[level, start:stop], out.valid[level, start >> 3 :]
    size, orders = out.size[level, start:stop], out.orders[level, start:stop]
    shift = 32 * half
    off_tick = 0
    for row in range(block.shape[0]):
        price[row] = words[block[row], at + half]
    for row in range(block.shape[0]):
        # Rounding a float is exact for whole ticks, vectorises, and the product checks it.
        tick = np.int64(np.rint(price[row] * _TICKS_PER_DBN_UNIT))
        whole = (tick * DBN_UNITS_PER_TICK == price[row]) & (abs(tick) <= _INT32_MAX)
        keep[row] = -np.int64(whole)
        ticks[row] = tick & keep[row]
        off_tick += np.int64(price[row] != DBN_UNDEFINED_PRICE) & ~keep[row]
    for row in range(block.shape[0]):
        size[row] = (words[block[row], at + 2] >> shift) & _LOW_HALF & keep[row]
    for row in range(block.shape[0]):
        orders[row] = (words[block[row], at + 3] >> shift) & keep[row]
    for row in range(block.shape[0]):
        valid[row >> 3] |= -keep[row] << (row & 7)
    return off_tick

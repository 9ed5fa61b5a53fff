"""Batches of any size as batches of fixed rows, in memory that is used again."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lake_assets.kernels.memory import Memory

Bytes: TypeAlias = npt.NDArray[np.uint8]

_ALIGNED: Final = 64  # bytes; what Arrow recommends for the start of a buffer


def fixed_groups(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of exactly ``rows``, the last one shorter."""
    memory = Memory()
    held: list[pa.RecordBatch] = []
    missing = rows
    for batch in batches:
        at = 0
        while at < batch.num_rows:
            held.append(batch.slice(at, missing))
            at += held[-1].num_rows
            missing -= held[-1].num_rows
            if not missing:
                yield held[0] if len(held) == 1 else _joined(held, memory)
                held, missing = [], rows
    if held:
        yield _joined(held, memory)


def _joined(batches: Sequence[pa.RecordBatch], memory: Memory) -> pa.RecordBatch:
    """Batches of one schema as one."""
    schema: pa.Schema = batches[0].schema
    rows = sum(batch.num_rows for batch in batches)
    sizes = [rows * _width(kind) for kind in schema.types]
    starts = np.cumsum([0, *(-(-size // _ALIGNED) * _ALIGNED for size in sizes)]).tolist()
    block = memory.lend(starts[-1])
    buffer = pa.py_buffer(block)
    columns = []
    for at, kind in enumerate(schema.types):
        pieces = [batch.column(at) for batch in batches]
        if not sizes[at]:
            columns.append(pa.concat_arrays(pieces))
            continue
        start, stop = starts[at], starts[at] + sizes[at]
        np.concatenate([_values(piece) for piece in pieces], out=block[start:stop])
        nulls = sum(piece.null_count for piece in pieces)
        buffers = [_validity(pieces) if nulls else None, buffer.slice(start, sizes[at])]
        columns.append(pa.Array.from_buffers(kind, rows, buffers, null_count=nulls))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _width(kind: pa.DataType) -> int:
    """Bytes of a value of a type that is nothing but its values; 0 for other types."""
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_temporal(kind)
    return kind.bit_width // 8 if plain else 0


def _values(array: pa.Array) -> Bytes:
    """Its values as bytes, without a copy."""
    width = _width(array.type)
    whole = np.frombuffer(array.buffers()[1], np.uint8)
    return whole[array.offset * width : (array.offset + len(array)) * width]


def _validity(arrays: Sequence[pa.Array]) -> pa.Buffer:
    """The bits that tell which values of the arrays, one after the other, are there."""
    return pa.concat_arrays([_valid(array) for array in arrays]).buffers()[1]


def _valid(array: pa.Array) -> pa.BooleanArray:
    """Which of its values are there."""
    mask = array.buffers()[0]
    if mask is None:
        return pa.array(np.ones(len(array), np.bool_))
    return pa.Array.from_buffers(pa.bool_(), len(array), [None, mask], offset=array.offset)

"""Blocks read as docs/serving.md describes them, a value at a time."""

import json
import math
import struct

_TYPES = {"float64": ("<d", 8), "uint8": ("<B", 1), "uint16": ("<H", 2), "uint32": ("<I", 4)}


def unpack(raw):
    """The head, and by table the rows as dicts; moments are ns since the epoch."""
    assert raw[:8] == b"LAKEBLK1"
    length, zero = struct.unpack_from("<II", raw, 8)
    assert zero == 0
    assert length % 8 == 0
    head = json.loads(raw[16 : 16 + length].decode("utf-8"))
    start = 16 + length
    assert start + head["bytes"] == len(raw)
    tables = {}
    for name, table in head["tables"].items():
        columns = {c["name"]: _values(raw, start, c, head) for c in table["columns"]}
        tables[name] = [
            dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
        ]
        assert all(len(values) == table["count"] for values in columns.values())
    return head, tables


def _values(raw, start, column, head):
    form, size = _TYPES[column["type"]]
    assert (start + column["offset"]) % 8 == 0
    found = []
    for i in range(column["length"]):
        (value,) = struct.unpack_from(form, raw, start + column["offset"] + i * size)
        found.append(_meant(value, column, size, head))
    return found


def _meant(value, column, size, head):
    if column["kind"] in ("number", "moment"):
        if math.isnan(value):
            return None
        return value if column["kind"] == "number" else int(head["origin_ns"]) + int(value)
    if value == 2 ** (8 * size) - 1:
        return None
    return bool(value) if column["kind"] == "truth" else column["words"][value]

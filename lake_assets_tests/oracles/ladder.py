"""Ten-level records one by one, level by level, as the vendor's layout reads."""

import struct

RECORD = struct.Struct("<48x" + "qqIIII" * 10)
TICK = 250_000_000
UNDEFINED = 2**63 - 1


def level(price, size, orders):
    """(ticks, size, orders) of a level, None where it is absent."""
    ticks, rest = divmod(price, TICK)
    return None if rest or abs(ticks) > 2**31 - 1 else (ticks, size, orders)


def ladders(buffer):
    """Each record's ``(bids, asks)``, ten levels a side, and the count of unusable prices."""
    found, off_tick = [], 0
    for fields in RECORD.iter_unpack(buffer):
        bids, asks = [], []
        for at in range(0, 60, 6):
            bid, ask, bid_size, ask_size, bid_orders, ask_orders = fields[at : at + 6]
            bids.append(level(bid, bid_size, bid_orders))
            asks.append(level(ask, ask_size, ask_orders))
            off_tick += bids[-1] is None and bid != UNDEFINED
            off_tick += asks[-1] is None and ask != UNDEFINED
        found.append((bids, asks))
    return found, off_tick

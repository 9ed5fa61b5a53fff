"""The ladder at each whole second, by walking the records from the start for each."""

SECOND = 1_000_000_000


def ladder_each_second(records, start_ns, end_ns):
    """``records`` are dicts; of each second the time and its ladder's record, or None."""
    first = -(-start_ns // SECOND)
    stop = -(-end_ns // SECOND)
    return [(at * SECOND, _before(records, at * SECOND)) for at in range(first, stop)]


def _before(records, at_ns):
    shown, trusted = None, False
    for record in records:
        if record["ts_event_ns"] >= at_ns:
            break
        if record["flags"] & 4 or record["action"] == "R":
            shown, trusted = None, False
            continue
        both = (record["bid_size_0"] or 0) > 0 and (record["ask_size_0"] or 0) > 0
        if not record["flags"] & 128 or (both and record["bid_ticks_0"] >= record["ask_ticks_0"]):
            continue
        trusted = trusted or both or bool(record["flags"] & 32)
        if trusted:
            shown = record
    fresh = shown is not None and at_ns - shown["ts_event_ns"] <= 60 * SECOND
    return shown if fresh else None

"""A price-level book replayed from mbp-10 records alone, one plain dictionary a side."""

LEVELS = 10


def ladder_of(record):
    """``{side: {price: (size, orders)}}`` of the ten shown levels, best first."""
    return {
        side: {
            record[f"{side}_px_{i:02}"]: (record[f"{side}_sz_{i:02}"], record[f"{side}_ct_{i:02}"])
            for i in range(LEVELS)
        }
        for side in ("bid", "ask")
    }


def break_between(before, after, record):
    """What in ``after`` does not follow from ``before`` and the record; None if all does.

    Prices beyond the tenth level come into view and leave it; they are compared where both show.
    """
    if record["action"] == "T":
        return None if before == after else "a trade changed the book"
    changed = "bid" if record["side"] == "B" else "ask"
    for side in ("bid", "ask"):
        worst = [min(b[side]) if side == "bid" else max(b[side]) for b in (before, after)]
        for price in before[side].keys() | after[side].keys():
            if any(price < w if side == "bid" else price > w for w in worst):
                continue
            old, new = (b[side].get(price, (0, 0)) for b in (before, after))
            if side == changed and price == record["price"]:
                wrong = _wrong_change(record, old, new)
                if wrong:
                    return f"{wrong}: {old} to {new}"
            elif old != new:
                return f"{side} {price} changed from {old} to {new} without a record"
    return None


def _wrong_change(record, old, new):
    if record["action"] == "A":
        return new != (old[0] + record["size"], old[1] + 1) and "an add adds its order"
    if record["action"] == "C":
        fewer = new[1] <= old[1] and (new[1] > 0) == (new[0] > 0)
        return not (new[0] == old[0] - record["size"] and fewer) and "a cancel takes its size"
    if record["action"] == "M":
        kept = new[1] == old[1] and record["size"] <= new[0]
        return not kept and "a change of size keeps the orders"
    return f"unknown action {record['action']}"

"""Changes of one vintage's observations, as the specification words them."""


def month_before(day, months):
    place = day.year * 12 + day.month - 1 - months
    return place // 12, place % 12 + 1


def changes(seen, frequency, *, is_rate):
    """``seen`` is {date: value} of one vintage; by date, (daily, mom, yoy), each (pct, level)."""
    days = sorted(seen)
    told = {}
    for at, day in enumerate(days):
        previous = seen[days[at - 1]] if at else None
        back = {
            months: next(
                (
                    seen[d]
                    for d in days
                    if (d.year, d.month) == month_before(day, months) and d.day == day.day
                ),
                None,
            )
            for months in (1, 12)
        }
        pairs = (
            (previous, frequency == "Daily"),
            (back[1], frequency == "Monthly"),
            (back[12], frequency in {"Monthly", "Quarterly"}),
        )
        told[day] = [
            change(seen[day], before, is_rate=is_rate) if asked else (None, None)
            for before, asked in pairs
        ]
    return told


def change(value, before, *, is_rate):
    if before is None:
        return None, None
    if is_rate:
        return None, value - before
    return ((value / before - 1) * 100 if before > 0 else None), None


def is_filled(seen):
    """Whether a daily vintage ends in ten or more weekdays of one value."""
    days = sorted(seen, reverse=True)
    run = 0
    for day in days:
        if seen[day] != seen[days[0]]:
            break
        run += day.weekday() < 5
    return run >= 10

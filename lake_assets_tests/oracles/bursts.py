"""Bursts told second by second from the definitions alone.

A second is (spot, seen, rv_10, rv_120, bucket), None where unknown; spot is whole units. Limits
hold five lists by bucket, a rule four lengths, named as the kernel's.
"""


def live(seconds, limits, rule):
    """Every stretch as (burst, start, trigger, end, decided, direction, reason), in order."""
    found, t = [], 0
    while t < len(seconds):
        opened = opening(seconds, limits, rule, t, found[-1] if found else None)
        if opened is None:
            t += 1
            continue
        burst, start, direction = opened
        end, decided, reason = ending(seconds, limits, rule, start, t)
        found.append((burst, start, t, end, decided, direction, reason))
        t = decided + 1
    return found


def observed(seconds, t):
    """The price seen in a second, None if none was."""
    return seconds[t][0] if 0 <= t < len(seconds) and seconds[t][1] else None


def opening(seconds, limits, rule, t, before):
    """The burst, start and direction a trigger at ``t`` gives, None without a trigger."""
    now, then, bucket = observed(seconds, t), observed(seconds, t - rule.lookback), seconds[t][4]
    fast, slow = seconds[t][2], seconds[t][3]
    if t < rule.warm_up or None in (now, then, bucket, fast, slow):
        return None
    steps = [
        abs(observed(seconds, u) - observed(seconds, u - 1))
        for u in (t - 2, t - 1, t)
        if observed(seconds, u) is not None and observed(seconds, u - 1) is not None
    ]
    large = abs(now - then) >= limits.points[bucket]
    sudden = fast > limits.k1[bucket] * slow > 0
    if not (large and sudden and steps and max(steps) >= limits.step[bucket]):
        return None
    direction = 1 if now > then else -1
    start = latest_extreme(seconds, direction, range(max(t - rule.lookback, 0), t))
    if before is None:
        burst = 0
    else:
        last, first_start, _, end, _, same, reason = before
        in_time = start <= end + rule.merge_gap and t - first_start < rule.max_duration
        if reason == "quiet" and same == direction and in_time:
            return last, first_start, direction
        burst = last + 1
        start = latest_extreme(seconds, direction, range(max(t - rule.lookback, end + 1, 0), t))
    if start is None or seconds[start][4] is None:
        return None
    moved = direction * (now - observed(seconds, start))
    return (burst, start, direction) if moved >= limits.points[seconds[start][4]] else None


def latest_extreme(seconds, direction, window):
    """Latest observed second of a window holding its minimum (up) or maximum (down)."""
    prices = {u: observed(seconds, u) for u in window if observed(seconds, u) is not None}
    if not prices:
        return None
    extreme = min(prices.values()) if direction > 0 else max(prices.values())
    return max(u for u, price in prices.items() if price == extreme)


def ending(seconds, limits, rule, start, trigger):
    """End, the second it is decided in, and why."""
    bucket, last = seconds[start][4], len(seconds) - 1
    for t in range(trigger + 1, last + 1):
        spot, _, fast, slow, _ = seconds[t]
        now, then = observed(seconds, t), observed(seconds, t - 5)
        still = now is not None and then is not None and abs(now - then) < limits.end[bucket]
        if still and None not in (fast, slow) and fast < limits.k2[bucket] * slow:
            return t, t, "quiet"
        if spot is None:
            return max(u for u in range(t) if observed(seconds, u) is not None), t, "gap"
        if t - start >= rule.max_duration:
            return t, t, "max_duration"
    return last, last, "close"


def extremes(seconds, start, end, direction):
    """First seconds of the extreme toward a direction, of the highest and the lowest price."""
    prices = [(observed(seconds, t), t) for t in range(start, end + 1)]
    prices = [(price, t) for price, t in prices if price is not None]
    if not prices:
        return -1, -1, -1
    high = min(t for price, t in prices if price == max(prices)[0])
    low = min(t for price, t in prices if price == min(prices)[0])
    return high if direction > 0 else low, high, low

"""The state of an option market, second by second, in plain Python from the definitions alone.

Rows are dicts of `bronze/option_books`, in any order. None is unknown.
"""

from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from lake_assets_tests.oracles import black_76, forward, returns, strikes, windows
from lake_assets_tests.oracles import chain_volume as chain
from lake_assets_tests.oracles.option_session import (
    RIGHTS,
    SLOTS,
    YEAR_S,
    Session,
    met,
    minus,
    nearest,
    none_if,
    over,
    plus,
)


def option_state(rows, facts, max_age_s=5, hysteresis_pct=0):
    """One dict a second with every column of the table."""
    session = Session(rows, facts, max_age_s, hysteresis_pct)
    table = [clock(session, t) for t in range(facts.seconds)]
    add_spot(session, table)
    add_strikes(session, table)
    for t, line in enumerate(table):
        add_slots(session, line, t)
    for right in RIGHTS:
        add_money(session, table, right)
    add_totals(session, table)
    return [{k: v for k, v in line.items() if not k.startswith("#")} for line in table]


def clock(session, t):
    facts = session.facts
    stamp_s = facts.opens_s + t
    local = datetime.fromtimestamp(stamp_s, ZoneInfo(facts.zone))
    expiry, left = session.expiry(t), session.left_s(t)
    days = None if expiry is None else (expiry - facts.day).days
    bucket = {0: "0", 1: "2", 2: "2", 3: "4", 4: "4"}
    early, middle = local.time() < facts.morning_until, local.time() < facts.midday_until
    return {
        "timestamp": datetime.fromtimestamp(stamp_s, ZoneInfo("UTC")),
        "timestamp_ns": stamp_s * 10**9,
        "local_time": local.strftime("%H:%M:%S"),
        "second_of_session": t,
        "known_at": datetime.fromtimestamp(stamp_s + facts.known_after_s, ZoneInfo("UTC")),
        "underlying": facts.name,
        "session_date": facts.day,
        "expiry": expiry,
        "dte_days": days,
        "dte_bucket": None if days is None else bucket.get(days, "6+"),
        "minutes_to_expiry": None if left is None else left / 60,
        "time_of_day": "morning" if early else "midday" if middle else "afternoon",
        "feed_alive": t in session.second_rows,
    }


def add_spot(session, table):
    seen = [session.observed_spot(t) for t in range(len(table))]
    spot = [price for price, _ in seen]
    ret = [returns.log_return(spot, t, 1) for t in range(len(spot))]
    for t, line in enumerate(table):
        past = [u for u in range(t + 1) if spot[u] is not None]
        age = t - past[-1] if past else None
        fresh = age is not None and age <= session.max_age_s
        line |= {
            "#seen": spot[t],
            "spot_price": spot[past[-1]] if fresh else None,
            "spot_observed": spot[t] is not None,
            "spot_age_s": age,
            "spot_conflict": seen[t][1],
            "ret_1s": ret[t],
            "ret_5s": returns.log_return(spot, t, 5),
            "ret_10s": returns.log_return(spot, t, 10),
            "accel_10s": returns.acceleration(ret, t),
        }
        for window in (10, 30, 120):
            line[f"rv_{window}s"], line[f"rv_{window}s_n"] = returns.realized_volatility(
                ret, t, window
            )
        line["gap_ret"], line["gap_s"] = returns.gap(spot, t)


def add_strikes(session, table):
    facts = session.facts
    unit = Fraction(1, 10**facts.decimals)
    units = [nearest(line["spot_price"], unit) for line in table]
    exact = [None if u is None else u * unit for u in units]
    for line, target in zip(
        table, strikes.targets(exact, facts.step, session.hysteresis_pct), strict=True
    ):
        line["atm_target"] = target
    for t, line in enumerate(table):
        bits = 0
        for place, (right, suffix) in enumerate(
            (right, suffix) for right in RIGHTS for suffix in SLOTS
        ):
            chosen = None
            if line["atm_target"] is not None and line["expiry"] is not None:
                listed = [
                    k
                    for (e, r, k), s in session.first.items()
                    if (e, r) == (line["expiry"], right) and s <= t
                ]
                wanted = line["atm_target"] + SLOTS[suffix] * facts.step
                strike = strikes.slot(wanted, listed, facts.step)
                if strike is not None:
                    chosen = (line["expiry"], right, strike)
                    bits |= (strike != wanted) << place
            line[f"#{right}{suffix}"] = chosen
        line["slot_fallback"] = None if line["atm_target"] is None else bits
    rolled = strikes.rolls(
        [line["#CE"] for line in table],
        [line["#PE"] for line in table],
        [line["expiry"] for line in table],
    )
    for line, roll in zip(table, rolled, strict=True):
        line["atm_rolled"] = roll


def add_slots(session, line, t):
    facts = session.facts
    books, mids = {}, {right: [] for right in RIGHTS}
    for right, prefix in RIGHTS.items():
        for suffix in SLOTS:
            contract = line[f"#{right}{suffix}"]
            row, age = session.in_force(contract, t)
            book = session.book(row)
            books[right, suffix] = book, age
            strike = None if contract is None else contract[2]
            mids[right].append((strike, book["mid"]))
            facts_of_slot = {
                "strike": strike,
                "bid": book["bid"],
                "ask": book["ask"],
                "mid": book["mid"],
                "spread": book["spread"],
                "observed": age == 0,
                "age_s": age,
                "volume": book["volume"],
                "vol_delta": session.traded(contract, t),
            }
            line |= {f"{prefix}_{name}{suffix}": value for name, value in facts_of_slot.items()}
    years = None if line["expiry"] is None else session.left_s(t) / YEAR_S
    found, count = forward.slot_forward(mids["CE"], mids["PE"], years, facts.rate)
    line["forward"], line["forward_n"] = found, count
    line["basis"] = None if facts.parity else minus(found, line["spot_price"])
    for (right, suffix), (book, age) in books.items():
        strike = line[f"{RIGHTS[right]}_strike{suffix}"]
        option = (found, strike, right[0], years)
        implied = volatility(option, book, age, facts.rate)
        line |= {f"{RIGHTS[right]}_{name}{suffix}": value for name, value in implied.items()}


def volatility(option, book, age, rate):
    quality = black_76.refusal(option, book["mid"], rate, 60 / YEAR_S)
    sigma = None if quality else black_76.implied(option, book["mid"], rate)
    if sigma is None:
        quality = quality or "no_convergence"
        return {"iv": None, "delta": None, "gamma": None, "vega": None, "iv_quality": quality}
    delta, gamma, vega = black_76.greeks(option, sigma, rate)
    quality = "wide" if book["wide"] else "filled" if age > 0 else "ok"
    return {"iv": sigma, "delta": delta, "gamma": gamma, "vega": vega, "iv_quality": quality}


def add_money(session, table, right):
    prefix = RIGHTS[right]
    for t, line in enumerate(table):
        contract, rolled = line[f"#{right}"], line["atm_rolled"]
        row, _ = session.in_force(contract, t)
        money = depth(session, session.book(row))
        now, was, ten = (session.book(session.row(contract, t - lag)) for lag in (0, 1, 10))
        money["dopt_1s"] = none_if(rolled, minus(now["mid"], was["mid"]))
        money["ofi_1s"] = none_if(rolled, order_flow(now, was))
        money["rel_delta_10s"] = relative(session, table, t, now, ten)
        money |= pulls(session, now, was, line[f"{prefix}_vol_delta"], rolled)
        line |= {f"{prefix}_{name}": value for name, value in money.items()}
    for t, line in enumerate(table):
        flow = [u[f"{prefix}_ofi_1s"] for u in table]
        total, known = windows.window_sum(flow, t, 10)
        line[f"{prefix}_ofi_10s"] = none_if(known < 8, total)
        line |= {
            f"{prefix}_{k}": v for k, v in rates(table[max(0, t - 29) : t + 1], prefix).items()
        }


def depth(session, book):
    several = session.facts.levels > 1
    bids, asks = (book["B"], book["A"]) if several else (None, None)
    return {
        "bid_depth_5": bids,
        "ask_depth_5": asks,
        "obi_5": over(minus(bids, asks), plus(bids, asks)),
        "obi_1": over(minus(book["q_b"], book["q_a"]), plus(book["q_b"], book["q_a"])),
        "depth_slope_bid": over(book["q_b"], bids),
        "depth_slope_ask": over(book["q_a"], asks),
        "bid_size": book["q_b"],
        "ask_size": book["q_a"],
    }


def order_flow(now, was):
    if None in (now["b"], now["a"], was["b"], was["a"]):
        return None
    return (
        now["q_b"] * (now["b"] >= was["b"])
        - was["q_b"] * (now["b"] <= was["b"])
        - now["q_a"] * (now["a"] <= was["a"])
        + was["q_a"] * (now["a"] >= was["a"])
    )


def relative(session, table, t, now, ten):
    if t < 10 or any(line["atm_rolled"] for line in table[t - 9 : t + 1]):
        return None
    unit = Fraction(1, 10**session.facts.decimals)
    ends = [nearest(table[u]["#seen"], unit) for u in (t - 10, t)]
    change = minus(now["mid"], ten["mid"])
    if None in ends or change is None:
        return None
    if abs(ends[1] - ends[0]) * unit < Fraction(session.facts.rel_delta_min_move):
        return None
    return change / (table[t]["#seen"] - table[t - 10]["#seen"])


def pulls(session, now, was, traded, rolled):
    names = ("bid_pull", "ask_pull", "bid_replenish", "ask_replenish", "spread_changed")
    lot = session.facts.lot
    unseen = None in (now["q_b"], was["q_b"], traded)
    if unseen or rolled or min(was["B"], was["A"]) < 10 * lot:
        return dict.fromkeys(names)
    spread, before = session.spread_ticks(now), session.spread_ticks(was)
    wider = met(lambda x, y: x > y, spread, before)
    tight = met(lambda x, y: x <= y, spread, before)
    lower_bid = met(lambda x, y: x <= y, now["b"], was["b"])
    higher_ask = met(lambda x, y: x >= y, now["a"], was["a"])
    quiet = traded <= lot
    fell = {s: 100 * (was[s] - now[s]) >= 35 * was[s] for s in "BA"}
    rose = {s: 100 * (now[s] - was[s]) >= 25 * was[s] for s in "BA"}
    return {
        "bid_pull": fell["B"] and quiet and (lower_bid or wider),
        "ask_pull": fell["A"] and quiet and (higher_ask or wider),
        "bid_replenish": rose["B"] and tight,
        "ask_replenish": rose["A"] and tight,
        "spread_changed": met(lambda x, y: x != y, spread, before),
    }


def rates(window, prefix):
    names = ("pull_rate_30s", "replenish_rate_30s", "net_liquidity_30s", "flicker_30s")
    eligible = [line for line in window if line[f"{prefix}_spread_changed"] is not None]
    if len(eligible) < 10:
        return dict.fromkeys(names)
    count = {
        what: sum(line[f"{prefix}_{side}_{what}"] for line in eligible for side in ("bid", "ask"))
        for what in ("pull", "replenish")
    }
    changes = sum(line[f"{prefix}_spread_changed"] for line in eligible)
    pull, back = count["pull"] / len(eligible), count["replenish"] / len(eligible)
    flickers = count["pull"] >= 5 and count["replenish"] >= 5 and changes >= 10
    return dict(zip(names, (pull, back, back - pull, flickers), strict=True))


def add_totals(session, table):
    both = [plus(line["ce_vol_delta"], line["pe_vol_delta"]) for line in table]
    for t, line in enumerate(table):
        total, known = windows.window_sum(both, t, 30)
        flickers = (line["ce_flicker_30s"], line["pe_flicker_30s"])
        line |= {
            "opt_vol_1s": both[t],
            "opt_active_1s": None if both[t] is None else both[t] > 0,
            "opt_vol_30s": none_if(known < 24, total),
            "spread_total": plus(line["ce_spread"], line["pe_spread"]),
            "flicker_30s": True in flickers or none_if(None in flickers, value=False),
        }
        sums = {}
        for right in RIGHTS:
            mine = [v for c, v in session.volumes.items() if c[:2] == (line["expiry"], right)]
            sums[right] = chain.chain_volume(mine, t)
        (calls, _), (puts, quoted) = sums["CE"], sums["PE"]
        line["pcr_volume"] = None if calls == 0 or quoted == 0 else puts / calls

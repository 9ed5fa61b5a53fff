"""Truth tables of one underlying in plain Python: rows of dicts, one slice after another.

``days`` are sessions, oldest first: {table: [row, ...]}, bursts with ``label`` and
``regime_before``. A slice is (dte_bucket, time_of_day, regime).
"""

from collections import defaultdict
from datetime import timedelta
from functools import cache
from itertools import pairwise, product
from math import sqrt
from zlib import crc32

from lake_assets_tests.oracles import bootstrap, quantile_ranks
from lake_assets_tests.oracles.quantiles import quantile

DTE = ("0", "2", "4", "6+", "all")
TIME = ("morning", "midday", "afternoon", "all")
REGIME = ("normal", "chop", "flicker", "burst", "fear", "all")
SLICES = tuple(product(DTE, TIME, REGIME))
SIZES = ("mean", "median", "p90", "p95", "std", "max")
SHARES = {"median": 0.5, "p90": 0.9, "p95": 0.95}
PHASES = ("", "_inside_bursts", "_before_bursts", "_after_bursts", "_outside_bursts")
KINDS = ("bid_pull", "ask_pull", "bid_replenish", "ask_replenish", "vacuum", "flicker")
SECOND = timedelta(seconds=1)
OF_EVENTS = ("bursts", "fear", "liquidity", "chop", "regimes")
EVERYTHING = (*OF_EVENTS, "microstructure", "convexity")
ranks = cache(quantile_ranks.ranks)


def slices_of(place):
    """Every slice a (dte, time, regime) belongs to; an unknown part is in `all` only."""
    return set(product(*({part, "all"} - {None} for part in place)))


class Truths:
    """What the sessions say; ``found[slice, subject, measure, statistic]`` is its row's facts.

    Facts are (value, n, n_days, low, high); bounds of means are `LATER` until asked for.
    """

    def __init__(self, days, *, underlying, moves, decimals, counting=EVERYTHING):
        self.days, self.underlying, self.decimals = days, underlying, decimals
        self.moves = moves  # points by size: small, large
        self.found, self.units = {}, {}
        for day in days:
            for t, row in enumerate(day["seconds"]):
                row["before"] = day["seconds"][t - 1]["regime"] if t else None
        self.eligible = defaultdict(set)
        for d, row in self.seconds():
            if row["spot_observed"]:
                for s in slices_of(place(row, "regime")):
                    self.eligible[s].add(d)
        for subject in counting:
            getattr(self, subject)()

    def seconds(self):
        """Every second with its day."""
        return ((d, row) for d, day in enumerate(self.days) for row in day["seconds"])

    def rows(self, table):
        """Every event with its day."""
        return [(d, row) for d, day in enumerate(self.days) for row in day[table]]

    def bounds(self, key):
        """Interval of a mean by drawing its units."""
        units = self.units.get(key)
        seed = crc32("/".join((self.underlying, *key[0])).encode())
        return bootstrap.interval(units or [], seed, 2_000, 0.025)

    # Statistics

    def described(self, subject, measure, seen, wanted=SIZES, *, events=True):
        """``seen`` are (value, day, place) in order of time."""
        groups = defaultdict(list)
        for value, d, where in seen:
            for s in slices_of(where):
                groups[s].append((value, d))
        for s in SLICES:
            values = [v for v, _ in groups[s]]
            parts = by_day(groups[s])
            mean = in_turn(top for top, _ in parts) / len(values) if values else None
            for statistic in wanted:
                key = (s, subject, measure, statistic)
                value, low, high = made_of(statistic, values, mean)
                self.found[key] = (value, len(values), len(parts), low, high)
                if statistic in ("mean", "share") and len(values) >= 5:
                    if len(parts) >= 10:
                        self.units[key] = parts
                    elif events:
                        self.units[key] = [(v, 1.0) for v in values]

    def counted(self, subject, measure, seen):
        """How many, and how many a session with an eligible second."""
        groups = defaultdict(lambda: defaultdict(int))
        for d, where in seen:
            for s in slices_of(where):
                groups[s][d] += 1
        for s in SLICES:
            n = sum(groups[s].values())
            self.found[s, subject, measure, "count"] = (float(n), n, len(groups[s]), None, None)
            days = sorted(self.eligible[s])
            per = n / len(days) if days else None
            key = (s, subject, measure, "per_session")
            self.found[key] = (per, len(days), len(days), None, None)
            if len(days) >= 5:
                self.units[key] = [(float(groups[s][d]), 1.0) for d in days]

    # Subjects

    def bursts(self):
        """Counts and sizes of bursts."""
        rows = self.rows("bursts")
        kinds = {"bursts": lambda _: True, "censored": lambda b: b["censored"]}
        kinds |= {"up": lambda b: b["direction"] == 1, "down": lambda b: b["direction"] == -1}
        for label in ("trade", "vacuum", "mixed", "neither"):
            kinds[f"label_{label}"] = lambda b, label=label: b["label"] == label
        for name, holds in kinds.items():
            self.counted("burst", name, [(d, place(b)) for d, b in rows if holds(b)])
        for name in ("size_points", "peak_points", "duration_s"):
            whole = [(float(b[name]), d, place(b)) for d, b in rows if not b["censored"]]
            self.described("burst", name, whole)
        legs = [f"{leg}_{what}_peak" for leg in ("ce", "pe") for what in ("rel_delta", "move")]
        for name in (*legs, "tps", "vacuum_score"):
            known = [(b[name], d, place(b)) for d, b in rows if b[name] is not None]
            self.described("burst", name, known)

    def fear(self):
        """Counts, decay and share of falls."""
        bursts = {b["event_id"]: b for _, b in self.rows("bursts")}
        rows = [
            (d, f | {"regime_before": bursts[f["burst_id"]]["regime_before"]})
            for d, f in self.rows("fear_spikes")
        ]
        self.counted("fear", "spikes", [(d, place(f)) for d, f in rows])
        self.counted("fear", "censored", [(d, place(f)) for d, f in rows if f["censored"]])
        reached = [(float(f["decay_time_s"]), d, place(f)) for d, f in rows if not f["censored"]]
        self.described("fear", "decay_time_s", reached)
        feared = {f["burst_id"] for _, f in rows}
        falls = [
            (float(b["event_id"] in feared), d, place(b))
            for d, b in self.rows("bursts")
            if b["direction"] == -1
        ]
        self.described("fear", "of_down_bursts", falls, ("share",))

    def chop(self):
        """Counts and lengths of pockets."""
        rows = [(d, self.with_before(d, c, "start_time")) for d, c in self.rows("chop_pockets")]
        self.counted("chop", "pockets", [(d, place(c)) for d, c in rows])
        self.counted("chop", "censored", [(d, place(c)) for d, c in rows if c["censored"]])
        whole = [(float(c["duration_s"]), d, place(c)) for d, c in rows if not c["censored"]]
        self.described("chop", "duration_s", whole)

    def with_before(self, d, event, at):
        """The event with the regime of the second before."""
        second = self.second(d, event[at])
        return event | {"regime_before": second["before"]}

    def second(self, d, moment):
        """The second of a moment."""
        seconds = self.days[d]["seconds"]
        return seconds[round((moment - seconds[0]["timestamp"]) / SECOND)]

    def regimes(self):  # noqa: C901 - seconds, shares, then runs
        """Seconds, shares and runs."""
        seen = [
            (d, place(r, "regime")) for d, r in self.seconds() if r["spot_observed"] and r["regime"]
        ]
        self.counted("regime", "seconds", seen)
        per_day = defaultdict(lambda: defaultdict(int))
        for d, where in seen:
            for s in slices_of(where):
                per_day[s][d] += 1
        for s in SLICES:
            mine, every = per_day[s], per_day[s[0], s[1], "all"]
            n = sum(every.values())
            key = (s, "regime", "share", "share")
            value = sum(mine.values()) / n if n else None
            self.found[key] = (value, n, len(every), None, None)
            if len(every) >= 10:
                self.units[key] = [(float(mine[d]), float(every[d])) for d in sorted(every)]
        runs = []
        for d, day in enumerate(self.days):
            start, seconds = 0, day["seconds"]
            for t in range(1, len(seconds) + 1):
                now = seconds[t]["regime"] if t < len(seconds) else None
                if t == len(seconds) or now != seconds[start]["regime"]:
                    if seconds[start]["regime"]:
                        runs.append((float(t - start), d, place(seconds[start], "regime"), now))
                    start = t
        self.counted("regime", "runs", [(d, where) for _, d, where, _ in runs])
        self.described("regime", "run_length_s", [run[:3] for run in runs if run[3]])

    def phase_of(self, d, row):
        """Which stretches around bursts a second is in."""
        t = row["timestamp"]
        bursts = self.days[d]["bursts"]
        half = 30 * SECOND
        if any(b["start_time"] <= t <= b["end_time"] for b in bursts):
            return {"", "_inside_bursts"}
        before = any(b["start_time"] - half <= t < b["start_time"] for b in bursts)
        after = any(b["end_time"] < t <= b["end_time"] + half for b in bursts)
        told = {"_before_bursts"} if before else set()
        told |= {"_after_bursts"} if after else set()
        return {""} | (told or {"_outside_bursts"})

    def liquidity(self):  # noqa: C901 - type by type and stretch by stretch
        """Events, and events a minute."""
        seconds = defaultdict(lambda: defaultdict(int))
        for d, row in self.seconds():
            row["eligible"] = row["spot_observed"] and (row["ce_observed"] or row["pe_observed"])
            row["phases"] = self.phase_of(d, row)
            for phase in row["phases"] if row["eligible"] else ():
                for s in slices_of(place(row, "before")):
                    seconds[s, phase][d] += 1
        counts, tops = defaultdict(lambda: defaultdict(int)), defaultdict(lambda: defaultdict(int))
        for d, event in self.rows("liquidity_events"):
            row = self.second(d, event["timestamp"])
            for phase, s in product(row["phases"], slices_of(place(row, "before"))):
                counts[s, event["event_type"], phase][d] += 1
                tops[s, event["event_type"], phase][d] += row["eligible"]
        for s, kind in product(SLICES, KINDS):
            means = {}
            for phase in PHASES:
                mine, name = counts[s, kind, phase], f"{kind}{phase}"
                n = sum(mine.values())
                self.found[s, "liquidity", name, "count"] = (float(n), n, len(mine), None, None)
                minutes = {d: count / 60.0 for d, count in sorted(seconds[s, phase].items())}
                top = tops[s, kind, phase]
                below = 0.0
                for minute in minutes.values():
                    below += minute
                days = len(minutes)
                means[phase] = sum(top[d] for d in minutes) / below if days else None
                key = (s, "liquidity", name, "mean")
                self.found[key] = (means[phase], days, days, None, None)
                if days >= 5:
                    self.units[key] = [(float(top[d]), minutes[d]) for d in minutes]
                value, low, high = ranked([top[d] / minutes[d] for d in minutes], 0.95)
                self.found[s, "liquidity", name, "p95"] = (value, days, days, low, high)
            inside, outside = means["_inside_bursts"], means["_outside_bursts"]
            days = len(seconds[s, "_inside_bursts"])
            ratio = inside / outside if outside and inside is not None else None
            key = (s, "liquidity", f"{kind}_inside_to_outside", "ratio")
            self.found[key] = (ratio, days, days, None, None)

    def microstructure(self):
        """The books of the observed seconds."""
        names = (
            "spread obi_5 obi_1 bid_depth_5 ask_depth_5 depth_slope_bid depth_slope_ask ofi_10s iv"
        )
        measures = {f"{leg}_{n}": (leg,) for leg in ("ce", "pe") for n in names.split()}
        for name, legs in (measures | {"basis": ("ce", "pe")}).items():
            seen = [
                (float(r[name]), d, place(r, "regime"))
                for d, r in self.seconds()
                if r["spot_observed"] and all(r[f"{leg}_observed"] for leg in legs)
                if r[name] is not None
            ]
            self.described("microstructure", name, seen, ("mean", "median", "p95"), events=False)

    def convexity(self):
        """Answers to small and large moves."""
        for leg, sign in (("ce", 1), ("pe", -1)):
            name = f"{leg}_response"
            for size, points in self.moves.items():
                about = round(points * 10**self.decimals)
                seen = []
                for d, day in enumerate(self.days):
                    ends = day["seconds"][::10]
                    for first, last in pairwise(ends):
                        answer = self.response(first, last, leg, sign, about)
                        if answer is not None:
                            seen.append((answer, d, place(first, "regime")))
                self.described("convexity", f"{name}_{size}", seen, ("mean",))
            for s in SLICES:
                small, large = (
                    self.found[s, "convexity", f"{name}_{size}", "mean"] for size in self.moves
                )
                known = small[0] is not None and large[0] is not None
                n, n_days = min(small[1], large[1]), min(small[2], large[2])
                for statistic, measure, value in (
                    ("difference", "large_less_small", known and large[0] - small[0]),
                    ("ratio", "large_to_small", known and small[0] and large[0] / small[0]),
                ):
                    facts = (value if known and value is not None else None, n, n_days, None, None)
                    self.found[s, "convexity", f"{name}_{measure}", statistic] = facts

    def response(self, first, last, leg, sign, about):
        """Change of the pinned contract's mid by the size of spot's, None if it does not count."""
        if not (first["spot_observed"] and last["spot_observed"] and first[f"{leg}_observed"]):
            return None
        scale = 10**self.decimals
        moved = sign * (round(last["spot_price"] * scale) - round(first["spot_price"] * scale))
        if moved <= 0 or abs(moved - about) * 5 > about or first[f"{leg}_mid"] is None:
            return None
        for slot in ("_m2", "_m1", "", "_p1", "_p2"):
            same = last[f"{leg}_strike{slot}"] == first[f"{leg}_strike"]
            if same and last["expiry"] == first["expiry"] and last[f"{leg}_observed{slot}"]:
                mid = last[f"{leg}_mid{slot}"]
                return None if mid is None else (mid - first[f"{leg}_mid"]) / (moved / scale)
        return None


def place(row, regime="regime_before"):
    """Where a row belongs."""
    return row["dte_bucket"], row["time_of_day"], row[regime]


def ranked(values, share):
    """A quantile and the order statistics around it."""
    ordered = sorted(values)
    low, high = ranks(len(ordered), share, 0.025)
    return (
        quantile(ordered, share),
        None if low is None else ordered[low - 1],
        None if high is None else ordered[high - 1],
    )


def by_day(rows):
    """(sum, count) of each day's values, oldest first."""
    days = defaultdict(list)
    for value, d in rows:
        days[d].append(value)
    return [(in_turn(days[d]), float(len(days[d]))) for d in sorted(days)]


def in_turn(values):
    """A sum, one after another: Python's own compensates from 3.12 on."""
    total = 0.0
    for value in values:
        total += value
    return total


def made_of(statistic, values, mean):
    """The statistic and the order statistics around it, if it has any."""
    if statistic in SHARES:
        return ranked(values, SHARES[statistic])
    if statistic == "std":
        away = in_turn((v - mean) * (v - mean) for v in values)
        return (sqrt(away / (len(values) - 1)) if len(values) > 1 else None), None, None
    return (max(values, default=None) if statistic == "max" else mean), None, None

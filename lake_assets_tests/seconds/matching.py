"""The judge of planted sessions: which plants were found, and what was found that nobody planted.

Seconds are whole seconds since the epoch. Every match is one to one and greedy by time: plants in
order of their start, each with the first event in order of time that fits and is still free.
"""

from dataclasses import dataclass

import polars as pl

INSTANTS = ("bid_pull", "ask_pull", "bid_replenish", "ask_replenish", "vacuum")
KINDS = ("burst", "fear", *INSTANTS, "flicker", "chop")
MOVE_SLACK_S = 3
INSTANT_SLACK_S = 1
OVERLAP = 0.5
CHOP_WARM_UP_S = 1_800
CHOP_EDGE_S = 32


@dataclass(frozen=True, slots=True)
class Score:
    """How many were planted, found and matched; seconds for chop, events otherwise."""

    planted: int = 0
    found: int = 0
    matched: int = 0

    def __add__(self, other):
        """Counts of several sessions together."""
        return Score(
            self.planted + other.planted, self.found + other.found, self.matched + other.matched
        )

    @property
    def precision(self) -> float:
        """Share of the found that were planted; 1 if nothing was found."""
        return self.matched / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the planted that were found; 1 if nothing was planted."""
        return self.matched / self.planted if self.planted else 1.0


@dataclass(frozen=True, slots=True)
class Events:
    """The event tables of one session, as Gold has them."""

    bursts: pl.DataFrame
    liquidity: pl.DataFrame
    fear: pl.DataFrame
    chop: pl.DataFrame


def judge(answers, events, *, step_points, opens):
    """A score for each kind of plant.

    Args:
        answers: the table beside the simulated books.
        events: what was found in them.
        step_points: how far off a burst's size may be.
        opens: first grid second of the session.
    """
    planted = _planted(answers)
    bursts = _rows(events.bursts, "start_time")
    fits = {
        "burst": lambda plant, event: (
            _same_move(plant, event)
            and abs(plant["size_points"] - event["size_points"]) <= step_points
        ),
        "fear": _same_move,
    }
    found = {"burst": bursts, "fear": _fears(events.fear, bursts)}
    scores = {kind: _score(planted[kind], found[kind], fits[kind]) for kind in fits}
    liquidity = _rows(events.liquidity, "timestamp")
    for kind in (*INSTANTS, "flicker"):
        seen = [e for e in liquidity if e["event_type"] == kind and not e["in_vacuum"]]
        meant = [p for p in planted[kind] if not p["in_vacuum"]]
        scores[kind] = _score(meant, seen, _overlaps if kind == "flicker" else _same_instant)
    scores["chop"] = _score_chop(planted["chop"], _rows(events.chop, "start_time"), opens)
    return scores


def silent_decoys(answers, events):
    """How many decoys were planted, and matched nothing: ``found`` counts the silent ones."""
    planted = _planted(answers)
    bursts = _rows(events.bursts, "start_time")
    liquidity = _rows(events.liquidity, "timestamp")
    moves = [
        all(_apart(plant, event) for event in bursts) for plant in planted.get("burst_decoy", [])
    ]
    instants = [
        not any(_same_instant(plant, event) for event in liquidity)
        for kind in ("traded_fall_decoy", "small_change_decoy")
        for plant in planted.get(kind, [])
    ]
    silent = sum(moves) + sum(instants)
    return Score(planted=len(moves) + len(instants), found=silent, matched=silent)


def match(planted, found, fits):
    """Pairs of places in two lists, each in order of time."""
    free, pairs = list(range(len(found))), []
    for place, plant in enumerate(planted):
        for other in free:
            if fits(plant, found[other]):
                pairs.append((place, other))
                free.remove(other)
                break
    return pairs


def _score(planted, found, fits):
    return Score(len(planted), len(found), len(match(planted, found, fits)))


def _same_move(plant, event):
    return (
        plant["direction"] == event["direction"]
        and abs(plant["start"] - event["start"]) <= MOVE_SLACK_S
    )


def _same_instant(plant, event):
    return plant["leg"] == event["leg"] and abs(plant["start"] - event["start"]) <= INSTANT_SLACK_S


def _overlaps(plant, event):
    """Seconds in both are at least half of the seconds in either."""
    shared = min(plant["end"], event["end"]) - max(plant["start"], event["start"]) + 1
    either = max(plant["end"], event["end"]) - min(plant["start"], event["start"]) + 1
    return plant["leg"] == event["leg"] and shared / either >= OVERLAP


def _apart(plant, event):
    return (
        event["end"] < plant["start"] - MOVE_SLACK_S or event["start"] > plant["end"] + MOVE_SLACK_S
    )


def _score_chop(spans, pockets, opens):
    """By seconds, leaving out the warm-up and what follows each edge of a span."""
    edges = {
        second
        for span in spans
        for edge in (span["start"], span["end"] + 1)
        for second in range(edge, edge + CHOP_EDGE_S)
    }
    planted, found = (
        {
            second
            for each in several
            for second in range(each["start"], each["end"] + 1)
            if second > opens + CHOP_WARM_UP_S and second not in edges
        }
        for several in (spans, pockets)
    )
    return Score(len(planted), len(found), len(planted & found))


def _fears(fear, bursts):
    """Fear with start and direction of its burst."""
    by_id = {burst["event_id"]: burst for burst in bursts}
    found = [by_id[burst_id] for burst_id in fear["burst_id"].to_list()]
    return sorted(found, key=lambda event: event["start"])


def _planted(answers):
    rows = {kind: [] for kind in KINDS}
    for row in _rows(answers, "start"):
        rows.setdefault(row["kind"], []).append(row)
    return rows


def _rows(frame, start):
    """Rows as dictionaries in order of ``start``, their times as whole seconds."""
    end = next(name for name in ("end", "end_time") if name in frame.columns)
    seconds = {"start": frame[start].dt.epoch("s"), "end": frame[end].dt.epoch("s")}
    return frame.with_columns(**seconds).sort("start", "end", maintain_order=True).to_dicts()

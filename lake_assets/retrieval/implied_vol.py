"""Volatility at the money, where it stands among its own past, and its slope across strikes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Final

from lake_assets.catalog import OPTION_DAILY
from lake_assets.lake.holdings import Holding, Holdings
from lake_assets.retrieval.contract import Footers
from lake_assets.retrieval.engine import Bound, Request, Row
from lake_assets.retrieval.picks import DAILY_PICKS
from lake_assets.retrieval.query import FILES, Query
from lake_assets.retrieval.reading import Input, Param, Plan, Shelf, up_to
from lake_assets.retrieval.vocabulary import ColumnType
from lake_assets.retrieval.windows import TimePredicate, days_before

_REMEMBERED: Final = 20_000  # daily files, a few hundred bytes each
_WINDOWS: Final = 256  # symbols and windows, a hundred files each
_CONTRACTS: Final = ("atm_contract", "put_wing_contract", "call_wing_contract")
_DAILY_FOLDER: Final = f"{PurePath(OPTION_DAILY.path('')).parent}/"

DAILY_COLUMNS: Final[Mapping[str, ColumnType]] = {
    "session_date": ColumnType.DATE,
    "symbol": ColumnType.TEXT,
    "atm_iv": ColumnType.FLOAT,
    "source_sha256": ColumnType.TEXT,
}
"""What the start-up contract asks of ``option_daily``; a file without is not used."""

PICKS: Final = Query("daily_picks@1", DAILY_PICKS)

DAILY_ROWS: Final = Query(
    "option_daily@1",
    """
SELECT
    CAST(session_date AS DATE) AS session_date,
    CAST(symbol AS VARCHAR) AS symbol,
    CAST(atm_iv AS DOUBLE) AS atm_iv,
    CAST(source_sha256 AS VARCHAR) AS source_sha256,
    filename
FROM read_parquet($files, filename => true, hive_partitioning => false)
ORDER BY session_date, symbol
""",
)

IMPLIED_VOL: Final = Query(
    "implied_vol@1",
    """
WITH daily AS (
    SELECT
        unnest(CAST($sessions AS DATE[])) AS session_date,
        unnest(CAST($ivs AS DOUBLE[])) AS iv
),
placed AS (
    SELECT
        session_date,
        iv,
        rank() OVER (ORDER BY iv) AS place,
        count(*) OVER () AS days,
        min(iv) OVER () AS low,
        max(iv) OVER () AS high
    FROM daily
)
SELECT
    session_date AS observed_at,
    days AS rows_read,
    round(iv, 4) AS atm_iv,
    CASE WHEN days >= 2 THEN round(100e0 * (place - 1) / (days - 1), 2) END AS iv_percentile,
    CASE WHEN high > low THEN round(100e0 * (iv - low) / (high - low), 2) END AS iv_rank,
    round(round(CAST($put_iv AS DOUBLE), 4) - round(CAST($call_iv AS DOUBLE), 4), 4) AS iv_skew,
    round(CAST($put_iv AS DOUBLE), 4) AS otm_put_iv,
    round(CAST($call_iv AS DOUBLE), 4) AS otm_call_iv,
    CAST($lookback_days AS BIGINT) AS iv_rank_lookback_days,
    strftime(session_date, '%Y-%m-%d') AS data_freshness,
    CAST($atm_contract AS VARCHAR) AS atm_contract,
    CAST($put_wing_contract AS VARCHAR) AS put_wing_contract,
    CAST($call_wing_contract AS VARCHAR) AS call_wing_contract
FROM placed
WHERE session_date = (SELECT max(session_date) FROM daily)
""",
    rests_on=(PICKS, DAILY_ROWS),
)


@dataclass(frozen=True, slots=True)
class Pick:
    """A session's volatility at the money and the snapshot it was picked from."""

    session: date
    iv: float | None
    snapshot_sha256: str


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Which file each session is read from, of one state of the lake."""

    snapshots: tuple[Holding, ...]
    daily: tuple[Holding, ...]
    sources: dict[date, Input]


class DailyPicks:
    """Rows of ``option_daily`` by file, read once for as long as the file's hash stays."""

    def __init__(self, holdings: Holdings) -> None:
        self._holdings = holdings
        self._read: dict[str, Mapping[str, Pick]] = {}

    def of(self, request: Request, files: Iterable[Input]) -> dict[str, Mapping[str, Pick]]:
        """Picks by the file's hash, then symbol."""
        known = {s: self._read.get(s.sha256) for s in files}
        learnt = self._learn(request, [s for s, picks in known.items() if picks is None])
        return {s.sha256: learnt[s.sha256] if p is None else p for s, p in known.items()}

    def _learn(self, request: Request, unread: list[Input]) -> dict[str, Mapping[str, Pick]]:
        if not unread:
            return {}
        hashes = [(source.path, source.sha256) for source in unread]
        self._holdings.require(hashes)
        by_path: dict[str, dict[str, Pick]] = {str(source.path): {} for source in unread}
        for row in request.ask(DAILY_ROWS, {FILES: list(by_path)}):
            by_path[str(row["filename"])][str(row["symbol"])] = Pick(
                row.day("session_date"), row.number("atm_iv"), str(row["source_sha256"])
            )
        self._holdings.require(hashes)  # what was read is kept under this name
        learnt: dict[str, Mapping[str, Pick]] = {s.sha256: by_path[str(s.path)] for s in unread}
        if len(self._read) > _REMEMBERED:
            self._read = {}
        self._read.update(learnt)
        return learnt


class ImpliedVol:
    """Plans and runs the family: a pick a session first, then what they say together."""

    def __init__(self, holdings: Holdings, footers: Footers) -> None:
        self._dailies = DailyPicks(holdings)
        self._footers = footers
        self._sorted: dict[tuple[str, date, date], _Sorted] = {}

    def plan(
        self,
        request: Request,
        shelf: Shelf,
        symbol: str,
        window: TimePredicate,
        lookback_days: int,
    ) -> Plan | None:
        """The newest session with a pick and those it is compared with; None if none has one.

        A session's daily row counts if it was picked from the snapshot in force; otherwise the
        snapshot is read itself.
        """
        end = window.end_date
        since = days_before(end, lookback_days)
        sources = self._sources(request, shelf, symbol, since, end)
        if not sources:
            return None
        session = max(sources)
        snapshot = next(h for h in shelf.snapshots if h.partition == session.isoformat())
        params: dict[str, Param] = {
            "symbol": symbol,
            "since": since.isoformat(),
            "end": end.isoformat(),
            "session": session.isoformat(),
            "lookback_days": lookback_days,
        }
        inputs = {*sources.values(), Input.of(snapshot)}
        return Plan(query=IMPLIED_VOL, params=params, inputs=tuple(sorted(inputs)))

    def run(self, request: Request, plan: Plan) -> list[Row]:
        """Pick each session's volatility from the plan's files and place the newest among them."""
        symbol, session = (
            str(plan.params["symbol"]),
            date.fromisoformat(str(plan.params["session"])),
        )
        since, end = (date.fromisoformat(str(plan.params[name])) for name in ("since", "end"))
        daily = [source for source in plan.inputs if is_daily(source)]
        snapshots = [source for source in plan.inputs if source not in daily]
        ivs = {
            pick.session: pick.iv
            for picks in self._dailies.of(request, daily).values()
            if (pick := picks.get(symbol)) and since <= pick.session <= end
        }
        scanned = {
            row.day("session_date"): row for row in _scan(request, symbol, since, end, snapshots)
        }
        ivs |= {day: row.number("atm_iv") for day, row in scanned.items()}
        observed = scanned.get(session)
        if observed is None:
            return []
        known = {day: iv for day, iv in sorted(ivs.items()) if iv is not None and day <= session}
        bound: dict[str, Bound] = {
            "sessions": list(known),
            "ivs": list(known.values()),
            "put_iv": observed["put_wing_iv"],
            "call_iv": observed["call_wing_iv"],
            "lookback_days": plan.params["lookback_days"],
        }
        return request.ask(plan.query, bound | {name: observed[name] for name in _CONTRACTS})

    def _sources(
        self, request: Request, shelf: Shelf, symbol: str, since: date, end: date
    ) -> dict[date, Input]:
        """For each session with a pick, the file it is read from.

        Remembered while nothing is published, unless a snapshot had to be read for it.
        """
        known = self._sorted.get((symbol, since, end))
        if known and known.snapshots is shelf.snapshots and known.daily is shelf.daily:
            return known.sources
        snapshots = {
            held.partition: Input.of(held)
            for held in up_to(shelf.snapshots, end.isoformat())
            if held.partition >= since.isoformat() and symbol in held.statistics
        }
        found, unread = self._from_daily(request, shelf, symbol, snapshots)
        found = {day: source for day, source in found.items() if since <= day <= end}
        if found and not unread:
            if len(self._sorted) > _WINDOWS:
                self._sorted = {}
            self._sorted[symbol, since, end] = _Sorted(shelf.snapshots, shelf.daily, found)
        for scanned in _scan(request, symbol, since, end, unread):
            day = scanned.day("session_date")
            if scanned["atm_iv"] is not None and day.isoformat() in snapshots:
                found[day] = snapshots[day.isoformat()]
        return found

    def _from_daily(
        self, request: Request, shelf: Shelf, symbol: str, snapshots: Mapping[str, Input]
    ) -> tuple[dict[date, Input], list[Input]]:
        """Daily files with a pick from the snapshot in force; snapshots that have none such."""
        daily = {
            held.partition: source
            for held in shelf.daily
            if held.partition in snapshots and self._is_usable(source := Input.of(held))
        }
        rows = self._dailies.of(request, daily.values())
        found: dict[date, Input] = {}
        unread = []
        for partition, snapshot in snapshots.items():
            row = rows[daily[partition].sha256].get(symbol) if partition in daily else None
            if row is None or row.snapshot_sha256 != snapshot.sha256:
                unread.append(snapshot)
            elif row.iv is not None:
                found[row.session] = daily[partition]
        return found, unread

    def _is_usable(self, daily: Input) -> bool:
        return not self._footers.of(daily).lacks(DAILY_COLUMNS)


def is_daily(source: Input) -> bool:
    """Whether a file holds daily picks, not a snapshot."""
    return source.name.startswith(_DAILY_FOLDER)


def _scan(
    request: Request, symbol: str, since: date, end: date, files: Sequence[Input]
) -> list[Row]:
    """Picks of a symbol's sessions, from their snapshots."""
    if not files:
        return []
    paths = [str(source.path) for source in files]
    return request.ask(PICKS, {"symbol": symbol, "start": since, "end": end, FILES: paths})

"""The newest observation of a macro series that was known."""

from datetime import date
from typing import Final

from lake_assets.lake.holdings import Holding
from lake_assets.retrieval.query import Query
from lake_assets.retrieval.reading import Input, Plan, Shelf, up_to
from lake_assets.retrieval.windows import TimePredicate

MACRO: Final = Query(
    "macro@1",
    """
WITH known AS (
    SELECT
        TRY_CAST(observation_date AS DATE) AS observation_date,
        TRY_CAST(retrieval_date AS DATE) AS retrieval_date,
        TRY_CAST(frequency AS VARCHAR) AS frequency,
        TRY_CAST(is_rate AS BOOLEAN) AS is_rate,
        TRY_CAST(unit AS VARCHAR) AS unit,
        TRY_CAST(suspected_fill AS BOOLEAN) AS suspected_fill,
        TRY_CAST(value AS DOUBLE) AS value,
        TRY_CAST(daily_change_pct AS DOUBLE) AS daily_change_pct,
        TRY_CAST(mom_change_pct AS DOUBLE) AS mom_change_pct,
        TRY_CAST(yoy_change_pct AS DOUBLE) AS yoy_change_pct,
        TRY_CAST(daily_change_level AS DOUBLE) AS daily_change_level,
        TRY_CAST(mom_change_level AS DOUBLE) AS mom_change_level,
        TRY_CAST(yoy_change_level AS DOUBLE) AS yoy_change_level
    FROM (
        SELECT
            NULL::DATE AS observation_date, NULL::DATE AS retrieval_date, NULL::VARCHAR AS symbol,
            NULL::VARCHAR AS frequency, NULL::BOOLEAN AS is_rate, NULL::VARCHAR AS unit,
            NULL::BOOLEAN AS suspected_fill, NULL::DOUBLE AS value,
            NULL::INTEGER AS publication_lag_days,
            NULL::DOUBLE AS daily_change_pct, NULL::DOUBLE AS mom_change_pct,
            NULL::DOUBLE AS yoy_change_pct, NULL::DOUBLE AS daily_change_level,
            NULL::DOUBLE AS mom_change_level, NULL::DOUBLE AS yoy_change_level
        WHERE false
        UNION ALL BY NAME
        SELECT * FROM read_parquet($files, union_by_name => true, hive_partitioning => false)
    )
    WHERE symbol = $symbol
        AND observation_date <= CAST($end AS DATE)
        AND retrieval_date <= CAST($known_at AS DATE)
        AND (
            $published_by IS NULL
            OR observation_date + publication_lag_days <= CAST($published_by AS DATE)
        )
)
SELECT
    observation_date AS observed_at,
    count(*) OVER () AS rows_read,
    value AS macro_last_value,
    round(daily_change_pct, 2) AS macro_daily_change_pct,
    round(mom_change_pct, 2) AS macro_mom_change_pct,
    round(yoy_change_pct, 2) AS macro_yoy_change_pct,
    round(daily_change_level, 2) AS macro_daily_change_level,
    round(mom_change_level, 2) AS macro_mom_change_level,
    round(yoy_change_level, 2) AS macro_yoy_change_level,
    frequency,
    is_rate,
    unit,
    suspected_fill
FROM known
ORDER BY observation_date DESC, retrieval_date DESC
LIMIT 1
""",
)


def plan(
    shelf: Shelf, symbol: str, window: TimePredicate, published_by: date | None
) -> Plan | None:
    """The vintages that can hold the newest observation; None if none holds the series.

    ``published_by`` asks only for observations whose publication was due by then.
    """
    known_at, end = window.known_at.isoformat(), window.end_date.isoformat()
    held = [
        vintage
        for vintage in up_to(shelf.macro, known_at)
        if vintage.statistics.get(symbol, {}).get("rows")
        and str(vintage.statistics[symbol]["min_observation_date"]) <= end
    ]
    if not held:
        return None
    params = {
        "symbol": symbol,
        "end": end,
        "known_at": known_at,
        "published_by": published_by.isoformat() if published_by else None,
    }
    chosen = held if published_by else _decisive(held, symbol, end)
    return Plan(query=MACRO, params=params, inputs=tuple(map(Input.of, chosen)))


def _decisive(held: list[Holding], symbol: str, end: str) -> list[Holding]:
    """Vintages that can hold the newest observation up to ``end``, and no other.

    Of those whose newest observation is no later than ``end`` only one counts: the last retrieved
    of those that reach furthest. One that goes beyond ``end`` may hold any date before it.
    """
    newest = {v.partition: str(v.statistics[symbol]["max_observation_date"]) for v in held}
    beyond = [v for v in held if newest[v.partition] > end]
    within = [v for v in held if newest[v.partition] <= end]
    best = max(within, key=lambda v: (newest[v.partition], v.partition), default=None)
    return sorted([*beyond, *([best] if best else [])], key=lambda v: v.partition)

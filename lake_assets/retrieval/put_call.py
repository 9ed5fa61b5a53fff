"""Puts over calls: how the volume and the open interest of one session lean."""

from typing import Final

from lake_assets.retrieval.query import Query
from lake_assets.retrieval.reading import Input, Plan, Shelf, newest_with
from lake_assets.retrieval.windows import TimePredicate

PUT_CALL: Final = Query(
    "put_call@1",
    """
WITH chain AS (
    SELECT
        CAST(session_date AS DATE) AS session_date,
        CAST(option_type AS VARCHAR) AS side,
        CAST(volume AS BIGINT) AS volume,
        CAST(open_interest AS BIGINT) AS open_interest
    FROM read_parquet($files, hive_partitioning => false)
    WHERE symbol = $symbol AND session_date BETWEEN CAST($start AS DATE) AND CAST($end AS DATE)
),
newest AS (
    SELECT
        session_date,
        count(*) AS rows_read,
        sum(volume) FILTER (side = 'put') AS put_volume,
        sum(volume) FILTER (side = 'call') AS call_volume,
        sum(open_interest) FILTER (side = 'put') AS put_interest,
        sum(open_interest) FILTER (side = 'call') AS call_interest
    FROM chain
    GROUP BY session_date
    ORDER BY session_date DESC
    LIMIT 1
),
ratios AS (
    SELECT
        session_date,
        rows_read,
        CASE WHEN call_volume > 0
            THEN round(CAST(put_volume AS DOUBLE) / CAST(call_volume AS DOUBLE), 3) END AS volume,
        CASE WHEN call_interest > 0
            THEN round(CAST(put_interest AS DOUBLE) / CAST(call_interest AS DOUBLE), 3) END
            AS interest,
        coalesce(call_volume, 0) = 0 AS no_call_volume,
        coalesce(call_interest, 0) = 0 AS no_call_interest
    FROM newest
)
SELECT
    session_date AS observed_at,
    rows_read,
    volume AS pcr_volume,
    interest AS pcr_open_interest,
    CASE WHEN volume > 1.0 THEN 'Bearish Sentiment'
        WHEN volume IS NOT NULL THEN 'Bullish/Neutral' END AS pcr_status,
    no_call_volume,
    no_call_interest
FROM ratios
""",
)


def plan(shelf: Shelf, symbol: str, window: TimePredicate) -> Plan | None:
    """The newest session of the window that holds the symbol; None if none does."""
    start, end = window.start_date.isoformat(), window.end_date.isoformat()
    held = newest_with(shelf.snapshots, symbol, "rows", start=start, end=end)
    if held is None:
        return None
    params = {"symbol": symbol, "start": start, "end": end}
    return Plan(query=PUT_CALL, params=params, inputs=(Input.of(held),))

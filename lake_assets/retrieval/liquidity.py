"""How much of a chain trades, at what cost, and how far an order would move it."""

from typing import Final

from lake_assets.retrieval.query import Query
from lake_assets.retrieval.reading import Input, Plan, Shelf, newest_with
from lake_assets.retrieval.windows import TimePredicate

LIQUIDITY: Final = Query(
    "liquidity@1",
    """
WITH chain AS (
    SELECT
        CAST(session_date AS DATE) AS session_date,
        CAST(volume AS BIGINT) AS volume,
        CAST(open_interest AS BIGINT) AS open_interest,
        CAST(round(CAST(spread_pct AS DOUBLE) * 1e6) AS BIGINT) AS spread_millionths,
        CAST(is_liquid AS BOOLEAN) AS is_liquid,
        CAST(is_executable_liquid AS BOOLEAN) AS is_executable
    FROM read_parquet($files, hive_partitioning => false)
    WHERE symbol = $symbol AND session_date <= CAST($end AS DATE)
),
newest AS (
    SELECT
        session_date,
        count(*) AS rows_read,
        sum(volume) AS volume,
        sum(open_interest) AS interest,
        CAST(sum(spread_millionths) AS DOUBLE) / count(spread_millionths) / 1e6 AS spread,
        count(*) FILTER (is_liquid) AS liquid,
        coalesce(sum(volume) FILTER (is_executable), 0) AS executable_volume,
        coalesce(sum(open_interest) FILTER (is_executable), 0) AS executable_interest,
        CAST(sum(spread_millionths * volume) FILTER (is_executable) AS DOUBLE)
            / nullif(sum(volume) FILTER (is_executable AND spread_millionths IS NOT NULL), 0)
            / 1e6 AS executable_spread,
        count(*) FILTER (is_executable) AS executable
    FROM chain
    GROUP BY session_date
    ORDER BY session_date DESC
    LIMIT 1
),
rounded AS (
    SELECT * REPLACE (
        round(spread, 3) AS spread,
        round(executable_spread, 3) AS executable_spread
    )
    FROM newest
),
limits AS (
    SELECT * FROM (VALUES
        ('tier1', 3.0, 100, 6.0, 50),
        ('tier2', 6.0, 50, 10.0, 20),
        ('tier3', 10.0, 20, 15.0, 10)
    ) AS tiers (tier, low_spread, low_count, medium_spread, medium_count)
)
SELECT
    session_date AS observed_at,
    rows_read,
    CAST(volume AS BIGINT) AS daily_option_volume,
    CAST(interest AS BIGINT) AS open_interest,
    spread AS chain_avg_spread_pct,
    liquid AS liquid_contracts,
    CAST(executable_volume AS BIGINT) AS executable_option_volume,
    CAST(executable_interest AS BIGINT) AS executable_open_interest,
    executable_spread AS executable_avg_spread_pct,
    executable AS executable_contracts,
    CASE
        WHEN tier IS NULL OR executable_spread IS NULL OR executable = 0 THEN 'Unknown'
        WHEN executable_spread <= low_spread AND executable >= low_count THEN 'Low'
        WHEN executable_spread <= medium_spread AND executable >= medium_count THEN 'Medium'
        ELSE 'High'
    END AS market_impact_risk
FROM rounded LEFT JOIN limits ON tier = $tier
""",
)


def plan(shelf: Shelf, symbol: str, window: TimePredicate, tier: str | None) -> Plan | None:
    """The newest session up to the window's end that holds the symbol; None if none does."""
    end = window.end_date.isoformat()
    held = newest_with(shelf.snapshots, symbol, "rows", end=end)
    if held is None:
        return None
    params = {"symbol": symbol, "end": end, "tier": tier}
    return Plan(query=LIQUIDITY, params=params, inputs=(Input.of(held),))

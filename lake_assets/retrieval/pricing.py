"""What the liquid contracts of a month or so cost, and the underlying with them."""

from typing import Final

from lake_assets.retrieval.query import Query
from lake_assets.retrieval.reading import Input, Plan, Shelf, newest_with
from lake_assets.retrieval.windows import TimePredicate

PRICING: Final = Query(
    "pricing@1",
    """
WITH chain AS (
    SELECT
        CAST(session_date AS DATE) AS session_date,
        CAST(underlying_price AS DOUBLE) AS underlying_price,
        CAST(round(CAST(bid AS DOUBLE) * 1e6) AS BIGINT) AS bid,
        CAST(round(CAST(ask AS DOUBLE) * 1e6) AS BIGINT) AS ask,
        CAST(round(CAST(last_price AS DOUBLE) * 1e6) AS BIGINT) AS last_price,
        CAST(round(CAST(spread_pct AS DOUBLE) * 1e6) AS BIGINT) AS spread
    FROM read_parquet($files, hive_partitioning => false)
    WHERE symbol = $symbol AND session_date <= CAST($end AS DATE)
        AND is_liquid AND dte BETWEEN 7 AND 45
)
SELECT
    session_date AS observed_at,
    count(*) AS rows_read,
    min(underlying_price) AS underlying_price,
    round(CAST(sum(bid) AS DOUBLE) / count(bid) / 1e6, 3) AS avg_bid,
    round(CAST(sum(ask) AS DOUBLE) / count(ask) / 1e6, 3) AS avg_ask,
    round(CAST(sum(last_price) AS DOUBLE) / count(last_price) / 1e6, 3) AS avg_last_price,
    round(CAST(sum(spread) AS DOUBLE) / count(spread) / 1e6, 3) AS quote_avg_spread_pct
FROM chain
GROUP BY session_date
ORDER BY session_date DESC
LIMIT 1
""",
)


def plan(shelf: Shelf, symbol: str, window: TimePredicate) -> Plan | None:
    """The newest session up to the window's end with contracts to price; None if none has."""
    end = window.end_date.isoformat()
    held = newest_with(shelf.snapshots, symbol, "pricing", end=end)
    if held is None:
        return None
    return Plan(query=PRICING, params={"symbol": symbol, "end": end}, inputs=(Input.of(held),))

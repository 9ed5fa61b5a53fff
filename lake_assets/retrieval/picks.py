"""The contracts a session's volatility is read from: one template, for Silver and for questions."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import polars as pl

from lake_assets.catalog.option_chains import OPTION_DAILY, OPTION_SNAPSHOTS

DAILY_PICKS: Final = """
WITH chain AS (
    SELECT
        CAST(session_date AS DATE) AS session_date,
        CAST(symbol AS VARCHAR) AS symbol,
        CAST(contract_symbol AS VARCHAR) AS contract_symbol,
        CAST(option_type AS VARCHAR) AS option_type,
        CAST(strike AS DOUBLE) AS strike,
        CAST(expiration AS DATE) AS expiration,
        CAST(dte AS INTEGER) AS dte,
        CAST(moneyness_signed AS DOUBLE) AS moneyness_signed,
        CAST(moneyness_ratio AS DOUBLE) AS moneyness_ratio,
        CAST(spread_pct AS DOUBLE) AS spread_pct,
        CAST(iv AS DOUBLE) AS iv,
        CAST(iv_source AS VARCHAR) AS iv_source,
        CAST(is_liquid AS BOOLEAN) AS is_liquid
    FROM read_parquet($files)
    WHERE symbol = $symbol AND session_date BETWEEN $start AND $end
),
counted AS (
    SELECT session_date, symbol, count(*) AS rows FROM chain GROUP BY session_date, symbol
),
candidates AS (
    SELECT * FROM chain
    WHERE is_liquid AND dte BETWEEN 7 AND 45 AND iv IS NOT NULL AND moneyness_ratio IS NOT NULL
),
atm AS (
    SELECT * FROM candidates
    QUALIFY row_number() OVER (
        PARTITION BY session_date
        ORDER BY
            moneyness_ratio, spread_pct ASC NULLS LAST, abs(dte - 30),
            CASE option_type WHEN 'call' THEN 0 ELSE 1 END, expiration, strike, contract_symbol
    ) = 1
),
wings AS (
    SELECT * FROM candidates
    WHERE (option_type = 'put' AND moneyness_signed BETWEEN -0.10 AND -0.05)
       OR (option_type = 'call' AND moneyness_signed BETWEEN 0.05 AND 0.10)
    QUALIFY row_number() OVER (
        PARTITION BY session_date, option_type
        ORDER BY
            round(abs(abs(moneyness_signed) - 0.075), 6), spread_pct ASC NULLS LAST,
            expiration, strike, contract_symbol
    ) = 1
)
SELECT
    counted.session_date,
    counted.symbol,
    atm.contract_symbol AS atm_contract,
    atm.iv AS atm_iv,
    atm.dte AS atm_dte,
    atm.option_type AS atm_option_type,
    atm.iv_source AS atm_iv_source,
    puts.contract_symbol AS put_wing_contract,
    puts.iv AS put_wing_iv,
    calls.contract_symbol AS call_wing_contract,
    calls.iv AS call_wing_iv,
    counted.rows
FROM counted
LEFT JOIN atm ON atm.session_date = counted.session_date
LEFT JOIN wings AS puts
    ON puts.session_date = counted.session_date AND puts.option_type = 'put'
LEFT JOIN wings AS calls
    ON calls.session_date = counted.session_date AND calls.option_type = 'call'
ORDER BY counted.session_date
"""
"""One row a session of ``$symbol`` from ``$start`` to ``$end``, read from the snapshots ``$files``.

The columns are those of ``option_daily`` but the snapshot's hash. Nearest the money: least
``moneyness_ratio``, then spread (unknown last), ``|dte - 30|``, calls before puts, expiration,
strike, contract. Wings: nearest 7.5 % out of the money within 5 to 10 %. All of them liquid, 7 to
45 days from expiry, with a volatility. A session without such a contract has a row of nulls.
"""


def pick_daily(snapshots: pl.DataFrame, source_sha256: str) -> pl.DataFrame:
    """A row of `silver/option_daily` for each symbol of a session's snapshot.

    The snapshot is laid out as a file, since that is what the template reads wherever it runs.

    Args:
        snapshots: rows of one session.
        source_sha256: content hash of the snapshot as published.
    """
    wanted, seen = OPTION_DAILY.dtypes, set(snapshots.select("symbol", "session_date").rows())
    with TemporaryDirectory() as folder, duckdb.connect(":memory:") as connection:
        file = Path(folder) / "snapshots.parquet"
        snapshots.cast(OPTION_SNAPSHOTS.stored_dtypes).write_parquet(file)
        connection.execute("SET threads = 1")
        parts = [
            pl.DataFrame(
                connection.sql(
                    DAILY_PICKS,
                    params={"files": [str(file)], "symbol": symbol, "start": day, "end": day},
                ).to_arrow_table()
            )
            for symbol, day in sorted(seen)
        ]
    picked = pl.concat(parts) if parts else pl.DataFrame(schema=wanted)
    told = picked.with_columns(source_sha256=pl.lit(source_sha256))
    return told.select(wanted.names()).cast(wanted)

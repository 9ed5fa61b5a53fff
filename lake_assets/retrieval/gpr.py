"""Geopolitical risk of the newest month a vintage holds."""

from datetime import date
from typing import Final

from lake_assets.lake.holdings import Holding
from lake_assets.retrieval.query import Query
from lake_assets.retrieval.reading import Input, Plan, Shelf
from lake_assets.retrieval.windows import TimePredicate

GPR: Final = Query(
    "gpr@1",
    """
SELECT
    TRY_CAST(date AS DATE) AS observed_at,
    count(*) OVER () AS rows_read,
    CASE
        WHEN TRY_CAST(gpr_mom_pct AS DOUBLE) > 0 THEN 'Rising'
        WHEN TRY_CAST(gpr_mom_pct AS DOUBLE) < 0 THEN 'Falling'
        WHEN TRY_CAST(gpr_mom_pct AS DOUBLE) = 0 THEN 'Flat'
        ELSE 'Unknown'
    END AS gpr_trend,
    round(TRY_CAST(gpr AS DOUBLE), 2) AS gpr,
    round(TRY_CAST(gprt AS DOUBLE), 2) AS gprt,
    round(TRY_CAST(gpra AS DOUBLE), 2) AS gpra,
    round(TRY_CAST(gpr_basic AS DOUBLE), 2) AS gpr_basic,
    round(TRY_CAST(gpr_and AS DOUBLE), 2) AS gpr_and,
    round(TRY_CAST(gpr_noew AS DOUBLE), 2) AS gpr_noew,
    round(TRY_CAST(gpr_percentile AS DOUBLE), 2) AS gpr_percentile,
    round(TRY_CAST(gpr_percentile_full_sample AS DOUBLE), 2) AS gpr_percentile_full_sample,
    round(TRY_CAST(gpr_mom_pct AS DOUBLE), 2) AS gpr_mom_pct,
    round(TRY_CAST(gpr_yoy_pct AS DOUBLE), 2) AS gpr_yoy_pct,
    round(TRY_CAST(gpr_3m_ma AS DOUBLE), 2) AS gpr_3m_ma,
    round(TRY_CAST(gprc_arg AS DOUBLE), 2) AS gprc_arg,
    round(TRY_CAST(gprc_aus AS DOUBLE), 2) AS gprc_aus,
    round(TRY_CAST(gprc_bel AS DOUBLE), 2) AS gprc_bel,
    round(TRY_CAST(gprc_bra AS DOUBLE), 2) AS gprc_bra,
    round(TRY_CAST(gprc_can AS DOUBLE), 2) AS gprc_can,
    round(TRY_CAST(gprc_che AS DOUBLE), 2) AS gprc_che,
    round(TRY_CAST(gprc_chl AS DOUBLE), 2) AS gprc_chl,
    round(TRY_CAST(gprc_chn AS DOUBLE), 2) AS gprc_chn,
    round(TRY_CAST(gprc_col AS DOUBLE), 2) AS gprc_col,
    round(TRY_CAST(gprc_deu AS DOUBLE), 2) AS gprc_deu,
    round(TRY_CAST(gprc_dnk AS DOUBLE), 2) AS gprc_dnk,
    round(TRY_CAST(gprc_egy AS DOUBLE), 2) AS gprc_egy,
    round(TRY_CAST(gprc_esp AS DOUBLE), 2) AS gprc_esp,
    round(TRY_CAST(gprc_fin AS DOUBLE), 2) AS gprc_fin,
    round(TRY_CAST(gprc_fra AS DOUBLE), 2) AS gprc_fra,
    round(TRY_CAST(gprc_gbr AS DOUBLE), 2) AS gprc_gbr,
    round(TRY_CAST(gprc_hkg AS DOUBLE), 2) AS gprc_hkg,
    round(TRY_CAST(gprc_hun AS DOUBLE), 2) AS gprc_hun,
    round(TRY_CAST(gprc_idn AS DOUBLE), 2) AS gprc_idn,
    round(TRY_CAST(gprc_ind AS DOUBLE), 2) AS gprc_ind,
    round(TRY_CAST(gprc_isr AS DOUBLE), 2) AS gprc_isr,
    round(TRY_CAST(gprc_ita AS DOUBLE), 2) AS gprc_ita,
    round(TRY_CAST(gprc_jpn AS DOUBLE), 2) AS gprc_jpn,
    round(TRY_CAST(gprc_kor AS DOUBLE), 2) AS gprc_kor,
    round(TRY_CAST(gprc_mex AS DOUBLE), 2) AS gprc_mex,
    round(TRY_CAST(gprc_mys AS DOUBLE), 2) AS gprc_mys,
    round(TRY_CAST(gprc_nld AS DOUBLE), 2) AS gprc_nld,
    round(TRY_CAST(gprc_nor AS DOUBLE), 2) AS gprc_nor,
    round(TRY_CAST(gprc_per AS DOUBLE), 2) AS gprc_per,
    round(TRY_CAST(gprc_phl AS DOUBLE), 2) AS gprc_phl,
    round(TRY_CAST(gprc_pol AS DOUBLE), 2) AS gprc_pol,
    round(TRY_CAST(gprc_prt AS DOUBLE), 2) AS gprc_prt,
    round(TRY_CAST(gprc_rus AS DOUBLE), 2) AS gprc_rus,
    round(TRY_CAST(gprc_sau AS DOUBLE), 2) AS gprc_sau,
    round(TRY_CAST(gprc_swe AS DOUBLE), 2) AS gprc_swe,
    round(TRY_CAST(gprc_tha AS DOUBLE), 2) AS gprc_tha,
    round(TRY_CAST(gprc_tun AS DOUBLE), 2) AS gprc_tun,
    round(TRY_CAST(gprc_tur AS DOUBLE), 2) AS gprc_tur,
    round(TRY_CAST(gprc_twn AS DOUBLE), 2) AS gprc_twn,
    round(TRY_CAST(gprc_ukr AS DOUBLE), 2) AS gprc_ukr,
    round(TRY_CAST(gprc_usa AS DOUBLE), 2) AS gprc_usa,
    round(TRY_CAST(gprc_ven AS DOUBLE), 2) AS gprc_ven,
    round(TRY_CAST(gprc_vnm AS DOUBLE), 2) AS gprc_vnm,
    round(TRY_CAST(gprc_zaf AS DOUBLE), 2) AS gprc_zaf
FROM (
        SELECT
            NULL::DATE AS date, NULL::DATE AS retrieval_date, NULL::DOUBLE AS gpr,
            NULL::DOUBLE AS gprt, NULL::DOUBLE AS gpra,
            NULL::DOUBLE AS gpr_basic, NULL::DOUBLE AS gpr_and, NULL::DOUBLE AS gpr_noew,
            NULL::DOUBLE AS gpr_percentile, NULL::DOUBLE AS gpr_percentile_full_sample,
            NULL::DOUBLE AS gpr_mom_pct, NULL::DOUBLE AS gpr_yoy_pct, NULL::DOUBLE AS gpr_3m_ma,
            NULL::DOUBLE AS gprc_arg, NULL::DOUBLE AS gprc_aus, NULL::DOUBLE AS gprc_bel,
            NULL::DOUBLE AS gprc_bra, NULL::DOUBLE AS gprc_can, NULL::DOUBLE AS gprc_che,
            NULL::DOUBLE AS gprc_chl, NULL::DOUBLE AS gprc_chn, NULL::DOUBLE AS gprc_col,
            NULL::DOUBLE AS gprc_deu, NULL::DOUBLE AS gprc_dnk, NULL::DOUBLE AS gprc_egy,
            NULL::DOUBLE AS gprc_esp, NULL::DOUBLE AS gprc_fin, NULL::DOUBLE AS gprc_fra,
            NULL::DOUBLE AS gprc_gbr, NULL::DOUBLE AS gprc_hkg, NULL::DOUBLE AS gprc_hun,
            NULL::DOUBLE AS gprc_idn, NULL::DOUBLE AS gprc_ind, NULL::DOUBLE AS gprc_isr,
            NULL::DOUBLE AS gprc_ita, NULL::DOUBLE AS gprc_jpn, NULL::DOUBLE AS gprc_kor,
            NULL::DOUBLE AS gprc_mex, NULL::DOUBLE AS gprc_mys, NULL::DOUBLE AS gprc_nld,
            NULL::DOUBLE AS gprc_nor, NULL::DOUBLE AS gprc_per, NULL::DOUBLE AS gprc_phl,
            NULL::DOUBLE AS gprc_pol, NULL::DOUBLE AS gprc_prt, NULL::DOUBLE AS gprc_rus,
            NULL::DOUBLE AS gprc_sau, NULL::DOUBLE AS gprc_swe, NULL::DOUBLE AS gprc_tha,
            NULL::DOUBLE AS gprc_tun, NULL::DOUBLE AS gprc_tur, NULL::DOUBLE AS gprc_twn,
            NULL::DOUBLE AS gprc_ukr, NULL::DOUBLE AS gprc_usa, NULL::DOUBLE AS gprc_ven,
            NULL::DOUBLE AS gprc_vnm, NULL::DOUBLE AS gprc_zaf
        WHERE false
        UNION ALL BY NAME
        SELECT * FROM read_parquet($files, union_by_name => true, hive_partitioning => false)
)
WHERE date <= CAST($end AS DATE)
    AND retrieval_date <= CAST($known_at AS DATE)
    AND ($published_by IS NULL OR date + 35 <= CAST($published_by AS DATE))
ORDER BY date DESC
LIMIT 1
""",
)


def plan(shelf: Shelf, window: TimePredicate, published_by: date | None) -> Plan | None:
    """The newest vintage known at the window's moment; None if there is none.

    ``published_by`` asks only for months whose publication was due by then.
    """
    known_at = window.known_at.isoformat()
    held = [v for v in shelf.gpr if _retrieved(v) <= known_at]
    if not held:
        return None
    params = {
        "end": window.end_date.isoformat(),
        "known_at": known_at,
        "published_by": published_by.isoformat() if published_by else None,
    }
    return Plan(query=GPR, params=params, inputs=(Input.of(held[-1]),))


def _retrieved(vintage: Holding) -> str:
    return str(vintage.statistics[vintage.partition]["retrieval_date"])

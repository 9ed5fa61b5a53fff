"""The hand-worked vectors of the specification, asked of real partitions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from lake_assets.lake.lake import Lake
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.tool import SilverTool
from lake_assets.retrieval.vocabulary import Knowledge, Reason, Status
from lake_assets_tests.retrieval import silver
from lake_assets_tests.retrieval.silver import publish_gpr, publish_macro, publish_options

MAY_27, MAY_28, MAY_29 = date(2026, 5, 27), date(2026, 5, 28), date(2026, 5, 29)
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path / "lake")


class Asked:
    """Answers of one query, by metric; of several tickers, by metric and ticker."""

    def __init__(self, lake, *metrics, tickers=("SPY",), **more):
        tool = SilverTool(lake, clock=lambda: NOW, environ={})
        query = MetricQuery(metrics=metrics, tickers=tickers, **more)
        self.result = tool.query(query)
        self.by = {(a.metric, a.entity): a for a in self.result.answers}

    def __getitem__(self, metric):
        (found,) = [a for (name, _), a in self.by.items() if name == metric]
        return found

    def value(self, metric):
        """The number or label told."""
        answer = self[metric]
        return answer.value if answer.text is None else answer.text


# V1


@pytest.fixture
def put_call_lake(lake):
    def rows(*sides):
        return [
            {"option_type": side, "volume": volume, "open_interest": oi, "strike": 500.0 + at}
            for at, (side, volume, oi) in enumerate(sides)
        ]

    publish_options(lake, MAY_27, rows(("put", 120, 900), ("call", 100, 1000)))
    publish_options(lake, MAY_28, rows(("put", 300, 1500), ("call", 350, 2000)))
    publish_options(lake, MAY_29, rows(("put", 40, 700), ("call", 0, 800), ("call", None, 200)))
    return lake


def test_v1_put_call_of_each_day(put_call_lake):
    asked = Asked(put_call_lake, "put_call_ratio", time_window="past_week", as_of=MAY_27)
    assert asked.value("pcr_volume") == 1.2
    assert asked.value("pcr_open_interest") == 0.9
    assert asked.value("pcr_status") == "Bearish Sentiment"

    asked = Asked(put_call_lake, "put_call_ratio", time_window="past_week", as_of=MAY_28)
    assert asked.value("pcr_volume") == 0.857
    assert asked.value("pcr_open_interest") == 0.75
    assert asked.value("pcr_status") == "Bullish/Neutral"
    assert asked["pcr_volume"].preferred_anchor == "PCR_AGG_SPY_2026-05-28"
    assert asked["pcr_volume"].status is Status.OK
    assert asked["pcr_volume"].replay.rows_read == 2
    assert len(asked["pcr_volume"].replay.inputs) == 1


def test_v1_no_call_volume_is_no_ratio(put_call_lake):
    asked = Asked(put_call_lake, "put_call_ratio", time_window="past_week", as_of=MAY_29)
    assert asked.value("pcr_volume") is None
    assert asked["pcr_volume"].reason is Reason.ZERO_CALL_VOLUME
    assert asked["pcr_volume"].status is Status.OK
    assert asked["pcr_volume"].citation_id is not None
    assert asked.value("pcr_status") is None
    assert asked.value("pcr_open_interest") == 0.7


# V3, V4, V5


def liquid(option_type, strike, expiration, iv, **more):
    return {
        "option_type": option_type,
        "strike": float(strike),
        "expiration": expiration,
        "iv": iv,
        "spread_pct": more.pop("spread", 2.0),
        "moneyness_signed": more.pop("m", 0.0),
        "is_liquid": True,
    } | more


def june(day):
    return date(2026, 6, day)


@pytest.mark.parametrize("turn", range(5))
@pytest.mark.parametrize("daily", [True, False])
def test_v3_ties_at_the_money(lake, turn, daily):
    rows = [
        liquid("put", 500, june(26), 0.21, dte=28),
        liquid("call", 500, june(26), 0.20, dte=28),
        liquid("call", 500, date(2026, 7, 3), 0.19, dte=35),
        liquid("call", 500, june(12), 0.30, dte=14, spread=None),
        liquid("call", 501, june(26), 0.18, dte=28, m=0.002, spread=0.1),
    ]
    publish_options(lake, MAY_29, rows[turn:] + rows[:turn], daily=daily)
    asked = Asked(lake, "atm_iv", time_window="today", as_of=MAY_29)
    assert asked.value("atm_iv") == 0.20
    assert asked["atm_iv"].audit_lineage_anchors == (
        "IVRANK_SPY_2026-05-29",
        "SPY260626C00500000",
    )


SERIES = [
    ([0.20, 0.25, 0.25, 0.30, 0.25], 25.0, 50.0, None, None),
    ([0.18, 0.22, 0.26, 0.24], 66.67, 75.0, None, None),
    ([0.31, 0.28, 0.19, 0.22, 0.25, 0.27, 0.30], 83.33, 91.67, None, None),
    ([0.20, 0.21, 0.22, 0.23, 0.24, 0.25, 0.26, 0.27, 0.28, 0.275], 88.89, 93.75, None, None),
    ([0.20, 0.20, 0.20], 0.0, None, None, Reason.FLAT_SERIES),
    ([0.20], None, None, Reason.TOO_FEW_DAYS, Reason.TOO_FEW_DAYS),
]


@pytest.mark.parametrize("series", SERIES)
def test_v4_ranks(lake, series):
    ivs, percentile, rank, why_percentile, why_rank = series
    days = [MAY_29 - timedelta(days=7 * back) for back in reversed(range(len(ivs)))]
    days = [d if d != date(2026, 4, 3) else d - timedelta(days=1) for d in days]
    for day, iv in zip(days, ivs, strict=True):
        expiration = day + timedelta(days=30)
        publish_options(lake, day, [liquid("call", 500, expiration, iv)])
    asked = Asked(lake, "iv_percentile", "iv_rank", time_window="today", as_of=MAY_29)
    assert asked.value("iv_percentile") == percentile
    assert asked.value("iv_rank") == rank
    assert asked["iv_percentile"].reason is why_percentile
    assert asked["iv_rank"].reason is why_rank
    assert asked["iv_rank"].replay.rows_read == len(ivs)
    assert asked.value("iv_rank_lookback_days") == 180


def wing_rows():
    def row(option_type, strike, iv, spread, expiration=date(2026, 6, 26)):
        return liquid(
            option_type,
            strike,
            expiration,
            iv,
            spread=spread,
            m=round(strike / 100 - 1, 6),
            underlying_price=100.0,
        )

    puts = [
        row("put", 90, 0.31, 4.0),
        row("put", 93, 0.28, 3.0),
        row("put", 92, 0.29, 3.0),
        row("put", 92, 0.295, 2.0, date(2026, 7, 10)),
        row("put", 95, 0.26, 1.0),
        row("put", 89.9, 0.33, 1.0),
    ]
    calls = [row("call", 110, 0.17, 2.0), row("call", 105, 0.19, 1.0), row("call", 111, 0.16, 1.0)]
    return puts, calls


def test_v5_wings(lake):
    puts, calls = wing_rows()
    publish_options(lake, MAY_29, [*puts, *calls])
    asked = Asked(lake, "iv_skew", "otm_put_iv", "otm_call_iv", time_window="today", as_of=MAY_29)
    assert asked.value("otm_put_iv") == 0.295
    assert asked.value("otm_call_iv") == 0.19
    assert asked.value("iv_skew") == 0.105
    assert asked["otm_put_iv"].preferred_anchor == "SPY260710P00092000"
    assert asked["otm_call_iv"].preferred_anchor == "SPY260626C00105000"
    assert asked["iv_skew"].audit_lineage_anchors == (
        "IVSKEW_SPY_2026-05-29",
        "SPY260710P00092000",
        "SPY260626C00105000",
    )


def test_v5_one_wing_is_no_skew(lake):
    puts, _ = wing_rows()
    publish_options(lake, MAY_29, puts)
    asked = Asked(lake, "iv_skew", "otm_put_iv", time_window="today", as_of=MAY_29)
    assert asked.value("iv_skew") is None
    assert asked["iv_skew"].reason is Reason.NO_WING
    assert asked.value("otm_put_iv") == 0.295


# V6, V7


def chain(copies=1, symbol="SPY"):
    def row(numbers, *, liquid, executable, at):
        volume, interest, spread = numbers
        return {
            "symbol": symbol,
            "volume": volume,
            "open_interest": interest,
            "spread_pct": spread,
            "is_liquid": liquid,
            "is_executable_liquid": executable,
            "strike": 400.0 + at,
        }

    good = [
        row(numbers, liquid=True, executable=True, at=at + 2 * copy)
        for copy in range(copies)
        for at, numbers in enumerate(((500, 1000, 2.5), (100, 400, 5.0)))
    ]
    return [
        *good,
        row((60, 100, None), liquid=True, executable=False, at=1001),
        row((0, 50, 120.0), liquid=False, executable=False, at=1002),
        row((None, None, 200.0), liquid=False, executable=False, at=1003),
    ]


EXECUTABLE = (
    "executable_option_volume",
    "executable_open_interest",
    "executable_avg_spread_pct",
    "executable_contracts",
)


def test_v6_liquidity(lake):
    publish_options(lake, MAY_29, chain())
    asked = Asked(lake, "liquidity_analysis", *EXECUTABLE, as_of=MAY_29)
    assert asked.value("daily_option_volume") == 660
    assert asked.value("open_interest") == 1550
    assert asked.value("chain_avg_spread_pct") == 81.875
    assert asked.value("liquid_contracts") == 3
    assert [asked.value(metric) for metric in EXECUTABLE] == [600, 1400, 2.917, 2]
    assert asked.value("market_impact_risk") == "High"


def test_v6_many_contracts_are_low_risk(lake):
    publish_options(lake, MAY_29, chain(copies=100))
    asked = Asked(lake, "liquidity_analysis", "executable_contracts", as_of=MAY_29)
    assert asked.value("executable_contracts") == 200
    assert asked.value("market_impact_risk") == "Low"


def test_v6_no_tier_no_verdict(lake):
    publish_options(lake, MAY_29, chain(copies=100, symbol="ZZZZ"))
    asked = Asked(lake, "liquidity_analysis", tickers=["ZZZZ"], as_of=MAY_29)
    assert asked.value("market_impact_risk") == "Unknown"


def pricing_rows():
    quotes = [(4.90, 5.10, 5.00, 4.0), (2.00, 2.10, None, 4.878049), (1.10, 1.20, 1.15, 8.695652)]
    return [
        liquid(
            "call",
            500 + at,
            june(26),
            0.2,
            bid=bid,
            ask=ask,
            last_price=last,
            spread=spread,
            underlying_price=500.0,
        )
        for at, (bid, ask, last, spread) in enumerate(quotes)
    ]


def test_v7_pricing(lake):
    publish_options(lake, MAY_29, pricing_rows())
    asked = Asked(lake, "pricing_spread", as_of=MAY_29)
    assert asked.value("avg_bid") == 2.667
    assert asked.value("avg_ask") == 2.8
    assert asked.value("quote_avg_spread_pct") == 5.858
    assert asked.value("avg_last_price") == 3.075
    assert asked.value("underlying_price") == 500.0
    assert asked["quote_avg_spread_pct"].display == "5.858%"
    assert asked.result.values["SPY_avg_spread_pct"] == 5.858


def test_v7_with_liquidity_the_spread_is_the_chain_s(lake):
    publish_options(
        lake,
        MAY_29,
        [*pricing_rows(), {"strike": 900.0, "spread_pct": 100.0, "underlying_price": 500.0}],
    )
    asked = Asked(lake, "pricing_spread", "liquidity_analysis", as_of=MAY_29)
    assert asked.result.values["SPY_avg_spread_pct"] == asked.value("chain_avg_spread_pct")
    assert asked.result.values["SPY_quote_avg_spread_pct"] == 5.858
    assert any("AVG_SPREAD_COLLISION" in note for note in asked.result.status.notes)


# V8


@pytest.fixture
def macro_lake(lake):
    june_2 = date(2026, 6, 2)

    def row(observed, retrieved, value, previous=None):
        change = None if previous is None else (value / previous - 1) * 100
        return silver.macro("^GSPC", observed, retrieved, value, daily_change_pct=change)

    publish_macro(lake, MAY_28, [row(MAY_28, MAY_28, 5900.00)])
    publish_macro(
        lake, MAY_29, [row(MAY_28, MAY_29, 5900.00), row(MAY_29, MAY_29, 5910.50, 5900.00)]
    )
    publish_macro(
        lake, june_2, [row(MAY_28, june_2, 5900.00), row(MAY_29, june_2, 5911.69, 5900.00)]
    )
    return lake


@pytest.mark.parametrize("as_of", [MAY_29, date(2026, 5, 31)])
def test_v8_as_known_then(macro_lake, as_of):
    asked = Asked(macro_lake, "macro_analysis", as_of=as_of)
    assert asked.value("macro_last_value") == 5910.5
    assert asked.value("macro_daily_change_pct") == 0.18
    assert asked["macro_daily_change_pct"].display == "0.18%"
    assert asked["macro_last_value"].preferred_anchor == "MACRO_SPY_AS_^GSPC_2026-05-29"
    assert asked["macro_last_value"].alias_of == "^GSPC"


def test_v8_as_revised(macro_lake):
    asked = Asked(macro_lake, "macro_analysis", as_of=date(2026, 6, 2))
    assert asked.value("macro_last_value") == 5911.69
    assert asked.value("macro_daily_change_pct") == 0.20


def test_v8_before_the_first_vintage(macro_lake):
    asked = Asked(macro_lake, "macro_analysis", as_of=MAY_27)
    assert asked["macro_last_value"].status is Status.NO_DATA
    assert asked["macro_last_value"].reason is Reason.NO_PARTITIONS


def test_v8_asked_by_its_own_name(macro_lake):
    asked = Asked(macro_lake, "macro_analysis", tickers=["^GSPC"], as_of=MAY_29)
    assert asked["macro_last_value"].preferred_anchor == "MACRO_^GSPC_2026-05-29"
    assert asked["macro_last_value"].alias_of is None


def test_v8_a_rate_changes_in_points(lake):
    def row(observed, retrieved, value, change=None):
        return silver.macro(
            "UNRATE",
            observed,
            retrieved,
            value,
            unit="percent",
            frequency="Monthly",
            is_rate=True,
            mom_change_level=change,
        )

    april_3, may_8 = date(2026, 4, 3), date(2026, 5, 8)
    publish_macro(lake, april_3, [row(date(2026, 3, 1), april_3, 4.4)])
    publish_macro(
        lake, may_8, [row(date(2026, 3, 1), may_8, 4.3), row(date(2026, 4, 1), may_8, 4.3, 0.0)]
    )
    early = Asked(lake, "macro_analysis", tickers=["UNRATE"], as_of=date(2026, 4, 15))
    assert early.value("macro_last_value") == 4.4
    assert early.value("macro_mom_change_level") is None
    late = Asked(
        lake, "macro_analysis", "macro_mom_change_pct", tickers=["UNRATE"], as_of=date(2026, 5, 8)
    )
    assert late.value("macro_last_value") == 4.3
    assert late.value("macro_mom_change_level") == 0.0
    assert late["macro_mom_change_level"].display == "0.00 pp"
    assert late["macro_mom_change_pct"].reason is Reason.RATE_SERIES_USES_LEVEL


# V9


@pytest.fixture
def gpr_lake(lake):
    table = [
        (date(2025, 12, 1), 100.0, 100.0, 40.0, None, None),
        (date(2026, 1, 1), 120.0, 100.0, 80.0, 20.0, None),
        (date(2026, 2, 1), 120.0, 250 / 3, 80.0, 0.0, 340 / 3),
        (date(2026, 3, 1), 90.0, 25.0, 20.0, -25.0, 110.0),
        (date(2026, 4, 1), 120.0, 80.0, 80.0, 100 / 3, 110.0),
    ]
    publish_gpr(
        lake,
        date(2026, 5, 6),
        [
            {
                "date": day,
                "gpr": level,
                "gpr_percentile": percentile,
                "gpr_percentile_full_sample": whole,
                "gpr_mom_pct": change,
                "gpr_3m_ma": mean,
            }
            for day, level, percentile, whole, change, mean in table
        ],
    )
    return lake


def test_v9_gpr(gpr_lake):
    asked = Asked(
        gpr_lake,
        "geopolitical_analysis",
        "gpr_mom_pct",
        "gpr_3m_ma",
        "gpr_percentile_full_sample",
        tickers=[],
        as_of=MAY_29,
    )
    assert asked.value("gpr_index_level") == 120.0
    assert asked.value("gpr_percentile") == 80.0
    assert asked.result.values["gpr_percentile"] == "80.00%"
    assert asked.value("gpr_trend") == "Rising"
    assert asked.value("gpr_mom_pct") == 33.33
    assert asked.value("gpr_3m_ma") == 110.0
    assert asked["gpr_index_level"].preferred_anchor == "GPR_202604"
    assert asked["gpr_index_level"].status is Status.OK


def test_v9_not_published_yet(gpr_lake):
    asked = Asked(gpr_lake, "geopolitical_analysis", tickers=[], as_of=date(2026, 5, 5))
    assert {a.reason for a in asked.result.answers} == {Reason.NOT_KNOWN_AT_AS_OF}
    assert {a.status for a in asked.result.answers} == {Status.NO_DATA}


def test_v9_latest_vintage_says_so(gpr_lake):
    asked = Asked(
        gpr_lake,
        "geopolitical_analysis",
        tickers=[],
        as_of=date(2026, 5, 5),
        knowledge=Knowledge.LATEST_VINTAGE,
    )
    assert asked.value("gpr_index_level") == 90.0
    assert asked.value("gpr_trend") == "Falling"
    assert asked["gpr_index_level"].vintage == "latest"

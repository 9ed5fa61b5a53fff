"""The registry: the metrics the specification tables, no field more or less."""

from dataclasses import FrozenInstanceError
from importlib.resources import files

import pytest

from lake_assets.retrieval.definition import NumberRange
from lake_assets.retrieval.metrics import (
    BUNDLES,
    METRICS,
    macro_change,
    members,
    read_registry,
    required_columns,
    source_type,
)
from lake_assets.retrieval.vocabulary import (
    Display,
    EntityKind,
    Family,
    Frequency,
    SilverTable,
    SourceType,
    Unit,
    ValueType,
)

TEXT = files("lake_assets.retrieval").joinpath("metrics.csv").read_text(encoding="utf-8")

CORE = {
    "put_call_ratio": {"pcr_volume", "pcr_open_interest", "pcr_status"},
    "options_analysis": {
        "atm_iv",
        "iv_percentile",
        "iv_skew",
        "otm_put_iv",
        "otm_call_iv",
        "iv_rank_lookback_days",
        "data_freshness",
    },
    "liquidity_analysis": {
        "daily_option_volume",
        "open_interest",
        "chain_avg_spread_pct",
        "liquid_contracts",
        "market_impact_risk",
    },
    "pricing_spread": {
        "underlying_price",
        "avg_bid",
        "avg_ask",
        "avg_last_price",
        "quote_avg_spread_pct",
    },
    "macro_analysis": {"macro_last_value"},
    "geopolitical_analysis": {"gpr_index_level", "gpr_percentile", "gpr_trend"},
    "price_change": set(),
}


@pytest.mark.parametrize("bundle", list(CORE))
def test_a_bundle_asks_for_the_core_of_its_family(bundle):
    assert set(BUNDLES[bundle].members) == CORE[bundle]


def test_there_is_no_other_bundle():
    assert set(BUNDLES) == set(CORE)


def test_beside_the_core_there_are_these():
    beyond = {m.id for m in METRICS.values() if not m.family_core}
    assert {i for i in beyond if not i.startswith("gpr_country_")} == {
        "iv_rank",
        "executable_option_volume",
        "executable_open_interest",
        "executable_avg_spread_pct",
        "executable_contracts",
        "macro_yoy_change_pct",
        "macro_yoy_change_level",
        "gpr_percentile_full_sample",
        "gpr_mom_pct",
        "gpr_yoy_pct",
        "gpr_3m_ma",
        "gpr_threats",
        "gpr_acts",
        "gpr_basic",
        "gpr_and",
        "gpr_noew",
    }


@pytest.mark.parametrize(
    ("frequency", "is_rate", "change"),
    [
        (Frequency.DAILY, False, "macro_daily_change_pct"),
        (Frequency.MONTHLY, False, "macro_mom_change_pct"),
        (Frequency.DAILY, True, "macro_daily_change_level"),
        (Frequency.MONTHLY, True, "macro_mom_change_level"),
        (Frequency.WEEKLY, False, "macro_daily_change_pct"),
    ],
)
def test_a_macro_bundle_has_the_one_change_that_fits(frequency, is_rate, change):
    assert macro_change(frequency, is_rate=is_rate) == change
    assert members(BUNDLES["price_change"], change) == (change,)
    assert members(BUNDLES["macro_analysis"], change) == ("macro_last_value", change)
    assert change not in members(BUNDLES["pricing_spread"], change)
    assert METRICS[change].family_core


@pytest.mark.parametrize(
    ("metric", "unit", "rounding", "claim"),
    [
        ("pcr_volume", Unit.RATIO, 3, 2),
        ("atm_iv", Unit.IV_DECIMAL, 4, 3),
        ("iv_percentile", Unit.PERCENTILE_0_100, 2, 1),
        ("daily_option_volume", Unit.CONTRACTS, 0, 0),
        ("liquid_contracts", Unit.COUNT, 0, 0),
        ("underlying_price", Unit.USD, None, 2),
        ("avg_last_price", Unit.USD, 3, 2),
        ("macro_last_value", Unit.SERIES_UNIT, None, 2),
        ("macro_mom_change_level", Unit.PERCENT_POINTS, 2, 1),
        ("gpr_index_level", Unit.INDEX_POINTS, 2, 1),
        ("iv_rank_lookback_days", Unit.DAYS, 0, 0),
        ("data_freshness", Unit.DATE, None, 0),
    ],
)
def test_units_and_decimals(metric, unit, rounding, claim):
    found = METRICS[metric]
    assert (found.unit, found.rounding, found.min_claim_decimals) == (unit, rounding, claim)


@pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
def test_display_and_type_follow_the_unit(metric):
    assert (metric.value_type is ValueType.LABEL) == (metric.unit in {Unit.LABEL, Unit.DATE})
    shown = {
        Unit.PERCENT_POINTS: Display.POINTS if metric.id.endswith("_level") else Display.PERCENT,
        Unit.PERCENTILE_0_100: Display.PERCENT,
        Unit.LABEL: Display.TEXT,
        Unit.DATE: Display.TEXT,
    }
    assert metric.display is shown.get(metric.unit, Display.PLAIN)


@pytest.mark.parametrize(
    ("metric", "inside", "outside"),
    [
        ("pcr_volume", [0, 7.5], [-0.001]),
        ("atm_iv", [0.01, 5], [0.0099, 5.1]),
        ("iv_skew", [-5, 0.1], [-5.1, 5.1]),
        ("underlying_price", [0.01], [0, -1]),
        ("executable_avg_spread_pct", [15], [15.001]),
        ("iv_rank_lookback_days", [1], [0]),
        ("macro_last_value", [-37.63], []),
        ("market_impact_risk", ["Low", "Unknown"], ["low", 1]),
        ("pcr_volume", [], ["0"]),
        ("gpr_index_level", [100], [0]),
    ],
)
def test_a_metric_admits_its_range(metric, inside, outside):
    assert all(METRICS[metric].admits(result) for result in inside)
    assert not any(METRICS[metric].admits(result) for result in outside)


def test_both_ends_of_a_range_belong_to_it():
    unit = NumberRange(low=0, high=1, open_low=False)
    assert 0 in unit
    assert 1 in unit


def test_the_average_spread_has_two_unambiguous_names():
    assert METRICS["chain_avg_spread_pct"].flat_keys == (
        "{T}_avg_spread_pct",
        "{T}_chain_avg_spread_pct",
    )
    assert METRICS["quote_avg_spread_pct"].flat_keys == (
        "{T}_avg_spread_pct",
        "{T}_quote_avg_spread_pct",
    )


def test_an_entry_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        METRICS["pcr_volume"].unit = Unit.USD
    with pytest.raises(TypeError):
        METRICS["pcr_volume"] = METRICS["atm_iv"]


def test_a_field_that_nobody_knows_stops_the_import():
    with pytest.raises(ValueError, match="expected the fields"):
        read_registry(TEXT.replace("family_core", "family_core,colour", 1))


@pytest.mark.parametrize("change", [",yes\n", "none,"])
def test_a_field_that_is_missing_stops_the_import(change):
    with pytest.raises(ValueError, match="expected 15 fields"):
        read_registry(TEXT.replace(change, "\n" if change == ",yes\n" else "", 1))


@pytest.mark.parametrize(
    ("true", "false", "error"),
    [
        (",ratio,", ",furlongs,", ValueError),
        (",1,put_call@1", ",0,put_call@1", ValueError),
        ("put_call@1", "call_put@1", KeyError),
        ("pcr_open_interest,Put", "pcr_volume,Put", ValueError),
        (",PCR_AGG_{T}_{date},pcr_volume,yes", ",PCR_AGG_{T}_{date},pcr_volume,maybe", KeyError),
        (",PCR_AGG_{T}_{date},pcr_volume,yes", ",PCR_AGG_{T}_{date},,yes", ValueError),
        (",PCR_AGG_{T}_{date},pcr_volume,yes", ",,pcr_volume,yes", ValueError),
    ],
    ids=["unit", "version", "template", "id twice", "core", "flat key", "anchor"],
)
def test_what_no_metric_can_be_stops_the_import(true, false, error):
    with pytest.raises(error):
        read_registry(TEXT.replace(true, false, 1))


def test_required_columns_of_options_are_those_of_every_template():
    needed = required_columns(SilverTable.OPTION_SNAPSHOTS)
    assert {"bid", "ask", "last_price", "expiration", "is_executable_liquid"} <= set(needed)
    assert needed["session_date"] == "DATE"


def test_a_missing_country_costs_only_its_own_metric():
    assert "gprc_usa" in METRICS["gpr_country_usa"].required_columns
    assert "gprc_usa" not in METRICS["gpr_index_level"].required_columns
    assert METRICS["gpr_trend"].required_columns["gpr_mom_pct"] == "DOUBLE"


@pytest.mark.parametrize(
    ("family", "kind", "source"),
    [
        (Family.PUT_CALL_RATIO, EntityKind.TICKER, SourceType.OPTIONS),
        (Family.MACRO_ANALYSIS, EntityKind.MACRO_SYMBOL, SourceType.MACRO_HISTORY),
        (Family.GEOPOLITICAL_ANALYSIS, EntityKind.GLOBAL, SourceType.GPR),
    ],
)
def test_a_family_has_one_kind_of_entity_and_one_source(family, kind, source):
    assert {m.entity_kind for m in METRICS.values() if m.family is family} == {kind}
    assert source_type(family) is source

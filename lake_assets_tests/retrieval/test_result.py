"""The flat view: keys, owners of shared keys, contracts; all from the answers."""

import pytest

from lake_assets.retrieval.answer import Request, unanswered, unsupported_label
from lake_assets.retrieval.metrics import METRICS
from lake_assets.retrieval.result import ResultStatus, result_of, unsupported_message
from lake_assets.retrieval.vocabulary import Reason
from lake_assets_tests.retrieval.findings import AS_OF, found


def flat(*answers, tickers_run=1, notes=()):
    return result_of(
        answers, ResultStatus(notes=notes), tickers_run=tickers_run, source_channel="primary"
    )


def test_one_ticker_needs_no_prefix():
    result = flat(found("pcr_volume", 0.857), found("daily_option_volume", 660))
    assert result.values == {
        "pcr_volume": 0.857,
        "SPY_pcr_volume": 0.857,
        "SPY_daily_option_volume": 660,
    }
    assert result.display["pcr_volume"] == "0.857"
    assert result.citation_anchor_map == {
        "pcr_volume": "PCR_AGG_SPY_2026-05-28",
        "SPY_pcr_volume": "PCR_AGG_SPY_2026-05-28",
        "SPY_daily_option_volume": "LIQ_SPY_2026-05-28",
    }


def test_two_tickers_give_two_sets_of_values():
    result = flat(found("pcr_volume", 0.8), found("pcr_volume", 1.2, "QQQ"), tickers_run=2)
    assert result.values == {"SPY_pcr_volume": 0.8, "QQQ_pcr_volume": 1.2}


def test_gpr_has_no_prefix_and_its_percentile_is_text():
    result = flat(found("gpr_percentile", 80.0, "GLOBAL", observed="2026-04-01"), tickers_run=0)
    assert result.values == {"gpr_percentile": "80.00%"}
    assert result.answers[0].value == 80.0
    assert result.lineage_anchors == ("GPR_202604",)


def test_a_null_percentile_is_null():
    assert flat(found("gpr_percentile", None, "GLOBAL")).values == {"gpr_percentile": None}


@pytest.mark.parametrize("turned", [False, True])
def test_v7_the_average_spread_is_the_chains_when_both_ran(turned):
    answers = [found("quote_avg_spread_pct", 5.858), found("chain_avg_spread_pct", 81.875)]
    result = flat(*(answers[::-1] if turned else answers))
    assert result.values == {
        "SPY_avg_spread_pct": 81.875,
        "SPY_chain_avg_spread_pct": 81.875,
        "SPY_quote_avg_spread_pct": 5.858,
    }
    (note,) = result.status.notes
    assert note.startswith("AVG_SPREAD_COLLISION")
    assert "SPY_chain_avg_spread_pct" in note
    assert "SPY_quote_avg_spread_pct" in note


def test_the_chains_key_is_not_lent_when_the_chain_has_no_rows():
    chain = unanswered(
        METRICS["chain_avg_spread_pct"], "SPY", Request(as_of=AS_OF), Reason.OUTSIDE_WINDOW
    )
    assert "SPY_avg_spread_pct" not in flat(found("quote_avg_spread_pct", 5.858), chain).values


def test_the_quotes_alone_are_the_average_spread():
    result = flat(found("quote_avg_spread_pct", 5.858))
    assert result.values["SPY_avg_spread_pct"] == 5.858
    assert result.status.notes == ()


def test_a_rate_changes_in_points():
    result = flat(
        found("macro_mom_change_pct", None, "UNRATE", reason=Reason.RATE_SERIES_USES_LEVEL),
        found("macro_mom_change_level", 0.0, "UNRATE"),
    )
    assert result.values == {"UNRATE_mom_change": 0.0}
    assert result.display == {"UNRATE_mom_change": "0.00 pp"}


def test_a_null_keeps_its_entry_if_rows_were_read():
    result = flat(found("pcr_volume", None, reason=Reason.ZERO_CALL_VOLUME))
    assert result.values["pcr_volume"] is None
    assert "pcr_volume" in result.citation_contract


def test_without_rows_there_is_no_entry():
    result = flat(
        unanswered(METRICS["pcr_volume"], "SPY", Request(as_of=AS_OF), Reason.NO_PARTITIONS),
        unsupported_label("Gamma", "GLOBAL", AS_OF, suggestions=()),
    )
    assert result.values == result.citation_contract == result.citation_anchor_map == {}
    assert len(result.answers) == 2


@pytest.mark.parametrize(
    ("metric", "aliases"),
    [
        ("atm_iv", ("latest_atm_iv", "IVRANK_SPY_2026-05-28")),
        ("iv_percentile", ("latest_atm_iv_rank_pct", "IVRANK_SPY_2026-05-28")),
        ("iv_rank_lookback_days", ("iv_rank_lookback_days",)),
    ],
)
def test_a_contract(metric, aliases):
    answer = found(metric, 1, contracts={"atm_contract": "SPY260626C00500000"})
    contract = flat(answer).citation_contract[aliases[0]]
    assert contract.preferred_anchor == "IVRANK_SPY_2026-05-28"
    assert contract.audit_lineage_anchors == answer.audit_lineage_anchors
    assert contract.legacy_aliases == aliases
    assert contract.citation_id == answer.citation_id
    assert contract.source_channel == "primary"


def test_lineage_anchors_stand_once_in_order():
    put, call = "SPY260710P00092000", "SPY260626C00105000"
    wings = {"put_wing_contract": put, "call_wing_contract": call}
    result = flat(
        found("otm_put_iv", 0.295, contracts=wings), found("iv_skew", 0.105, contracts=wings)
    )
    assert result.lineage_anchors == (put, "IVSKEW_SPY_2026-05-28", call)


def test_the_message_lists_unsupported_labels_sorted():
    message = unsupported_message(["Gamma", "Beta", "Gamma"])
    assert message.startswith("Not supported: Beta, Gamma. Supported, for example: Put/Call Ratio,")
    assert unsupported_message([]) is None

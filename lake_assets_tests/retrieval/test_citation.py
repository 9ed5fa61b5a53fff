"""Citations: the canonical record, its id, the anchors of a number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.lake.sealed import canonical
from lake_assets.retrieval.citation import Replay, ReplayInput, anchors, citation_id
from lake_assets.retrieval.metrics import METRICS
from lake_assets_tests.retrieval.findings import replay

DAY = date(2026, 5, 28)


def test_v13_the_replay_record_and_its_id():
    record = replay()
    assert canonical(record.model_dump(mode="json")) == (
        '{"definition":"pcr_volume@1","inputs":[{"path":'
        '"silver/option_snapshots/2026-05-28/SPY.parquet","sha256":"' + "a" * 64 + '"}],'
        '"params":{"end":"2026-05-29","start":"2026-05-22","symbol":"SPY"},"rows_read":2,'
        '"rows_returned":1,"template":"put_call@1","template_sha256":"' + "b" * 64 + '"}'
    )
    assert record.sha256.startswith("6bf3986c1f39")
    cited = citation_id(METRICS["pcr_volume"], "SPY", DAY, record)
    assert cited == "pcr_volume:SPY:2026-05-28:v1:6bf3986c1f39"


@given(st.permutations([ReplayInput(path=p, sha256="0" * 64) for p in "abcd"]))
def test_the_order_files_were_read_in_changes_nothing(files):
    assert replay(inputs=tuple(files)).sha256 == replay(inputs=tuple(sorted(files, key=str))).sha256


@given(st.permutations(["symbol", "start", "end", "days"]))
def test_the_order_of_parameters_changes_nothing(names):
    values = {"symbol": "SPY", "start": DAY, "end": DAY, "days": [DAY, 0.1]}
    shuffled = replay(params={name: values[name] for name in names})
    assert shuffled.sha256 == replay(params=values).sha256


def test_a_record_survives_as_json():
    record = replay(params={"x": 0.1, "days": (DAY,)})
    assert record.params["days"] == ["2026-05-28"]
    again = Replay.model_validate_json(record.model_dump_json())
    assert again.sha256 == record.sha256


CONTRACTS = {
    "atm_contract": "SPY260626C00500000",
    "put_wing_contract": "SPY260710P00092000",
    "call_wing_contract": None,
}


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("pcr_status", ("PCR_AGG_SPY_2026-05-28",)),
        ("atm_iv", ("IVRANK_SPY_2026-05-28", "SPY260626C00500000")),
        ("iv_rank", ("IVRANK_SPY_2026-05-28", "SPY260626C00500000")),
        ("iv_rank_lookback_days", ("IVRANK_SPY_2026-05-28",)),
        ("data_freshness", ("IVRANK_SPY_2026-05-28",)),
        ("iv_skew", ("IVSKEW_SPY_2026-05-28", "SPY260710P00092000")),
        ("otm_put_iv", ("SPY260710P00092000", "IVSKEW_SPY_2026-05-28")),
        ("otm_call_iv", ("IVSKEW_SPY_2026-05-28",)),
        ("market_impact_risk", ("LIQ_SPY_2026-05-28",)),
        ("avg_bid", ("PX_SPY_2026-05-28",)),
        ("macro_last_value", ("MACRO_SPY_2026-05-28",)),
    ],
)
def test_anchors(metric, expected):
    assert anchors(METRICS[metric], "SPY", DAY, contracts=CONTRACTS) == expected


def test_an_alias_says_what_it_stands_for():
    found = anchors(METRICS["macro_last_value"], "SPY", DAY, alias_of="^GSPC")
    assert found == ("MACRO_SPY_AS_^GSPC_2026-05-28",)


def test_a_month_is_spelled_without_its_day():
    assert anchors(METRICS["gpr_percentile"], "GLOBAL", date(2026, 4, 1)) == ("GPR_202604",)


@pytest.mark.parametrize("metric", METRICS.values(), ids=list(METRICS))
def test_a_number_without_contracts_still_has_an_anchor(metric):
    assert anchors(metric, "SPY", DAY)

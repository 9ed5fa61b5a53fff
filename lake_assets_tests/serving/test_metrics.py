"""Numbers with citations over HTTP: what the tool says, and nothing else."""

import shutil

import pytest

from lake_assets.lake.lake import Lake
from lake_assets.retrieval.request import MetricQuery
from lake_assets_tests.folders import filled_once
from lake_assets_tests.retrieval.conftest import tool_over
from lake_assets_tests.retrieval.market import random_market
from lake_assets_tests.serving.servers import serving

AS_OF = {"tickers": ["SPY"], "metrics": ["put_call_ratio", "iv_skew"], "time_window": "past_week"}


@pytest.fixture(scope="module")
def silver_root(tmp_path_factory):
    def fill(folder):
        random_market(11, sessions=8).publish(Lake(folder))

    return filled_once(tmp_path_factory, "asked", fill)


@pytest.fixture(scope="module")
def asker(silver_root):
    with serving(silver_root) as client:
        yield client


@pytest.fixture
def told(asker):
    answer = asker.post("/v1/metrics/query", json=AS_OF)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer_is_the_tools_own(told, silver_root):
    own = tool_over(Lake(silver_root)).query(MetricQuery(**AS_OF)).model_dump(mode="json")
    assert told["values"] == own["values"]
    assert any(value is not None for value in told["values"].values())


def test_every_citation_is_looked_up_and_run_again(asker, told):
    cited = [each["citation_id"] for each in told["answers"] if each["citation_id"]]
    assert cited
    for citation in cited:
        record = asker.get(f"/v1/citations/{citation}").json()
        assert record["replay"]["inputs"]
        found = asker.post("/v1/citations/verify", json={"citation_id": citation}).json()
        assert found["verdict"] == "verified"


def test_a_text_is_held_against_its_answers(asker, told):
    answer = next(a for a in told["answers"] if a["metric"] == "pcr_volume" and a["value"])
    cited = f"{answer['display']} [Silver: {answer['preferred_anchor']}#pcr_volume]"
    for text, passed in ((cited, True), (f"9{cited}", False)):
        body = {"text": text, "answers": told["answers"]}
        assert asker.post("/v1/claims/check", json=body).json()["passed"] is passed


def test_what_can_be_asked_for_is_listed(asker):
    cards = asker.get("/v1/metrics").json()["metrics"]
    one = asker.get(f"/v1/metrics/{cards[0]['id']}").json()
    assert one == cards[0]
    assert len(cards) > 60


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("/v1/metrics/query", {"tickers": ["SPY';drop"]}, 422, "not spelled as a ticker"),
        ("/v1/metrics/query", {"metrics": ["x"] * 51}, 422, "50"),
        ("/v1/metrics/query", {"tickers": ["SPY"] * 101}, 422, "100"),
        ("/v1/metrics/query", {"windows": 1}, 422, "Extra inputs"),
        ("/v1/citations/verify", {}, 422, "required"),
    ],
)
def test_a_malformed_request_is_refused(asker, path, body, status, said):
    answer = asker.post(path, json=body)
    assert answer.status_code == status
    assert said in answer.json()["error"]["message"]


def test_an_unknown_metric_or_citation_is_named(asker):
    metric = asker.get("/v1/metrics/pcr_volum")
    assert (metric.status_code, metric.json()["error"]["nearest"][0]) == (422, "pcr_volume")
    assert asker.get("/v1/citations/pcr_volume:SPY:2026-01-01:v1:abc").status_code == 404


def test_a_citation_nobody_gave_is_a_verdict(asker):
    answer = asker.post("/v1/citations/verify", json={"citation_id": "x:SPY:2026-01-01:v1:abc"})
    assert answer.json()["verdict"] == "unknown_citation"


def test_no_number_leaves_when_the_log_cannot_be_written(silver_root, tmp_path):
    root = shutil.copytree(silver_root, tmp_path / "lake", copy_function=shutil.copy2)
    shutil.rmtree(root / "logs", ignore_errors=True)
    (root / "logs").write_text("in the way")
    with serving(root) as client:
        answer = client.post("/v1/metrics/query", json=AS_OF)
    assert answer.status_code == 503
    assert answer.json()["error"]["kind"] == "audit_unavailable"

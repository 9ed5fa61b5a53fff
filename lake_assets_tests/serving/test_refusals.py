"""Whatever cannot be answered is refused in a sentence that says what to do, and nothing more."""

import re
from http.client import HTTPConnection

import pytest

from lake_assets.catalog import REGIMES
from lake_assets.serving.limits import Limits
from lake_assets_tests.serving.servers import DAY, MANY, NIFTY, UNMADE, serving

A_DAY = f"/v1/day/{NIFTY}/{DAY}"
SIGNALS = f"/v1/signals/{DAY}"


def refused(client, path, status, **query):
    """The refusal of a request."""
    answer = client.get(path, params=query)
    assert answer.status_code == status, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    error = answer.json()["error"]
    assert re.fullmatch("[0-9a-f]{12}", error["id"])
    return error


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (f"/v1/day/{NIFTY}/{UNMADE}/bursts", "gold/NIFTY/bursts"),
        (f"/v1/day/{NIFTY}/{UNMADE}/features", "silver/NIFTY/option_state"),
        (f"/v1/day/{NIFTY}/{UNMADE}/summary", "silver/NIFTY/option_state"),
        (f"/v1/day/{NIFTY}/{UNMADE}/playback", "silver/NIFTY/option_state"),
        (f"/v1/day/SPY/{DAY}/window", "silver/SPY/option_state"),
        (f"/v1/signals/{UNMADE}", "gold/signals"),
        (f"/v1/signals/{UNMADE}/playback", "gold/signals"),
        (f"/v1/datasets/levels/{UNMADE}", "silver/levels"),
        (f"/v1/datasets/bursts/{DAY}/SPY", "gold/SPY/bursts"),
    ],
)
def test_a_day_that_is_not_there_says_how_to_make_it(client, path, key):
    error = refused(client, path, 404)
    assert error["kind"] == "not_materialized"
    assert (
        f"`dagster asset materialize -m lake_assets.definitions --select key:{key} "
        in (error["message"])
    )


def test_an_aggregate_that_is_not_there_says_how_to_make_it(client):
    error = refused(client, "/v1/datasets/signals_multi_day/all", 404)
    assert error["message"].endswith(
        "materialize it with `dagster asset materialize -m lake_assets.definitions "
        "--select key:gold/signals_multi_day`"
    )


@pytest.mark.parametrize(
    ("path", "query", "sentence", "nearest"),
    [
        ("/v1/datasets/signal", {}, "no dataset is called 'signal'; the nearest are", "signals"),
        (f"/v1/datasets/signl/{DAY}", {}, "no dataset is called 'signl'", "signals"),
        (f"/v1/day/NIFY/{DAY}/bursts", {}, "no underlying is called 'NIFY'", "NIFTY"),
        (f"/v1/day/nifty/{DAY}/bursts", {}, "no underlying is called 'nifty'; none is", None),
        (f"{A_DAY}/bursts", {"columns": "size_point"}, "no column is called", "size_points"),
        (f"{A_DAY}/window", {"columns": "spot"}, "no column is called 'spot'", "spot_price"),
        ("/v1/truth", {"underlying": "NIFTI"}, "no underlying is called 'NIFTI'", "NIFTY"),
        ("/v1/truth", {"columns": "vale"}, "no column is called 'vale'", "value"),
    ],
)
def test_an_unknown_name_comes_back_with_the_nearest(client, path, query, sentence, nearest):
    error = refused(client, path, 422, **query)
    assert error["kind"] == "unknown_name"
    assert error["message"].startswith(sentence)
    assert (nearest in error["nearest"]) if nearest else error["nearest"] == []


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (f"/v1/datasets/bursts/{DAY}", "bursts is of one underlying each; end the path in NIFTY"),
        (f"/v1/datasets/levels/{DAY}/SPY", "levels is of no underlying; leave it out of the path"),
        (
            f"/v1/datasets/truth_tables/{DAY}",
            "truth_tables holds every session at once; write all for the date",
        ),
        ("/v1/signals/0", "'0' is no date; write YYYY-MM-DD"),
        ("/v1/signals/all", "'all' is no date; write YYYY-MM-DD"),
        ("/v1/signals/2025-13-01", "'2025-13-01' is no date; write YYYY-MM-DD"),
        ("/v1/signals/20251217", "'20251217' is no date; write YYYY-MM-DD"),
        ("/v1/signals/٢٠٢٥-12-17", "'٢٠٢٥-12-17' is no date; write YYYY-MM-DD"),
        (
            "/v1/signals/2025-12-20",
            "2025-12-20 is no new_york session; the nearest are 2025-12-19 and 2025-12-22",
        ),
        ("/v1/day/NIFTY/2025-12-25/fear", "2025-12-25 is no nse session; the nearest are"),
    ],
)
def test_a_malformed_word_is_told_what_is_written_instead(client, path, sentence):
    assert refused(client, path, 422)["message"].startswith(sentence)


@pytest.mark.parametrize(
    ("path", "query", "sentence"),
    [
        (f"{A_DAY}/bursts", {"limit": "-1"}, "limit: "),
        (f"{A_DAY}/bursts", {"limit": "many"}, "limit: "),
        (f"{A_DAY}/bursts", {"colums": "size_points"}, "colums: Extra inputs are not permitted"),
        (f"{A_DAY}/bursts", {"format": "xlsx"}, "format: Input should be 'json', 'arrow',"),
        (f"{A_DAY}/window", {"points": "1"}, "points: "),
        (f"{A_DAY}/window", {"points": "20001"}, "points: "),
        (f"{A_DAY}/summary", {"limit": "1"}, "limit: "),
        (f"{SIGNALS}/depth", {"start": "1"}, "end: Field required"),
        ("/v1/truth", {"dte_bucket": "1"}, "dte_bucket: "),
        ("/v1/datasets", {"name": "signals"}, "name: "),
        (f"{A_DAY}/bursts", {"start": "09:30"}, "'09:30' is no moment; write ns since 1970 UTC"),
        (f"{A_DAY}/bursts", {"start": "2025-12-17T10:00:00"}, "'2025-12-17T10:00:00' is no mom"),
        (f"{A_DAY}/bursts", {"end": "99999999999999999999"}, "'99999999999999999999' is no mom"),
        (f"{A_DAY}/bursts", {"end": "0001-01-01T00:00:00+14:00"}, "'0001-01-01T00:00:00+14:00'"),
        (f"{A_DAY}/bursts", {"start": "2", "end": "1"}, "end is before start"),
        (f"{SIGNALS}/tape", {"start": "2", "end": "1"}, "end is before start"),
        (
            f"/v1/datasets/front_contract/{DAY}",
            {"start": "1"},
            "rows of front_contract have no time; drop start and end",
        ),
    ],
)
def test_a_malformed_parameter_is_named(client, path, query, sentence):
    assert refused(client, path, 422, **query)["message"].startswith(sentence)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/datasets/..%2f..%2fetc%2fpasswd/2025-12-17",
        "/v1/datasets/%2e%2e/2025-12-17",
        "/v1/datasets/signals/..",
        "/v1/datasets/signals/%2e%2e%2fsignals",
        "/v1/datasets/signals/2025-12-17%00",
        "/v1/datasets/signals/2025-12-17\\",
        f"/v1//datasets/signals/{DAY}",
        "/v1/datasets/signals/*",
        "/v1/day/SPY';drop/2025-12-17/bursts",
        "/v1/day/*/2025-12-17/bursts",
        "/v1/day/NIFTY/2025-12-17%20or%201=1/bursts",
        "/v1/day/NIFTY/__manifests/bursts",
    ],
)
def test_no_path_leads_out_of_the_lake(client, path):
    # httpx would tidy the path
    raw = HTTPConnection(client.base_url.host, client.base_url.port)
    raw.request("GET", path)
    answer = raw.getresponse()
    assert answer.status == 422
    assert b"error" in answer.read()
    raw.close()


def test_a_word_comes_back_short_and_quoted(client):
    message = refused(client, f"/v1/datasets/{'x' * 79}/{DAY}", 422)["message"]
    assert message == f"no dataset is called '{'x' * 40}'…; none is near"


@pytest.mark.parametrize(
    ("path", "query", "limits", "sentence"),
    [
        (
            f"/v1/datasets/levels/{DAY}",
            {},
            {"text_rows": 100},
            "rows, 100 are given at once; set start and end, limit or columns, or format=arrow",
        ),
        (
            f"/v1/datasets/levels/{DAY}",
            {"format": "arrow"},
            {"rows": 100},
            "rows, 100 are given at once; set start and end, limit or columns",
        ),
        (
            f"{A_DAY}/features",
            {"limit": 10},
            {"text_cells": 500},
            "columns, 500 cells are given at once",
        ),
        (
            f"{A_DAY}/bursts",
            {"start": "2025-12-17T00:00:00Z", "end": "2025-12-18T02:00:01Z"},
            {},
            "93,601 s are asked for, 93,600 s are given at once; a partition is one session",
        ),
        (
            f"{SIGNALS}/depth",
            {"start": "2025-12-17T15:00:00Z", "end": "2025-12-17T15:30:01Z"},
            {},
            "1,801 s are asked for, 1,800 s are given at once; ask for the stretch in pieces",
        ),
        (
            f"{SIGNALS}/tape",
            {"start": "2025-12-17T15:00:00Z", "end": "2025-12-17T16:00:01Z"},
            {},
            "3,601 s are asked for, 3,600 s are given at once; ask for the stretch in pieces",
        ),
    ],
)
def test_too_much_is_refused_with_what_would_do(served_root, path, query, limits, sentence):
    chosen = Limits(requests_per_s=1e6, burst=10**6, **limits)
    with serving(served_root, limits=chosen) as client:
        error = refused(client, path, 413, **query)
    assert error["kind"] == "too_much_asked"
    assert sentence in error["message"]


def test_a_slice_counts_by_the_footer_and_not_by_the_whole_file(served_root):
    limits = Limits(requests_per_s=1e6, burst=10**6, text_rows=1_000)
    path = f"/v1/datasets/option_books/{DAY}/{NIFTY}"
    with serving(served_root, limits=limits) as client:
        assert client.get(path).status_code == 413
        assert client.get(path, params={"limit": 1_000}).status_code == 200
        # before any row: no row group can hold one
        empty = client.get(path, params={"end": "2025-12-01T00:00:00Z"})
    assert empty.json()["rows"] == []


def test_nothing_accepted_is_offered(client):
    answer = client.get(f"{A_DAY}/fear", headers={"Accept": "text/html, */*;q=0"})
    assert answer.status_code == 406
    assert answer.json()["error"]["message"].startswith("nothing accepted is offered; offered are")


def test_an_unknown_route_and_another_method_are_refused_alike(client):
    assert refused(client, "/v1/nothing", 404)["kind"] == "no_such_route"
    answer = client.post("/v1/days", json={})
    assert answer.status_code == 405
    assert answer.json()["error"]["kind"] == "method_not_allowed"
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "", "[::2]:80"])
def test_a_name_of_another_service_is_refused(client, host):
    answer = client.get("/v1/days", headers={"Host": host})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "origin", ["https://example.org", "null", "http://127.0.0.1:1", "file://", "http://localhost"]
)
def test_a_page_of_another_origin_is_refused(client, origin):
    answer = client.get("/v1/days", headers={"Origin": origin})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_of_our_own_is_answered_and_nobody_is_allowed_more(client):
    own = str(client.base_url).rstrip("/")
    answer = client.get("/v1/days", headers={"Origin": own})
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert client.options("/v1/days", headers={"Origin": own}).status_code == 405
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_damaged_file_is_named_to_its_owner_alone(own_root):
    path = own_root / REGIMES.of(NIFTY).path(DAY)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    with serving(own_root) as client:
        for each in ("regimes", "features", "playback"):
            error = refused(client, f"{A_DAY}/{each}", 503)
            assert error["kind"] == "damaged"
            assert error["message"].startswith("a file is not the one its manifest describes;")
            assert str(own_root) not in str(error)
        ready = client.get("/ready").json()
        assert client.get(f"{A_DAY}/bursts").status_code == 200
    assert ready["status"] == "ready"  # only the newest partition is looked at


def test_the_newest_partition_damaged_is_degraded(own_root):
    path = own_root / REGIMES.of(NIFTY).path("2025-12-18")
    path.write_bytes(path.read_bytes()[:-1])
    with serving(own_root) as client:
        found = client.get("/ready")
    assert found.status_code == 200
    assert found.json()["status"] == "degraded"
    assert [each["dataset"] for each in found.json()["degraded"]] == ["gold/NIFTY/regimes"]


def test_a_lake_that_is_gone_is_not_ready(tmp_path):
    with serving(tmp_path / "nowhere") as client:
        answer = client.get("/ready")
        assert answer.status_code == 503
        assert answer.json()["status"] == "unready"
        assert client.get("/health").status_code == 200
        assert client.get("/v1/days").json()["signals"]["dates"] == []
        assert client.get(f"{A_DAY}/bursts").status_code == 404


def test_a_client_that_asks_too_often_is_told_when_to_ask_again(served_root):
    limits = Limits(requests_per_s=0.001, burst=3)
    with serving(served_root, limits=limits) as client:
        answers = [client.get("/health") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert answers[-1].json()["error"]["kind"] == "too_many"


def test_a_query_that_takes_too_long_is_interrupted(served_root):
    limits = Limits(requests_per_s=1e6, burst=10**6, query_s=0.0)
    with serving(served_root, limits=limits) as client:
        error = refused(client, f"{A_DAY}/features", 503)
        assert client.get("/health").status_code == 200
    assert error["kind"] == "timed_out"
    assert error["message"].startswith("the query took longer than 0 s and was interrupted;")


def test_a_request_with_too_large_a_body_is_refused(client):
    body = b"x" * (MANY.body_bytes + 1)
    answer = client.request("GET", "/v1/days", content=body)
    assert answer.status_code in (200, 413)  # a body nobody reads harms nobody

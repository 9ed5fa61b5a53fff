"""The description of the service drives a fuzzer, which finds no answer that is not described.

``LAKE_API_CASES`` sets how many requests each operation gets; ``make soak-api`` asks for thousands.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from lake_assets.lake.lake import Lake
from lake_assets.serving.app import build_app
from lake_assets.serving.settings import Settings

CASES = int(os.environ.get("LAKE_API_CASES", "15"))
CHECKS = (
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
)


def described(root):
    """The description, as the service gives it."""
    return build_app(Lake(root), Settings()).openapi()


@pytest.fixture(scope="module")
def openapi(client):
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_every_route_is_described_with_its_refusals(openapi):
    assert len(openapi["paths"]) >= 20
    for path, methods in openapi["paths"].items():
        assert set(methods) <= {"get", "post"}, path
        for told in methods.values():
            assert {"200", "401", "403", "422", "429", "503"} <= set(told["responses"])


OPERATIONS = sorted(
    (path, method) for path, methods in described(".")["paths"].items() for method in methods
)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_request_makes_the_service_fail(client, openapi, path, method):
    schema = schemathesis.openapi.from_dict(openapi)
    operation = schema[path][method.upper()]

    @settings(
        max_examples=CASES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case):
        answer = case.call(base_url=str(client.base_url).rstrip("/"))
        case.validate_response(answer, checks=list(CHECKS))
        if answer.status_code >= 500:
            # a busy machine may be told to wait; nothing else is planned
            assert answer.status_code == 503
            assert answer.json()["error"]["kind"] in ("timed_out", "overloaded")

    ask()

"""A program speaks to retrieval over standard input and output, with the official client."""

import asyncio
import sys

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters

from lake_assets.lake.lake import Lake
from lake_assets_tests.folders import filled_once
from lake_assets_tests.retrieval.market import random_market

QUERY = {
    "metrics": ["put_call_ratio", "iv_skew"],
    "tickers": ["SPY"],
    "time_window": "past_week",
    "as_of": "2026-05-29",
}


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    def fill(folder):
        random_market(11, sessions=2).publish(Lake(folder / "lake"))

    return filled_once(tmp_path_factory, "mcp", fill) / "lake"


def converse(home, talk):
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "lake_assets.cli.main", "mcp", "--root", str(home)],
    )

    async def run():
        async with Client(server, read_timeout_seconds=120) as client:
            return await talk(client)

    return asyncio.run(run())


def test_tools_tell_what_they_take_and_give(home):
    async def talk(client):
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in converse(home, talk)}
    assert set(tools) == {"list_metrics", "query_metrics", "verify_citation"}
    for tool in tools.values():
        assert tool.description
        assert tool.annotations.read_only_hint
    assert "answers" in tools["query_metrics"].output_schema["properties"]
    assert "verdict" in tools["verify_citation"].output_schema["properties"]
    assert "metrics" in tools["list_metrics"].output_schema["properties"]


def test_a_number_is_asked_for_and_verified(home):
    async def talk(client):
        listed = await client.call_tool("list_metrics", {})
        told = await client.call_tool("query_metrics", {"query": QUERY})
        answer = told.structured_content["answers"][0]
        name = {"citation_id": answer["citation_id"]}
        return listed, answer, await client.call_tool("verify_citation", name)

    listed, answer, verified = converse(home, talk)
    ids = {card["id"] for card in listed.structured_content["metrics"]}
    assert {"put_call_ratio", "pcr_volume"} <= ids
    assert answer["metric"] == "pcr_volume"
    assert answer["unit"] == "ratio"
    assert verified.structured_content["verdict"] == "verified"
    assert verified.structured_content["value"] == answer["value"]


def test_a_malformed_request_is_an_error_the_server_survives(home):
    async def talk(client):
        refused = await client.call_tool("query_metrics", {"query": {"as_of": "0"}})
        unknown = await client.call_tool("verify_citation", {"citation_id": "../../etc/passwd"})
        return refused, unknown

    refused, unknown = converse(home, talk)
    assert refused.is_error
    assert unknown.structured_content["verdict"] == "unknown_citation"


def test_without_a_log_there_is_no_number(tmp_path, home):
    import shutil  # noqa: PLC0415 - only here

    copy = tmp_path / "lake"
    shutil.copytree(home, copy, copy_function=shutil.copy2, ignore=shutil.ignore_patterns("logs"))

    async def talk(client):
        shutil.rmtree(copy / "logs")
        (copy / "logs").write_text("no folder")
        return await client.call_tool("query_metrics", {"query": QUERY})

    refused = converse(copy, talk)
    assert refused.is_error
    assert "audit log" in refused.content[0].text

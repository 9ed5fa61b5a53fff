"""Retrieval as tools of the Model Context Protocol, over standard input and output."""

from importlib.metadata import version
from typing import Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import BaseModel, ConfigDict

from lake_assets.errors import LakeError
from lake_assets.retrieval.card import MetricCard
from lake_assets.retrieval.replay import Verification
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.result import MetricResult
from lake_assets.retrieval.tool import SilverTool

INSTRUCTIONS: Final = (
    "Numbers about options, macro series and geopolitical risk, read from files and never "
    "estimated. Quote a value as `display` writes it, with `[Silver: preferred_anchor]` after it. "
    "A null has a reason; do not fill it in. Check a number with verify_citation."
)
_READS_ONLY: Final = ToolAnnotations(read_only_hint=True, open_world_hint=False)


class MetricList(BaseModel):
    """Everything that can be asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metrics: tuple[MetricCard, ...]


def server(tool: SilverTool) -> MCPServer[None]:
    """A server whose tools ask one lake; `run` it."""
    made: MCPServer[None] = MCPServer(
        "lake-assets",
        title="Lake retrieval",
        instructions=INSTRUCTIONS,
        version=version("lake-assets"),
        log_level="WARNING",
    )

    @made.tool(annotations=_READS_ONLY)
    async def list_metrics() -> MetricList:
        """List every metric and bundle that query_metrics answers: ids, labels, units."""
        return MetricList(metrics=tool.list_metrics())

    @made.tool(annotations=_READS_ONLY)
    async def query_metrics(query: MetricQuery) -> MetricResult:
        """Answer metrics for tickers as of a day; each value has a unit, a date and a citation.

        Name `metrics` by id, label or synonym (list_metrics), `tickers` in capitals, `time_window`
        as today, yesterday, past_week, past_month, past_six_months or all, `as_of` as YYYY-MM-DD.
        What cannot be answered is a status with a reason, never a guess.
        """
        try:
            return await tool.query_async(query)
        except LakeError as error:
            raise ToolError(str(error)) from error

    @made.tool(annotations=_READS_ONLY)
    async def verify_citation(citation_id: str) -> Verification:
        """Run a citation again from the same files: verified, or what is wrong with it."""
        return await tool.verify_async(citation_id)

    return made

"""Lakes of other rooms that the promises are tried on."""

from lake_assets_tests.orchestration.test_retrieval_tables import landed
from lake_assets_tests.retrieval.conftest import market, still_lake

__all__ = ["landed", "market", "still_lake"]

"""The run history of one machine in PostgreSQL, where LAKE_POSTGRES_URL names one."""

from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage, PostgresRunStorage

from lake_assets.orchestration.run_locks import LockedRuns


class PostgresHistory(DagsterPostgresStorage):
    """Dagster's PostgreSQL storage, whose runs hold this machine's locks."""

    def __init__(self, url: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(url, inst_data=inst_data)  # Dagster makes the tables where there are none
        self._run_storage = PostgresRuns(url)


class PostgresRuns(LockedRuns, PostgresRunStorage):
    """Which runs there are."""

"""The run history of one machine in PostgreSQL, by nothing but a variable."""

import dagster as dg
import pytest
from dagster_postgres import DagsterPostgresStorage

from lake_assets.orchestration.run_locks import is_lost
from lake_assets_tests.distributed.conftest import REPOSITORY
from lake_assets_tests.distributed.servers import cluster, program


@dg.asset
def something():
    return dg.MaterializeResult(metadata={"rows": 1})


@pytest.fixture
def database(tmp_path, monkeypatch):
    """An empty database, named in the environment."""
    if program("initdb") is None:
        pytest.skip("postgres ABSENT: `make test-distributed` installs it")
    with cluster(tmp_path / "cluster", {}, workers=1) as machines:
        machines.start("postgres")
        monkeypatch.setenv("LAKE_POSTGRES_URL", machines.environ["LAKE_POSTGRES_URL"])
        yield machines


def test_the_shipped_settings_keep_their_history_where_the_variable_says(
    database, tmp_path, monkeypatch
):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    (home / "dagster.yaml").write_text((REPOSITORY / "dagster.yaml").read_text())
    assert database.servers["postgres"].runs
    with dg.DagsterInstance.get() as first:
        run_id = dg.materialize([something], instance=first).run_id
    with dg.DagsterInstance.get() as again:
        assert isinstance(again.get_ref().storage, DagsterPostgresStorage)
        assert again.get_run_by_id(run_id).is_success
        assert len(again.fetch_materializations(something.key, limit=9).records) == 1
    assert not is_lost(run_id)
    assert list(home.rglob("*.db")) == []

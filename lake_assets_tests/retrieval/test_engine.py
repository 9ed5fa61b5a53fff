"""The engine answers queries over the lake's own files, and can do nothing else."""

import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from lake_assets.errors import UnknownNameError
from lake_assets.retrieval.engine import Engine
from lake_assets.retrieval.query import Query
from lake_assets.retrieval.settings import EngineSettings, engine_settings, query_settings

COUNT = Query("count@1", "SELECT count(*) AS rows FROM read_parquet($files)")
ENDLESS = Query(
    "endless@1", "SELECT sum(sqrt(a.range + b.range)) AS s FROM range(1000000) a, range(1000000) b"
)


@pytest.fixture
def silver(tmp_path) -> Path:
    folder = tmp_path / "lake" / "silver"
    folder.mkdir(parents=True)
    pl.DataFrame({"symbol": ["SPY", "QQQ"]}).write_parquet(folder / "rows.parquet")
    pl.DataFrame({"symbol": ["SPY"]}).write_parquet(tmp_path / "outside.parquet")
    return folder


@pytest.fixture
def engine(silver) -> Engine:
    return Engine([silver], EngineSettings())


def ask(engine, text, **bound):
    with engine.request() as request:
        return request.ask(Query("test@1", text), bound)


def test_reads_the_files_it_is_given(engine, silver):
    with engine.request() as request:
        assert request.ask(COUNT, {"files": [str(silver / "rows.parquet")]})[0]["rows"] == 2


@pytest.mark.parametrize(
    "text",
    [
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "SET threads = 2",
        "SELECT 1; SELECT 2",
        "INSTALL httpfs",
        "CREATE TABLE t AS SELECT 1",
        "EXPORT DATABASE 'x'",
        "PRAGMA database_list",
        "",
    ],
)
def test_anything_but_one_select_is_no_query(text):
    with pytest.raises(UnknownNameError, match="exactly one SELECT"):
        Query("bad@1", text)


@pytest.mark.parametrize("name", ["outside.parquet", "lake/silver/../../outside.parquet"])
def test_a_file_outside_the_lake_is_refused(engine, tmp_path, name):
    with engine.request() as request, pytest.raises(duckdb.PermissionException):
        request.ask(COUNT, {"files": [str(tmp_path / name)]})


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM 'https://example.com/x.parquet'",
    ],
)
def test_a_select_reaches_nothing_outside(engine, text):
    with pytest.raises(duckdb.Error):
        ask(engine, text)


def test_a_python_variable_is_no_table(engine):
    rows = pl.DataFrame({"a": [1]})
    with pytest.raises(duckdb.CatalogException):
        ask(engine, "SELECT * FROM rows")
    assert rows.height == 1


@pytest.mark.parametrize(
    "statement",
    ["SET threads = 2", "RESET lock_configuration", "SET enable_external_access = true"],
)
def test_the_lock_cannot_be_opened(engine, statement):
    with engine.request() as request, pytest.raises(duckdb.Error):
        request._started().execute(statement)  # noqa: SLF001 - no public way leads there


def test_what_is_set_is_set(engine):
    names = {
        "threads": "4",
        "TimeZone": "UTC",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "enable_external_access": "false",
        "lock_configuration": "true",
        "python_enable_replacements": "false",
    }
    row = ask(
        engine,
        "SELECT map(list(name), list(value)) AS settings FROM duckdb_settings()",
    )[0]
    assert {name: row["settings"][name] for name in names} == names


def test_not_a_number_is_null_and_named(engine):
    row = ask(engine, "SELECT 'nan'::DOUBLE AS a, 'inf'::DOUBLE AS b, 1.5 AS c, NULL AS d")[0]
    assert (row["a"], row["b"], row["d"]) == (None, None, None)
    assert row.not_finite == {"a", "b"}


def test_time_over_stops_the_request_and_leaves_the_engine_usable(silver):
    engine = Engine([silver], EngineSettings(timeout_s=0.2))
    began = time.monotonic()
    with engine.request() as request:
        with pytest.raises(duckdb.InterruptException):
            request.ask(ENDLESS, {})
        with pytest.raises(duckdb.InterruptException):
            request.ask(COUNT, {"files": [str(silver / "rows.parquet")]})
    assert time.monotonic() - began < 30
    assert ask(engine, "SELECT 1 AS one")[0]["one"] == 1


def test_a_query_is_known_by_its_text_and_what_it_rests_on():
    first, other = Query("a@1", "SELECT 1"), Query("a@1", "SELECT 2")
    assert first.sha256 != other.sha256
    assert (
        Query("a@1", "SELECT 1", rests_on=(first,)).sha256
        != Query("a@1", "SELECT 1", rests_on=(other,)).sha256
    )


def test_settings_come_from_the_environment():
    environ = {
        "SILVER_DUCKDB_THREADS": "2",
        "SILVER_DUCKDB_MEMORY": "512MB",
        "SILVER_QUERY_TIMEOUT_S": "1.5",
        "SILVER_MAX_TICKERS": "7",
        "IV_RANK_LOOKBACK_DAYS": "90",
    }
    engine, query = engine_settings(environ), query_settings(environ)
    assert (engine.threads, engine.memory, engine.timeout_s) == (2, "512MB", 1.5)
    assert (query.max_tickers, query.lookback_days) == (7, 90)
    assert engine_settings({}) == EngineSettings(threads=4, memory="2GB", timeout_s=5.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SILVER_DUCKDB_THREADS", "0"),
        ("SILVER_DUCKDB_THREADS", "four"),
        ("SILVER_DUCKDB_MEMORY", "lots"),
        ("SILVER_DUCKDB_MEMORY", "2GB'; SET x = 1"),
        ("SILVER_QUERY_TIMEOUT_S", "-1"),
        ("SILVER_QUERY_TIMEOUT_S", "nan"),
        ("SILVER_QUERY_TIMEOUT_S", "soon"),
        ("SILVER_MAX_TICKERS", "51"),
        ("SILVER_MAX_TICKERS", "٣"),
        ("IV_RANK_LOOKBACK_DAYS", ""),
    ],
)
def test_a_bad_setting_stops_the_start(name, value):
    with pytest.raises(UnknownNameError, match=name):
        (engine_settings({name: value}), query_settings({name: value}))

"""What assets are given to work with: parameters, the lake, the raw files."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from copy import copy
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster_duckdb import DuckDBResource
from duckdb import DuckDBPyConnection
from pydantic import Field, ValidationError, create_model

from lake_assets.errors import UnknownNameError
from lake_assets.lake.lake import Lake
from lake_assets.lake.opening import lake_at
from lake_assets.lake.places import DEFAULT_ROOT
from lake_assets.lake.roots import home_of, is_url
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.sources.inventory import Inventory, scan_raw


class StalePolicy(StrEnum):
    """What to do with a partition whose inputs or code have changed."""

    rebuild = "rebuild"
    keep = "keep"


class ParametersResource(LakeParams, dg.ConfigurableResource[Any]):  # type: ignore[misc]
    """Every parameter of the pipeline, as the launchpad shows and changes it."""


def parameters_resource(values: LakeParams) -> ParametersResource:
    """The resource with these values as its defaults.

    A launch that sets one parameter takes the others from the class, not from an instance: so the
    values must be the class's own defaults.
    """
    fields: dict[str, Any] = {}
    for name, value in values.model_dump().items():
        declared = copy(ParametersResource.model_fields[name])
        if value != declared.default:
            declared.default = value
            fields[name] = (declared.annotation, declared)
    made = create_model(
        ParametersResource.__name__, __base__=ParametersResource, __module__=__name__, **fields
    )
    return made()


class LakeResource(dg.ConfigurableResource[Any]):
    """The lake's folder, the raw vendor files, and how DuckDB may use the machine."""

    duckdb: dg.ResourceDependency[DuckDBResource]
    root: str = Field(DEFAULT_ROOT, description="folder or s3:// URL of the lake (LAKE_ROOT)")
    raw: str = Field(
        "",
        description=f"folder of the raw vendor files (LAKE_RAW); if empty <root>/raw, and "
        f"{DEFAULT_ROOT}/raw of a lake with a URL",
    )
    mirror: str = Field(
        "", description="where what an object store holds is kept on this machine (LAKE_MIRROR)"
    )
    stale: StalePolicy = Field(
        StalePolicy.rebuild, description="rebuild or keep changed partitions (LAKE_STALE)"
    )
    lock_wait_s: float = Field(60.0, ge=0, description="wait for another writer, seconds")

    @cached_property
    def lake(self) -> Lake:
        """The lake, in a folder or an object store."""
        return lake_at(
            self.root, connect=self._connect, lock_wait_s=self.lock_wait_s, mirrors=self.mirror
        )

    @property
    def home(self) -> Path:
        """The lake's folder on this machine."""
        return home_of(self.root, self.mirror)

    @cached_property
    def inventory(self) -> Inventory:
        """The raw files as they are now, read once a run."""
        return scan_raw(self.raw_root, self.home / "_manifests" / "raw_files.json")

    def look_again(self) -> None:
        """Have the raw files read anew: some have landed since."""
        self.__dict__.pop("inventory", None)

    @property
    def raw_root(self) -> Path:
        """Folder the vendor's files are found in."""
        if self.raw:
            return Path(self.raw)
        return Path(DEFAULT_ROOT if is_url(self.root) else self.root) / "raw"

    def _connect(self) -> DuckDBPyConnection:
        # The caller owns the connection: it outlives the resource's own with-block.
        connection: DuckDBPyConnection = ExitStack().enter_context(self.duckdb.get_connection())
        return connection


def parameters_from(environ: Mapping[str, str]) -> LakeParams:
    """The pipeline's parameters: defaults, then the file LAKE_PARAMETERS, then LAKE_AS_OF_NS.

    Raises:
        UnknownNameError: the file sets a name that does not exist, or a value out of bounds.
    """
    values = parameter_values(environ)
    if as_of := environ.get("LAKE_AS_OF_NS"):
        values["as_of_ns"] = int(as_of)
    try:
        return LakeParams.model_validate(values)
    except (ValidationError, UnknownNameError) as error:
        names = ", ".join(sorted(LakeParams.model_fields))
        raise UnknownNameError(f"{error}\nthe parameters are {names}") from error


def parameter_values(environ: Mapping[str, str]) -> dict[str, object]:
    """What the file LAKE_PARAMETERS sets, and nothing more."""
    path = environ.get("LAKE_PARAMETERS")
    return yaml.safe_load(Path(path).read_text()) or {} if path else {}


def duckdb_from(environ: Mapping[str, str]) -> DuckDBResource:
    """DuckDB in memory, with no extension fetched and bounded threads and memory."""
    config = {
        "threads": int(environ.get("LAKE_DUCKDB_THREADS", str(os.cpu_count() or 1))),
        "memory_limit": environ.get("LAKE_DUCKDB_MEMORY", "2GB"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    return DuckDBResource(database=":memory:", connection_config=config)


def lake_from(environ: Mapping[str, str]) -> LakeResource:
    """The lake of LAKE_ROOT, LAKE_RAW, LAKE_MIRROR, LAKE_STALE, LAKE_LOCK_WAIT_S."""
    return LakeResource(
        duckdb=duckdb_from(environ),
        root=environ.get("LAKE_ROOT", DEFAULT_ROOT),
        raw=environ.get("LAKE_RAW", ""),
        mirror=environ.get("LAKE_MIRROR", ""),
        stale=StalePolicy(environ.get("LAKE_STALE", StalePolicy.rebuild)),
        lock_wait_s=float(environ.get("LAKE_LOCK_WAIT_S", "60")),
    )

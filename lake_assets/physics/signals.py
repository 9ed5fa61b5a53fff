"""One row a touch with all that is known of it: the engines' tables side by side."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from lake_assets.catalog.gold import SIGNALS
from lake_assets.errors import ComputationRefusedError

SCHEMA_VERSION: Final = f"{SIGNALS.version}-{SIGNALS.schema_hash}"  # of code and of columns
_KEYS: Final = ("event_id", "ts_event_ns", "level_kind", "level_u")
_SHOWN: Final = 3  # rows a message names


def assemble_signals(
    touches: pl.DataFrame,
    engines: Mapping[str, pl.DataFrame],
    *,
    params_hash: str,
    inputs_hash: str,
) -> pl.DataFrame:
    """Join the engines' rows to the touches, one to one; ``engines`` maps names to tables.

    Returns the rows of `gold/signals`, in the touches' order.

    Raises:
        ComputationRefusedError: a table does not hold exactly the touches.
    """
    joined = touches
    for name, engine in engines.items():
        joined = _join_engine(joined, name, engine)
    return joined.with_columns(
        schema_version=pl.lit(SCHEMA_VERSION),
        params_hash=pl.lit(params_hash),
        inputs_hash=pl.lit(inputs_hash),
    ).select(SIGNALS.dtypes.names())


def _join_engine(touches: pl.DataFrame, name: str, engine: pl.DataFrame) -> pl.DataFrame:
    """The touches with an engine's columns, or a refusal that names the rows that differ."""
    expected, found = touches.select(_KEYS), engine.select(_KEYS)
    for what, odd in (
        ("repeats", found.filter(found.is_duplicated()).unique(maintain_order=True)),
        ("lacks", expected.join(found, on=_KEYS, how="anti", maintain_order="left")),
        ("has, and touches has not,", found.join(expected, on=_KEYS, how="anti")),
    ):
        if not odd.is_empty():
            named = ", ".join(odd["event_id"].head(_SHOWN))
            raise ComputationRefusedError(
                f"{name} must hold each touch once, with the same keys; it {what} "
                f"{len(odd)} of them, such as {named}; rebuild {name} from these touches"
            )
    return touches.join(engine, on=_KEYS, how="left", maintain_order="left", validate="1:1")

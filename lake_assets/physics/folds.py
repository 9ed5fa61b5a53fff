"""Every session's signals in one table, cut into walk-forward folds that do not leak."""

from collections.abc import Sequence
from itertools import chain, repeat

import polars as pl

from lake_assets.catalog.gold import SIGNALS, SIGNALS_MULTI_DAY
from lake_assets.catalog.rows import Quality, Rows
from lake_assets.errors import ComputationRefusedError
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.physics.parameters import FoldParams

_NAMES_A_MAKE = ("schema_version", "params_hash")


def stack_sessions(
    sessions: Sequence[tuple[str, pl.DataFrame]],
    params: FoldParams,
    *,
    allow_mixed_versions: bool = False,
) -> pl.DataFrame:
    """Stack sessions by date and say for which test blocks each row may train.

    Args:
        sessions: session date, YYYY-MM-DD, and its rows of `gold/signals`, in any order; a
            session without rows counts as a session.
        params: how many blocks, and the quiet between training and test.
        allow_mixed_versions: stack rows made by different code or parameters all the same.

    Returns:
        The rows of `gold/signals_multi_day`. With fewer sessions than blocks, `fold` and
        `fold_train_mask` are null.

    Raises:
        ComputationRefusedError: rows of different makes, or one date twice.
    """
    ordered = sorted(sessions, key=lambda session: session[0])
    _refuse_repeats([day for day, _ in ordered])
    if not allow_mixed_versions:
        _refuse_mixture(ordered)
    blocks = block_of_sessions(len(ordered), params.n_splits)
    stacked = pl.concat(
        [
            SIGNALS.empty().with_columns(fold=pl.lit(None, pl.Int32)),
            *(
                frame.with_columns(fold=pl.lit(block, pl.Int32))
                for (_, frame), block in zip(ordered, blocks, strict=True)
            ),
        ],
        how="diagonal",  # sessions of different makes, once allowed, need not have equal columns
    )
    return stacked.with_columns(fold_train_mask=_train_mask(stacked, params)).select(
        SIGNALS_MULTI_DAY.dtypes.names()
    )


def training_rows(sessions: Sequence[tuple[str, pl.DataFrame]], params: FoldParams) -> Rows:
    """As `stack_sessions`, with the count of sessions and of test blocks: none where too few."""
    folds = params.n_splits if None not in block_of_sessions(len(sessions), params.n_splits) else 0
    quality: Quality = {"sessions": len(sessions), "test_blocks": folds if sessions else 0}
    return Rows(batches=stack_sessions(sessions, params), quality=quality)


def block_of_sessions(count: int, n_splits: int) -> list[int] | list[None]:
    """Block of each session, in date order: contiguous, near equal, earlier ones larger.

    All None when there are fewer sessions than blocks.
    """
    share, spare = divmod(count, n_splits + 1)
    if share == 0:
        return [None] * count
    sizes = (share + (block < spare) for block in range(n_splits + 1))
    return list(chain.from_iterable(repeat(block, size) for block, size in enumerate(sizes)))


def _train_mask(stacked: pl.DataFrame, params: FoldParams) -> pl.Expr:
    """Bit k where a row lies before block k and is known an embargo before its first event.

    Block 0 is never tested, and neither is a block without events.
    """
    starts = stacked.drop_nulls("fold").group_by("fold").agg(pl.col("ts_event_ns").min())
    known_ns = pl.col("label_horizon_end_ns") + params.embargo_s * NANOS_PER_SECOND
    mask = pl.lit(0, pl.Int64)
    for block, first_ns in starts.sort("fold").iter_rows():
        trains = (pl.col("fold") < block) & pl.col("outcome").is_not_null() & (known_ns <= first_ns)
        mask += pl.when(trains).then(pl.lit(1 << block, pl.Int64)).otherwise(0)
    return pl.when(pl.col("fold").is_not_null()).then(mask)


def _refuse_repeats(days: Sequence[str]) -> None:
    twice = sorted({day for day in days if days.count(day) > 1})
    if twice:
        raise ComputationRefusedError(
            f"each session is stacked once; {', '.join(twice)} came more than once"
        )


def _refuse_mixture(ordered: Sequence[tuple[str, pl.DataFrame]]) -> None:
    """Rows of different meaning side by side would train as if they were alike."""
    days: dict[tuple[str, ...], list[str]] = {}
    for day, frame in ordered:
        for make in sorted(frame.select(_NAMES_A_MAKE).unique().rows()):
            days.setdefault(make, []).append(day)
    if len(days) > 1:
        makes = "; ".join(
            f"schema_version {version} with params_hash {hashed} on {', '.join(of)}"
            for (version, hashed), of in days.items()
        )
        raise ComputationRefusedError(
            f"the sessions were not made alike: {makes}; rebuild the older ones, "
            "or allow mixed versions"
        )

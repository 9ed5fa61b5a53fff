"""Episodes: successive touches of one level without a long quiet between them."""

import polars as pl

from lake_assets.market.price import NANOS_PER_SECOND


def with_episodes(touches: pl.DataFrame, gap_s: int) -> pl.DataFrame:
    """Add ``episode_id``, ``episode_seq`` and ``is_first_of_episode`` to touches in time order.

    Neighbours at most ``gap_s`` apart are of one episode, whatever their direction. Only the
    past decides: a later touch changes no earlier row.
    """
    times, level = pl.col("ts_event_ns"), "level_id"
    quiet = times.diff().over(level) > gap_s * NANOS_PER_SECOND
    episode = ["level_id", "episode"]
    return (
        touches.with_columns(episode=quiet.fill_null(value=True).cum_sum().over(level))
        .with_columns(
            episode_seq=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(episode),
            episode_id=pl.format("{}_{}_{}", "date", level, times.first().over(episode)),
        )
        .with_columns(is_first_of_episode=pl.col("episode_seq") == 1)
    )

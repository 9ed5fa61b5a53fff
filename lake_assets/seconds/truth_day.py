"""What one session adds to the truth tables; no other session has a say in it."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from lake_assets.errors import ComputationRefusedError
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.burst_labels import with_regime_before
from lake_assets.seconds.truth_convexity import COLUMNS as AT_WINDOW_ENDS
from lake_assets.seconds.truth_convexity import WINDOW_S, see_convexity
from lake_assets.seconds.truth_events import see_chop
from lake_assets.seconds.truth_liquidity import see_liquidity
from lake_assets.seconds.truth_means import Observations, Seen, Span
from lake_assets.seconds.truth_microstructure import MEASURES, see_microstructure
from lake_assets.seconds.truth_regimes import see_regimes
from lake_assets.seconds.truth_slices import cells, seeds_of

Frames = Mapping[str, pl.DataFrame]
"""``sums`` and ``counts``, a column an observation and a row a slice; ``values``, where more than
these is asked of an observation, with its ``place`` among the columns; and the rows of `EVENTS`."""

EVENTS: Final = ("bursts", "fear_spikes")
"""Tables that are told of with what other sessions say of their rows."""

ELIGIBLE: Final = "eligible"
_OF_A_SECOND: Final = (
    "timestamp",
    "dte_bucket",
    "time_of_day",
    "spot_observed",
    "ce_observed",
    "pe_observed",
    *MEASURES,
)


def observe_day(tables: Mapping[str, pl.LazyFrame], underlying: Underlying) -> Frames:
    """Everything that is asked of a session, small enough to be kept.

    Args:
        tables: the session's `option_state`, `bursts`, `liquidity_events`, `fear_spikes`,
            `chop_pockets` and `regimes`.
        underlying: whose they are.

    Raises:
        ComputationRefusedError: the state and the regimes are not of the same seconds.
    """
    rows = {
        name: table.with_columns(day=pl.lit(0, pl.Int64)).collect()
        for name, table in tables.items()
        if name != "option_state"
    }
    state = tables["option_state"]
    seconds = _with_regimes(state.select(*_OF_A_SECOND).collect(), rows["regimes"], underlying)
    ends = state.select(pl.col(*AT_WINDOW_ENDS).gather_every(WINDOW_S)).collect()
    own = seconds.select("day", "regime").gather_every(WINDOW_S)
    chop = with_regime_before(rows["chop_pockets"], "start_time", rows["regimes"])
    span = Span(1, seeds_of(underlying.name))
    regimes = see_regimes(seconds)
    whole = {
        **see_microstructure(seconds, span),
        **see_convexity(pl.concat([ends, own], how="horizontal"), underlying),
        **see_chop(chop),
        **regimes,
    }
    tallied = {
        **see_liquidity(rows["liquidity_events"], rows["bursts"], seconds),
        ELIGIBLE: _eligible(seconds),
    }
    return {**_dressed(whole, tallied, span), **{name: rows[name].drop("day") for name in EVENTS}}


def put_together(days: Sequence[Frames]) -> Seen:
    """The observations of sessions, oldest first, as if all were looked at at once."""
    names = days[0]["sums"].columns
    sums, counts = (np.stack([each[how].to_numpy() for each in days]) for how in ("sums", "counts"))
    parts = [_parts(each["values"], len(names)) for each in days]
    found: dict[str, Observations] = {}
    for at, name in enumerate(names):
        value, cell = (np.concatenate(each) for each in zip(*(p[at] for p in parts), strict=True))
        found[name] = Observations(
            value,
            np.empty(0, np.int64),  # of what is tallied no day is asked again
            # thirty million of them: the seconds' cells stay as small as they are
            cell if name in MEASURES else cell.astype(np.int64),
            are_events=name not in MEASURES,
            tallies=(_by_slice(sums, at), _by_slice(counts, at)),
        )
    return found


def stack_events(days: Sequence[Frames], table: str) -> pl.DataFrame:
    """Rows of every session, oldest first, with the session's place as ``day``."""
    return pl.concat(
        each[table].with_columns(day=pl.lit(place, pl.Int64)) for place, each in enumerate(days)
    )


def _with_regimes(
    seconds: pl.DataFrame, regimes: pl.DataFrame, underlying: Underlying
) -> pl.DataFrame:
    """The seconds with their regime and the one before, which is null at the open."""
    if not seconds["timestamp"].equals(regimes["timestamp"]):
        raise ComputationRefusedError(
            f"regimes and option_state of {underlying.name} are not of the same seconds; "
            "materialize the regimes again"
        )
    before = regimes["regime"].shift(1).alias("regime_before")
    return seconds.with_columns(regimes["regime"], before, day=pl.lit(0, pl.Int64))


def _eligible(seconds: pl.DataFrame) -> Observations:
    """One for each second with spot observed."""
    seen = seconds.filter("spot_observed")
    return Observations(np.ones(seen.height), seen["day"].to_numpy(writable=True), cells(seen))


def _dressed(whole: Seen, tallied: Seen, span: Span) -> Frames:
    """Tallies of all observations, and the values of the ``whole`` ones, which come first."""
    tallies = {name: seen.tallied(span) for name, seen in {**whole, **tallied}.items()}
    places = np.repeat(np.arange(len(whole)), [seen.value.size for seen in whole.values()])
    return {
        "sums": pl.DataFrame({name: sums[:, 0] for name, (sums, _) in tallies.items()}),
        "counts": pl.DataFrame({name: counts[:, 0] for name, (_, counts) in tallies.items()}),
        "values": pl.DataFrame(
            {
                "place": places.astype(np.uint16),
                "value": np.concatenate([seen.value for seen in whole.values()]),
                "cell": np.concatenate([seen.cell for seen in whole.values()]).astype(np.uint8),
            }
        ),
    }


def _parts(values: pl.DataFrame, names: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Values and cells of each name, none where only sums were kept."""
    place, value, cell = (values[name].to_numpy() for name in ("place", "value", "cell"))
    edges = np.searchsorted(place, np.arange(names + 1, dtype=np.uint16))
    spans = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [(value[start:stop], cell[start:stop]) for start, stop in spans]


def _by_slice(tallies: np.ndarray, at: int) -> np.ndarray:
    """One observation's (days, slices, names) as (slices, days)."""
    return np.ascontiguousarray(tallies[:, :, at].T)

"""One simulated session on disk, as the vendor would have delivered it."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from lake_assets.kernels.simulated_book import I8, TRADE
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Nanos, Session
from lake_assets.simulation.batch import Job
from lake_assets.simulation.contracts import futures_of, options_of
from lake_assets.simulation.dbn_file import DbnFile, WrittenFile
from lake_assets.simulation.definitions import define_options
from lake_assets.simulation.fair_value import draw_course
from lake_assets.simulation.futures import CHUNK_RECORDS, FuturesMarket
from lake_assets.simulation.options import Underlying, trade_options
from lake_assets.simulation.parameters import SimulationParams

_FUTURES: Final = "GLBX.MDP3"
_OPTIONS: Final = "OPRA.PILLAR"
_BOOK_SCHEMAS: Final = ("mbp-10", "trades")
_TRADE_WORDS: Final = 6
_TRADE_LENGTH: Final = 12  # of a record, in units of four bytes
_DEFINED_BEFORE_NS: Final = 3 * 3600 * NANOS_PER_SECOND
_BASIS_STEP_USD: Final = 0.0003  # a second


@dataclass(frozen=True, slots=True)
class SimulatedSession:
    """What a simulation left on disk; ``files`` by dataset, then day, then schema."""

    session: Session
    params: SimulationParams
    files: tuple[WrittenFile, ...]

    def count(self, schema: str) -> int:
        """Records of all files of a schema."""
        return sum(each.records for each in self.files if f".{schema}." in each.path.name)

    def paths(self, schema: str) -> list[Path]:
        """Files of a schema, oldest first."""
        return [each.path for each in self.files if f".{schema}." in each.path.name]


def simulate_session(
    session: Session,
    raw_root: Path,
    params: SimulationParams,
    *,
    overwrite: bool = False,
    chunk_records: int = CHUNK_RECORDS,
) -> SimulatedSession:
    """Simulate a session into job folders below ``raw_root``, unless it is there already.

    Args:
        session: a New York session; one without regular hours has no options.
        raw_root: the raw landing folder.
        params: with the session they decide every byte.
        overwrite: replace another simulation of the same session.
        chunk_records: records in memory at once; changes no byte.

    Raises:
        ConflictingInputError: another simulation of the session is there.
    """
    rng = np.random.default_rng([params.seed, session.day.toordinal()])
    futures = Job(_FUTURES, session, params, futures_of(session.day), raw_root)
    spot = params.start_price_points / 10.0 - params.basis_usd
    listed = options_of(session, spot) if session.rth is not None else []
    options = Job(_OPTIONS, session, params, listed, raw_root)
    jobs = [futures, options] if listed else [futures]
    if overwrite:
        for job in jobs:
            job.remove_existing()
    found = [job.existing() for job in jobs]
    if None not in found:
        files = tuple(each for whole in found if whole is not None for each in whole)
        return SimulatedSession(session, params, files)
    for job in jobs:
        job.folder.mkdir(parents=True, exist_ok=True)
    return SimulatedSession(session, params, _simulate(futures, options, rng, chunk_records))


def _simulate(
    futures: Job[SimulationParams],
    options: Job[SimulationParams],
    rng: np.random.Generator,
    chunk_records: int,
) -> tuple[WrittenFile, ...]:
    """Futures first: options are priced from their path."""
    session, params = futures.session, futures.params
    course = draw_course(session, params, rng)
    market = FuturesMarket(session, params, futures_of(session.day), course, rng)
    files = _write_futures(futures, market, chunk_records)
    if options.instruments:
        basis = params.basis_usd + _BASIS_STEP_USD * np.cumsum(
            rng.standard_normal(course.activity.size)
        )
        spot_usd = market.mid_points() / 10.0 - basis
        files += _write_options(options, Underlying(spot_usd, course.activity), rng)
    return tuple(files)


def _write_futures(
    job: Job[SimulationParams], market: FuturesMarket, chunk_records: int
) -> list[WrittenFile]:
    """Book and trades, a file a UTC day each."""
    with ExitStack() as opened:
        days = [
            (
                covers.closes,
                [
                    opened.enter_context(job.open_file(schema, day, covers))
                    for schema in _BOOK_SCHEMAS
                ],
            )
            for day, covers in job.days()
        ]
        for words in market.chunks(chunk_records):
            for part, (book, trades) in _by_day(words, days):
                book.append(part)
                trades.append(_trades_of(part))
        files = [file.publish() for _, pair in days for file in pair]
    job.finish(files, _BOOK_SCHEMAS)
    return files


def _by_day(words: I8, days: list[tuple[Nanos, list[DbnFile]]]) -> list[tuple[I8, list[DbnFile]]]:
    """Cut records where a UTC day ends, by the time they were received."""
    ends = np.searchsorted(words[:, 4], [closes for closes, _ in days], side="left")
    starts = np.concatenate([[0], ends[:-1]])
    return [
        (words[start:end], files)
        for start, end, (_, files) in zip(starts, ends, days, strict=True)
        if end > start
    ]


def _trades_of(words: I8) -> I8:
    """The trades among book records, field by field, as records of the trades schema."""
    trades: I8 = words[(words[:, 3] >> 32) & 0xFF == TRADE, :_TRADE_WORDS].copy()
    trades[:, 0] = (trades[:, 0] & ~0xFFFF) | _TRADE_LENGTH
    return trades


def _write_options(
    job: Job[SimulationParams], underlying: Underlying, rng: np.random.Generator
) -> list[WrittenFile]:
    """Definitions and prints of the UTC day in which regular hours lie."""
    session, listed = job.session, job.options()
    opens = session.hours.opens if session.rth is None else session.rth.opens
    contents = {
        "definition": define_options(listed, opens - _DEFINED_BEFORE_NS),
        "tcbbo": trade_options(session, job.params, listed, underlying, rng),
    }
    return job.write_day(opens, contents)

"""A simulated day of option books on disk, as the vendor would have delivered it, and its truth."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
import pyarrow as pa

from lake_assets.market.option_vocabulary import BookSource
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.simulation.batch import Job
from lake_assets.simulation.dbn_file import WrittenFile
from lake_assets.simulation.definitions import define_options
from lake_assets.simulation.option_books_answers import answers_of, truth_of
from lake_assets.simulation.option_books_dbn import listed_options, quote_records, trade_records
from lake_assets.simulation.option_books_files import BookLanding
from lake_assets.simulation.option_books_flaws import choose_flaws, restart_volume, spoil_table
from lake_assets.simulation.option_books_packed import day_values, packed_table
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets.simulation.option_books_plan import plan_course
from lake_assets.simulation.option_books_plants import Course
from lake_assets.simulation.option_books_rows import draw_rows
from lake_assets.simulation.option_books_scene import scene_of

_OPTIONS: Final = "OPRA.PILLAR"
_GROUP_ROWS: Final = 200_000
_DEFINED_BEFORE_NS: Final = 3 * 3600 * NANOS_PER_SECOND


@dataclass(frozen=True, slots=True)
class SimulatedBooks:
    """What a simulation left on disk: the vendor's files first, then answers and truth."""

    session: Session
    underlying: Underlying
    params: OptionBookParams
    files: tuple[WrittenFile, ...]

    def path(self, name: str) -> Path:
        """The file beside the books whose name begins with a word: ``answers`` or ``truth``."""
        return next(each.path for each in self.files if each.path.name.startswith(f"{name}_"))

    @property
    def books(self) -> list[WrittenFile]:
        """The vendor's files."""
        return list(self.files[:-2])


def simulate_option_books(
    session: Session,
    underlying: Underlying,
    raw_root: Path,
    params: OptionBookParams,
    *,
    overwrite: bool = False,
) -> SimulatedBooks:
    """Simulate an underlying's option books of a session, unless they are there already.

    Args:
        session: one of the underlying's calendar, with regular hours.
        underlying: as registered.
        raw_root: the raw landing folder.
        params: with session and underlying they decide every byte.
        overwrite: replace another simulation of the same session; never a vendor's files.

    Raises:
        ConflictingInputError: other books of the session are there.
        ComputationRefusedError: the underlying's options do not trade in the session.
    """
    scene = scene_of(session, underlying, params)
    landing = BookLanding(scene, raw_root)
    jobs = []
    if underlying.source is BookSource.DBN:
        jobs.append(Job(_OPTIONS, session, params, listed_options(scene), raw_root))
    if overwrite:
        landing.remove_existing()
        for job in jobs:
            job.remove_existing()
    found = landing.existing()
    for job in jobs:
        job.existing()
    if found is None:
        seed = [params.seed, session.day.toordinal(), crc32(underlying.name.encode())]
        rng = np.random.default_rng(seed)
        course = plan_course(scene, rng)
        landing.begin()
        books = _write_dbn(course, jobs[0], rng) if jobs else _write_packed(course, landing, rng)
        answers = landing.write_beside("answers", answers_of(course))
        found = [*books, answers, landing.write_beside("truth", truth_of(course))]
        landing.finish(found)
    return SimulatedBooks(session, underlying, params, tuple(found))


def _write_packed(
    course: Course, landing: BookLanding, rng: np.random.Generator
) -> list[WrittenFile]:
    """Shards, a stretch of the session each; spoiled rows come last in the last."""
    rows, flaws = draw_rows(course, rng, trades=False), None
    if course.scene.params.flaws:
        rows = restart_volume(course, rows, rng)
        flaws = choose_flaws(course, rows, rng)
    values = day_values(rows)
    sent = np.arange(rows.second.size) if flaws is None else flaws.kept
    shards = course.scene.params.shards
    edges = np.searchsorted(
        rows.second[sent], np.linspace(0, course.scene.seconds, shards + 1)
    ).tolist()

    def tables(place: int) -> Iterator[pa.Table]:
        for start in range(edges[place], edges[place + 1], _GROUP_ROWS):
            chosen = sent[start : min(start + _GROUP_ROWS, edges[place + 1])]
            yield packed_table(course, rows.part(chosen), values[chosen])
        if flaws is not None and place == shards - 1:
            for field in fields(flaws)[1:]:
                chosen = getattr(flaws, field.name)
                table = packed_table(course, rows.part(chosen), values[chosen])
                yield spoil_table(table, field.name, course)

    return [landing.write_shard(place, tables(place)) for place in range(shards)]


def _write_dbn(
    course: Course, job: Job[OptionBookParams], rng: np.random.Generator
) -> list[WrittenFile]:
    """Definitions, quotes and trades of the UTC day in which regular hours lie.

    Of the flaws of packed books these can have two: seconds lost and quotes repeated.
    """
    scene = course.scene
    rows = draw_rows(course, rng, trades=True)
    quoted = rows
    if scene.params.flaws:
        flaws = choose_flaws(course, rows, rng)
        quoted = rows.part(np.sort(np.concatenate([flaws.kept, flaws.repeated])))
        rows = rows.part(flaws.kept)
    contents = {
        "definition": define_options(job.options(), scene.hours.opens - _DEFINED_BEFORE_NS),
        "cbbo-1s": quote_records(scene, quoted),
        "tcbbo": trade_records(scene, rows, rng),
    }
    return job.write_day(scene.hours.opens, contents)

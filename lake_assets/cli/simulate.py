"""`lake simulate`: synthetic sessions as genuine vendor files."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from lake_assets.cli.place import open_lake, parse_sessions
from lake_assets.cli.report import console
from lake_assets.market.sessions import session_on
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import SimulatedSession, simulate_session


def run(arguments: argparse.Namespace) -> int:
    """Write the sessions asked for into the raw folder."""
    source = open_lake()
    made = simulate(
        parse_sessions(arguments.sessions),
        source.raw_root,
        lively(seed=arguments.seed, book_records=arguments.book_records),
        overwrite=arguments.overwrite,
    )
    for session in made:
        counts = {name: session.count(name) for name in ("mbp-10", "trades", "tcbbo")}
        told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        console().print(f"{session.session.day}: {told} records in {source.raw_root}")
    return 0


def lively(*, seed: int, book_records: int) -> SimulationParams:
    """A session that trades as often as a small one needs to show every feature.

    Put/call parity wants a print of the future and of several calls and puts within seconds.
    """
    return SimulationParams(
        seed=seed,
        book_records=book_records,
        trades=max(book_records // 8, 6_000),
        option_trades=max(book_records // 3, 20_000),
    )


def simulate(
    names: Sequence[str], raw_root: Path, params: SimulationParams, *, overwrite: bool = False
) -> list[SimulatedSession]:
    """Simulate sessions by name; what is there already is left alone."""
    return [
        simulate_session(
            session_on(date.fromisoformat(name)), raw_root, params, overwrite=overwrite
        )
        for name in names
    ]

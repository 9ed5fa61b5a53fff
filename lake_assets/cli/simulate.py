"""`lake simulate`: synthetic sessions as genuine vendor files."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake, parse_sessions
from lake_assets.cli.report import console
from lake_assets.errors import UnknownNameError
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.simulation.chains import ChainSimulation
from lake_assets.simulation.landed import Landed, simulate_landed
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import SimulatedSession, simulate_session

_BOOK_OPTIONS: Final = ("seed", "strikes", "update_share", "quiet", "flaws")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Write the sessions asked for into the raw folder."""
    if arguments.underlying is not None:
        return _run_option_books(arguments)
    if arguments.chains:
        return _run_landed(arguments)
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
    return ExitCode.DONE


def _run_landed(arguments: argparse.Namespace) -> ExitCode:
    """Write what questions are answered from into the raw folder: chains, macro series, risk."""
    raw_root = open_lake().raw_root
    symbols = tuple(symbol.strip().upper() for symbol in arguments.symbols.split(","))
    made = land(
        parse_sessions(arguments.sessions),
        raw_root,
        ChainSimulation(seed=arguments.seed, symbols=symbols),
    )
    console().print(
        f"{made.chain_rows:,} contracts of {', '.join(symbols)}, {made.macro_values:,} macro values"
        f" and {made.gpr_months:,} months of geopolitical risk in {raw_root}",
        soft_wrap=True,
    )
    return ExitCode.DONE


def land(names: Sequence[str], raw_root: Path, params: ChainSimulation) -> Landed:
    """Simulate what questions are answered from, for sessions by name."""
    sessions = [session_on(date.fromisoformat(name)) for name in names]
    return simulate_landed(sessions, raw_root, params)


def _run_option_books(arguments: argparse.Namespace) -> ExitCode:
    """Write one underlying's option books, and what is planted in them, into the raw folder."""
    raw_root = open_lake().raw_root
    underlying = underlying_named(arguments.underlying)
    params = _option_book_params(arguments)
    for name in parse_sessions(arguments.sessions, underlying.calendar):
        session = session_on(date.fromisoformat(name), underlying.calendar)
        made = simulate_option_books(
            session, underlying, raw_root, params, overwrite=arguments.overwrite
        )
        rows = sum(file.records for file in made.books)
        console().print(f"{name}: {rows:,} records of {underlying.name} options in {raw_root}")
        console().print(f"{name}: what is planted in them is in {made.path('answers')}")
    return ExitCode.DONE


def _option_book_params(arguments: argparse.Namespace) -> OptionBookParams:
    """The parameters a command line asks for.

    Raises:
        UnknownNameError: one of them has no such value.
    """
    asked = {name: getattr(arguments, name) for name in _BOOK_OPTIONS}
    try:
        return OptionBookParams(**asked)
    except ValidationError as error:
        told = "; ".join(f"{each['loc'][0]}: {each['msg']}" for each in error.errors())
        raise UnknownNameError(f"no such option books can be simulated: {told}") from error


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

"""`lake calibrate`: thresholds from what came before a date, as a new file of parameters."""

import argparse
import os
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path

import yaml

from lake_assets.catalog import BURSTS
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake, parse_day
from lake_assets.cli.report import console, plain_table
from lake_assets.errors import ComputationRefusedError, MissingPartitionError
from lake_assets.lake.lake import Lake
from lake_assets.market.underlyings import Underlying, underlying_named
from lake_assets.orchestration.resources import parameter_values, parameters_from
from lake_assets.seconds.calibration import SHARE, Threshold, calibrate_theta_put


def run(arguments: argparse.Namespace) -> ExitCode:
    """Write the parameters in force with the underlying's ``theta_put`` calibrated.

    Nothing takes the new values until somebody names the file in LAKE_PARAMETERS.
    """
    source, before = open_lake(), parse_day(arguments.date)
    underlying = underlying_named(arguments.underlying)
    parameters_from(os.environ)  # refuses a file that could not be built upon
    used = _partitions(source.lake, underlying, before)
    bursts = source.lake.read(BURSTS.of(underlying.name), used)
    found = calibrate_theta_put(bursts, before, underlying.theta_put)
    text = _told(source.lake, underlying, before, used) + yaml.safe_dump(
        _changed(parameter_values(os.environ), underlying, found), sort_keys=True
    )
    target = _target(arguments, source.home, underlying, before)
    _write_new(target, text)
    _print(found, underlying, before, used, target)
    return ExitCode.DONE


def _partitions(lake: Lake, underlying: Underlying, before: date) -> list[str]:
    """Sessions before the date whose bursts are there.

    Raises:
        MissingPartitionError: there is none.
    """
    used = [name for name in lake.partitions(BURSTS.of(underlying.name)) if name < str(before)]
    if not used:
        raise MissingPartitionError(
            f"no bursts of {underlying.name} before {before} are materialized; "
            f"run `lake backfill --select group:{underlying.name}` on earlier sessions"
        )
    return used


def _changed(
    values: Mapping[str, object], underlying: Underlying, found: Sequence[Threshold]
) -> dict[str, object]:
    """The parameter file's values with this one set; whatever else it says stays."""
    every = values.get("underlyings")
    every = every if isinstance(every, dict) else {}
    own = {**every.get(underlying.name, {}), "theta_put": [each.value for each in found]}
    return {**values, "underlyings": {**every, underlying.name: own}}


def _told(lake: Lake, underlying: Underlying, before: date, used: Sequence[str]) -> str:
    """What the values rest on, as comments of the file."""
    dataset = BURSTS.of(underlying.name)
    hashes = [found.sha256 for name in used if (found := lake.in_force(dataset, name))]
    return (
        f"# theta_put of {underlying.name}, calibrated on falls dated before {before}:\n"
        f"# the {SHARE:.0%} quantile of |pe_rel_delta_peak| in {len(used)} sessions, "
        f"{used[0]} to {used[-1]}.\n"
        f"# SHA-256 of their files' hashes: {sha256(''.join(hashes).encode()).hexdigest()}\n"
    )


def _target(
    arguments: argparse.Namespace, root: Path, underlying: Underlying, before: date
) -> Path:
    if arguments.output:
        return Path(arguments.output)
    return root / "parameters" / f"{underlying.name}_{before}.yaml"


def _write_new(target: Path, text: str) -> None:
    """Write the file unless it says so already.

    Raises:
        ComputationRefusedError: it says something else; who uses it would be changed in silence.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("x") as file:
            file.write(text)
    except FileExistsError:
        if target.read_text() != text:
            raise ComputationRefusedError(
                f"{target} exists and says something else; name another with --output"
            ) from None


def _print(
    found: Sequence[Threshold],
    underlying: Underlying,
    before: date,
    used: Sequence[str],
    target: Path,
) -> None:
    table = plain_table("days to expiry", "theta_put", "by", "falls", right=("theta_put", "falls"))
    for each in found:
        table.add_row(each.bucket.value, f"{each.value:.4f}", each.basis.value, str(each.falls))
    out = console()
    out.print(table)
    out.print(
        f"From {len(used)} sessions of {underlying.name} before {before}: {used[0]} to {used[-1]}.",
        soft_wrap=True,
    )
    out.print(
        f"Written to {target}; it takes effect as LAKE_PARAMETERS or --config.", soft_wrap=True
    )

"""`lake tidy`: replaced files that no citation names are removed."""

import argparse
import json

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake
from lake_assets.cli.report import console
from lake_assets.retrieval.keeping import tidy, uncited


def run(arguments: argparse.Namespace) -> ExitCode:
    """Remove them, or with ``--dry-run`` say which; those of the last day stay."""
    root = open_lake().lake.root
    found = uncited(root) if arguments.dry_run else tidy(root)
    names = [file.path.relative_to(root).as_posix() for file in found]
    if arguments.json:
        print(json.dumps(names))
    else:
        for name in names:
            console().print(name, soft_wrap=True)
        verb = "would be" if arguments.dry_run else "were"
        console().print(f"{len(names)} replaced files {verb} removed.")
    return ExitCode.DONE

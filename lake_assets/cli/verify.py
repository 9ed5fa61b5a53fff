"""`lake verify`: whether every file is the one its manifest describes."""

import argparse
import json

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake
from lake_assets.cli.report import console
from lake_assets.retrieval.keeping import verify_log


def run(arguments: argparse.Namespace) -> ExitCode:
    """Hash every file; 1 if anything was edited, deleted or added."""
    source = open_lake()
    findings = [*source.lake.verify(), *verify_log(source.lake.root)]
    if arguments.json:
        print(json.dumps([{"kind": f.kind, "path": f.path, "why": f.sentence} for f in findings]))
    elif not findings:
        console().print(f"The lake at {source.root} is intact.")
    else:
        for finding in findings:
            console().print(f"{finding.path}: {finding.sentence}", soft_wrap=True)
    return ExitCode.FAILED if findings else ExitCode.DONE

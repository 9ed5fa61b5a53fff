"""What the tests of the promises did, counted, and told in one table at the end of a run.

A test counts into ``promise("P1")``; the counts travel with its report, so that the table is whole
however many processes ran the tests.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lake_assets.audit.certificate import Certificate

PROMISES = {
    "P1": "a partition is whole-old or whole-new",
    "P2": "a failing disk leaves old or new; success is never claimed falsely",
    "P3": "reported success survives power loss",
    "P4": "same inputs, same bytes",
    "P5": "no feature sees what came after it",
    "P6": "damaged input is detected or named",
    "P7": "nothing is invented",
    "P8": "spend is bounded",
    "P9": "the API stands",
    "P10": "tampering shows",
    "P11": "no secret on disk",
}
_PROPERTY = "promise"


def full_count(name: str, small: int) -> int:
    """How often a test does what it does: small in every run, `make soak` says more."""
    return int(os.environ.get(name, small))


@pytest.fixture
def promise(record_property):
    """Where a test counts for the promise it names."""

    @contextmanager
    def counted(name: str) -> Iterator[Counter[str]]:
        counts: Counter[str] = Counter()
        violations = 1
        try:
            yield counts
            violations = 0
        finally:
            record_property(_PROPERTY, [name, dict(counts), violations])

    return counted


def count_audit(counts: Counter[str], certificate: Certificate) -> None:
    """Count what a point-in-time audit compared."""
    counts["cuts, each with two other futures"] += len(certificate.cuts)
    counts["cells compared"] += certificate.cells


def pytest_terminal_summary(terminalreporter):
    """Print a line a promise; nothing if no test of one has run."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    violations: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for key, told in report.user_properties:
                if key == _PROPERTY:
                    counts[told[0]].update(told[1])
                    violations[told[0]] += told[2]
    if counts:
        terminalreporter.section("promises")
        for name in sorted(counts, key=lambda name: int(name[1:])):
            did = ", ".join(f"{count:,} {what}" for what, count in sorted(counts[name].items()))
            terminalreporter.line(
                f"{name:<4} {PROMISES[name]}: {did}; {violations[name]} violations"
            )

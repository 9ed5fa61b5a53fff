"""Definitions as they were last agreed: a template may change only together with its version.

The agreed list is a table of id, version and template sha256; a retired id stays in it, for an id
is never reused.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from hashlib import sha256


@dataclass(frozen=True, slots=True, order=True)
class Pin:
    """One definition: what is computed, in which version, by which template."""

    id: str
    version: int
    template_sha256: str


def pin(metric_id: str, version: int, template: str) -> Pin:
    """The pin of a definition whose template has this text."""
    return Pin(metric_id, version, sha256(template.encode()).hexdigest())


def pin_table(pins: Iterable[Pin]) -> str:
    """The list as it is kept: one line a definition, by id."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(field.name for field in fields(Pin))
    table.writerows(astuple(one) for one in sorted(pins))
    return text.getvalue()


def read_pins(table: str) -> list[Pin]:
    """As `pin_table` wrote it."""
    rows = csv.DictReader(io.StringIO(table), strict=True)
    return [Pin(row["id"], int(row["version"]), row["template_sha256"]) for row in rows]


def broken_pins(agreed: Iterable[Pin], now: Iterable[Pin]) -> list[str]:
    """One sentence for each definition that is not as agreed; an empty list passes the build."""
    kept = {one.id: one for one in agreed}
    sentences = (_broken(kept.get(one.id), one) for one in sorted(now))
    return [sentence for sentence in sentences if sentence]


def _broken(agreed: Pin | None, now: Pin) -> str | None:
    if agreed == now:
        return None
    if agreed is None:
        return f"{now.id}@{now.version} is not pinned; add it"
    if now.version > agreed.version:
        return f"{now.id}@{now.version} is pinned as version {agreed.version}; pin it anew"
    if now.version < agreed.version:
        return f"{now.id}@{now.version} went back from version {agreed.version}; reuse no id"
    return f"{now.id}@{now.version} has another template than agreed; raise its version"

"""The point-in-time audit of a session: tables beside what their past alone gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import polars as pl

from lake_assets.audit.certificate import Certificate
from lake_assets.audit.comparison import Comparison, compare, compared_columns
from lake_assets.audit.cuts import choose_cuts
from lake_assets.audit.probes import Bronze, Probe, probe_bronze
from lake_assets.catalog.dataset import Dataset
from lake_assets.market.sessions import Interval, Nanos
from lake_assets.orchestration.rebuild import Rebuild, Rebuilt, bronze_of
from lake_assets.physics.minutes import touch_hours

Memory: TypeAlias = dict[tuple[Probe, int, int], dict[str, pl.DataFrame]]
"""Tables of one session rebuilt at a probe, cut and seed: what several audits would make alike."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A session's Bronze, its published tables, and the way they are made.

    ``memory`` may be shared by audits of one session of one underlying, with equal parameters.
    """

    rebuild: Rebuild
    bronze: Bronze
    published: Mapping[str, pl.DataFrame]
    memory: Memory = field(default_factory=dict)

    def at(self, cuts: Sequence[int], *, seed: int) -> Certificate:
        """Rebuild at each cut from both probes and compare every table.

        Labels are compared where their horizon has ended, features where their moment has come.
        """
        if not cuts:
            return Certificate.without_cuts("the session has no working hours, or no cut was asked")
        rows = dict.fromkeys(self.published, 0)
        cells, leaks, refusals = 0, dict[str, None](), dict[str, None]()
        for cut in cuts:
            for probe in Probe:
                made = self._rebuilt(probe, cut, seed)
                refusals |= dict.fromkeys(made.refusals)
                for dataset, found in self._compared(made.tables, cut):
                    rows[dataset.name] += found.rows
                    cells += found.cells
                    leaks |= {f"{leak} ({probe} at {cut})": None for leak in found.leaks}
        return Certificate(
            cuts=tuple(cuts),
            probes=tuple(probe.value for probe in Probe),
            rows=rows,
            columns=sum(len(compared_columns(r.dataset)) for r in self.rebuild.recipes),
            cells=cells,
            refusals=tuple(refusals),
            leaks=tuple(leaks),
        )

    def _rebuilt(self, probe: Probe, cut_ns: int, seed: int) -> Rebuilt:
        """The tables from a probe; those of an underlying are kept for its next audit."""
        known = self.memory.setdefault((probe, cut_ns, seed), {})
        missing = [r for r in self.rebuild.recipes if r.dataset.name not in known]
        read = {d.name: self.bronze[d.name] for d in bronze_of(missing)}
        made = self.rebuild.from_bronze(probe_bronze(read, probe, cut_ns, seed), cut_ns, known)
        for recipe in self.rebuild.recipes:
            if recipe.dataset.underlying is not None:
                known[recipe.dataset.name] = made.tables[recipe.dataset.name]
        return made

    def draw(self, count: int, *, seed: int) -> list[int]:
        """Cuts inside the session's working hours, some of them at touches if there are any."""
        hours = self._hours()
        if hours is None:
            return []
        touches = self.published.get("touches")
        events = np.empty(0, np.int64) if touches is None else touches["ts_event_ns"].to_numpy()
        return choose_cuts(hours, events, count, seed)

    def _hours(self) -> Interval | None:
        """The working hours, as far as the session was known when it was built."""
        params, session = self.rebuild.parameters, self.rebuild.session
        hours = touch_hours(session, params)
        if hours is None or params.as_of_ns is None:
            return hours
        closes = min(hours.closes, Nanos(params.as_of_ns))
        return Interval(hours.opens, closes) if closes > hours.opens + 1 else None

    def _compared(
        self, tables: Mapping[str, pl.DataFrame], cut_ns: int
    ) -> Iterator[tuple[Dataset, Comparison]]:
        for recipe in self.rebuild.recipes:
            name = recipe.dataset.name
            found = compare(recipe.dataset, self.published[name], tables[name], cut_ns)
            yield recipe.dataset, found


def seed_of(day: date) -> int:
    """The seed of a session's own cuts: the same whenever it is audited."""
    return day.toordinal()

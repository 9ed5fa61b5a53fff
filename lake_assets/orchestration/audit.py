"""The point-in-time audit of a session: tables beside what their past alone gives."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import polars as pl

from lake_assets.audit.certificate import Certificate
from lake_assets.audit.comparison import compare, compared_columns
from lake_assets.audit.cuts import choose_cuts
from lake_assets.audit.probes import Bronze, Probe, probe_bronze
from lake_assets.catalog.rows import Frame
from lake_assets.lake.allocators import give_back
from lake_assets.market.sessions import Interval, Nanos
from lake_assets.orchestration.rebuild import Rebuild, Step, bronze_of
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
    published: Mapping[str, Frame]
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
                for step in self._steps(probe, cut, seed):
                    dataset = step.dataset
                    found = compare(dataset, self.published[dataset.name], step.rows, cut)
                    refusals |= dict.fromkeys([step.refusal] if step.refusal else ())
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

    def _steps(self, probe: Probe, cut_ns: int, seed: int) -> Iterator[Step]:
        """The tables from a probe; those of an underlying are kept for its next audit."""
        known = self.memory.setdefault((probe, cut_ns, seed), {})
        missing = [r for r in self.rebuild.recipes if r.dataset.name not in known]
        read = {d.name: self.bronze[d.name] for d in bronze_of(missing)}
        probed = probe_bronze(read, probe, cut_ns, seed)
        give_back()
        for step in self.rebuild.steps(probed, cut_ns, dict(known)):
            if step.dataset.underlying is not None:
                known[step.dataset.name] = step.rows
            yield step

    def draw(self, count: int, *, seed: int) -> list[int]:
        """Cuts inside the session's working hours, some of them at touches if there are any."""
        hours = self._hours()
        if hours is None:
            return []
        events = np.empty(0, np.int64)
        if (touches := self.published.get("touches")) is not None:
            events = touches.lazy().select("ts_event_ns").collect().to_series().to_numpy()
        return choose_cuts(hours, events, count, seed)

    def _hours(self) -> Interval | None:
        """The working hours, as far as the session was known when it was built."""
        params, session = self.rebuild.parameters, self.rebuild.session
        hours = touch_hours(session, params)
        if hours is None or params.as_of_ns is None:
            return hours
        closes = min(hours.closes, Nanos(params.as_of_ns))
        return Interval(hours.opens, closes) if closes > hours.opens + 1 else None


def seed_of(day: date) -> int:
    """The seed of a session's own cuts: the same whenever it is audited."""
    return day.toordinal()

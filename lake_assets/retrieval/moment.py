"""Where one request stands in time: what there is, what is asked, which windows follow."""

from dataclasses import dataclass, replace
from datetime import date

from lake_assets.retrieval.metrics import source_type
from lake_assets.retrieval.reading import Shelf
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.staleness import reference_day
from lake_assets.retrieval.state import Asked, Materialized, State, Vintage
from lake_assets.retrieval.vocabulary import Family, Knowledge
from lake_assets.retrieval.windows import Placed, place


def materialized(shelf: Shelf) -> Materialized:
    """Days of the partitions on the shelf."""
    return Materialized(
        options=[date.fromisoformat(held.partition) for held in shelf.snapshots],
        macro=[date.fromisoformat(held.partition) for held in shelf.macro],
        gpr=[
            Vintage(
                month,
                date.fromisoformat(str(told["retrieval_date"])),
                date.fromisoformat(str(told["max_date"])),
            )
            for held in shelf.gpr
            for month, told in held.statistics.items()
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The one account of time that every window of a request follows from."""

    query: MetricQuery
    asked: Asked
    there: Materialized
    state: State

    @classmethod
    def of(cls, query: MetricQuery, shelf: Shelf, state: State, today: date) -> "Moment":
        """As a request and the lake have it; ``today`` is for the log of an empty lake."""
        asked = Asked(
            today=today,
            time_window=query.time_window,
            as_of=query.as_of,
            knowledge=query.knowledge,
        )
        return cls(query=query, asked=asked, there=materialized(shelf), state=state)

    @property
    def reference(self) -> date:
        """Day that ages are counted to."""
        return reference_day(self.asked, self.there, self.state) or self.asked.today

    @property
    def is_latest_vintage(self) -> bool:
        """Whether later revisions count."""
        return self.query.knowledge is Knowledge.LATEST_VINTAGE

    def place(self, family: Family) -> Placed:
        """The window of a family."""
        given = self.query.predicate(source_type(family))
        return place(family, self.asked, self.there, self.state, given)

    def place_later(self, family: Family) -> Placed:
        """The window a reader of today's vintage would have."""
        asked = replace(self.asked, knowledge=Knowledge.LATEST_VINTAGE)
        return place(family, asked, self.there, self.state)

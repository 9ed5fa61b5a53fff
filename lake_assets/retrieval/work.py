"""What a request comes down to: for one family and one entity, the metrics to answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from lake_assets.retrieval.answer import Fuzzy
from lake_assets.retrieval.definition import Bundle, Metric
from lake_assets.retrieval.metrics import BUNDLES, METRICS, macro_change, members
from lake_assets.retrieval.vocabulary import GLOBAL, EntityKind, Family, Frequency


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A metric to answer: whether it was asked for itself, and by which spelling."""

    requested: bool
    fuzzy: Fuzzy | None = None


@dataclass(slots=True, kw_only=True)
class Wishes:
    """Metrics of one family, in the order they were asked for.

    ``change`` asks for the one change that fits the macro series, known once it is read.
    """

    family: Family
    metrics: dict[str, Wish] = field(default_factory=dict)
    change: Wish | None = None

    def add(self, metric: str, wish: Wish) -> None:
        """Ask for a metric; what is asked for by name stays so."""
        known = self.metrics.get(metric)
        if known is None or (wish.requested and not known.requested):
            self.metrics[metric] = wish

    def add_bundle(self, bundle: Bundle, wish: Wish) -> None:
        """Ask for the members of a bundle."""
        for metric in members(bundle, None):
            self.add(metric, wish)
        if bundle.with_change and (self.change is None or wish.requested):
            self.change = wish

    def for_series(self, frequency: Frequency | None, *, is_rate: bool) -> Mapping[str, Wish]:
        """The metrics to answer of a macro series; of an unknown one, as if it were daily."""
        if self.change is None:
            return self.metrics
        change = macro_change(frequency or Frequency.DAILY, is_rate=is_rate)
        known = self.metrics.get(change)
        if known and (known.requested or not self.change.requested):
            return self.metrics
        return {**self.metrics, change: self.change}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One run of one template: a family's metrics of one entity."""

    entity: str
    wishes: Wishes


def wishes_of(
    resolved: Iterable[tuple[Metric | Bundle, Fuzzy | None]], *, expand_family: bool
) -> tuple[Wishes, ...]:
    """Every metric asked for by family, each family where it was first asked for."""
    found: dict[Family, Wishes] = {}
    for target, fuzzy in resolved:
        wishes = found.setdefault(target.family, Wishes(family=target.family))
        wish = Wish(requested=True, fuzzy=fuzzy)
        if isinstance(target, Bundle):
            wishes.add_bundle(target, wish)
        else:
            wishes.add(target.id, wish)
    if expand_family:
        for wishes in found.values():
            wishes.add_bundle(BUNDLES[wishes.family.value], Wish(requested=False))
    return tuple(found.values())


@cache
def is_global(family: Family) -> bool:
    """Whether a family belongs to no ticker."""
    return any(
        metric.entity_kind is EntityKind.GLOBAL
        for metric in METRICS.values()
        if metric.family is family
    )


def works_of(wishes: Sequence[Wishes], tickers: Sequence[str]) -> tuple[Work, ...]:
    """One run a family and ticker; families of no ticker run once."""
    return tuple(
        Work(entity=entity, wishes=family)
        for family in wishes
        for entity in ([GLOBAL] if is_global(family.family) else tickers)
    )

"""From a label to the id it means: exact, normalised, synonym, then guarded likeness."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from heapq import nlargest
from types import MappingProxyType
from typing import Final

from lake_assets.retrieval.definition import Bundle, Metric
from lake_assets.retrieval.metrics import BUNDLES, METRICS
from lake_assets.retrieval.synonyms import RESERVED
from lake_assets.retrieval.vocabulary import Reason

LABEL_MAX_CHARACTERS: Final = 100
_SUGGESTIONS: Final = 3
_LIKE: Final = 0.75  # least ratio of an accepted label, and of a misspelt guard word
_CLEAR_BY: Final = 0.05  # what the best of any other id must stay behind

# Words that change what is asked: likeness must not add, drop or swap one.
_GUARD_WORDS: Final = frozenset(
    {
        *("realized", "realised", "historical", "implied", "call", "put", "weekly", "hourly"),
        *("daily", "monthly", "yearly", "annual", "quarterly", "intraday", "change"),
        *("growth", "level", "ownership", "flow", "flows", "institutional", "average", "max"),
        *("min", "mean", "median", "total", "ratio", "percentile", "rank", "skew", "spread"),
        *("volume", "interest", "price", "value", "liquidity", "trend", "threats", "acts"),
        *("index", "components", "gpr", "macro", "iv", "atm", "otm"),
    }
)
_SIDES: Final = ("call", "put")
# A flat key of two metrics belongs to the one the registry lists first.
_SHARED_FLAT_KEYS: Final = frozenset({"avg_spread_pct", "daily_change", "mom_change", "yoy_change"})

# Everything that can be asked for.
ENTRIES: Final[Mapping[str, Metric | Bundle]] = MappingProxyType({**METRICS, **BUNDLES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What a label means; ``id`` is null when it is unsupported.

    ``ratio`` and ``runner_up`` are set when likeness decided; ``suggestions`` are ids.
    """

    asked: str
    id: str | None
    reason: Reason | None = None
    ratio: float | None = None
    runner_up: str | None = None
    suggestions: tuple[str, ...] = ()


class _Name:
    """A name that likeness may find; ``name`` is the normalised ``text``."""

    def __init__(self, text: str, entry_id: str) -> None:
        self.text, self.id = text, entry_id
        self.name = normalise(text)
        self.letters = Counter(self.name)


@dataclass(frozen=True, slots=True, order=True)
class _Candidate:
    """A name and how far it is from a label; the most alike sorts first."""

    distance: float
    text: str
    id: str

    @property
    def ratio(self) -> float:
        return -self.distance


def normalise(text: str) -> str:
    """NFKC, lower case, only a to z and digits."""
    return re.sub("[^a-z0-9]", "", unicodedata.normalize("NFKC", text).lower())


def words(text: str) -> list[str]:
    """Runs of letters and digits, in lower case."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).lower())


def _names() -> Iterator[tuple[str, str]]:
    """Every name beside the flat keys, with the id it means."""
    for entry in ENTRIES.values():
        for name in (entry.id, entry.label, *entry.synonyms):
            yield normalise(name), entry.id


def index_names(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Ids by normalised name.

    Raises:
        ValueError: a name means two ids.
    """
    index: dict[str, str] = {}
    for name, entry_id in names:
        if index.setdefault(name, entry_id) != entry_id:
            raise ValueError(f"{name!r} means both {index[name]} and {entry_id}")
    return index


def _flat_names() -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    for metric in METRICS.values():
        for key in (key.removeprefix("{T}_") for key in metric.flat_keys):
            if key not in taken or key not in _SHARED_FLAT_KEYS:
                yield normalise(key), metric.id
            taken.add(key)


_EXACT: Final = {name: e.id for e in ENTRIES.values() for name in (e.id, e.label)}
_NORMALISED: Final = index_names([*_names(), *_flat_names()])
_RESERVED: Final = frozenset(normalise(label) for label in RESERVED)
_CANDIDATES: Final = tuple(
    _Name(text, entry.id)
    for entry in ENTRIES.values()
    for text in dict.fromkeys((entry.id, entry.label))
)


def resolve(label: str) -> Resolution:
    """The metric or bundle a label means; never raises."""
    found = _EXACT.get(label)
    if found is not None:
        return Resolution(asked=label, id=found)
    name = normalise(label)
    if not name or len(label) > LABEL_MAX_CHARACTERS:
        return Resolution(asked=label, id=None)
    found = _NORMALISED.get(name)
    if found is not None:
        return Resolution(asked=label, id=found)
    return _by_likeness(label, name)


def _by_likeness(label: str, name: str) -> Resolution:
    ranked = _ranked(name)
    best = ranked[0]
    others = [candidate for candidate in ranked if candidate.id != best.id]
    runner_up = others[0]
    suggestions = tuple(dict.fromkeys(c.id for c in _by_id(ranked) if c.ratio > 0))[:_SUGGESTIONS]
    if name in _RESERVED:
        return Resolution(asked=label, id=None, reason=Reason.RESERVED, suggestions=suggestions)
    clear = runner_up.ratio < best.ratio - _CLEAR_BY
    if best.ratio < _LIKE or not clear or is_denied(label, best.text):
        return Resolution(asked=label, id=None, suggestions=suggestions)
    return Resolution(asked=label, id=best.id, ratio=round(best.ratio, 3), runner_up=runner_up.id)


@lru_cache(maxsize=1024)
def _ranked(name: str) -> tuple[_Candidate, ...]:
    """Candidates by likeness, ties by their text; those that could be no suggestion are left out.

    What two texts have in common, in any order, bounds their likeness: most need no comparison.
    """
    letters = Counter(name)
    bounds = [
        (2 * (letters & c.letters).total() / (len(name) + len(c.name)), c) for c in _CANDIDATES
    ]
    ranked: list[_Candidate] = []
    best: dict[str, float] = {}
    ratios: dict[str, float] = {}  # an id and its label are often one name
    for bound, candidate in sorted(bounds, key=lambda pair: pair[0], reverse=True):
        if len(best) >= _SUGGESTIONS and bound < nlargest(_SUGGESTIONS, best.values())[-1]:
            break
        if candidate.name not in ratios:
            ratios[candidate.name] = SequenceMatcher(None, name, candidate.name).ratio()
        ratio = ratios[candidate.name]
        ranked.append(_Candidate(-ratio, candidate.text, candidate.id))
        best[candidate.id] = max(ratio, best.get(candidate.id, 0.0))
    return tuple(sorted(ranked))


def _by_id(ranked: tuple[_Candidate, ...]) -> list[_Candidate]:
    return sorted(ranked, key=lambda candidate: (candidate.distance, candidate.id))


def is_denied(label: str, candidate: str) -> bool:
    """Whether a guard word stands between a label and a candidate, however alike they are."""
    asked, offered = words(label), words(candidate)
    if {word for word in asked if word in _GUARD_WORDS} - set(offered):
        return True
    if not all(_is_met(word, asked) for word in offered if word in _GUARD_WORDS):
        return True
    return _sides(asked) != _sides(offered)


def _is_met(guard_word: str, asked: list[str]) -> bool:
    return any(word == guard_word or _is_misspelt(word, guard_word) for word in asked)


def _is_misspelt(word: str, guard_word: str) -> bool:
    if word in _GUARD_WORDS:
        return False
    return SequenceMatcher(None, word, guard_word).ratio() >= _LIKE


def _sides(tokens: list[str]) -> list[str]:
    """Calls and puts in the order they are named, misspelt ones too."""
    return [side for word in tokens for side in _SIDES if word == side or _is_misspelt(word, side)]

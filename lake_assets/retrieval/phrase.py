"""A question in plain words to a request, by rules alone; what finds no place is shown."""

import re
import string
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from lake_assets.retrieval.metrics import source_type
from lake_assets.retrieval.request import MetadataExtraction
from lake_assets.retrieval.resolve import ENTRIES, index_names, words
from lake_assets.retrieval.tickers import is_ticker
from lake_assets.retrieval.vocabulary import TimeWindow

_AS_OF: Final = re.compile(r"\bas\s+of\s+([0-9]{4}-[0-9]{2}-[0-9]{2})(?![\w-])", re.IGNORECASE)
_TIME: Final[Mapping[tuple[str, ...], str]] = {
    ("today",): TimeWindow.TODAY,
    ("yesterday",): TimeWindow.YESTERDAY,
    **{(past, "week"): TimeWindow.PAST_WEEK for past in ("past", "last")},
    **{(past, "month"): TimeWindow.PAST_MONTH for past in ("past", "last")},
    **{
        (past, six, "months"): TimeWindow.PAST_SIX_MONTHS
        for past in ("past", "last")
        for six in ("six", "6")
    },
    ("all", "time"): TimeWindow.ALL,
}
_METRICS: Final[Mapping[tuple[str, ...], str]] = {
    tuple(name.split()): entry_id
    for name, entry_id in index_names(
        (" ".join(words(name)), entry.id)
        for entry in ENTRIES.values()
        for name in (entry.label, *entry.synonyms)
    ).items()
}
# In capitals these are metrics and terms; a ticker of that name needs its dollar sign.
_TERMS: Final = frozenset({"IV", "OI", "GPR", "PCR", "ATM", "OTM", "DTE", "ETF"})
_STOP_WORDS: Final = frozenset(
    {
        *("with", "and", "for", "of", "the", "in", "on", "a", "an", "what", "is", "are", "was"),
        *("show", "me", "give", "please", "how", "over"),
    }
)
_MOST_METRICS: Final = 50
_MOST_TICKERS: Final = 100


class Question(NamedTuple):
    """What a text asks; ``unplaced`` are the words that found no place, in order."""

    extraction: MetadataExtraction
    as_of: date | None
    unplaced: tuple[str, ...]


@dataclass(slots=True)
class _Word:
    """A run of letters and digits of ``chunk``, the text between blanks it stands in."""

    text: str
    spelled: str
    chunk: int
    is_marked: bool  # by a dollar sign: a ticker and nothing else
    taken: bool = False


def parse(text: str, allowed: Collection[str]) -> Question:
    """The request a question makes; ``allowed`` are the tickers of the lake. Never raises."""
    text, as_of = _take_day(unicodedata.normalize("NFKC", text))
    chunks = [chunk.strip(_AROUND) for chunk in text.replace("/", " ").split()]
    tokens = _tokens(chunks)
    windows = _take(tokens, _TIME, at_most=1)
    metrics = _take(tokens, _METRICS, at_most=_MOST_METRICS)
    tickers = _take_tickers(tokens, chunks, allowed)
    left = [w.text for w in tokens if not w.taken and (w.is_marked or w.text not in _STOP_WORDS)]
    sources = dict.fromkeys(source_type(ENTRIES[metric].family) for metric in metrics)
    extraction = MetadataExtraction(
        tickers=tuple(tickers),
        metrics=tuple(metrics),
        source_types=tuple(sources),
        time_window=windows[0] if windows else None,
    )
    return Question(extraction, as_of, tuple(left))


# Punctuation around a word; a caret or a dollar sign belongs to a ticker.
_AROUND: Final = "".join(set(string.punctuation) - set("^$")) + "\u2018\u2019\u201c\u201d\u2026"


def _take_day(text: str) -> tuple[str, date | None]:
    """The text without its first ``as of`` that names a day, and the day."""
    for found in _AS_OF.finditer(text):
        try:
            day = date.fromisoformat(found[1])
        except ValueError:
            continue
        return f"{text[: found.start()]} \n {text[found.end() :]}", day
    return text, None


def _tokens(chunks: list[str]) -> list[_Word]:
    return [
        _Word(run.lower(), run, at, chunk.startswith("$"))
        for at, chunk in enumerate(chunks)
        for run in re.findall(r"[^\W_]+", chunk)
    ]


def _take(
    tokens: list[_Word], phrases: Mapping[tuple[str, ...], str], *, at_most: int
) -> list[str]:
    """What the phrases of a text mean, in its order, each once; longer phrases come first."""
    taken: dict[int, str] = {}
    for length in sorted({len(phrase) for phrase in phrases}, reverse=True):
        for at in range(len(tokens) - length + 1):
            run = tokens[at : at + length]
            meant = phrases.get(tuple(word.text for word in run))
            if meant is None or len(taken) == at_most or not _are_free(run):
                continue
            taken[at] = meant
            for word in run:
                word.taken = True
    return list(dict.fromkeys(taken[at] for at in sorted(taken)))


def _are_free(run: list[_Word]) -> bool:
    """Whether words may be read as a phrase: a small ``and`` is none, though a label has one."""
    return not any(word.taken or word.is_marked or word.spelled in _STOP_WORDS for word in run)


def _take_tickers(
    tokens: list[_Word], chunks: list[str], allowed: Collection[str]
) -> dict[str, None]:
    tickers: dict[str, None] = {}
    runs: dict[int, list[_Word]] = {}
    for word in tokens:
        runs.setdefault(word.chunk, []).append(word)
    for at, run in runs.items():
        chunk = chunks[at]
        ticker = chunk.removeprefix("$").upper() if chunk.startswith("$") else chunk
        if ticker not in allowed or not chunk.isascii() or not is_ticker(ticker):
            continue
        if any(word.taken for word in run) or (ticker in _TERMS and not chunk.startswith("$")):
            continue
        if len(tickers) < _MOST_TICKERS:
            tickers[ticker] = None
            for word in run:
                word.taken = True
    return tickers

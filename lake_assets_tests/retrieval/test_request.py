"""Requests: what is read, what is accepted and ignored, what is malformed."""

from datetime import date, datetime

import pytest
from pydantic import ValidationError

from lake_assets.retrieval.request import MetadataExtraction, MetricQuery
from lake_assets.retrieval.state import Asked, Materialized
from lake_assets.retrieval.vocabulary import Family, Knowledge, MacroAlias, SourceType
from lake_assets.retrieval.windows import place

WEEK = place(
    Family.PUT_CALL_RATIO,
    Asked(today=date(2026, 5, 29), time_window="past_week"),
    Materialized(options=[date(2026, 5, 29)]),
).predicate


def test_a_query_is_strict_expanded_and_aliased_unless_told():
    query = MetricQuery()
    assert query.knowledge is Knowledge.STRICT
    assert query.macro_alias is MacroAlias.ALWAYS
    assert query.expand_family
    assert not query.explain
    assert query.source_channel == "primary"
    assert query.as_of is None


def test_a_query_asks_what_its_extraction_says():
    extraction = MetadataExtraction(
        logical_reasoning="because",
        tickers=["SPY"],
        metrics=["pcr"],
        source_types=["options", "sec"],
        time_window="whenever",
    )
    query = MetricQuery.of(extraction, (WEEK,))
    assert (query.tickers, query.metrics) == (("SPY",), ("pcr",))
    assert query.time_window == "whenever"
    assert query.predicate(SourceType.OPTIONS) == WEEK
    assert query.predicate(SourceType.GPR) is None


@pytest.mark.parametrize("as_of", ["2026-05-29", date(2026, 5, 29)])
def test_a_day_is_a_calendar_day(as_of):
    assert MetricQuery(as_of=as_of).as_of == date(2026, 5, 29)


@pytest.mark.parametrize(
    "malformed",
    [
        {"as_of": 1780000000},
        {"as_of": "20260529"},
        {"as_of": "2026-05-29T00:00:00"},
        {"as_of": datetime(2026, 5, 29)},  # noqa: DTZ001
        {"as_of": "Friday"},
        {"knowledge": "hearsay"},
        {"colour": "blue"},
        {"metrics": ["m"] * 51},
        {"tickers": ["T"] * 101},
        {"predicates": [WEEK, WEEK]},
        {"source_types": ["gossip"]},
    ],
    ids=lambda given: next(iter(given)),
)
def test_a_malformed_query_is_refused(malformed):
    with pytest.raises(ValidationError):
        MetricQuery(**malformed)


def test_a_query_survives_as_json():
    query = MetricQuery(metrics=["pcr"], as_of="2026-05-29", predicates=[WEEK])
    assert MetricQuery.model_validate_json(query.model_dump_json()) == query

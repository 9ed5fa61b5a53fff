"""A query's text changes only with the version of every metric it answers."""

from pathlib import Path

from lake_assets.retrieval.metrics import METRICS, TEMPLATES
from lake_assets.retrieval.pins import Pin, broken_pins, pin_table, read_pins
from lake_assets.retrieval.query import FILES
from lake_assets.retrieval.replay import QUERIES

PINS = Path(__file__).with_name("pins.csv")
NOW = [
    Pin(metric.id, metric.definition_version, QUERIES[metric.template.id].sha256)
    for metric in METRICS.values()
]


def test_every_template_of_the_registry_has_its_query():
    assert set(QUERIES) == set(TEMPLATES)
    for query in QUERIES.values():
        assert FILES in query.parameters or query.rests_on


def test_every_definition_is_as_agreed():
    agreed = read_pins(PINS.read_text())
    assert broken_pins(agreed, NOW) == []
    assert PINS.read_text() == pin_table(agreed)

"""Settings of downloads: what the environment may say, and that a key is never told."""

import pickle
from decimal import Decimal

import pytest

from lake_assets.downloads.products import parse_stamp, products_named, spell
from lake_assets.downloads.settings import Key, Settings, key_of
from lake_assets.errors import UnknownNameError


def test_nothing_said_allows_nothing():
    settings = Settings.of({})
    assert settings.budget_usd is None
    assert settings.cap_usd == 0
    assert settings.gateway == "https://hist.databento.com"


def test_what_is_said_holds():
    settings = Settings.of(
        {
            "LAKE_BUDGET_USD": "12.50",
            "LAKE_DATABENTO_GATEWAY": "127.0.0.1:8443",
            "LAKE_DOWNLOAD_POLL_S": "0.5",
        }
    )
    assert settings.cap_usd == Decimal("12.50")
    assert settings.gateway == "https://127.0.0.1:8443"
    assert settings.poll_s == 0.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LAKE_BUDGET_USD", "-1"),
        ("LAKE_BUDGET_USD", "NaN"),
        ("LAKE_BUDGET_USD", "Infinity"),
        ("LAKE_BUDGET_USD", "ten"),
        ("LAKE_DATABENTO_GATEWAY", "http://hist.databento.com"),
        ("LAKE_DOWNLOAD_WAIT_S", "0"),
        ("LAKE_DOWNLOAD_WAIT_S", "nan"),
        ("LAKE_DOWNLOAD_WAIT_S", "soon"),
    ],
)
def test_what_cannot_be_is_refused(name, value):
    with pytest.raises(UnknownNameError, match=name):
        Settings.of({name: value})


def test_a_key_is_hidden_however_it_is_spelled():
    key = Key("db-secret")
    assert key.hide_in("db-secret, ZGItc2VjcmV0Og==, ZGItc2VjcmV0Og") == "[key], [key], [key]"
    assert "secret" not in f"{key} {key!r}"
    with pytest.raises(TypeError, match="never written"):
        pickle.dumps(key)


def test_no_key_is_no_key():
    assert key_of({}) is None
    assert key_of({"DATABENTO_API_KEY": "  "}) is None


@pytest.mark.parametrize("text", ["", "trades", "es_trades,gold/signals"])
def test_only_products_are_bought(text):
    with pytest.raises(UnknownNameError, match="there are es_trades"):
        products_named(text)


@pytest.mark.parametrize("nanos", [0, 1, 1_765_839_600_000_000_000, 1_765_839_600_123_456_789])
def test_a_moment_is_read_as_it_is_spelled(nanos):
    assert parse_stamp(spell(nanos)) == nanos


def test_the_vendor_may_spell_a_moment_shorter():
    assert (
        parse_stamp("1970-01-01T00:00:01Z") == parse_stamp("1970-01-01T00:00:01.0+00:00") == 10**9
    )
    assert parse_stamp("yesterday") is None

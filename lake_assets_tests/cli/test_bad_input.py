"""Bad input at the command: exit code 1, the file and the remedy named, nothing half-written."""

import gzip

import pytest

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets_tests.orchestration.lakes import DAY


def cut(content):
    return content[: len(content) * 2 // 3]


def flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


DAMAGE = {
    "cut": cut,
    "flipped": flip,
    "joined": lambda content: content * 2,
    "trailing": lambda content: content + b"\0\0\0\0 rest",
    "empty": lambda _: b"",
    "page": lambda _: b"<!DOCTYPE html><title>Sign in</title>",
    "other": gzip.compress,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_file_is_named_and_nothing_is_published(kind, empty_lake, monkeypatch, capsys):
    for name, value in empty_lake.environ.items():
        monkeypatch.setenv(name, value)
    (victim,) = empty_lake.root.joinpath("raw").rglob("*20251217.trades.dbn.zst")
    victim.with_name("manifest.json").unlink()  # else the batch manifest tells at once
    for book in empty_lake.root.joinpath("raw").rglob("*.mbp-10.dbn.zst"):
        book.unlink()  # else the trades inside it would do
    victim.write_bytes(DAMAGE[kind](victim.read_bytes()))

    code = main(["backfill", DAY, "--select", "key:bronze/es_trades"])

    out = capsys.readouterr().out.replace("\n", " ")
    assert code == ExitCode.FAILED
    assert victim.name in out
    assert "expected" in out
    assert "found" in out
    assert empty_lake.files() == {}
    assert [f for f in empty_lake.lake.verify() if f.kind != "missing"] == []


def test_a_batch_manifest_tells_a_changed_file(empty_lake, monkeypatch, capsys):
    for name, value in empty_lake.environ.items():
        monkeypatch.setenv(name, value)
    (victim,) = empty_lake.root.joinpath("raw").rglob("*20251217.trades.dbn.zst")
    victim.write_bytes(flip(victim.read_bytes()))

    code = main(["backfill", DAY])

    out = capsys.readouterr().out.replace("\n", " ")
    assert code == ExitCode.FAILED
    assert victim.name in out
    assert "manifest" in out
    assert not [name for name in empty_lake.files() if "es_trades" in name or "gold" in name]

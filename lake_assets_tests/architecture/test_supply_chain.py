"""No secret is in the repository, and what is installed can be listed."""

import json
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULE = ".ci/databento_key.py"
BIN = Path(sys.executable).parent
GIT = shutil.which("git") or "git"
MAKEFILE = (ROOT / "Makefile").read_text()
KEY = "db-" + ("aB3xY7" * 5)[:29]  # in pieces, so that no scan finds it here


def recipe(target):
    """The commands of a target of the Makefile, as make would run them."""
    lines = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)[1]
    return [line.strip().replace("$(BIN)", str(BIN)) for line in lines.splitlines()]


def scan(folder):
    """What `make scan-secrets` says of a folder under git."""
    shutil.copytree(ROOT / ".ci", folder / ".ci", dirs_exist_ok=True)
    subprocess.run([GIT, "init", "-q", "."], cwd=folder, check=True)
    subprocess.run([GIT, "add", "."], cwd=folder, check=True)
    (command,) = recipe("scan-secrets")
    return subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("line", [f'key = "{KEY}"', f"DATABENTO_API_KEY={KEY}", f"# {KEY}"])
def test_a_key_that_was_planted_is_found(tmp_path, line):
    (tmp_path / "settings.txt").write_text(f"first\n{line}\n")
    found = scan(tmp_path)
    assert found.returncode != 0
    assert "Databento API Key" in found.stdout
    assert "settings.txt:2" in found.stdout


def test_what_is_no_key_is_not(tmp_path):
    (tmp_path / "settings.txt").write_text(f"{KEY[:-1]}\n{KEY}x\ndb-\nadb-{'a' * 40}\n")
    assert scan(tmp_path).returncode == 0


def test_no_file_of_the_repository_holds_a_key():
    (rule,) = runpy.run_path(str(ROOT / RULE))["DatabentoKeyDetector"].denylist
    named = subprocess.run(
        [GIT, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in named.split("\0") if name]
    assert len(paths) > 100
    texts = {path: path.read_bytes().decode(errors="replace") for path in paths if path.exists()}
    assert not [path for path, text in texts.items() if rule.search(text)]


def test_the_bill_of_materials_names_every_package_with_its_hashes(tmp_path):
    lock = (ROOT / "requirements.lock").read_text()
    packages = re.split(r"\n(?=\S)", lock)[:4]
    (tmp_path / "requirements.lock").write_text("\n".join(packages) + "\n")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for command in recipe("sbom"):
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    bill = json.loads((tmp_path / "build" / "sbom.json").read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "lake-assets"
    named = {part["name"]: part for part in bill["components"]}
    assert set(named) == {re.split(r"==", package)[0] for package in packages}
    for package in packages:
        name = package.split("==")[0]
        hashes = {h["content"] for r in named[name]["externalReferences"] for h in r["hashes"]}
        assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", package))

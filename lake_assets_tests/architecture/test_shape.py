"""The shape of the code: sizes, mirrors, twins, words."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "lake_assets"
TESTS = ROOT / "lake_assets_tests"
MODULES = sorted(PACKAGE.rglob("*.py"))
KERNELS = sorted(p for p in (PACKAGE / "kernels").glob("*.py") if "@kernel" in p.read_text())
LAYERS = ("bronze", "silver", "gold")
MAKERS = (["lake_asset"], ["lake_asset_per_underlying"])
NUMERIC_ROOMS = ("kernels", "physics", "seconds", "daily")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_fits_in_the_head(path):
    assert len(path.read_text().splitlines()) <= 300


@pytest.mark.parametrize("path", KERNELS, ids=name_of)
def test_every_kernel_has_a_test_of_its_name(path):
    assert (TESTS / "kernels" / f"test_{path.stem}.py").exists()


@pytest.mark.parametrize("room", NUMERIC_ROOMS)
def test_every_numeric_module_has_a_mirrored_test(room):
    modules = {p.stem for p in (PACKAGE / room).glob("*.py")}
    modules -= {"__init__", "compile", "parameters", "params"}
    tested = {p.stem.removeprefix("test_") for p in (TESTS / room).glob("test_*.py")}
    assert modules <= tested, f"no test for {sorted(modules - tested)}"


@pytest.mark.parametrize("layer", LAYERS)
def test_an_asset_is_one_decorator_and_one_call(layer):
    for path in (PACKAGE / layer).glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef):
                statements = [n for n in node.body if not isinstance(n, ast.Expr)]
                assert len(statements) == 1, f"{name_of(path)}: {node.name}"
                assert [ast.unparse(d).split("(")[0] for d in node.decorator_list] in MAKERS


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_compiles_on_its_own_terms(path):
    if path.name != "compile.py":
        assert not re.search(r"\b(njit|fastmath|prange)\b", path.read_text())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_prints(path):
    calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
    names = {c.func.id for c in calls if isinstance(c.func, ast.Name)}
    assert "print" not in names or path.parent.name == "cli"


def test_a_kernel_imports_no_frames():
    code = "import sys, lake_assets.kernels.tape; print({'polars', 'dagster'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_the_graph_loads_without_numerics_and_pictures():
    late = {"numba", "llvmlite", "matplotlib", "scipy", "databento"}
    code = f"import sys, lake_assets.definitions; print({late} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_no_folder_is_a_drawer():
    drawers = {"utils", "helpers", "common", "core", "misc", "shared"}
    assert not [p for p in PACKAGE.rglob("*") if p.stem in drawers]

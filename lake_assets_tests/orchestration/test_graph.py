"""The asset graph, pinned: a changed edge shows in review."""

import os
from pathlib import Path

import dagster as dg
import pytest

from lake_assets.catalog import DATASETS
from lake_assets.definitions import build_definitions, lake_assets
from lake_assets.errors import UnknownNameError

PINNED = Path(__file__).with_name("graph.txt")
GRAPH = build_definitions({}).resolve_asset_graph()


def edges():
    lines = []
    for asset in lake_assets():
        parents = [p.to_user_string() for p in GRAPH.get(asset.definition.key).parent_keys]
        lines.append(f"{asset.definition.key.to_user_string()} <- {', '.join(sorted(parents))}")
    return "\n".join(line.rstrip(" <-") for line in lines) + "\n"


def test_the_graph_is_the_pinned_one():
    assert edges() == PINNED.read_text()


def test_every_dataset_has_one_maker():
    made = [asset.recipe.dataset for asset in lake_assets()]
    assert made == list(DATASETS)


@pytest.mark.parametrize("asset", lake_assets(), ids=lambda a: a.recipe.dataset.name)
def test_an_asset_tells_what_its_catalog_entry_says(asset):
    node, dataset = GRAPH.get(asset.definition.key), asset.recipe.dataset
    assert node.description.startswith(dataset.summary)
    assert node.group_name == dataset.group
    assert node.kinds
    assert node.owners
    columns = node.metadata["dagster/column_schema"].columns
    assert [c.name for c in columns] == list(dataset.columns)


def test_bronze_reads_raw_files_and_no_table():
    for asset in lake_assets():
        is_bronze = asset.recipe.dataset.layer == "bronze"
        assert bool(asset.recipe.raw) == is_bronze
        assert (asset.recipe.inputs == {}) == is_bronze


def test_only_label_assets_can_reach_the_future():
    labels = {"labels", "label_grid"}
    reads_labels = {a.recipe.dataset.name for a in lake_assets() if labels & a.recipe.inputs.keys()}
    assert reads_labels == {"signals"}


def test_the_code_location_loads_as_dagster_loads_it():
    assert isinstance(build_definitions(os.environ), dg.Definitions)
    dg.Definitions.validate_loadable(build_definitions({}))


def test_an_unknown_parameter_is_answered_with_the_known_ones(tmp_path):
    settings = tmp_path / "parameters.yaml"
    settings.write_text("touch_band: 1\n")
    with pytest.raises(UnknownNameError, match=r"the parameters are .*touch_band_u"):
        build_definitions({"LAKE_PARAMETERS": str(settings)})

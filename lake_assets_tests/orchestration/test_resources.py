"""Parameters: from the environment, and from a launch that sets some of them."""

import dagster as dg
import pytest

from lake_assets.errors import UnknownNameError
from lake_assets.orchestration.resources import parameters_from, parameters_resource
from lake_assets.physics.parameters import SignalParams, TapeParams


@dg.op(required_resource_keys={"parameters"})
def used(context):
    parameters = context.resources.parameters
    assert isinstance(parameters, SignalParams)
    return parameters.touch_hours.value, parameters.tape_band_u, parameters.as_of_ns


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (None, ("globex", 5_000, 7)),
        ({}, ("globex", 5_000, 7)),
        ({"tape_band_u": 4_000}, ("globex", 4_000, 7)),
        ({"touch_hours": "rth"}, ("rth", 5_000, 7)),
    ],
    ids=["no config", "empty", "one set", "the environment's overridden"],
)
def test_a_launch_changes_what_it_names_and_nothing_else(config, expected):
    @dg.job(
        resource_defs={
            "parameters": parameters_resource(SignalParams(touch_hours="globex", as_of_ns=7))
        }
    )
    def once():
        used()

    given = {} if config is None else {"resources": {"parameters": {"config": config}}}
    assert once.execute_in_process(run_config=given).output_for_node("used") == expected


@pytest.mark.parametrize(
    ("config", "expected"), [({}, [7]), ({"grid_horizons_min": [2, 3]}, [2, 3])], ids=["", "set"]
)
def test_a_launch_may_set_a_list(config, expected):
    seen = []

    @dg.op(required_resource_keys={"parameters"})
    def grid(context):
        seen.extend(context.resources.parameters.grid_horizons_min)

    @dg.job(resource_defs={"parameters": parameters_resource(SignalParams(grid_horizons_min=[7]))})
    def once():
        grid()

    once.execute_in_process(run_config={"resources": {"parameters": {"config": config}}})
    assert seen == expected


def test_file_and_moment_come_from_the_environment(tmp_path):
    settings = tmp_path / "parameters.yaml"
    settings.write_text("touch_hours: globex\ntape_band_u: 4000\n")
    environ = {"LAKE_PARAMETERS": str(settings), "LAKE_AS_OF_NS": "9"}
    assert parameters_from(environ) == SignalParams(
        touch_hours="globex", tape_band_u=4_000, as_of_ns=9
    )


def test_a_value_out_of_bounds_is_refused_by_name(tmp_path):
    settings = tmp_path / "parameters.yaml"
    settings.write_text("tape_window_s: -1\n")
    with pytest.raises(UnknownNameError, match="tape_window_s"):
        parameters_from({"LAKE_PARAMETERS": str(settings)})


def test_equal_parameters_have_equal_digests():
    assert TapeParams().digest == TapeParams(tape_window_s=60).digest
    assert TapeParams().digest != TapeParams(tape_window_s=61).digest

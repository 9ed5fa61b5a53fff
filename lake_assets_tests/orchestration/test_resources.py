"""Parameters: from the environment, and from a launch that sets some of them."""

import dagster as dg
import pytest
import yaml

from lake_assets.catalog.parameters import BookParams, Params
from lake_assets.errors import UnknownNameError
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.resources import parameters_from, parameters_resource
from lake_assets.physics.parameters import BasisParams, SignalParams, TapeParams


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
            "parameters": parameters_resource(LakeParams(touch_hours="globex", as_of_ns=7))
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

    @dg.job(resource_defs={"parameters": parameters_resource(LakeParams(grid_horizons_min=[7]))})
    def once():
        grid()

    once.execute_in_process(run_config={"resources": {"parameters": {"config": config}}})
    assert seen == expected


def test_file_and_moment_come_from_the_environment(tmp_path):
    settings = tmp_path / "parameters.yaml"
    settings.write_text("touch_hours: globex\ntape_band_u: 4000\n")
    environ = {"LAKE_PARAMETERS": str(settings), "LAKE_AS_OF_NS": "9"}
    assert parameters_from(environ) == LakeParams(
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


@dg.op(required_resource_keys={"parameters"})
def books(context):
    parameters = context.resources.parameters
    return {name: parameters.group(BookParams, name).start_tolerance_s for name in UNDERLYINGS}


@pytest.mark.parametrize("in_launch", [False, True], ids=["environment", "launch"])
def test_an_underlying_may_have_a_value_of_its_own(in_launch):
    own = {"NIFTY": {"start_tolerance_s": 9}}

    @dg.job(
        resource_defs={
            "parameters": parameters_resource(LakeParams(underlyings={} if in_launch else own))
        }
    )
    def once():
        books()

    config = {"underlyings": own, "start_tolerance_s": 7} if in_launch else {}
    given = {"resources": {"parameters": {"config": config}}}
    found = once.execute_in_process(run_config=given).output_for_node("books")
    assert found == dict.fromkeys(UNDERLYINGS, 7 if in_launch else 5) | {"NIFTY": 9}


class RateParams(Params):
    """A group with a field the registry has a value of."""

    rate: float


def test_the_registry_gives_what_an_underlying_has_of_its_own():
    parameters = LakeParams(underlyings={})
    assert parameters.group(RateParams, "SPY") == RateParams(rate=0.04)
    assert parameters.group(RateParams, "NIFTY") == RateParams(rate=0.06)
    assert parameters.group(BasisParams).rate == SignalParams().rate


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"NIFTI": {}}, "no underlying is called 'NIFTI'"),
        ({"NIFTY": {"start_tolerance": 1}}, r"sets start_tolerance; .*start_tolerance_s"),
        ({"NIFTY": {"start_tolerance_s": -1}}, "greater than or equal to 0"),
    ],
    ids=["underlying", "name", "value"],
)
def test_what_is_wrong_of_one_underlying_is_refused_when_parameters_are_loaded(tmp_path, own, told):
    settings = tmp_path / "parameters.yaml"
    settings.write_text(yaml.safe_dump({"underlyings": own}))
    with pytest.raises(UnknownNameError, match=told):
        parameters_from({"LAKE_PARAMETERS": str(settings)})

"""Designs: which points, over which numbers, and what is refused."""

import numpy as np
import pytest
from pydantic import ValidationError

from experiments.cells import plain
from experiments.config import load
from experiments.config_check import ConfigError
from experiments.design import Design, Values, numbers
from sim.parameters import Parameters
from sim.quantity import quantities

SETTINGS = load(["strategies=[status_quo,equidistance,domain_split,shrinking_room]", "n_worlds=4"]).settings


def test_a_grid_has_every_combination_the_last_number_fastest():
    design = Design(kind="grid", over={"parameters.local_threat": [0.0, 0.04], "parameters.rivalry_mean": Values(values=[-1.0, 2.0])}, points=3)
    # 3 evenly spaced values of the first × the 2 given of the second
    assert design.points_for(SETTINGS).values.tolist() == [[0, -1], [0, 2], [0.02, -1], [0.02, 2], [0.04, -1], [0.04, 2]]


def test_without_a_range_a_number_varies_over_its_plausible_one():
    points = Design(kind="grid", over=["parameters.rivalry_mean"], points=2).points_for(SETTINGS)
    assert tuple(points.values[:, 0]) == quantities(Parameters)["rivalry_mean"].plausible


def test_a_latin_hypercube_has_one_value_in_each_part_of_the_range():
    points = Design(kind="lhs", over={"parameters.local_threat": [0.0, 0.05], "parameters.crisis_loss": None}, points=20).points_for(SETTINGS)
    assert sorted((points.values[:, 0] / 0.05 * 20).astype(int)) == list(range(20))


@pytest.mark.parametrize("n", [1, 5, 8])
def test_a_sobol_sequence_begins_alike_whatever_its_length(n):
    def sequence(points):
        return Design(kind="sobol", over=["parameters.local_threat", "parameters.crisis_loss"], points=points).points_for(SETTINGS).values

    assert np.array_equal(sequence(n), sequence(16)[:n])


def test_the_same_seed_gives_the_same_points():
    design = Design(kind="lhs", over=["parameters.local_threat"], points=9)
    assert np.array_equal(design.points_for(SETTINGS).values, design.points_for(SETTINGS).values)
    assert not np.array_equal(design.points_for(SETTINGS).values, design.points_for(SETTINGS.replace(seed=1)).values)


def test_a_table_is_taken_as_it_stands(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("parameters.local_threat,strategies.equidistance.breadth\n0.01,0.5\n0.02,0.25\n")
    points = load(["design=table", f"design.file={file}"]).points
    assert points.names == ("parameters.local_threat", "strategies.equidistance.breadth")
    assert points.values.tolist() == [[0.01, 0.5], [0.02, 0.25]]


@pytest.mark.parametrize(("text", "said"), [
    ("parameters.local_threat\n0.01\nabc\n", "points.csv:3: expected 1 numbers, got abc"),
    ("parameters.local_threat\n0.01,2\n", "points.csv:2: expected 1 numbers"),
    ("parameters.local_threat\n", "names in the first row and a point in each other"),
    ("parameters.local_treat\n0.1\n", "did you mean parameters.local_threat?"),
    ("parameters.local_threat\n7\n", "allowed range [0, 0.5]"),
    ("parameters.local_threat\nnan\n", "allowed range [0, 0.5]"),
    ("parameters.local_threat,parameters.local_threat\n0.1,0.1\n", "a name is given twice"),
])
def test_what_is_wrong_with_a_table_is_told_with_its_line(tmp_path, text, said):
    file = tmp_path / "points.csv"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load(["design=table", f"design.file={file}"])
    assert said in str(refused.value)


@pytest.mark.parametrize(("overrides", "said"), [
    (["design=grid"], "name at least one number"),
    (["design=table"], "needs the name of a CSV file"),
    (["design=table", "design.file=/nowhere/points.csv"], "cannot be read: No such file"),
    (["design.over=[parameters.local_threat]"], "choose design=grid, lhs or sobol"),
    (["design=lhs", "design.over=[parameters.local_treat]"], "did you mean parameters.local_threat?"),
    (["design=lhs", "design.over={parameters.local_threat:[0,3]}"], "allowed range [0, 0.5]"),
    (["design=lhs", "design.over={parameters.local_threat:[0.2,0.1]}"], "must be below the second"),
    (["design=lhs", "design.over={parameters.local_threat:{values:[0.1]}}"], "only a grid takes single values"),
    (["design=grid", "design.over=[horizon]"], "unknown number 'horizon'"),
    (["design=grid", "design.over=[parameters.local_threat,parameters.crisis_loss]", "design.points=2000"], "at most 1,000,000"),
    (["design=grid", "design.over=[world.states.KHM.access_weight.china]", "design.points=2", "design.over={world.states.KHM.access_weight.china:[0.1,0.9]}"],
     "must sum to less than 1"),
])
def test_what_is_wrong_with_a_design_is_told(overrides, said):
    with pytest.raises(ConfigError) as refused:
        load(overrides)
    assert said in str(refused.value)


def test_a_design_on_the_command_line_takes_the_place_of_a_presets():
    job = load(["design=grid", "design.over={parameters.local_threat:null}", "design.over=[parameters.crisis_loss]"])
    assert job.points.names == ("parameters.crisis_loss",)


def test_every_number_of_the_model_can_be_varied():
    known = numbers(SETTINGS)
    assert {f"parameters.{name}" for name in quantities(Parameters)} <= set(known)
    for name in ("world.powers.us.budget_share", "world.states.KHM.access_weight.china", "strategies.domain_split.anchor.economy",
                 "strategies.equidistance.lean_with.perception", "strategies.shrinking_room.options.threshold", "policy.patron.reward"):
        assert name in known
        low, high = known[name].plausible
        points = Design(kind="grid", over={name: [low, high]}, points=2).points_for(SETTINGS)
        changed = points.at(SETTINGS, points.values)
        assert plain(changed) != plain(SETTINGS), name


def test_one_domain_of_a_number_that_holds_for_both():
    points = Design(kind="grid", over={"strategies.equidistance.breadth.economy": [0.2, 0.4]}, points=2).points_for(SETTINGS)
    breadth = points.at(SETTINGS, points.values).strategies["equidistance"].breadth
    assert breadth["economy"].tolist() == [0.2, 0.4]
    assert breadth["security"] == 0.7


def test_a_policy_changes_for_every_power_that_follows_it():
    settings = load(["policies.us=patron", "strategies=[status_quo]", "n_worlds=4"]).settings
    points = Design(kind="grid", over={"policy.patron.reward": [1.0, 2.0]}, points=2).points_for(settings)
    changed = points.at(settings, points.values).policies
    assert changed.china.reward.tolist() == changed.us.reward.tolist() == [1.0, 2.0]


def test_a_design_is_strict_about_its_keys():
    with pytest.raises(ValidationError):
        Design(kind="grid", over=["parameters.local_threat"], pionts=3)

"""A cell whose numbers break names the world, and replay shows that world up to the quarter in which it breaks."""

import re
import shlex

import numpy as np
import pytest

from experiments import cli
from sim.strategies import RULES
from sim.strategies.linear import LinearRule

SMALL = ["n_worlds=30", "horizon=40", "assumption_draws=0", "strategies=[status_quo,equidistance]", "executor=serial"]


class Fragile(LinearRule):
    """Has no answer to high rivalry."""

    def decide(self, seen):
        decision = super().decide(seen)
        decision.tilt = np.where(seen.rivalry > 0.85, np.nan, decision.tilt)
        return decision


@pytest.fixture
def fragile(monkeypatch):
    monkeypatch.setitem(RULES, "fragile", Fragile)


def test_replay_shows_the_world_that_broke_up_to_the_quarter_in_which_it_did(fragile, tmp_path, capsys):
    assert cli.main([*SMALL, "+strategies.equidistance.rule=fragile", f"results={tmp_path}"]) == 1
    told = capsys.readouterr().err
    world, quarter = re.search(r"tilt is not a finite number in world (\d+), quarter (\d+), strategy equidistance \(seed 2020\)", told).groups()
    command = shlex.split(re.search(r"to look at that world: counterpoise (.*)", told)[1])
    assert command[2] == world
    assert cli.main(command) == 1
    shown = capsys.readouterr().out
    assert f"it fails in quarter {quarter}: tilt is not a finite number" in shown
    rows = [line.split() for line in shown.splitlines() if re.match(r" +\d+ ", line)]
    assert int(rows[-1][0]) == int(quarter) - 1
    assert all(float(row[1]) < 0.85 for row in rows)  # rivalry until then


def test_a_design_names_the_point_as_well(fragile, tmp_path, capsys):
    design = ["design=grid", "design.over={parameters.rivalry_mean: [-9, 3]}", "design.points=2"]
    assert cli.main([*SMALL, *design, "+strategies.equidistance.rule=fragile", f"results={tmp_path}"]) == 1
    told = capsys.readouterr().err
    assert re.search(r"in world \d+, copy 1, quarter", told)
    command = shlex.split(re.search(r"to look at that world: counterpoise (.*)", told)[1])
    assert command[-2:] == ["--point", "1"]
    assert cli.main(command) == 1
    assert "it fails in" in capsys.readouterr().out

"""The command `sensitivity`: from points to indices on a known function, and a small run from end to end."""

import json
import re
from html import unescape
from pathlib import Path
from shutil import copytree

import numpy as np
import pandas as pd
import pytest

from experiments.analyses.sensitivity.analyse import decomposed, strongest
from experiments.analyses.sensitivity.design import ends_of, screening_points
from experiments.analyses.sensitivity.result import Advantage, Inputs
from experiments.methods.intervals import Estimate
from experiments.methods.sensitivity import morris, saltelli_points
from sim.axes import Array
from sim.draws import stream
from sim.parameters import Parameters
from sim.quantity import Quantity, quantities
from tests.experiments.analyses.conftest import Finished
from tests.experiments.analyses.small import CONCLUDED, SENSITIVITY
from tests.experiments.methods.test_sensitivity import ishigami, true_ishigami
from tests.given import Said, only_run, unexplained


def at(x: Array) -> Array:
    """Ishigami's function at inputs in their own units, from −π to π."""
    return ishigami((x / np.pi + 1) / 2)


def quantity_between(low: float, high: float) -> Quantity:
    return Quantity("x", "x", "-", "(-inf, inf)", (low, high), "test", "C")


def test_screening_and_indices_find_what_is_known_of_ishigami_among_inputs_that_do_nothing() -> None:
    first, total = true_ishigami()
    inputs = Inputs({f"x{i}": quantity_between(-np.pi, np.pi) for i in range(3)} | {f"nothing{i}": quantity_between(5, 6) for i in range(4)})
    # At four levels the second input takes only values at which sin² is the same two; eight tell all three from nothing.
    unit = screening_points(inputs, 40, seed=1)
    worlds = np.random.default_rng(0).normal(size=4)[None, None] * 0.1  # common to all points: moves every outcome alike
    effects = morris(unit, at(inputs.points(unit).values)[None, :, None] + worlds, stream(1, "morris", 1))
    chosen = strongest(effects, 3)
    assert set(chosen) == {0, 1, 2}
    some = inputs.only([0, 1, 2])
    rows = 16384
    design = some.points(saltelli_points(rows, 3, np.random.default_rng(2)))
    result = decomposed(at(design.values)[None, :, None] + worlds, rows, 3, seed=1)
    np.testing.assert_allclose(result.indices.first.value[0], first, atol=0.02)
    np.testing.assert_allclose(result.indices.total.value[0], total, atol=0.02)
    assert result.converged


def test_few_rows_have_not_converged() -> None:
    inputs = Inputs({f"x{i}": quantity_between(-np.pi, np.pi) for i in range(3)})
    design = inputs.points(saltelli_points(16, 3, np.random.default_rng(2)))
    assert not decomposed(at(design.values)[None, :, None], 16, 3, seed=1).converged


def test_ends_move_one_input_at_a_time_from_the_defaults() -> None:
    inputs = Inputs({"parameters.a": quantity_between(0, 1), "parameters.b": quantity_between(-2, 2)})
    points = ends_of(inputs, {"parameters.a": 0.25, "parameters.b": 0.5})
    np.testing.assert_array_equal(points.values, [[0.25, 0.5], [0, 0.5], [1, 0.5], [0.25, -2], [0.25, 2]])


def test_the_strongest_are_taken_from_every_outcome() -> None:
    points = np.vstack([np.zeros(4), np.tril(np.ones((4, 4)))])  # one trajectory with a step of 1 each
    y = np.stack([points @ [9, 8, 1, 0.1], 1e-3 * points @ [0.1, 0.1, 0.1, 9]])[..., None]
    assert set(strongest(morris(points, y, stream(1, "morris", 1)), 3)) == {0, 1, 3}


def test_sensitivity_leaves_tables_figures_and_a_page_that_opens_offline(finished: Finished) -> None:
    run = only_run(finished("sensitivity"), "sensitivity")
    screening, indices, ends, sample = (pd.read_csv(run / f"{name}.csv") for name in ("screening", "indices", "ends", "sample"))
    of_state = "world.states.KHM.growth"  # a structural number that differs by state
    assert set(screening.input) == {f"parameters.{name}" for name in quantities(Parameters)} | {of_state}
    assert set(screening.measure) == {"economic", "composite"}
    assert screening[screening.measure == "economic"].selected.sum() == 3
    assert set(indices.rows) == {2, 4, 8}
    largest = indices[(indices.rows == 8) & (indices.measure == "economic")].nlargest(3, "total")
    assert not largest.total_converged.all()  # eight rows tell nothing
    page = unexplained((run / "report.html").read_text())
    decides = re.search(r"A total Sobol index is.*?<li>Economic: (.*?)\. Of the 3 inputs,", unescape(page))[1].split("; ")
    assert ["(not converged)" in text for text in decides] == [not sure for sure in largest.total_converged]
    assert re.search(r"\d+ of 12 indices (has|have) not converged", page)
    assert len(ends) == 2 * (1 + 2 * 3)
    assert len(sample) == 16
    assert (ends.low <= ends.advantage).all()
    assert {file.stem for file in (run / "figures").glob("*.svg")} == {
        "indices", "tornado_economic", "tornado_composite", "response_economic", "response_composite"}
    assert len(page) < 3_000_000
    for words in ("95 % interval of the mean", "Worlds differ", "Assumptions differ", "converged", "counterpoise sensitivity", CONCLUDED):
        assert words in page
    assert "<script" not in page
    manifest = json.loads((run / "manifest.json").read_text())
    assert "report.html" in manifest["files"]
    assert not manifest["missing_cells"]


def test_a_parameter_that_is_set_is_not_varied(said: Said, tmp_path: Path) -> None:
    code, output, _ = said(*SENSITIVITY, "--dry-run", "parameters.rivalry_mean=1.0", f"results={tmp_path}")
    assert code == 0
    assert f"screening of {len(quantities(Parameters)) + 1 - 1} numbers" in output  # growth of the state comes, rivalry goes
    assert not list(tmp_path.iterdir())


def an_advantage(ends: list[tuple[float, float]], smallest: float) -> Advantage:
    """From the intervals at the defaults, then at the low and the high end of each input."""
    low, high = np.array(ends).T
    some, share = Estimate((low + high) / 2, low, high), Estimate(*np.full(3, 0.5))
    return Advantage(some, some, np.stack([low, high]), np.zeros(2), share, share, 1.0, 1.0, share, (), smallest)


def test_a_side_is_ahead_only_by_what_matters_and_only_that_turns_it_round() -> None:
    ends = [(0.2, 0.6), (-0.4, -0.2), (-0.9, -0.6), (0.1, 0.2), (-1.0, 1.0)]
    assert (an_advantage(ends, 0.5).standing, an_advantage(ends, 0.5).sign) == ("better", 1)
    assert [(i, side) for i, side, _ in an_advantage(ends, 0.5).turning] == [(0, "high")]
    assert [(i, side) for i, side, _ in an_advantage(ends, 0.0).turning] == [(0, "low"), (0, "high")]
    assert (an_advantage(ends, 0.7).standing, an_advantage(ends, 0.7).sign, an_advantage(ends, 0.7).turning) == ("same", 0, [])
    assert an_advantage([(-1.0, 1.0)], 0.5).standing == "open"


@pytest.mark.usefixtures("undrawn")
def test_an_advantage_too_small_to_matter_is_no_practical_difference(finished: Finished, said: Said, tmp_path: Path) -> None:
    copytree(finished("sensitivity") / "cells", tmp_path / "cells")
    code, output, _ = said(*SENSITIVITY, "payoff.matters.economic=100", f"results={tmp_path}")
    assert code == 0
    assert "Economic: hedging or alignment makes no practical difference at the defaults" in output
    assert "Economic: at the defaults there is no practical difference, so no side is ahead that could fall behind." in output
    page = unescape(unexplained((only_run(tmp_path, "sensitivity") / "report.html").read_text()))
    assert "Economic, size-adjusted: hedging or alignment makes no practical difference at the defaults, and elsewhere" in page

"""Cells that are simulated in one pass have the bits they have alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.cells.cell import AnyCell, Society
from experiments.cells.compute import compute
from experiments.cells.job_cells import job_cells_of, yearly_share
from experiments.cells.simulate import grouped, simulated, simulated_together
from experiments.cells.store import Store
from experiments.configuration.design import Points
from experiments.configuration.load import load
from experiments.executors.serial import Serial
from sim.strategies import RULES
from sim.strategies.linear import LinearRule
from tests.given import shipped

SMALL = ["horizon=6", "n_worlds=5", "assumption_draws=0"]


def cells(*overrides: str, strategies: str = "null", points: Points | None = None) -> list[AnyCell]:
    job = load([*SMALL, *([] if strategies == "null" else [f"strategies={strategies}"]), *overrides])
    return list(job_cells_of(job.settings, *(() if points is None else (points,))).cells())


def assert_same(group: list[AnyCell]) -> None:
    for cell, outcome in zip(group, simulated_together(group), strict=True):
        alone = simulated(cell)
        assert outcome.payoffs.keys() == alone.payoffs.keys()
        for measure, values in alone.payoffs.items():
            assert np.array_equal(values, outcome.payoffs[measure]), (str(cell), measure)
        for variable, values in alone.trajectories.items():
            assert np.array_equal(values, outcome.trajectories[variable]), (str(cell), variable)


@pytest.mark.parametrize("overrides", [
    (), ("deterministic=true",), ("scenario=pandemic",), ("policies.us=mirroring", "policies.china=wedge"), ("world=theory_symmetric",),
    ("scenario=challenged_government", "focal=VNM"), ("world=central_asia_2022", "scenario=cold_war")], ids=str)
def test_the_whole_library_has_the_same_bits_together(overrides: tuple[str, ...]):
    (group,) = grouped(cells(*overrides), 1024)
    assert len(group) >= len(shipped("strategies")) - 1  # one is compared only where a government is challenged
    assert_same(group)


def test_points_of_a_design_and_numbers_of_each_world_stay_with_their_columns():
    points = Points(("parameters.rivalry_mean", "policy.patron.reward"), np.array([[-1.0, 0.5], [0.5, 2.0], [1.0, 1.0]]))
    (group,) = grouped(cells(points=points, strategies="[status_quo,adaptive,shrinking_room]"), 1024)
    assert {cell.shape for cell in group} == {(3, 5)}
    assert_same(group)
    own = load([*SMALL, "strategies=[status_quo,auction]"]).settings
    p = own.parameters.model_copy(update={"backlash": np.linspace(0.05, 0.3, 5)})
    (group,) = grouped(job_cells_of(own.model_copy(update={"parameters": p})).cells(), 1024)
    assert len(group) == 2
    assert_same(group)


def test_yearly_series_too():
    settings = load([*SMALL, "horizon=8"]).settings
    bare = settings.model_copy(update={"strategies": {}})
    shares = [yearly_share(bare, strategy, ("trade/us/KHM", "debt/all/LAO"), slice(0, 5)) for strategy in list(settings.strategies.values())[:3]]
    group = [cell for share in shares for cell, _, _ in share.cells]
    assert [len(each) for each in grouped(group, 1024)] == [3]
    assert_same(list(group))


@pytest.mark.parametrize("n_worlds", [1, 5])
def test_societies_of_the_same_worlds_too(n_worlds: int):
    settings = load(SMALL).settings.model_copy(update={"strategies": {}, "peers": {}, "n_worlds": n_worlds})
    by_world = {"discount_rate": np.linspace(0.01, 0.05, n_worlds), "backlash": np.linspace(0.05, 0.3, n_worlds)} if n_worlds > 1 else {}
    settings = settings.model_copy(update={"parameters": settings.parameters.model_copy(update=by_world)})
    library, shape = tuple(shipped("strategies").values()), (len(settings.world.states), n_worlds)
    rng = np.random.default_rng(5)
    some = [Society(settings.model_copy(), library, rng.integers(len(library), size=shape), 1) for _ in range(2)]
    reference = Society(settings, library[3:4], np.zeros(shape, dtype=np.int16), 1)
    (group,) = grouped([*some, reference], 1024)
    assert_same(group)
    other_worlds = Society(settings.model_copy(update={"seed": 1}), library, some[0].plays, 1)
    others = [replace(reference, block=0), replace(reference, plays=np.zeros((shape[0], n_worlds + 1), dtype=int)), replace(reference, code={})]
    assert [len(each) for each in grouped([reference, other_worlds, *others], 1024)] == [1] * 5
    assert [len(each) for each in grouped([*some, reference], 2 * n_worlds)] == [2, 1]


def test_only_cells_that_differ_in_their_strategy_alone_are_grouped_and_no_more_than_fit():
    some = cells(strategies="[status_quo,equidistance,auction,isolation]")
    assert [len(group) for group in grouped(some, 15)] == [3, 1]
    assert [len(group) for group in grouped(some, 4)] == [1, 1, 1, 1]
    others = cells("parameters.rivalry_mean=1", strategies="[status_quo,equidistance]")
    assert [len(group) for group in grouped([*some, *others], 1024)] == [4, 2]
    points = Points(("strategies.equidistance.breadth",), np.array([[0.3], [0.6]]))
    assert [len(group) for group in grouped(cells(points=points, strategies="[equidistance,status_quo]"), 1024)] == [1, 1]
    two = job_cells_of(load([*SMALL, "strategies=[status_quo,auction]", "n_worlds=1030"]).settings).cells()
    assert [[cell.block for cell in group] for group in grouped(two, 2048)] in ([[0, 0], [1, 1]], [[1, 1], [0, 0]])


def test_a_strategy_that_fails_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Broken(LinearRule):
        def decide(self, seen):
            raise OSError("my disk is full")

    monkeypatch.setitem(RULES, "broken", Broken)
    settings = load([*SMALL, "strategies=[status_quo,equidistance,auction]"]).settings
    strategies = {name: strategy.model_copy(update={"rule": "broken"}) if name == "equidistance" else strategy
                  for name, strategy in settings.strategies.items()}
    some, store, done = job_cells_of(settings.model_copy(update={"strategies": strategies})).cells(), Store(tmp_path), []
    with Serial() as executor:
        failures = compute(some, store, executor, 1, lambda cell: done.append(str(cell)))
    assert [str(failure.cell) for failure in failures] == ["equidistance, block 0"]
    assert "my disk is full" in str(failures[0].error)
    assert sorted(done) == ["auction, block 0", "status_quo, block 0"]

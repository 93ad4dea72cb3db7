"""Running in blocks and on several cores changes no number."""

import numpy as np
import pytest

from experiments.analyses.comparison.assumptions import assess
from experiments.analyses.comparison.checks import batches, drawn
from experiments.cells.archive import TRAJECTORIES
from experiments.cells.compute import compute
from experiments.cells.job_cells import gathered, job_cells_of, results_of, run
from experiments.cells.plan import plan_of
from experiments.cells.simulate import simulated, worlds_met
from experiments.cells.store import Store
from experiments.configuration.design import Design, Points, Values
from experiments.configuration.load import load
from experiments.executors.processes import Processes
from experiments.executors.serial import Serial
from sim import simulation
from sim.parameters import Parameters
from sim.payoffs import payoffs
from sim.quantity import quantities

OVERRIDES = ["strategies=[status_quo,equidistance]", "horizon=6"]


@pytest.fixture(scope="module")
def results():
    return run(load([*OVERRIDES, "n_worlds=1030"]).settings)  # two blocks, the second with six worlds


def test_every_world_of_every_block_has_its_payoff(results):
    assert all(values.shape == (2, 1030) and np.isfinite(values).all() for values in results.payoffs.values())


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_executor_and_order_change_no_bit(results, tmp_path, workers):
    job_cells = job_cells_of(load([*OVERRIDES, "n_worlds=1030"]).settings)
    cells = job_cells.cells()
    np.random.Generator(np.random.SFC64(workers)).shuffle(cells)
    executor = Serial() if workers == 1 else Processes(workers)
    with executor:
        assert compute(cells, Store(tmp_path), executor, workers) == []
    stored = results_of(job_cells, Store(tmp_path).read)
    for measure, values in results.payoffs.items():
        assert np.array_equal(values, stored.payoffs[measure])
    for name in TRAJECTORIES:
        assert np.array_equal(results.trajectories["equidistance"][name], stored.trajectories["equidistance"][name])


@pytest.mark.parametrize(("workers", "order"), [(2, [0, 1, 0, 1, 2, 2]), (3, [0, 1, 2, 0, 1, 2]), (4, [0, 1, 2, 0, 1, 2])])
def test_each_worker_can_stay_with_its_random_tables(workers, order, tmp_path):
    given = []

    class Noted(Processes):
        def submit(self, fn, /, cell, *args, near=None):
            given.append((cell.block, near))
            return Serial().submit(lambda: None)

    with Noted(workers) as executor:
        compute(job_cells_of(load([*OVERRIDES, "n_worlds=3072"]).settings).cells(), Store(tmp_path), executor, workers)
    assert [block for block, _ in given] == order
    assert len(set(given)) == 3  # cells of a block are near each other, and no others


def test_strategies_that_meet_the_same_points_follow_each_other():
    points = Points(("parameters.rivalry_mean", "strategies.equidistance.speed"), np.array([[0.1 * i, 0.5] for i in range(300)]))
    cells = job_cells_of(load([*OVERRIDES, "n_worlds=8"]).settings, points).cells()
    met = [(cell.strategy.name, worlds_met(cell)) for cell in cells]
    assert [name for name, _ in met] == ["status_quo", "equidistance"] * 3  # two full chunks of 128 points, and the others
    assert [one for _, one in met[::2]] == [other for _, other in met[1::2]]
    assert len({worlds for _, worlds in met}) == 3


def test_fewer_worlds_are_the_first_ones_of_more(results):
    fewer = run(load([*OVERRIDES, "n_worlds=5"]).settings)
    for measure, values in fewer.payoffs.items():
        assert np.array_equal(values, results.payoffs[measure][:, :5])


def test_more_worlds_need_their_own_blocks_alone(tmp_path):
    jobs_cells = [job_cells_of(load([*OVERRIDES, "horizon=1", f"n_worlds={n}"]).settings) for n in (1024, 1030)]
    store = Store(tmp_path)
    assert compute(jobs_cells[0].cells(), store, Serial(), 1) == []
    plan = plan_of([jobs_cells[1]], store, 1)
    assert [(cell.strategy.name, cell.block, cell.n_worlds) for cell in plan.missing] == [("status_quo", 1, 6), ("equidistance", 1, 6)]


def test_a_strategy_beside_it_changes_no_number(results):
    alone = run(load(["strategies=[equidistance]", "horizon=6", "n_worlds=5"]).settings)
    row = results.strategies.index("equidistance")
    assert np.array_equal(alone.payoffs["economic"][0], results.payoffs["economic"][row, :5])


def test_payoffs_are_those_of_the_history(results):
    settings = load([*OVERRIDES, "n_worlds=5"]).settings
    by_hand = payoffs(simulation.simulate(settings, "equidistance"), settings)
    row = results.strategies.index("equidistance")
    for measure, values in by_hand.items():
        assert np.array_equal(values, results.payoffs[measure][row, :5])


def test_courses_are_quantiles_in_order_and_the_mean_of_the_first_block(results):
    for name in TRAJECTORIES:
        trajectory = results.trajectories["equidistance"][name]
        assert trajectory.shape[0] == 6
        assert (np.diff(trajectory[..., :5], axis=-1) >= 0).all()
    settings = load([*OVERRIDES, "n_worlds=1030"]).settings
    trust = simulation.simulate(settings, "equidistance", record=["trust"], states="focal")["trust"][:, :, 0, :1024]
    assert results.trajectories["equidistance"]["trust"][..., 2] == pytest.approx(np.median(trust, axis=-1))
    assert results.trajectories["equidistance"]["trust"][..., 5] == pytest.approx(trust.mean(axis=-1))


def test_assumptions_are_drawn_evenly_over_their_ranges_and_nothing_else_moves():
    settings = load(OVERRIDES).settings
    varied = drawn(settings, 40)
    for name, q in quantities(type(settings.parameters)).items():
        value = getattr(varied.parameters, name)
        if q.grade == "C":
            low, high = q.plausible
            # a Latin hypercube: one value in each fortieth of the range
            assert sorted(((value - low) / (high - low) * 40).astype(int)) == list(range(40)), name
        else:
            assert value == getattr(settings.parameters, name)
    focal = settings.world.states[settings.focal]
    tilts = varied.world.states[settings.focal].tilt
    between = sum(tilts.values()) / len(tilts)  # the measures of tilt disagree, and what lies between them is as likely
    assert min(focal.tilt.values()) <= between.min() < between.max() <= max(focal.tilt.values())
    assert varied.replace(n_worlds=settings.n_worlds, parameters=settings.parameters, world=settings.world) == settings


def test_the_check_of_assumptions_finds_the_parameter_that_moves_the_difference():
    # The two differ in defence alone. What defence is good for is not consumption, so the costlier strategy always brings less.
    same = [f"strategies.internal_balancing.{what}=start" for what in ("anchor", "breadth")]
    settings = load(["strategies=[status_quo,internal_balancing]", "horizon=8", "n_worlds=8", *same]).settings
    checks = batches(settings, 64)
    outcomes = {cell.key: simulated(cell) for batch in checks for cell in batch.cells()}
    table = assess(checks, outcomes.__getitem__, tuple(settings.strategies), "status_quo", load(["n_worlds=1"]).run.payoff).table
    row = table[(table.strategy == "internal_balancing") & (table.measure == "economic")].iloc[0]
    assert row.worse > 0.9
    assert row.mover in quantities(type(settings.parameters))
    reference = table[table.strategy == "status_quo"]
    assert (reference.better == 0).all()
    assert (reference.mover == "").all()


def test_values_per_world_follow_their_world_into_its_block():
    settings = load(["strategies=[status_quo]", "horizon=4", "n_worlds=1030"]).settings
    threat = np.linspace(0, 0.05, 1030)
    varied = settings.replace(parameters=settings.parameters.model_copy(update={"local_threat": threat}))
    row = run(varied).payoffs["security"][0]
    single = settings.replace(parameters=settings.parameters.model_copy(update={"local_threat": float(threat[1027])}))
    assert row[1027] == run(single).payoffs["security"][0, 1027]


GRID = {"parameters.rivalry_mean": None, "strategies.equidistance.breadth": Values(values=[0.3, 0.9])}


@pytest.fixture(scope="module")
def grid():
    settings = load([*OVERRIDES, "n_worlds=400"]).settings  # two points fill a block
    return job_cells_of(settings, Design(kind="grid", over=GRID, points=3).points_for(settings))


def test_a_point_of_a_design_has_the_bits_of_a_job_of_its_own(grid):
    outcomes = {cell.key: simulated(cell) for cell in grid.cells()}
    values = {name: gathered(grid, name, outcomes.__getitem__)[0] for name in grid.shares}
    for point, (rivalry, breadth) in enumerate(grid.points.values):
        alone = load([*OVERRIDES, "n_worlds=400", f"parameters.rivalry_mean={rivalry}", f"strategies.equidistance.breadth={breadth}"]).settings
        for measure, expected in run(alone).payoffs.items():
            assert np.array_equal([values[name][measure][point] for name in grid.shares], expected), (measure, point)


def test_a_strategy_is_simulated_once_where_a_design_does_not_reach_it(grid):
    assert grid.shares["equidistance"].n_points == 6
    assert grid.shares["status_quo"].n_points == 3  # rivalry reaches it, the breadth of another does not
    assert [len(cell.points) for cell, _, _ in grid.shares["status_quo"].cells] == [2, 1]
    assert sum(cell.size for cell in grid.cells()) == (6 + 3) * 400


def test_more_worlds_than_a_block_at_several_points():
    settings = load([*OVERRIDES, "n_worlds=1030", "strategies=[status_quo]"]).settings
    job_cells = job_cells_of(settings, Design(kind="grid", over=["parameters.local_threat"], points=2).points_for(settings))
    assert [(cell.block, cell.n_worlds, len(cell.points)) for cell in job_cells.cells()] == [(0, 1024, 1), (0, 1024, 1), (1, 6, 2)]
    outcomes = {cell.key: simulated(cell) for cell in job_cells.cells()}
    values = gathered(job_cells, "status_quo", outcomes.__getitem__, ["security"])[0]["security"]
    high = settings.replace(parameters=settings.parameters.model_copy(update={"local_threat": quantities(Parameters)["local_threat"].plausible[1]}))
    assert np.array_equal(values[1], run(high).payoffs["security"][0])


def test_points_keep_the_order_of_the_design():
    points = Points(("parameters.local_threat", "strategies.a.breadth"), np.array([[0.2, 1], [0.1, 1], [0.2, 0], [0.1, 0]]))
    felt, index = points.reaching("b")
    assert felt.values.tolist() == [[0.2], [0.1]]
    assert index.tolist() == [0, 1, 0, 1]
    assert points.reaching("a")[0].values.tolist() == points.values.tolist()

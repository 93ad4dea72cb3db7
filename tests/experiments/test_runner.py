"""Running in blocks and on several cores changes no number."""

import numpy as np
import pytest

from experiments.assumptions import check, drawn
from experiments.config import load
from experiments.runner import COURSES, pool, run
from sim import simulation
from sim.payoffs import payoffs
from sim.quantity import quantities

OVERRIDES = ["strategies=[status_quo,equidistance]", "horizon=6"]


@pytest.fixture(scope="module")
def results():
    return run(load([*OVERRIDES, "n_worlds=1030"]).settings)  # two blocks, the second with six worlds


def test_every_world_of_every_block_has_its_payoff(results):
    assert all(values.shape == (2, 1030) and np.isfinite(values).all() for values in results.payoffs.values())


def test_workers_give_the_same_bits(results):
    settings = load([*OVERRIDES, "n_worlds=1030"]).settings
    with pool(2) as executor:
        parallel = run(settings, executor, 2)
    for measure, values in results.payoffs.items():
        assert np.array_equal(values, parallel.payoffs[measure])


def test_fewer_worlds_are_the_first_ones_of_more(results):
    fewer = run(load([*OVERRIDES, "n_worlds=5"]).settings)
    for measure, values in fewer.payoffs.items():
        assert np.array_equal(values, results.payoffs[measure][:, :5])


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
    for name in COURSES:
        course = results.courses["equidistance"][name]
        assert course.shape[0] == 6
        assert (np.diff(course[..., :5], axis=-1) >= 0).all()
    settings = load([*OVERRIDES, "n_worlds=1030"]).settings
    trust = simulation.simulate(settings, "equidistance", record=["trust"], states="focal")["trust"][:, :, 0, :1024]
    assert results.courses["equidistance"]["trust"][..., 2] == pytest.approx(np.median(trust, axis=-1))
    assert results.courses["equidistance"]["trust"][..., 5] == pytest.approx(trust.mean(axis=-1))


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


def test_the_check_of_assumptions_finds_the_parameter_that_moves_the_difference():
    # With no cost but that of defence there is one assumption left to find: what defence is good for is not consumption,
    # so the costlier strategy always brings less.
    settings = load(["strategies=[status_quo,internal_balancing]", "horizon=8"]).settings
    table = check(settings, "status_quo", 64).table
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

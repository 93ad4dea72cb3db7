"""What conclusions are checked against: other structures of the model, and other facts within what their grade allows."""

from functools import cache

import numpy as np
import pytest

from experiments.analyses.comparison import drawn_facts, structures
from experiments.analyses.comparison.checks import STRUCTURES, batches, drawn, of_structures, points_of
from experiments.analyses.comparison.drawn_facts import TILT_OFF, WITHIN, tilt_between
from experiments.cells.job_cells import run
from experiments.cells.simulate import simulated
from experiments.configuration.design import value_of
from experiments.configuration.load import load
from sim.data import State
from sim.payoffs import RETURNS
from sim.quantity import quantities
from sim.settings import Settings
from tests import given

SMALL = ("n_worlds=4", "horizon=4", "strategies=[status_quo,bandwagon_second]")


@cache
def settings(world: str = "cambodia_2020") -> Settings:
    return given.preset(world, *SMALL)


class TestStructures:
    @pytest.mark.parametrize("world", given.WORLDS)
    def test_each_changes_what_it_names_and_nothing_else(self, world: str) -> None:
        points = points_of(given.preset(world))
        own = np.array([value_of(given.preset(world), name) for name in points.names])
        for row, (name, structure) in zip(points.values, STRUCTURES.items(), strict=True):
            changed = {key for key, value, usual in zip(points.names, row, own, strict=True) if value != usual}
            for end in structure.changes:  # it ends some number, so that a misspelt one is found
                assert [key for key in points.names if (end[:-1] in key if end.endswith("*") else key.endswith(end))], (name, end)
            assert all(any(end.rstrip("*") in key for end in structure.changes) for key in changed), name
        assert (points.values[0] == own).all()
        assert next(iter(STRUCTURES)) == "as_it_is"

    def test_a_structure_is_the_comparison_with_that_number(self) -> None:
        cells = of_structures(settings())
        outcomes = {cell.key: simulated(cell) for cell in cells.cells()}
        result = structures.assess(cells, outcomes.__getitem__, tuple(settings().strategies), "status_quo", load(["n_worlds=1"]).run.payoff)
        for name, changed in (("as_it_is", {}), ("contest_strong", {"contest_bonus": 4.0}), ("loss_in_accounts", {"loss_in_accounts": 1.0})):
            payoffs = run(given.with_parameters(settings(), **changed)).payoffs
            for measure in RETURNS:
                np.testing.assert_allclose(result.values[measure][:, list(STRUCTURES).index(name)], payoffs[measure], rtol=1e-12, atol=1e-15)
        table = result.table.set_index(["strategy", "measure", "structure"])
        assert len(table) == 2 * len(RETURNS) * len(STRUCTURES)
        assert (table.loc["status_quo"] == 0).all().all()


class TestFacts:
    def test_every_figure_stays_within_what_its_grade_allows_and_nothing_stays_nothing(self) -> None:
        one, other = settings().world, drawn_facts.drawn(settings(), 50).world
        for name, state in one.states.items():
            for fact, known in quantities(State).items():
                before, after = getattr(state, fact), getattr(other.states[name], fact)
                if fact in ("tilt", "treaty") or before is None:
                    assert fact == "tilt" or after == before
                    continue
                for key in before if isinstance(before, dict) else [None]:
                    was, now = (value if key is None else value[key] for value in (before, after))
                    if was:
                        assert np.shape(now) == (50,)
                        # Evenly over the range, but for where it ends at that of the number.
                        assert np.abs(now / was - 1).max() <= WITHIN[known.grade] + 1e-12
                        assert np.abs(now / was - 1).max() > 0.9 * WITHIN[known.grade]
                    else:
                        assert now == 0
        assert np.abs(other.world_output / one.world_output - 1).max() <= WITHIN["A"]

    def test_a_treaty_stays_and_tilt_lies_between_its_measures(self) -> None:
        states = drawn_facts.drawn(settings(), 50).world.states
        assert states["THA"].treaty == settings().world.states["THA"].treaty
        tilt = states["KHM"].tilt  # measured as .154 and .46
        assert (tilt["survey"] == tilt["votes"]).all()
        assert 0.154 <= tilt["survey"].min() < 0.2
        assert 0.42 < tilt["survey"].max() <= 0.46

    def test_a_tilt_of_one_measure_may_be_off_to_both_sides_and_stays_a_tilt(self) -> None:
        state = given.facts(0, tilt={"votes": 0.95})
        assert tilt_between(state, np.array([0.0, 0.5, 1.0]))["votes"] == pytest.approx([0.95 - TILT_OFF, 0.95, 1.0])

    def test_the_same_seed_draws_the_same_facts_and_another_seed_others(self) -> None:
        one, again, other = (drawn_facts.drawn(settings().replace(seed=seed), 5).world.states["VNM"].output for seed in (1, 1, 2))
        assert (one == again).all()
        assert (one != other).any()


def test_each_check_has_its_own_draws_and_the_same_strategies() -> None:
    numbers, of_structures, facts = batches(settings(), 6)
    assert [cells.settings.n_worlds for cells in (numbers, of_structures, facts)] == [6, 4, 3]
    assert len(of_structures.points) == len(STRUCTURES)
    assert {tuple(cells.settings.strategies) for cells in (numbers, of_structures, facts)} == {("status_quo", "bandwagon_second")}


def test_the_focal_states_own_tilt_is_drawn_with_the_assumptions() -> None:
    result = drawn(settings(), 8)
    assert np.ptp(result.world.states["KHM"].tilt["survey"]) > 0.1
    assert result.world.states["VNM"] == settings().world.states["VNM"]
    assert np.shape(result.parameters.local_threat) == (8,)
    assert np.shape(result.parameters.capital_elasticity) == ()  # grade B stays

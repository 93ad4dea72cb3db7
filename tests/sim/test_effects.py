"""Which numbers of the model change what is measured of the state that is compared."""

import numpy as np
import pytest

from experiments.configuration.design import Points, numbers
from sim.data import Elections
from sim.payoffs import payoffs
from sim.scenario import Event
from sim.settings import Settings
from sim.simulation import simulate
from tests import given

STRATEGIES = ("equidistance", "adaptive", "ambiguity_hedge", "internal_balancing", "shrinking_room", "omnibalancing", "external_balancing")


def rich() -> Settings:
    """Every mechanism at work: norms and pressure, elections, a challenge, a crisis and a pandemic, strategies that diversify, defend and learn."""
    named = given.shipped("strategies")
    strategies = {name: named[name] for name in STRATEGIES}
    strategies["equidistance"] = given.rebuilt(strategies["equidistance"], diversification=0.3)
    settings = given.made_up(n_worlds=2, horizon=12, strategies=strategies)
    settings = given.with_states(settings, elections=Elections(first="2021Q2", every=4))
    settings = given.with_states(
        settings, ("S0",), claims={"east": 0.005, "west": 0.001}, treaty={"east": 0.0, "west": 1.0}, governance_gap={"east": 0.3, "west": 0.6})
    pressing = given.rebuilt(given.shipped("policy")["mirroring"], norms=0.3, name="pressing")
    settings = given.with_policies(settings, given.rebuilt(given.GIVING, norms=0.2, withdraw=0.5), pressing, resting=True)
    settings = given.with_parameters(
        settings, pandemic_hazard=0.5, unrest_hazard=0.1, crisis_hazard=0.1, loss_in_accounts=0.5, distress_threshold=0.3, visit_rate=2.0)
    return given.with_events(
        settings, Event(kind="crisis", start=3), Event(kind="pandemic", start=5), Event(kind="challenge", start=4, value=0.7),
        Event(kind="pressure", actor="west", target="all", start=2, value=0.6))


def measured(settings: Settings, strategy: str) -> np.ndarray:
    return np.stack(list(payoffs(simulate(settings, strategy), settings).values()))


@pytest.mark.slow
def test_each_number_changes_a_measure_but_three_of_other_states() -> None:
    settings = rich()
    before = {name: measured(settings, name) for name in settings.strategies}
    without = []
    for name, known in numbers(settings).items():
        strategies = [name.split(".")[1]] if name.startswith("strategies.") else list(settings.strategies)
        ends = [Points((name,), np.array([[end]])).at(settings, np.full((settings.n_worlds, 1), end)) for end in known.plausible]
        if all(np.array_equal(measured(end, strategy), before[strategy]) for end in ends for strategy in strategies):
            without.append(name)
    # Unrest follows legitimacy from where it was. And a power does not protect whom it sees on the other side: S1 leans to the second.
    others = {"world.states.S1.legitimacy", "world.states.S2.legitimacy", "world.states.S1.treaty.east"}
    assert set(without) == others, sorted(set(without) ^ others)

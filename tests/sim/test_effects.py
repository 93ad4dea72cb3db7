"""Which numbers of the model change what is measured of the state that is compared."""

import numpy as np
import pytest

from experiments.configuration.design import Points, numbers
from experiments.configuration.load import load
from sim import simulate
from sim.payoffs import payoffs
from sim.settings import Settings

#: Every mechanism at work: norms and pressure, a crisis and a pandemic, strategies that diversify, defend and learn, a threshold that is passed.
RICH = ("strategies=[equidistance,adaptive,ambiguity_hedge,internal_balancing,shrinking_room]", "n_worlds=2", "horizon=12",
        "policies.china=norm_promoter", "policies.us=mirroring", "policy.mirroring.norms=0.3", "world.states.KHM.governance_gap.china=0.3",
        "parameters.instability_threshold=0.5", "parameters.pandemic_hazard=0.5", "strategies.equidistance.diversification=0.3",
        "scenario.events=[{kind: crisis, start: 3}, {kind: pandemic, start: 5}, {kind: pressure, actor: us, target: all, start: 2, value: 0.6}]")


def measured(settings: Settings, strategy: str) -> np.ndarray:
    return np.stack(list(payoffs(simulate(settings, strategy), settings).values()))


@pytest.mark.slow
def test_each_number_changes_a_measure_and_the_debt_of_other_states_changes_none() -> None:
    settings = load(RICH).settings
    before = {name: measured(settings, name) for name in settings.strategies}
    without = []
    for name, known in numbers(settings).items():
        strategies = [name.split(".")[1]] if name.startswith("strategies.") else list(settings.strategies)
        ends = [Points((name,), np.array([[end]])).at(settings, np.full((settings.n_worlds, 1), end)) for end in known.plausible]
        if all(np.array_equal(measured(end, strategy), before[strategy]) for end in ends for strategy in strategies):
            without.append(name)
    others = {f"world.states.{state}.debt_ratio.{power}" for state in settings.world.states if state != settings.focal for power in ("china", "us")}
    assert set(without) == others, sorted(set(without) ^ others)

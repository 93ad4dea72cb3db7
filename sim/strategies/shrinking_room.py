"""A strategy with its own code: hedge at low rivalry, choose a side at high rivalry.

Copy this file to write a strategy that the linear rule cannot express: one class, one line in
`sim/strategies/__init__.py`, one YAML in `conf/strategies`. The contract tests then cover it.
"""

import numpy as np

from sim.quantity import Number, Quantities, quantity
from sim.rules.numeric import expit
from sim.strategies.linear import LinearRule
from sim.strategies.observation import Decision, Observation

#: Breadth of a state that has chosen a side.
CHOSEN_BREADTH = 0.5


class Options(Quantities):
    """The numbers of `shrinking_room`."""

    threshold: Number = quantity(
        0.75, meaning="Rivalry at which the state is half-way from hedging to choosing a side", symbol="threshold", domain="[0, 1]", plausible=(0.3, 0.9),
        source="assumption; direction: Korolev (2019)")
    softness: Number = quantity(
        0.05, meaning="Width of the change from hedging to choosing a side", symbol="softness", domain="[0.001, 1]", plausible=(0.02, 0.2),
        source="assumption")


class ShrinkingRoom(LinearRule):
    """The linear rule at low rivalry; at high rivalry, alignment with the power that the state already seems closer to.

    Source: Korolev (2019), "Shrinking room for hedging", International Relations of the Asia-Pacific 19(3).
    """

    Options = Options

    def decide(self, seen: Observation) -> Decision:
        """As the linear rule, but choose the closer side and cooperate as one who has chosen as rivalry rises."""
        assert isinstance(self.options, Options)
        squeezed = expit((seen.rivalry - self.options.threshold) / self.options.softness)
        closer = np.sign(seen.alignment[0] - seen.alignment[1])
        aim = (1 - squeezed) * self.leaning(seen) + squeezed * closer + self.answer(seen)
        return self.move(seen, aim, (1 - squeezed) * self.breadth + squeezed * CHOSEN_BREADTH)

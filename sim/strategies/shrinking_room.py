"""A strategy with code of its own: hedge while there is room, choose when rivalry leaves none.

Copy this file to write a strategy that the linear rule cannot express: one class, one line in
`sim/strategies/__init__.py`, one YAML in `conf/strategies`. The contract tests then cover it.
"""

from sim.quantity import Number, Quantities, quantity
from sim.rules.numeric import clip, expit
from sim.strategies.linear import LinearRule
from sim.strategies.observation import Decision, Observation

#: A state seen as leaning by half already chooses its side wholly.
CHOICE_GAIN = 2


class Options(Quantities):
    """The numbers of `shrinking_room`."""

    threshold: Number = quantity(
        0.6, meaning="Rivalry at which half the room is gone", symbol="threshold", domain="[0, 1]", plausible=(0.3, 0.9),
        source="assumption; direction: Korolev (2019)")
    softness: Number = quantity(
        0.05, meaning="Width of the change-over", symbol="softness", domain="[0.001, 1]", plausible=(0.02, 0.2),
        source="assumption")


class ShrinkingRoom(LinearRule):
    """The linear rule at low rivalry; at high rivalry, alignment with the power one already seems closer to.

    Source: Korolev (2019), "Shrinking room for hedging", International Relations of the Asia-Pacific 19(3).
    """

    Options = Options

    def decide(self, seen: Observation) -> Decision:
        """As the linear rule, but choose a side and close the other door as the room shrinks."""
        assert isinstance(self.options, Options)
        squeezed = expit((seen.rivalry - self.options.threshold) / self.options.softness)
        closer = clip(CHOICE_GAIN * seen.perception(), -1, 1)
        return self.move(seen, self.aim(seen) + squeezed * closer, self.breadth * (1 - squeezed))

"""Strategies of small states: their numbers, what they observe, and how they decide."""

from sim.strategies.linear import LinearRule
from sim.strategies.shrinking_room import ShrinkingRoom

#: The class for each `rule:` of a strategy YAML. A new rule needs one line here.
RULES: dict[str, type[LinearRule]] = {
    "linear": LinearRule,
    "shrinking_room": ShrinkingRoom,
}

"""Strategies of small states: what they are made of, what they see, and how they decide."""

from sim.strategies.linear import LinearRule
from sim.strategies.shrinking_room import ShrinkingRoom

#: Rule of a strategy YAML (`rule:`) to the class that decides. Add a line for a rule of your own.
RULES: dict[str, type[LinearRule]] = {
    "linear": LinearRule,
    "shrinking_room": ShrinkingRoom,
}

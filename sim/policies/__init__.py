"""Policies of great powers: what they are made of, what they see, and how they decide."""

from sim.policies.mirroring import Mirroring
from sim.policies.standing import StandingRule

#: Rule of a policy YAML (`rule:`) to the class that decides. Add a line for a rule of your own.
RULES: dict[str, type[StandingRule]] = {
    "standing": StandingRule,
    "mirroring": Mirroring,
}

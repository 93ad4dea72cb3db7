"""Policies of great powers: their numbers, what they observe, and how they decide."""

from sim.policies.mirroring import Mirroring
from sim.policies.standing import StandingRule

#: The class for each `rule:` of a policy YAML. A new rule needs one line here.
RULES: dict[str, type[StandingRule]] = {
    "standing": StandingRule,
    "mirroring": Mirroring,
}

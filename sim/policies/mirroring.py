"""A policy with its own code: match the rival's last visits and aid, state by state.

Copy this file to write a policy that reacts to what it observes: one class, one line in
`sim/policies/__init__.py`, one YAML in `conf/policy`. The contract tests then cover it.
"""

import numpy as np

from sim.axes import TINY, Array
from sim.policies.standing import Offer, PowerObservation, StandingRule
from sim.quantity import Number, Quantities, quantity


class Options(Quantities):
    """The numbers of `mirroring`."""

    visit_response: Number = quantity(
        1.0, meaning="Effort in visits added after a visit by the rival", symbol="visit_response", domain="[0, 10]",
        plausible=(0, 3), source="assumption; Leng (1993)")
    aid_response: Number = quantity(
        1.0, meaning="Flows added per share of the rival in last quarter's aid", symbol="aid_response",
        domain="[0, 10]", plausible=(0, 3), source="assumption; Hernandez (2017)")


class Mirroring(StandingRule):
    """The standing rule, plus more visits where the rival has just visited and more flows where it gave more aid."""

    Options = Options

    def decide(self, seen: PowerObservation) -> Offer:
        """As the standing rule, and match the rival."""
        assert isinstance(self.options, Options)
        rival_part: Array = seen.rival_aid / np.maximum(seen.aid + seen.rival_aid, TINY)
        return Offer(
            drive=self.drive(seen),
            attraction=self.attraction(seen) * (1 + self.options.aid_response * rival_part),
            visits=self.policy.visits + self.options.visit_response * seen.rival_visits,
        )

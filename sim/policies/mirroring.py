"""A policy with its own code: match the rival's last visits and aid, state by state.

Copy this file to write a policy that reacts to what it observes: one class, one line in
`sim/policies/__init__.py`, one YAML in `conf/policy`. The contract tests then cover it.
"""

import numpy as np

from sim.axes import TINY, Array
from sim.policies.standing import PowerObservation, StandingRule
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

    def attraction(self, seen: PowerObservation, start: PowerObservation) -> Array:
        """As the standing rule, and more where the rival gives more aid than at the start."""
        return super().attraction(seen, start) * self._matching(seen) / self._matching(start)

    def _matching(self, seen: PowerObservation) -> Array:
        assert isinstance(self.options, Options)
        return 1 + self.options.aid_response * seen.rival_aid / np.maximum(seen.aid + seen.rival_aid, TINY)

    def visits(self, seen: PowerObservation) -> Array:
        """As the standing rule, and more where the rival has just visited."""
        assert isinstance(self.options, Options)
        return self.policy.visits + self.options.visit_response * seen.rival_visits

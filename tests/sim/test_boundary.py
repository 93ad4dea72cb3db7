"""The allocation boundary: where opening to both powers stops attracting more than siding with one.

A small state that opens fully to both is believed aligned with each at P = 1 - z, where z is how far a power
reads the rival's gain as its own loss. One that sides wholly with power 0 is believed at (1, -z). Each power
gave the same at the start, to an even state, and gives in proportion to exp(phi P) now; power 1 cuts its budget to beta,
and only the share r of power 1's flow reaches a door that is closed to it. The hedger receives more where

    (1 + beta) e^(phi (1-z)) > e^phi + beta r e^(-phi z)    <=>    z < ln((1+beta) e^phi - beta r) / phi - 1.
"""

import math
from typing import Any

import numpy as np
import pytest

from sim.settings import Settings
from tests import given

HEDGER = given.strategy(name="hedger", anchor=0.0, breadth=1.0, speed=1.0)
BANDWAGONER = given.strategy(name="bandwagoner", anchor=1.0, breadth=0.5, speed=1.0)

CASES = [
    (beta, phi, r) for beta in (0.3, 0.5, 1.0, 2.0) for phi in (0.7, 1.5, 2.0, 3.0) for r in (0.0, 0.3, 1.0)
    if 0 < math.log((1 + beta) * math.exp(phi) - beta * r) / phi - 1 <= 1
]


def boundary(beta: float, phi: float, r: float) -> float:
    return math.log((1 + beta) * math.exp(phi) - beta * r) / phi - 1


def received(beta: Any, phi: Any, r: Any, z: Any) -> Any:
    """Flow to the hedger over flow to the bandwagoner, once perception has converged; each number, or one per world."""
    beta, phi, r, z = np.broadcast_arrays(np.atleast_1d(beta), phi, r, z)
    settings: Settings = given.preset("theory_symmetric").replace(n_worlds=beta.size, horizon=25, deterministic=True)
    # Small relative to the budgets: what it attracts does not crowd itself out. No debt, so no distress.
    little, none = dict.fromkeys(settings.world.powers, 1e-8), dict.fromkeys((*settings.world.powers, "other"), 0.0)
    settings = given.with_states(settings, (settings.focal,), investment={**little, "rest": 1.0}, aid=little, debt=none)
    settings = given.with_parameters(
        settings, lens_low_economy=z, lens_high_economy=z, lens_low_security=z, lens_high_security=z, observation_noise=0.0, belief_gain=0.7,
        flow_weight_economy=0.0, flow_weight_security=0.0, trust_elasticity=0.0, contest_bonus=0.0, compliance=0.0, backlash=0.0, unconditional_flow=r)
    settings = given.with_policies(settings, given.policy(reward=phi, commitment=1.0), given.policy(reward=phi, commitment=beta))
    flows = [given.run(settings, course, record=["flow"])["flow"][-1, :, 0].sum(axis=0) for course in (HEDGER, BANDWAGONER)]
    return flows[0] / flows[1]


def test_there_are_boundaries_to_look_at() -> None:
    assert len(CASES) >= 20


def test_hedger_and_bandwagoner_receive_the_same_at_the_boundary() -> None:
    ratio = received(*np.transpose(CASES), [boundary(*case) for case in CASES])
    assert dict(zip(CASES, ratio, strict=True)) == pytest.approx(dict.fromkeys(CASES, 1), abs=1e-5)


def test_the_hedger_receives_more_below_the_boundary_and_less_above() -> None:
    z = np.array([boundary(*case) for case in CASES])
    assert (received(*np.transpose(CASES), 0.98 * z) > 1.001).all()
    assert (received(*np.transpose(CASES), 1.02 * z) < 0.999).all()


def test_a_flow_ratio_away_from_the_boundary_by_hand() -> None:
    # beta 1, phi 1, r .3, z .5: hedger 2e^.5 = 3.29744; bandwagoner e + .3e^-.5 = 2.90024; ratio 1.13695.
    assert received(1.0, 1.0, 0.3, 0.5) == pytest.approx(1.136955, abs=2e-5)

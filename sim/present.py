"""The present at rest: where every world starts, whatever strategy is compared. MODEL.md, section "Start at rest"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.axes import DT, ECONOMY, REST, TINY, Array, rival, stack, sum_over_powers, sum_over_states
from sim.coefficients import Coefficients
from sim.data import World
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.policies.standing import PowerObservation, StandingRule, by_power
from sim.rules import access, accounts, flows, legitimacy, perception, pressure, rivalry, security, visits
from sim.rules.engagement import engagement

#: Effort of every state for the association in the present.
USUAL_EFFORT = 0.3
#: Pressure at rest at most, so that what a power meant to give stays finite.
MOST_PRESSURE = 0.9
#: Nothing moves by more than this where the present rests; rounds allowed to get there.
AT_REST, MOST_ROUNDS = 1e-13, 10_000


@dataclass(frozen=True)
class Present:
    """What the equations mark with a star, by state and world: arrays as in `sim.worlds`, worlds last or one for all.

    Attributes:
        meant: What each power means to give before the state's door and its own pressure, USD bn/yr, (G, S, R).
        share: Each state's share in that, (G, S, R).
        deterrence: Share of third partners' flows left under pressure, (S, R).
        access_to_powers, access_to_rest: Levels by which access is divided, (G, S, R) and (S, R).
        seen: What the powers see.
    """

    engagement: Array
    rivalry: Array
    flow_share: Array
    perceived: Array
    alignment: Array
    visits: Array
    trust: Array
    pressure: Array
    commitment: Array
    meant: Array
    share: Array
    deterrence: Array
    access_to_powers: Array
    access_to_rest: Array
    leverage: Array
    allegiance: Array
    distress: Array
    unrest: Array
    seen: PowerObservation


def present(world: World, c: Coefficients, p: Parameters, policies: Sequence[Policy], rules: Sequence[tuple[int | None, StandingRule]],
            flow_weight: Array, lens_low: Array, lens_high: Array) -> Present:
    """Find the present of a world.

    Args:
        policies: Those of the world file, by power; under them the present rests.
        rules: Their rules, each with the powers that it decides for, as in `sim.agents.SameRule`.
        flow_weight, lens_low, lens_high: By domain, (D, 1) or (D, R).
    """
    level = np.atleast_1d(rivalry.rivalry_level(np.asarray(world.rivalry, dtype=float)))
    lens = rivalry.lens(level, low=lens_low, high=lens_high)
    opened = engagement(c.tilt, c.breadth)
    other_flow = c.other_flow_rate * c.output
    flow_share = flows.flow_share(c.given, other_flow)
    perceived = np.clip(perception.observed_alignment(opened, flow_share, 0.0, lens=lens, flow_weight=flow_weight), -1, 1)
    alignment = perception.alignment(perceived, stack([policy.security_weight for policy in policies])[:, None])
    aid = c.given * (1 - c.mix)
    election = np.zeros((len(world.states), 1))

    def seen(of_trust: Array, visited: Array) -> PowerObservation:
        return PowerObservation(
            alignment=alignment, trust=of_trust, governance_gap=c.governance_gap, rival_share=rival(flow_share), aid=aid,
            rival_aid=rival(aid), rival_visits=rival(visited), rivalry=level, election=election)

    def visited_again(visited: Array) -> Array:
        effort = by_power([rule.visits(seen(c.trust_baseline, visited).of(which)) for which, rule in rules])
        return visits.visit_chance(effort, opened, rate=p.visit_rate, base=p.visit_base, dt=DT)

    visited = _at_rest(visited_again, np.zeros_like(alignment))

    has_association = world.region.association is not None
    cohesion = pressure.cohesion(c.tilt)
    effort = np.full((len(world.states), 1), USUAL_EFFORT)
    buffer = pressure.buffer(cohesion, effort, strength=p.association_buffer) if has_association else np.zeros_like(cohesion)

    def pressed(of_trust: Array) -> Array:
        drive = by_power([rule.drive(seen(of_trust, visited).of(which)) for which, rule in rules])
        return np.minimum(pressure.settled_pressure(drive, buffer), MOST_PRESSURE)

    def trusted_again(of_trust: Array) -> Array:
        back, won, gone = DT * p.trust_decay, p.visit_trust_gain * visited, p.pressure_trust_loss * pressed(of_trust)
        moves = back + won + gone
        return np.where(moves > 0, (back * c.trust_baseline + won) / np.where(moves > 0, moves, 1), of_trust)

    trusted = _at_rest(trusted_again, np.broadcast_to(c.trust_baseline, np.broadcast_shapes(c.trust_baseline.shape, alignment.shape)))
    pressed_now = pressed(trusted)
    worst = np.maximum(pressed_now[0], pressed_now[1])
    meant = c.given / np.maximum(flows.opening(opened[ECONOMY], unconditional=p.unconditional_flow) * (1 - pressed_now), TINY)
    commitment = stack([policy.commitment for policy in policies])
    debt = sum_over_powers(c.debt) + c.other_debt_ratio * c.output
    return Present(
        engagement=opened, rivalry=level, flow_share=flow_share, perceived=perceived, alignment=alignment, visits=visited,
        trust=trusted, pressure=pressed_now, commitment=commitment,
        meant=meant, share=_shares(meant),
        deterrence=flows.deterrence(worst, spillover=p.image_spillover),
        access_to_powers=access.access_to_powers(
            c.tier, opened[ECONOMY], pressed_now, level, perceived[ECONOMY], per_tier=p.tier_access, pressure_cut=p.pressure_access_cut,
            fragmentation=p.fragmentation, diversion=p.trade_diversion),
        access_to_rest=access.access_to_rest(worst, 0.0, spillover=p.image_spillover),
        leverage=access.leverage(
            c.access_weight[:REST], c.foreign_capital[:REST] / c.capital, c.debt / c.output, substitution=p.substitution,
            capital_elasticity=p.capital_elasticity, sudden_stop=p.sudden_stop, debt_call=p.debt_call),
        allegiance=security.allegiance(perceived, lens),
        distress=accounts.debt_distress(debt, c.output, threshold=p.distress_threshold),
        unrest=legitimacy.unrest_at_rest(p.unrest_hazard),
        seen=seen(trusted, visited),
    )


def _shares(meant: Array) -> Array:
    return meant / np.maximum(sum_over_states(meant), TINY)[:, None]


def _at_rest(again: Callable[[Array], Array], start: Array) -> Array:
    """What stays when `again` is applied, reached from a start. Each number stops by itself, so that no world depends on those beside it."""
    value = start
    moving = np.ones(np.shape(value), dtype=bool)
    for _ in range(MOST_ROUNDS):
        result = again(value)
        shape = np.broadcast_shapes(value.shape, result.shape)  # either may differ by world where the other does not
        moving, value = np.broadcast_to(moving, shape), np.broadcast_to(value, shape)
        after = np.where(moving, result, value)
        moving = moving & (np.abs(after - value) >= AT_REST)
        value = after
        if not moving.any():
            break
    return value

"""The counterpoise model, version 2, for one world, in plain Python floats: an ordinary Mesa model with one object per state.

Written from the equations of MODEL.md and of MODEL_2.md and from nothing else, so that it can serve as an
oracle for the array model, as documentation that runs, and as the baseline of speed. Comments give the
symbols of the page. Lists run over domains (0 economy, 1 security), powers (in the order of the world file) and
partners (power 0, power 1, 2 rest), in that order. A name with `star` is a value of the present, written with a star there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mesa import Agent, Model
from mesa.agent import AgentSet

from sim.data import Power, State
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.scenario import KINDS, Change, quarter_index
from sim.settings import Settings
from sim.strategies.strategy import Strategy

DOMAINS = ("economy", "security")
ECONOMY, SECURITY = 0, 1
REST, OTHER = "rest", "other"
SIGN = (1.0, -1.0)
RIVAL = (1, 0)
START = "start"

DT = 0.25
TINY = 1e-12

# What coefficients are made of.
VALUE_ADDED = 0.5
MOST_WEIGHT, MOST_WEIGHT_REST = 0.25, 0.45
FOREIGN_SHARE_OF_CAPITAL = 0.3
LEAST_INVESTMENT = 0.02
USUAL_TRUST = 0.4

# The present.
RESTING_EFFORT = 0.3
PRESSURE_AT_REST_CAP = 0.9
STILL, MOST_ROUNDS = 1e-13, 100_000
VISIT_ROUNDS = 300

NEUTRAL_TRUST = 0.5
FLOW_SHARE_SPEED = 0.2
DIVERSIFIED_ACCESS = 0.05
REST_SPILLOVER = 0.3
LEAST_REST = 0.05
PANDEMIC_OVER = 0.01
PANDEMIC_CAP = 0.9
TIER_STEP, TIER_TRUST, TIER_SPACING, TIER_MAX = 0.25, 0.05, 0.08, 3.0
BUFFERED_THREAT = 0.5
LOSS_SPLIT = 0.5
SUBSISTENCE = 0.05
CAPITAL_FLOOR = 0.05
FOREIGN_SHARE_OF_OTHER_FLOW = 0.75
DEBT_REPAYMENT = 0.03
DISTRESS_SOFTNESS = 0.05
GROWTH_CAP = 0.4
LEGITIMACY_NOISE = 0.01
UNREST_KEPT = 0.75
CHALLENGE_KEPT = 0.9
PRESSURE_IN_GIFT = 0.1
GIFT_SPEED, GIFT_GAIN = 0.25, 10.0
THREAT_SCALE = 0.01
GAP_SCALE = 0.25
MEMORY, NEWS = 0.7, 0.3
EXPLORATION = 0.5
COMMITTED_BREADTH = 0.5

PER_DOMAIN = ("tilt", "breadth")
PER_DOMAIN_AND_POWER = ("engagement", "perceived")
PER_POWER = (
    "alignment", "trust", "tier", "pressure", "offered", "accepted", "flow", "investment", "aid", "flow_share", "visits", "leverage", "debt",
)
PER_PARTNER = ("access", "trade", "foreign_capital")
PER_STATE = (
    "other_flow", "capital", "debt_other", "distress", "productivity", "output", "consumption", "legitimacy", "unrest", "challenge", "vaccinated",
    "loss", "gains", "exposure",
)
OF_POWERS = ("commitment", "power_output", "budget")
OF_THE_WORLD = ("rivalry", "pandemic", "crisis")


def clip(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))


def expit(u: float) -> float:
    # Two branches, so that a steep threshold cannot overflow exp.
    if u >= 0:
        return 1 / (1 + math.exp(-u))
    return math.exp(u) / (1 + math.exp(u))


def sign(value: float) -> float:
    if value > 0:
        return 1.0
    return -1.0 if value < 0 else 0.0


def spread(values: list[float]) -> float:
    """Standard deviation that divides by n."""
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / len(values))


def contrast(pair: Sequence[float]) -> float:
    """How much more power 0 has than power 1, as a share of what both have."""
    return (pair[0] - pair[1]) / max(pair[0] + pair[1], TINY)


def per(names: Sequence[str], value: Any) -> list[Any]:
    """A value that may be given once or by name, as one per name."""
    if isinstance(value, Mapping):
        return [value[name] for name in names]
    return [value for _ in names]


# ---- Equations that both the present and a quarter need


def visit_effort(policy: Policy, rival_visits: float) -> float:
    """V of step 6."""
    if policy.rule == "mirroring":
        return policy.visits + policy.options.get("visit_response", 1.0) * rival_visits
    return policy.visits


def visit_chance(p: Parameters, effort: float, openness: float) -> float:
    """The chance of a visit in step 6; openness is the mean of engagement over the domains."""
    return 1 - math.exp(-DT * p.visit_rate * effort * (p.visit_base + (1 - p.visit_base) * openness))


def pressure_aim(p: Parameters, policy: Policy, alignment: float, trust: float, gap: float, election: bool, buffer: float) -> float:
    """Where pressure goes in step 4: too little alignment is punished and governance pressed on, harder around elections."""
    missing = policy.tolerance - alignment - p.trust_tolerance * (trust - NEUTRAL_TRUST)
    drive = policy.punish * expit(missing / p.pressure_softness) + policy.norms * gap * (2 if election else 1)
    return clip(drive, 0, 1) * (1 - buffer)


def acceptance(p: Parameters, engagement: float) -> float:
    """acc of step 5."""
    return p.unconditional_flow + (1 - p.unconditional_flow) * engagement


def raw_access(p: Parameters, tier: float, engagement: float, pressure: float, rivalry: float, perceived: float) -> float:
    """q-hat of step 8; engagement and perceived are those of the economy."""
    level = (1 + p.tier_access * tier * engagement) * (1 - p.pressure_access_cut * pressure)
    return level * math.exp(-p.fragmentation * rivalry * (1 - perceived) / 2 + p.trade_diversion * rivalry)


def hold(p: Parameters, share: float, foreign: float, capital: float, debt: float, output: float) -> float:
    """l of step 8: income that a power holds in its hand through trade, capital in place and debt."""
    kept_trade = (1 - share) ** (1 / (p.substitution - 1))
    kept_capital = 1 - p.sudden_stop * p.capital_elasticity * clip(foreign / capital, 0, 1)
    return 1 - kept_trade * kept_capital * (1 - p.debt_call * clip(debt / output, 0, 1))


def distress_of(p: Parameters, debts: float, output: float) -> float:
    """distress of step 11."""
    return expit((debts / output - p.distress_threshold) / DISTRESS_SOFTNESS)


def aid_answer(policy: Policy, own: float, rival: float) -> float:
    """How much more a mirroring power gives, by the rival's share in the aid of both."""
    return 1 + policy.options.get("aid_response", 1.0) * rival / max(own + rival, TINY)


def allegiance_of(perceived: Sequence[float], lens: float) -> float:
    """allegiance of step 10 in one domain."""
    return clip(abs(perceived[0] - perceived[1]) / (1 + lens), 0, 1)


# ---- Actors


class TwinPower(Agent):
    """A great power: offers investment, aid, pressure and visits by its policy."""

    model: Twin

    def __init__(self, model: Twin, index: int, name: str, data: Power, policy: Policy, resting: Policy) -> None:
        super().__init__(model)
        self.index = index
        self.name = name
        self.data = data
        self.resting = resting  # the policy of the present, in every star
        self.take(resting)
        self.take(policy)
        self.power_output = data.output
        self.commitment_shock = 0.0
        self.commitment = resting.commitment
        self.reach = 0.0
        self.budget_factor = 1.0
        self.budget = 0.0
        self.appeal: list[float] = []

    def take(self, policy: Policy) -> None:
        """A new policy is in force."""
        if policy.rule not in ("standing", "mirroring"):
            raise ValueError(f"the twin does not know the policy rule {policy.rule!r}")
        self.policy = policy

    def commit(self) -> None:
        """Step 1, this power's part."""
        p = self.model.parameters
        shock = self.model.noise_at("commitment_shock", self.index)
        self.commitment_shock = p.commitment_persistence * self.commitment_shock + p.commitment_volatility * shock
        variance = 0.0
        if not self.model.deterministic:
            persistence = p.commitment_persistence**2
            variance = p.commitment_volatility**2 * (1 - persistence ** (self.model.quarter + 1)) / (1 - persistence)
        commitment = self.policy.commitment * math.exp(self.commitment_shock - variance / 2)
        self.commitment = self.model.changed("commitment", commitment, actor=self.name)

    def weigh(self) -> None:
        """`E` of step 5 for every state, before any flow of this quarter is known, and the budget."""
        p, g, policy, resting = self.model.parameters, self.index, self.policy, self.resting
        rivalry, rivalry_star = self.model.rivalry, self.model.rivalry_star
        self.appeal = []
        for state in self.model.small_states:
            alignment, alignment_star = state.alignment[g], state.alignment_star[g]
            closer = max(alignment - alignment_star, 0) - policy.withdraw * max(alignment_star - alignment, 0)
            appeal = math.exp(policy.reward * closer + p.trust_elasticity * (state.trust[g] - state.trust_star[g]))
            appeal *= 1 + policy.match_rival * state.flow_share[RIVAL[g]]
            appeal /= 1 + policy.match_rival * state.flow_share_star[RIVAL[g]]
            appeal *= 1 + (policy.swing_bonus + p.contest_bonus * rivalry) * (1 - alignment**2)
            appeal /= 1 + (resting.swing_bonus + p.contest_bonus * rivalry_star) * (1 - alignment_star**2)
            if policy.rule == "mirroring":
                appeal *= aid_answer(policy, state.aid[g], state.aid[RIVAL[g]])
                appeal /= aid_answer(policy, state.aid_star[g], state.aid_star[RIVAL[g]])
            self.appeal.append(appeal)

        factor = self.commitment / max(resting.commitment, TINY) * (self.power_output / self.data.output)
        factor *= max(1 + p.budget_rivalry * (rivalry - rivalry_star), 0)
        self.budget_factor = self.model.changed("budget", factor, actor=self.name)

    def spend(self) -> None:
        """The flows of step 5: states compete for one budget, and with the rest of the world for it."""
        p, g = self.model.parameters, self.index
        meant = [state.meant_star[g] for state in self.model.small_states]
        total = max(sum(meant), TINY)
        claims = sum(usual / total * appeal for usual, appeal in zip(meant, self.appeal, strict=True))
        scarcity = (1 + p.outside_weight) / (p.outside_weight + claims)
        self.budget = sum(meant) * self.budget_factor * (1 + p.outside_weight)
        for state, appeal in zip(self.model.small_states, self.appeal, strict=True):
            intended = state.meant_star[g] * self.budget_factor * scarcity * appeal
            offered = intended * (1 - state.pressure[g])
            state.offered[g] = self.model.changed("flow", offered, actor=self.name, state=state.name)
            state.accepted[g] = state.offered[g] * acceptance(p, state.engagement[ECONOMY][g])
            state.investment[g] = state.mix[g] * state.accepted[g]
            strain = max(state.distress - state.distress_star, 0)
            state.aid[g] = (state.accepted[g] - state.investment[g]) * state.lumps(g) * (1 - strain)
            state.flow[g] = state.investment[g] + state.aid[g]

    def grow(self) -> None:
        self.power_output *= 1 + self.model.changed("growth", self.data.growth, power=self.name) * DT


class TwinState(Agent):
    """A small state: opens itself, is seen, paid and pressed by the powers, produces, and decides again."""

    model: Twin

    def __init__(self, model: Twin, index: int, name: str, data: State, strategy: Strategy) -> None:
        super().__init__(model)
        p = model.parameters
        self.index = index
        self.name = name
        self.data = data
        powers = model.power_names
        partners = (*powers, REST)

        # Coefficients: what the facts make of the equations.
        tilt = sum(data.tilt.values()) / len(data.tilt)
        self.tilt_star = [float(tilt)] * 2
        self.breadth_star = per(DOMAINS, data.breadth)
        self.trade_facts = per(partners, data.trade)
        caps = (MOST_WEIGHT, MOST_WEIGHT, MOST_WEIGHT_REST)
        self.access_weight = [min(VALUE_ADDED * trade / data.output, cap) for trade, cap in zip(self.trade_facts, caps, strict=True)]
        self.home_weight = 1 - sum(self.access_weight)
        investment, aid = per(partners, data.investment), per(powers, data.aid)
        self.flow_star = [investment[g] + aid[g] for g in range(2)]
        self.mix = [investment[g] / self.flow_star[g] if self.flow_star[g] > 0 else 0.0 for g in range(2)]
        self.aid_star = [self.flow_star[g] - self.mix[g] * self.flow_star[g] for g in range(2)]
        self.other_flow_rate = investment[2] / data.output
        self.capital_star = p.capital_output * data.output
        stock = per(partners, data.fdi_stock)
        foreign = FOREIGN_SHARE_OF_CAPITAL * self.capital_star
        self.foreign_capital = [min(part, foreign * part / max(sum(stock), TINY)) for part in stock]
        self.productivity_growth = data.growth * (1 - p.capital_elasticity)
        needed = (p.depreciation + data.growth) * self.capital_star
        inflow = sum(investment) + p.aid_to_capital * sum(aid)
        self.kept = min(1.0, (needed - LEAST_INVESTMENT * data.output) / inflow) if inflow > 0 else 1.0
        self.domestic_investment = (needed - self.kept * inflow) / data.output
        self.debt_star = per(powers, data.debt)
        self.other_debt_ratio = data.debt[OTHER] / data.output
        self.loan = [
            min((DEBT_REPAYMENT + data.growth) * self.debt_star[g] / aid[g], 1.0) if aid[g] > 0 else 0.0 for g in range(2)
        ]
        self.tier_star = per(powers, data.tier)
        self.claims = per(powers, data.claims)
        self.governance_gap = per(powers, data.governance_gap)
        self.trust_baseline = per(powers, USUAL_TRUST if data.trust_baseline is None else data.trust_baseline)
        self.reliability = [
            treaty * p.treaty_reliability + (1 - treaty) * p.protection_reliability for treaty in per(powers, data.treaty)
        ]
        self.election: tuple[int, int] | None = None
        if data.elections is not None:
            self.election = (quarter_index(data.elections.first, model.settings.world.start), 4 * data.elections.every)

        # Where quarter 0 starts; what hangs together in the present is found by `settle`.
        self.tilt = list(self.tilt_star)
        self.breadth = list(self.breadth_star)
        self.tier = list(self.tier_star)
        self.offered = [0.0, 0.0]
        self.accepted = [0.0, 0.0]
        self.flow = list(self.flow_star)
        self.investment = investment[:2]
        self.aid = list(self.aid_star)
        self.other_flow = investment[2]
        self.access = [1.0, 1.0, 1.0]
        self.trade = list(self.trade_facts)
        self.gains = 1.0
        self.supply = [0.0, 0.0]
        self.vaccinated = 0.0
        self.challenge = 0.0
        self.exposure = 0.0
        self.allegiance = [0.0, 0.0]
        self.loss = 0.0
        self.output = data.output
        self.last_output = data.output
        self.capital = self.capital_star
        self.last_capital = self.capital_star * (1 - data.growth * DT)
        self.debt = list(self.debt_star)
        self.debt_other = self.other_debt_ratio * data.output
        self.consumption = 0.0
        self.legitimacy = data.legitimacy
        self.log_lumps = [0.0, 0.0]
        if not model.deterministic:
            usual = p.lump_volatility / math.sqrt(1 - p.lump_persistence**2)
            self.log_lumps = [usual * model.noise["lumps_start"][0][g][index] for g in range(2)]
        self.adopt(strategy)

    def adopt(self, strategy: Strategy) -> None:
        """A strategy, one number per domain, and an empty memory for it."""
        if strategy.rule not in ("linear", "shrinking_room"):
            raise ValueError(f"the twin does not know the strategy rule {strategy.rule!r}")
        self.strategy = strategy
        anchor, breadth = per(DOMAINS, strategy.anchor), per(DOMAINS, strategy.breadth)
        self.anchor = [self.tilt_star[d] if anchor[d] == START else anchor[d] for d in range(2)]
        self.breadth_aim = [self.breadth_star[d] if breadth[d] == START else breadth[d] for d in range(2)]
        self.speed = per(DOMAINS, strategy.speed)
        lean = strategy.lean_with
        self.lean_inducement = per(DOMAINS, lean.inducement)
        self.lean_power = per(DOMAINS, lean.power)
        self.lean_pressure = per(DOMAINS, lean.pressure)
        self.lean_dependence = per(DOMAINS, lean.dependence)
        self.lean_perception = per(DOMAINS, lean.perception)
        self.lean_reciprocity = per(DOMAINS, lean.reciprocity)
        self.lean_rivalry = per(DOMAINS, lean.rivalry)
        self.lean_threat = per(DOMAINS, lean.threat)

        self.usual_gift: list[float] | None = None
        self.last_log_consumption: float | None = None
        self.improvement = 0.0
        self.last_move = [0.0, 0.0]

    def settle(self, buffer: float) -> None:
        """The present: what the powers see, give and do while everything rests as the facts have it."""
        p, powers, rivalry = self.model.parameters, self.model.powers, self.model.rivalry_star
        policies = [power.resting for power in powers]
        lens = self.model.lens_at(rivalry)

        engagement = self.engaged()
        self.engagement = engagement
        total = max(sum(self.flow_star) + self.other_flow, TINY)
        self.flow_share_star = [flow / total for flow in self.flow_star]
        self.perceived = [
            [clip(self.observed(d, g, engagement, self.flow_share_star, lens), -1, 1) for g in range(2)] for d in range(2)
        ]
        self.alignment_star = [self.aligned(g, policies[g].security_weight) for g in range(2)]
        self.allegiance_star = [allegiance_of(self.perceived[d], lens[d]) for d in range(2)]

        openness = [(engagement[ECONOMY][g] + engagement[SECURITY][g]) / 2 for g in range(2)]
        visits = [0.0, 0.0]
        for _ in range(VISIT_ROUNDS):
            visits = [visit_chance(p, visit_effort(policies[g], visits[RIVAL[g]]), openness[g]) for g in range(2)]
        self.visits = visits

        # Trust and pressure hang together, for each power by itself.
        self.trust_star, self.pressure_star = [], []
        decay = DT * p.trust_decay
        for g in range(2):
            alignment, baseline, gap = self.alignment_star[g], self.trust_baseline[g], self.governance_gap[g]
            trust = baseline
            for _ in range(MOST_ROUNDS):
                pressure = min(pressure_aim(p, policies[g], alignment, trust, gap, False, buffer), PRESSURE_AT_REST_CAP)
                won = p.visit_trust_gain * visits[g]
                moves = decay + won + p.pressure_trust_loss * pressure
                found = (decay * baseline + won) / moves if moves > 0 else baseline
                still = abs(found - trust) <= STILL
                trust = found
                if still:
                    break
            self.trust_star.append(trust)
            self.pressure_star.append(
                min(pressure_aim(p, policies[g], alignment, trust, gap, False, buffer), PRESSURE_AT_REST_CAP)
            )

        self.meant_star = [
            self.flow_star[g] / max(acceptance(p, engagement[ECONOMY][g]) * (1 - self.pressure_star[g]), TINY) for g in range(2)
        ]
        self.raw_access_star = [
            raw_access(p, self.tier_star[g], engagement[ECONOMY][g], self.pressure_star[g], rivalry, self.perceived[ECONOMY][g])
            for g in range(2)
        ]
        self.leverage_star = [
            hold(p, self.access_weight[g], self.foreign_capital[g], self.capital, self.debt[g], self.output) for g in range(2)
        ]
        self.distress_star = distress_of(p, sum(self.debt) + self.debt_other, self.output)
        self.unrest_star = p.unrest_hazard / (1 - UNREST_KEPT + UNREST_KEPT * p.unrest_hazard)

        self.alignment = list(self.alignment_star)
        self.flow_share = list(self.flow_share_star)
        self.trust = list(self.trust_star)
        self.pressure = list(self.pressure_star)
        self.leverage = list(self.leverage_star)
        self.distress = self.distress_star
        self.unrest = self.unrest_star
        alpha = p.capital_elasticity
        self.productivity = self.output / self.last_capital**alpha
        self.productivity /= (1 - p.instability_cost * self.unrest) * (1 - p.distress_cost * self.distress)

    def change_course(self) -> None:
        """Events that give the state another strategy."""
        name = self.model.switched("strategy", state=self.name)
        if name is not None:
            self.adopt(self.model.settings.switched_strategies[name])

    def be_challenged(self) -> None:
        """A domestic challenge fades, and events raise it."""
        self.challenge = self.model.changed("challenge", self.challenge * CHALLENGE_KEPT, state=self.name)

    def engaged(self) -> list[list[float]]:
        return [[clip(self.breadth[d] * (1 + SIGN[g] * self.tilt[d]), 0, 1) for g in range(2)] for d in range(2)]

    def engage(self) -> None:
        """Step 2."""
        self.engagement = self.engaged()

    def observed(self, d: int, g: int, engagement: list[list[float]], flow_share: list[float], lens: list[float]) -> float:
        """`o` of step 3 without noise."""
        p = self.model.parameters
        weight = (p.flow_weight_economy, p.flow_weight_security)[d]
        acts = engagement[d][g] - lens[d] * engagement[d][RIVAL[g]]
        flows = flow_share[g] - lens[d] * flow_share[RIVAL[g]]
        return (1 - weight) * acts + weight * flows

    def aligned(self, g: int, security_weight: float) -> float:
        return (1 - security_weight) * self.perceived[ECONOMY][g] + security_weight * self.perceived[SECURITY][g]

    def be_perceived(self) -> None:
        """Step 3: the powers filter what they see; ambiguity adds noise, so they learn less from it."""
        p, ambiguity = self.model.parameters, self.strategy.ambiguity
        gain = p.belief_gain / (1 + ambiguity)
        for d in range(2):
            for g in range(2):
                seen = self.observed(d, g, self.engagement, self.flow_share, self.model.lens)
                seen += p.observation_noise * (1 + ambiguity) * self.model.noise_at("observation", d, g, self.index)
                belief = self.perceived[d][g]
                self.perceived[d][g] = clip(belief + gain * (seen - belief), -1, 1)
        for g, power in enumerate(self.model.powers):
            self.alignment[g] = self.aligned(g, power.policy.security_weight)

    def elects(self) -> bool:
        """Whether an election is this quarter or the next."""
        if self.election is None:
            return False
        first, every = self.election
        return any((quarter - first) % every == 0 for quarter in (self.model.quarter, self.model.quarter + 1))

    def come_under_pressure(self) -> None:
        """Step 4."""
        p, election = self.model.parameters, self.elects()
        for g, power in enumerate(self.model.powers):
            aim = pressure_aim(p, power.policy, self.alignment[g], self.trust[g], self.governance_gap[g], election, self.model.buffer)
            pressure = self.pressure[g] + p.pressure_speed * (aim - self.pressure[g])
            self.pressure[g] = self.model.changed("pressure", pressure, actor=power.name, state=self.name)

    def owe(self) -> None:
        """Debt to others and distress, from last quarter's debt and output, before the powers spend in step 5."""
        self.debt_other = self.other_debt_ratio * self.output
        self.distress = distress_of(self.model.parameters, sum(self.debt) + self.debt_other, self.output)

    def bunch(self) -> None:
        """The lumps of step 5."""
        p = self.model.parameters
        for g in range(2):
            shock = self.model.noise_at("lumps", g, self.index)
            self.log_lumps[g] = p.lump_persistence * self.log_lumps[g] + p.lump_volatility * shock

    def lumps(self, g: int) -> float:
        """How much official finance arrives this quarter, 1 on average."""
        if self.model.deterministic:
            return 1.0
        p, uneven = self.model.parameters, self.model.powers[g].data.lumps
        variance = uneven**2 * p.lump_volatility**2 / (1 - p.lump_persistence**2)
        return math.exp(uneven * self.log_lumps[g] - variance / 2)

    def attract_others(self) -> None:
        """Step 5 after the powers have spent: the rest of the world, and who it all came from."""
        p = self.model.parameters
        willing = 1 + p.diversification_pull * self.strategy.diversification
        willing *= (1 - p.image_spillover * max(self.pressure)) / (1 - p.image_spillover * max(self.pressure_star))
        self.other_flow = self.other_flow_rate * self.output * willing
        total = max(sum(self.flow) + self.other_flow, TINY)
        for g in range(2):
            self.flow_share[g] += FLOW_SHARE_SPEED * (self.flow[g] / total - self.flow_share[g])

    def receive_visits(self) -> None:
        """Step 6. Both powers plan on last quarter's visits."""
        p, powers = self.model.parameters, self.model.powers
        efforts = [visit_effort(power.policy, self.visits[RIVAL[g]]) for g, power in enumerate(powers)]
        for g, power in enumerate(powers):
            openness = (self.engagement[ECONOMY][g] + self.engagement[SECURITY][g]) / 2
            visits = visit_chance(p, efforts[g], openness)
            if not self.model.deterministic:
                visits = 1.0 if self.model.noise_at("visit", g, self.index) < visits else 0.0
            self.visits[g] = self.model.changed("visits", visits, actor=power.name, state=self.name)

    def build_trust(self) -> None:
        """Step 7; `help` is supply in a pandemic."""
        p = self.model.parameters
        for g, power in enumerate(self.model.powers):
            self.supply[g] = power.commitment * expit(2 * self.alignment[g])
            relief = DT * self.supply[g] if self.model.pandemic > PANDEMIC_OVER else 0.0
            trust = self.trust[g]
            change = -DT * p.trust_decay * (trust - self.trust_baseline[g])
            change += p.visit_trust_gain * (self.visits[g] + relief) * (1 - trust)
            change -= p.pressure_trust_loss * self.pressure[g] * trust
            self.trust[g] = clip(trust + change, 0, 1)

            # A tier that is a fact rests where it is; both thresholds belong to the tier held so far.
            gained, climbed = self.trust[g] - self.trust_star[g], TIER_SPACING * (self.tier[g] - self.tier_star[g])
            step = 0.0
            if gained > TIER_TRUST + climbed:
                step += TIER_STEP
            if gained < -TIER_TRUST + climbed:
                step -= TIER_STEP
            tier = clip(self.tier[g] + step, 0, TIER_MAX)
            self.tier[g] = self.model.changed("tier", tier, actor=power.name, state=self.name)

    def trade_with_all(self) -> None:
        """Step 8. Output, capital and debt are still those of last quarter."""
        p, model = self.model.parameters, self.model
        levels = []
        for g in range(2):
            raw = raw_access(
                p, self.tier[g], self.engagement[ECONOMY][g], self.pressure[g], model.rivalry, self.perceived[ECONOMY][g]
            )
            levels.append(raw / self.raw_access_star[g])
        spillover = REST_SPILLOVER * p.image_spillover
        rest = (1 + DIVERSIFIED_ACCESS * self.strategy.diversification) * (1 - spillover * max(self.pressure))
        levels.append(rest / (1 - spillover * max(self.pressure_star)))
        for j, partner in enumerate((*model.power_names, REST)):
            level = model.changed("access", levels[j], actor=partner, state=self.name)
            self.access[j] += p.access_speed * (level - self.access[j])

        value = [self.access_weight[j] * model.sizes[j] * self.access[j] for j in range(3)]
        real_income = self.home_weight + sum(value)
        self.gains = real_income ** (1 / (p.substitution - 1))
        for j in range(3):
            grown = value[j] / real_income / self.access_weight[j] if self.access_weight[j] > 0 else 0.0
            self.trade[j] = self.trade_facts[j] * grown * self.output / self.data.output
        for g in range(2):
            self.leverage[g] = hold(p, value[g] / real_income, self.foreign_capital[g], self.capital, self.debt[g], self.output)

    def vaccinate(self) -> None:
        """Step 9, this state's part; the pandemic is still that of last quarter."""
        if self.model.outbreak:
            self.vaccinated = 0.0
        elif self.model.pandemic > PANDEMIC_OVER:
            doses = DT * self.model.parameters.vaccination_rate * sum(self.supply) * (1 - self.vaccinated)
            self.vaccinated = clip(self.vaccinated + doses, 0, 1)

    def face_threats(self) -> None:
        """Step 10: exposed where nobody protects, entrapped where visibly on one side, and claimed from."""
        p, powers = self.model.parameters, self.model.powers
        believed = [max(self.perceived[SECURITY][g], 0) for g in range(2)]
        guarded = [clip(self.reliability[g] * power.reach, 0, 1) * believed[g] for g, power in enumerate(powers)]
        softened = math.exp(-p.defence_protection * self.strategy.defence) * (1 - BUFFERED_THREAT * self.model.buffer)
        self.exposure = (1 - guarded[0]) * (1 - guarded[1]) * softened
        self.allegiance = [allegiance_of(self.perceived[d], self.model.lens[d]) for d in range(2)]
        claimed = sum(
            self.claims[g] * power.reach * (1 - p.appeasement * believed[g]) * (1 - guarded[RIVAL[g]])
            for g, power in enumerate(powers)
        )
        self.loss = p.local_threat * self.exposure + claimed * softened
        if self.model.crisis:
            hit = p.entrapment_weight * self.allegiance[SECURITY] + (1 - p.entrapment_weight) * self.exposure
            self.loss += p.crisis_loss * hit / DT

    def progress(self) -> float:
        """Growth of productivity per year; events act on the growth of output expected with it."""
        p = self.model.parameters
        from_capital = p.capital_elasticity * (self.capital / self.last_capital - 1) / DT
        expected = self.productivity_growth + from_capital
        changed = self.model.changed("growth", expected, state=self.name)
        return self.productivity_growth if changed == expected else changed - from_capital

    def produce(self) -> None:
        """Step 11; unrest and distress are those before this step."""
        p, strategy, kept = self.model.parameters, self.strategy, self.kept
        self.last_output = self.output
        self.productivity *= 1 + self.progress() * DT
        output = self.productivity * self.capital**p.capital_elasticity * self.gains
        output *= 1 - self.model.pandemic * (1 - self.vaccinated)
        output *= (1 - p.instability_cost * self.unrest) * (1 - p.distress_cost * self.distress)
        self.output = output

        both = (min(self.engagement[ECONOMY]) + min(self.engagement[SECURITY])) / 2
        cost = 2 * p.duplication_cost * both + p.diversification_cost * strategy.diversification + strategy.defence
        if self.model.has_association:
            cost += p.effort_cost * strategy.association_effort
        lost = p.loss_in_accounts * LOSS_SPLIT * self.loss
        sent_home = p.repatriation * p.capital_elasticity * output * clip(sum(self.foreign_capital) / self.capital, 0, 1)
        service = p.debt_service * (sum(self.debt) + self.debt_other)
        aid, investment = sum(self.aid), sum(self.investment)
        consumption = output * (1 - self.domestic_investment - cost - lost) - sent_home - service + (1 - p.aid_to_capital) * aid
        self.consumption = max(consumption, SUBSISTENCE * output)

        invested = self.domestic_investment * output + kept * (investment + p.aid_to_capital * aid + self.other_flow)
        worn = 1 - p.depreciation * DT
        self.last_capital = self.capital
        self.capital = max(self.capital * worn + DT * (invested - lost * output), CAPITAL_FLOOR * output)
        arrived = (*self.investment, FOREIGN_SHARE_OF_OTHER_FLOW * self.other_flow)
        for j in range(3):
            self.foreign_capital[j] = self.foreign_capital[j] * worn + DT * kept * arrived[j]
        for g in range(2):
            self.debt[g] = self.debt[g] * (1 - DEBT_REPAYMENT * DT) + DT * p.loan * self.loan[g] * self.aid[g]

    def judge_government(self) -> None:
        """Step 12."""
        p = self.model.parameters
        growth = clip((self.output / self.last_output - 1) / DT, -GROWTH_CAP, GROWTH_CAP)
        rate = p.growth_legitimacy * (growth - self.data.growth)
        rate -= p.legitimacy_reversion * (self.legitimacy - self.data.legitimacy)
        rate += p.allegiance_legitimacy * (sum(self.allegiance) - sum(self.allegiance_star)) / 2
        rate -= p.pressure_legitimacy * (sum(self.pressure) - sum(self.pressure_star))
        rate -= p.challenge_legitimacy * self.challenge
        noise = LEGITIMACY_NOISE * self.model.noise_at("legitimacy", self.index)
        self.legitimacy = clip(self.legitimacy + DT * rate + noise, 0, 1)

        hazard = clip(p.unrest_hazard * math.exp(p.unrest_legitimacy * (self.data.legitimacy - self.legitimacy)), 0, 1)
        onset = hazard
        if not self.model.deterministic:
            onset = 1.0 if self.model.noise_at("unrest", self.index) < hazard else 0.0
        self.unrest = UNREST_KEPT * self.unrest + (1 - UNREST_KEPT * self.unrest) * onset

    def decide(self) -> None:
        """Step 13: one rule for every strategy."""
        p, strategy, rivalry, powers = self.model.parameters, self.strategy, self.model.rivalry, self.model.powers
        inducement = contrast(self.accepted)
        strength = contrast([power.reach for power in powers])
        pressure = self.pressure[0] - self.pressure[1]
        dependence = contrast(self.leverage)
        reciprocity = self._reciprocity()
        menace = [self.claims[g] * power.reach for g, power in enumerate(powers)]
        threat = clip((menace[0] - menace[1]) / THREAT_SCALE, -1, 1)
        # The present course has already answered the present pressure.
        coercion = sum(
            SIGN[g] * (self._answer(self.pressure[g], self.leverage[g]) - self._answer(self.pressure_star[g], self.leverage_star[g]))
            for g in range(2)
        )
        norms = [self.governance_gap[g] * power.policy.norms for g, power in enumerate(powers)]
        regime = p.regime_answer * self.challenge * (norms[1] - norms[0]) / GAP_SCALE * (1 + strategy.regime)
        learning = strategy.learning
        if learning > 0:
            self._learn()

        for d in range(2):
            tilt = self.tilt[d]
            aim = self.anchor[d]
            aim += self.lean_inducement[d] * inducement
            aim += self.lean_power[d] * strength
            aim += self.lean_pressure[d] * pressure
            aim += self.lean_dependence[d] * dependence
            aim += self.lean_perception[d] * (self.perceived[d][0] - self.perceived[d][1]) / 2
            aim += self.lean_reciprocity[d] * reciprocity
            aim += self.lean_rivalry[d] * rivalry * tilt
            aim += self.lean_threat[d] * threat

            breadth_aim = self.breadth_aim[d]
            if strategy.rule == "shrinking_room":
                # As rivalry closes the room between the powers, the state goes to the one that sees it closer.
                threshold, softness = strategy.options.get("threshold", 0.75), strategy.options.get("softness", 0.05)
                closed = expit((rivalry - threshold) / softness)
                aim = (1 - closed) * aim + closed * sign(self.alignment[0] - self.alignment[1])
                breadth_aim = (1 - closed) * breadth_aim + closed * COMMITTED_BREADTH

            aim += coercion + regime
            if learning > 0:
                aim += tilt + learning * sign(self.improvement * self.last_move[d])

            moved = tilt + self.speed[d] * (clip(aim, -1, 1) - tilt)
            if learning > 0:
                moved += EXPLORATION * learning * self.model.noise_at("learning", d, self.index)
            moved += p.tilt_noise * self.model.noise_at("tilt", d, self.index)
            self.tilt[d] = clip(moved, -1, 1)
            self.last_move[d] = self.tilt[d] - tilt
            self.breadth[d] += self.speed[d] * (breadth_aim - self.breadth[d])

    def _answer(self, pressure: float, leverage: float) -> float:
        """To comply with pressure where the hold is strong, to defy it where it is weak."""
        p = self.model.parameters
        return pressure * (p.compliance * leverage - p.backlash)

    def _reciprocity(self) -> float:
        """R: who lately gave more than usual. The first quarter of a strategy sets what is usual."""
        gifts = [self.accepted[g] / self.output - PRESSURE_IN_GIFT * self.pressure[g] for g in range(2)]
        if self.usual_gift is None:
            self.usual_gift = list(gifts)
        unusual = [gifts[g] - self.usual_gift[g] for g in range(2)]
        for g in range(2):
            self.usual_gift[g] += GIFT_SPEED * unusual[g]
        return clip(GIFT_GAIN * (unusual[0] - unusual[1]), -1, 1)

    def _learn(self) -> None:
        """`du`: whether consumption has lately been rising. Nothing is known of it in a strategy's first quarter."""
        log_consumption = math.log(self.consumption)
        if self.last_log_consumption is not None:
            change = log_consumption - self.last_log_consumption
            self.improvement = MEMORY * self.improvement + NEWS * change
        self.last_log_consumption = log_consumption


# ---- The world


@dataclass(frozen=True)
class Act:
    """An event, or one value of a series, in quarters of this world, both ends included."""

    change: Change
    value: float | str
    first: int
    last: float


def acts_of(settings: Settings) -> list[Act]:
    """Events as listed, then series as listed."""
    start, found = settings.world.start, []
    for event in settings.scenario.events:
        first = quarter_index(event.start, start)
        if event.end is not None:
            last: float = quarter_index(event.end, start)
        else:
            last = math.inf if KINDS[event.kind].lasts else first
        found.append(Act(event, event.value, first, last))
    for series in settings.scenario.series:
        years = sorted(series.values)
        firsts = [quarter_index(f"{year:04d}Q1", start) for year in years]
        lasts = [*(first - 1 for first in firsts[1:]), math.inf]
        found += [Act(series, series.values[year], first, last) for year, first, last in zip(years, firsts, lasts, strict=True)]
    return found


class Twin(Model):
    """One world: its states, its powers, and what befalls them all."""

    def __init__(self, settings: Settings, strategy: Strategy, noise: Mapping[str, Any] | None) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from: all noise is given.
        self.settings = settings
        self.parameters = settings.parameters
        self.deterministic = settings.deterministic or noise is None
        self.noise: Mapping[str, Any] = noise or {}
        self.quarter = 0
        world = settings.world
        self.has_association = world.region.association is not None
        self.power_names = tuple(world.powers)
        self.acts = acts_of(settings)
        self.acts_today: dict[str, list[Act]] = {}

        self.powers = [
            TwinPower(self, index, name, data, settings.policies[name], settings.resting_policies[name])
            for index, (name, data) in enumerate(world.powers.items())
        ]
        self.small_states = AgentSet(
            [
                TwinState(self, index, name, data, strategy if name == settings.focal else settings.peers[name])
                for index, (name, data) in enumerate(world.states.items())
            ],
            random=self.random,
        )

        self.latent_rivalry = world.rivalry
        self.rivalry_star = expit(world.rivalry)
        self.rivalry = self.rivalry_star
        self.lens = self.lens_at(self.rivalry)
        self.crisis = 0
        self.outbreak = False
        self.pandemic = 0.0
        self.world_output = world.world_output
        self.sizes = [1.0, 1.0, 1.0]
        self.buffer = self.buffer_at([RESTING_EFFORT for _ in self.small_states])
        for state in self.small_states:
            state.settle(self.buffer)

        names = (*PER_DOMAIN, *PER_DOMAIN_AND_POWER, *PER_POWER, *PER_PARTNER, *PER_STATE, *OF_POWERS, *OF_THE_WORLD)
        self.history: dict[str, list] = {name: [] for name in names}

    def noise_at(self, stream: str, *index: int) -> float:
        """This quarter's standard normal or uniform number of a stream; 0 in deterministic mode."""
        if self.deterministic:
            return 0.0
        value = self.noise[stream][self.quarter]
        for i in index:
            value = value[i]
        return value

    def find_events(self) -> dict[str, list[Act]]:
        """What acts this quarter, by kind, in the order listed."""
        found: dict[str, list[Act]] = {}
        for act in self.acts:
            if act.first <= self.quarter <= act.last:
                found.setdefault(act.change.kind, []).append(act)
        return found

    def _acting(self, kind: str, actor: str | None, state: str | None, power: str | None) -> list[Act]:
        """Those of this quarter's acts of a kind that come from an actor and strike a state, or a power."""
        found = []
        for act in self.acts_today.get(kind, ()):
            change = act.change
            if change.actor != actor:
                continue
            if power is not None and change.target != power:
                continue
            if state is not None:
                target = self.settings.focal if change.target == "focal" else change.target
                if target not in (state, "all"):
                    continue
            found.append(act)
        return found

    def changed(self, kind: str, value: float, actor: str | None = None, state: str | None = None, power: str | None = None) -> float:
        """What the events and series of a kind make of a number."""
        acting = self._acting(kind, actor, state, power)
        if not acting:
            return value
        for act in acting:
            by = float(act.value)
            value = {"set": by, "floor": max(value, by), "factor": value * by, "add": value + by}[act.change.acts]
        return clip(value, *KINDS[kind].bounds)

    def switched(self, kind: str, actor: str | None = None, state: str | None = None) -> str | None:
        """The policy or strategy that events switch to this quarter; the last one listed counts."""
        acting = self._acting(kind, actor, state, None)
        return str(acting[-1].value) if acting else None

    def step(self) -> None:
        """One quarter. Every phase is done by all before the next begins, so all decide on the same state."""
        self.acts_today = self.find_events()
        for power in self.powers:
            name = self.switched("policy", actor=power.name)
            if name is not None:
                power.take(self.settings.switched_policies[name])
        self.small_states.do("change_course")
        self.strike()
        for power in self.powers:
            power.commit()
        self.small_states.do("be_challenged")
        self.small_states.do("engage")
        self.small_states.do("be_perceived")
        self.buffer = self.buffer_at([state.strategy.association_effort for state in self.small_states])
        self.small_states.do("come_under_pressure")
        self.small_states.do("owe")
        self.small_states.do("bunch")
        for power in self.powers:
            power.weigh()
        for power in self.powers:
            power.spend()
        self.small_states.do("attract_others")
        self.small_states.do("receive_visits")
        self.small_states.do("build_trust")
        self.measure_markets()
        self.small_states.do("trade_with_all")
        self.small_states.do("vaccinate")
        self.spread_pandemic()
        self.project_power()
        self.small_states.do("face_threats")
        self.small_states.do("produce")
        for power in self.powers:
            power.grow()
        self.world_output *= 1 + self.settings.world.world_growth * DT
        self.small_states.do("judge_government")
        self.small_states.do("decide")
        self.record()
        self.quarter += 1

    def strike(self) -> None:
        """Step 1 without commitment: crisis, rivalry, outbreak, and how powers read each other's gains."""
        p = self.parameters
        crisis = outbreak = False
        if not self.deterministic:
            crisis = self.noise_at("crisis") < p.crisis_hazard * self.rivalry**2
            outbreak = self.noise_at("outbreak") < p.pandemic_hazard and self.pandemic < PANDEMIC_OVER
        self.crisis = 1 if crisis or "crisis" in self.acts_today else 0
        self.outbreak = outbreak or "pandemic" in self.acts_today

        shock = p.rivalry_volatility * self.noise_at("rivalry_shock")
        pull = p.rivalry_persistence * (self.latent_rivalry - p.rivalry_mean)
        self.latent_rivalry = p.rivalry_mean + pull + shock + self.crisis
        self.rivalry = self.changed("rivalry", expit(self.latent_rivalry))
        self.lens = self.lens_at(self.rivalry)

    def lens_at(self, rivalry: float) -> list[float]:
        """How far a power reads the rival's gain as its own loss, by domain."""
        p = self.parameters
        low = (p.lens_low_economy, p.lens_low_security)
        high = (p.lens_high_economy, p.lens_high_security)
        return [low[d] + (high[d] - low[d]) * rivalry for d in range(2)]

    def buffer_at(self, efforts: list[float]) -> float:
        """The buffer of step 4: what a united association absorbs; none where there is none."""
        if not self.has_association:
            return 0.0
        cohesion = 1 - spread([(state.tilt[ECONOMY] + state.tilt[SECURITY]) / 2 for state in self.small_states])
        return self.parameters.association_buffer * cohesion * sum(efforts) / len(efforts)

    def measure_markets(self) -> None:
        """The sizes of step 8: how the partners have grown against the world."""
        world = self.settings.world
        grown = self.world_output / world.world_output
        self.sizes = [
            (power.power_output / power.data.output / grown) ** self.parameters.size_elasticity for power in self.powers
        ]
        rest, first = (
            max(whole - sum(parts), LEAST_REST * whole)
            for whole, parts in (
                (self.world_output, [power.power_output for power in self.powers]),
                (world.world_output, [power.data.output for power in self.powers]),
            )
        )
        self.sizes.append(rest / first / grown)

    def spread_pandemic(self) -> None:
        """Step 9, the world's part."""
        p = self.parameters
        depth = self.pandemic * (1 - p.pandemic_recovery) + (p.pandemic_depth if self.outbreak else 0.0)
        self.pandemic = min(depth, PANDEMIC_CAP)

    def project_power(self) -> None:
        """The reach of step 10, also weighed in step 13."""
        longest = max(power.power_output * power.data.proximity for power in self.powers)
        for power in self.powers:
            power.reach = power.commitment * power.power_output * power.data.proximity / longest

    def record(self) -> None:
        states = list(self.small_states)
        for names, size in ((PER_DOMAIN, 2), (PER_POWER, 2), (PER_PARTNER, 3)):
            for name in names:
                self.history[name].append([[getattr(state, name)[i] for state in states] for i in range(size)])
        for name in PER_DOMAIN_AND_POWER:
            self.history[name].append(
                [[[getattr(state, name)[d][g] for state in states] for g in range(2)] for d in range(2)]
            )
        for name in PER_STATE:
            self.history[name].append([getattr(state, name) for state in states])
        for name in OF_POWERS:
            self.history[name].append([getattr(power, name) for power in self.powers])
        for name in OF_THE_WORLD:
            self.history[name].append(getattr(self, name))


def simulate(settings: Settings, strategy: Strategy, noise: Mapping[str, Any] | None) -> dict[str, list]:
    """One run of one world.

    Args:
        settings: What the world is made of; all numbers are plain floats.
        strategy: The strategy of the focal state; the peers play their own.
        noise: Nested lists by stream, quarter first; ignored in deterministic mode, and None is that mode.

    Returns:
        One nested list per recorded variable, quarter first, then its axes in the order of MODEL.md.
    """
    twin = Twin(settings, strategy, noise)
    for _ in range(settings.horizon):
        twin.step()
    return twin.history

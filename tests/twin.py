"""The counterpoise model for one world, in plain Python floats: an ordinary Mesa model with one object per state.

Written from the equations of MODEL.md (sections 2, 3, 5 and 7) and from nothing else, so that it can serve as an
oracle for the array model, as documentation that runs, and as the baseline of speed. Comments give the
symbols of MODEL.md. Lists run over domains (0 economy, 1 security), powers (0 china, 1 us) and
partners (0 china, 1 us, 2 rest), in that order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from mesa import Agent, Model
from mesa.agent import AgentSet

from sim.data import Power, State
from sim.policies.policy import Policy
from sim.scenario import Event, quarter_index
from sim.settings import Settings
from sim.strategies.strategy import Strategy

DOMAINS = ("economy", "security")
POWERS = ("china", "us")
PARTNERS = ("china", "us", "rest")
ECONOMY, SECURITY = 0, 1
REST = 2
SIGN = (1.0, -1.0)
RIVAL = (1, 0)

DT = 0.25
TINY = 1e-12

START_FLOW_SHARE = 0.3
START_FOREIGN_CAPITAL = 0.3
START_LEGITIMACY = 0.6
ELECTION_CYCLE, ELECTION_FROM = 20, 18
NEUTRAL_TRUST = 0.5
FLOW_SHARE_SPEED = 0.2
DIVERSIFIED_FLOW = 0.3
DIVERSIFIED_ACCESS = 0.05
REST_SPILLOVER = 0.3
PANDEMIC_OVER = 0.01
PANDEMIC_CAP = 0.9
TIER_STEP, TIER_TRUST, TIER_SPACING, TIER_SLACK, TIER_MAX = 0.25, 0.50, 0.12, 1.5, 3.0
FLOW_TO_OUTPUT_CAP = 0.9
BUFFERED_THREAT = 0.5
LOSS_SPLIT = 0.5
SUBSISTENCE = 0.05
CAPITAL_FLOOR = 0.05
FOREIGN_SHARE_OF_OTHER_FLOW = 0.75
DEBT_REPAYMENT = 0.03
GROWTH_CAP = 0.4
LEGITIMACY_MEAN, LEGITIMACY_NOISE = 0.6, 0.01
PRESSURE_IN_GIFT = 0.1
GIFT_SPEED, GIFT_GAIN = 0.25, 10.0
MEMORY, NEWS = 0.7, 0.3
EXPLORATION = 0.5

#: Events of these kinds last to the horizon when they have no end, the others one quarter.
LASTING = ("rivalry", "commitment", "pressure", "access")

PER_DOMAIN = ("tilt", "breadth")
PER_DOMAIN_AND_POWER = ("engagement", "perceived")
PER_POWER = (
    "alignment", "trust", "tier", "pressure", "flow", "investment", "aid", "flow_share", "visits", "leverage", "debt",
)
PER_PARTNER = ("access",)
PER_STATE = (
    "other_flow", "capital", "foreign_capital", "productivity", "output", "consumption", "legitimacy", "vaccinated",
    "loss",
)
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


def contrast(pair: list[float]) -> float:
    """How much more power 0 has than power 1, as a share of what both have."""
    return (pair[0] - pair[1]) / max(pair[0] + pair[1], TINY)


def per(names: tuple[str, ...], value: float | Mapping[str, float]) -> list[float]:
    """A number that may be given once or by name, as one float per name."""
    if isinstance(value, Mapping):
        return [float(value[name]) for name in names]
    return [float(value) for _ in names]


class TwinPower(Agent):
    """A great power: offers investment, aid, pressure and visits by a fixed policy."""

    model: Twin

    def __init__(self, model: Twin, index: int, data: Power, policy: Policy) -> None:
        super().__init__(model)
        if policy.rule not in ("standing", "mirroring"):
            raise ValueError(f"the twin does not know the policy rule {policy.rule!r}")
        self.index = index
        self.data = data
        self.policy = policy
        self.mirrors = policy.rule == "mirroring"
        self.power_output = data.output
        self.commitment_shock = 0.0
        self.commitment = policy.commitment
        self.reach = 0.0
        self.appeal: list[float] = []

    def commit(self) -> None:
        """Step 1, this power's part."""
        p = self.model.parameters
        shock = self.model.noise_at("commitment_shock", self.index)
        self.commitment_shock = p.commitment_persistence * self.commitment_shock + p.commitment_volatility * shock
        self.commitment = self.policy.commitment * math.exp(self.commitment_shock)
        for event in self.model.events_of("commitment", actor=POWERS[self.index]):
            self.commitment *= event.value

    def target_pressure(self, state: TwinState) -> float:
        """`drive` of step 4: punishes too little alignment and presses on governance, harder around elections."""
        p, g = self.model.parameters, self.index
        election = self.model.quarter % ELECTION_CYCLE >= ELECTION_FROM
        tolerated = self.policy.tolerance - state.alignment[g] - p.trust_tolerance * (state.trust[g] - NEUTRAL_TRUST)
        punishment = self.policy.punish * expit(tolerated / p.pressure_softness)
        return punishment + self.policy.norms * state.governance_gap[g] * (2 if election else 1)

    def weigh(self) -> None:
        """`E` of step 5 for every state, before any flow of this quarter is known."""
        p, g, policy = self.model.parameters, self.index, self.policy
        self.appeal = []
        for state in self.model.small_states:
            alignment = state.alignment[g]
            liking = policy.reward * (alignment - state.reference_alignment[g])
            liking += p.trust_elasticity * (state.trust[g] - state.reference_trust[g])
            appeal = math.exp(liking)
            appeal *= 1 + policy.match_rival * state.flow_share[RIVAL[g]]
            appeal *= 1 + policy.swing_bonus * (1 - alignment**2)
            appeal *= 1 - state.pressure[g]
            if self.mirrors:
                own, rival = state.aid[g], state.aid[RIVAL[g]]
                appeal *= 1 + policy.options["aid_response"] * rival / max(own + rival, TINY)
            self.appeal.append(appeal)

    def spend(self) -> None:
        """The flows of step 5: states compete for one budget, and with the rest of the world for it."""
        p, g = self.model.parameters, self.index
        budget = self.commitment * self.data.budget_share * self.power_output
        claims = [
            state.base_share[g] * appeal for state, appeal in zip(self.model.small_states, self.appeal, strict=True)
        ]
        total = p.outside_weight + sum(claims)
        for state, claim in zip(self.model.small_states, claims, strict=True):
            opening = p.unconditional_flow + (1 - p.unconditional_flow) * state.engagement[ECONOMY][g]
            state.flow[g] = budget * claim / total * opening
            state.investment[g] = self.data.investment_share * state.flow[g]
            state.aid[g] = state.flow[g] - state.investment[g]

    def visit_effort(self, state: TwinState) -> float:
        if self.mirrors:
            return self.policy.visits + self.policy.options["visit_response"] * state.visits[RIVAL[self.index]]
        return self.policy.visits

    def grow(self) -> None:
        self.power_output *= 1 + self.data.output_growth * DT


class TwinState(Agent):
    """A small state: opens itself, is seen, paid and pressed by the powers, produces, and decides again."""

    model: Twin

    def __init__(self, model: Twin, index: int, name: str, data: State, strategy: Strategy) -> None:
        super().__init__(model)
        if strategy.rule not in ("linear", "shrinking_room"):
            raise ValueError(f"the twin does not know the strategy rule {strategy.rule!r}")
        self.index = index
        self.name = name
        self.data = data
        self.strategy = strategy

        # The strategy, one number per domain.
        self.anchor = per(DOMAINS, strategy.anchor)
        self.breadth_aim = per(DOMAINS, strategy.breadth)
        self.speed = per(DOMAINS, strategy.speed)
        lean = strategy.lean_with
        self.lean_inducement = per(DOMAINS, lean.inducement)
        self.lean_power = per(DOMAINS, lean.power)
        self.lean_pressure = per(DOMAINS, lean.pressure)
        self.lean_dependence = per(DOMAINS, lean.dependence)
        self.lean_perception = per(DOMAINS, lean.perception)
        self.lean_reciprocity = per(DOMAINS, lean.reciprocity)
        self.lean_rivalry = per(DOMAINS, lean.rivalry)

        # What stays as it is.
        self.base_share = per(POWERS, data.base_share)
        self.governance_gap = per(POWERS, data.governance_gap)
        self.reference_alignment = per(POWERS, data.perceived)
        self.reference_trust = per(POWERS, data.trust)
        self.trust_baseline = per(POWERS, data.trust_baseline)
        self.access_weight = per(PARTNERS, data.access_weight)
        self.home_weight = 1 - sum(self.access_weight)

        # The present from which every strategy starts.
        self.tilt = per(DOMAINS, data.tilt)
        self.breadth = per(DOMAINS, data.breadth)
        self.engagement = [[0.0, 0.0] for _ in DOMAINS]
        self.perceived = [per(POWERS, data.perceived) for _ in DOMAINS]
        self.alignment = per(POWERS, data.perceived)
        self.trust = per(POWERS, data.trust)
        self.tier = [0.0, 0.0]
        self.pressure = [0.0, 0.0]
        self.flow = [0.0, 0.0]
        self.investment = [0.0, 0.0]
        self.aid = [0.0, 0.0]
        self.other_flow = 0.0
        self.flow_share = [START_FLOW_SHARE, START_FLOW_SHARE]
        self.visits = [0.0, 0.0]
        self.supply = [0.0, 0.0]
        self.access = [1.0, 1.0, 1.0]
        self.gains = 1.0
        self.leverage = [0.0, 0.0]
        self.vaccinated = 0.0
        self.allegiance = [0.0, 0.0]
        self.loss = 0.0
        self.output = data.output
        self.last_output = data.output
        self.capital = data.capital_output * data.output
        self.productivity = data.output / self.capital**model.parameters.capital_elasticity
        self.foreign_capital = START_FOREIGN_CAPITAL * self.capital
        self.debt = [ratio * data.output for ratio in per(POWERS, data.debt_ratio)]
        self.consumption = 0.0
        self.legitimacy = START_LEGITIMACY

        # Memory of the decision rule.
        self.usual_gift: list[float] | None = None
        self.last_log_consumption: float | None = None
        self.improvement = 0.0
        self.last_move = [0.0, 0.0]

    def engage(self) -> None:
        """Step 2."""
        for d in range(2):
            for g in range(2):
                self.engagement[d][g] = clip(self.breadth[d] + SIGN[g] * self.tilt[d], 0, 1)

    def be_perceived(self) -> None:
        """Step 3: the powers filter what they see; ambiguity adds noise, so they learn less from it."""
        p, ambiguity = self.model.parameters, self.strategy.ambiguity
        flow_weight = (p.flow_weight_economy, p.flow_weight_security)
        gain = p.belief_gain / (1 + ambiguity)
        for d in range(2):
            lens = self.model.lens[d]
            for g in range(2):
                acts = self.engagement[d][g] - lens * self.engagement[d][RIVAL[g]]
                flows = self.flow_share[g] - lens * self.flow_share[RIVAL[g]]
                error = p.observation_noise * (1 + ambiguity) * self.model.noise_at("observation", d, g, self.index)
                seen = (1 - flow_weight[d]) * acts + flow_weight[d] * flows + error
                belief = self.perceived[d][g]
                self.perceived[d][g] = clip(belief + gain * (seen - belief), -1, 1)
        for g, power in enumerate(self.model.powers):
            weight = power.policy.security_weight
            self.alignment[g] = (1 - weight) * self.perceived[ECONOMY][g] + weight * self.perceived[SECURITY][g]

    def come_under_pressure(self) -> None:
        """Step 4; an event is a floor."""
        p = self.model.parameters
        for g, power in enumerate(self.model.powers):
            aim = clip(power.target_pressure(self), 0, 1) * (1 - self.model.buffer)
            self.pressure[g] += p.pressure_speed * (aim - self.pressure[g])
            for event in self.model.events_of("pressure", actor=POWERS[g], state=self.name):
                self.pressure[g] = max(self.pressure[g], event.value)

    def attract_others(self) -> None:
        """Step 5 after the powers have spent: the rest of the world, and who it all came from."""
        p = self.model.parameters
        willing = (1 + DIVERSIFIED_FLOW * self.strategy.diversification) * (1 - p.image_spillover * max(self.pressure))
        self.other_flow = self.data.other_flow_rate * self.output * willing
        total = max(sum(self.flow) + self.other_flow, TINY)
        for g in range(2):
            self.flow_share[g] += FLOW_SHARE_SPEED * (self.flow[g] / total - self.flow_share[g])

    def receive_visits(self) -> None:
        """Step 6. Both powers plan on last quarter's visits."""
        p = self.model.parameters
        efforts = [power.visit_effort(self) for power in self.model.powers]
        for g in range(2):
            openness = (self.engagement[ECONOMY][g] + self.engagement[SECURITY][g]) / 2
            chance = 1 - math.exp(-DT * p.visit_rate * efforts[g] * openness)
            if self.model.deterministic:
                self.visits[g] = chance
            else:
                self.visits[g] = 1.0 if self.model.noise_at("visit", g, self.index) < chance else 0.0

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

            # Both thresholds belong to the tier held so far; the slack between them keeps it from flickering.
            tier = self.tier[g]
            step = 0.0
            if self.trust[g] > TIER_TRUST + TIER_SPACING * tier:
                step += TIER_STEP
            if self.trust[g] < TIER_TRUST + TIER_SPACING * (tier - TIER_SLACK):
                step -= TIER_STEP
            self.tier[g] = clip(tier + step, 0, TIER_MAX)
            granted = sum(event.value for event in self.model.events_of("tier", actor=POWERS[g], state=self.name))
            self.tier[g] = clip(self.tier[g] + granted, 0, TIER_MAX)

    def trade(self) -> None:
        """Step 8."""
        p = self.model.parameters
        levels = []
        for g in range(2):
            level = 1 + p.tier_access * self.tier[g] * self.engagement[ECONOMY][g]
            level *= 1 - p.pressure_access_cut * self.pressure[g]
            level *= math.exp(-p.fragmentation * self.model.rivalry * (1 - self.perceived[ECONOMY][g]) / 2)
            levels.append(level)
        rest = 1 + DIVERSIFIED_ACCESS * self.strategy.diversification
        levels.append(rest * (1 - REST_SPILLOVER * p.image_spillover * max(self.pressure)))
        for j, partner in enumerate(PARTNERS):
            for event in self.model.events_of("access", actor=partner, state=self.name):
                levels[j] *= event.value
            self.access[j] += p.access_speed * (levels[j] - self.access[j])

        value = [self.access_weight[j] * self.access[j] for j in range(3)]
        real_income = self.home_weight + sum(value)
        exponent = 1 / (p.substitution - 1)
        self.gains = real_income**exponent
        for g in range(2):
            kept_trade = (1 - value[g] / real_income) ** exponent
            kept_flows = 1 - clip(self.flow[g] / self.output, 0, FLOW_TO_OUTPUT_CAP)
            self.leverage[g] = 1 - kept_trade * kept_flows

    def vaccinate(self) -> None:
        """Step 9, this state's part; the pandemic is still that of last quarter."""
        if self.model.outbreak:
            self.vaccinated = 0.0
        elif self.model.pandemic > PANDEMIC_OVER:
            doses = DT * self.model.parameters.vaccination_rate * sum(self.supply) * (1 - self.vaccinated)
            self.vaccinated = clip(self.vaccinated + doses, 0, 1)

    def face_threats(self) -> None:
        """Step 10: exposed where nobody protects, entrapped where visibly on one side."""
        p = self.model.parameters
        unprotected = 1.0
        for g, power in enumerate(self.model.powers):
            unprotected *= 1 - clip(p.protection_reliability * power.reach, 0, 1) * max(self.perceived[SECURITY][g], 0)
        exposed = unprotected * math.exp(-p.defence_protection * self.strategy.defence)
        exposed *= 1 - BUFFERED_THREAT * self.model.buffer
        for d in range(2):
            distance = abs(self.perceived[d][0] - self.perceived[d][1])
            self.allegiance[d] = clip(distance / (1 + self.model.lens[d]), 0, 1)
        self.loss = p.local_threat * exposed
        if self.model.crisis:
            hit = p.entrapment_weight * self.allegiance[SECURITY] + (1 - p.entrapment_weight) * exposed
            self.loss += p.crisis_loss * hit / DT

    def produce(self) -> None:
        """Step 11."""
        p, data, strategy = self.model.parameters, self.data, self.strategy
        self.last_output = self.output
        self.productivity *= 1 + data.productivity_growth * DT
        output = self.productivity * self.capital**p.capital_elasticity * self.gains
        output *= 1 - self.model.pandemic * (1 - self.vaccinated)
        if self.legitimacy < p.instability_threshold:
            output *= 1 - p.instability_cost
        self.output = output

        both = (min(self.engagement[ECONOMY]) + min(self.engagement[SECURITY])) / 2
        cost = 2 * p.duplication_cost * both + p.effort_cost * strategy.asean_effort
        cost += p.diversification_cost * strategy.diversification + strategy.defence
        kept = output * (1 - data.domestic_investment - cost - LOSS_SPLIT * self.loss)
        foreign = clip(self.foreign_capital / self.capital, 0, 1)
        sent_home = p.repatriation * p.capital_elasticity * output * foreign
        service = p.debt_service * sum(self.debt)
        aid, investment = sum(self.aid), sum(self.investment)
        consumption = kept - sent_home - service + (1 - p.aid_to_capital) * aid
        self.consumption = max(consumption, SUBSISTENCE * output)

        invested = data.domestic_investment * output + investment + p.aid_to_capital * aid + self.other_flow
        capital = self.capital * (1 - p.depreciation * DT) + DT * (invested - LOSS_SPLIT * self.loss * output)
        self.capital = max(capital, CAPITAL_FLOOR * output)
        arrived = investment + FOREIGN_SHARE_OF_OTHER_FLOW * self.other_flow
        self.foreign_capital = self.foreign_capital * (1 - p.depreciation * DT) + DT * arrived
        for g in range(2):
            self.debt[g] = self.debt[g] * (1 - DEBT_REPAYMENT * DT) + DT * p.loan_share * self.aid[g]

    def judge_government(self) -> None:
        """Step 12."""
        p = self.model.parameters
        growth = clip((self.output / self.last_output - 1) / DT, -GROWTH_CAP, GROWTH_CAP)
        rate = p.growth_legitimacy * (growth - self.data.reference_growth)
        rate -= p.legitimacy_reversion * (self.legitimacy - LEGITIMACY_MEAN)
        rate += p.allegiance_legitimacy * (self.allegiance[ECONOMY] + self.allegiance[SECURITY]) / 2
        rate -= p.pressure_legitimacy * sum(self.pressure)
        noise = LEGITIMACY_NOISE * self.model.noise_at("legitimacy", self.index)
        self.legitimacy = clip(self.legitimacy + DT * rate + noise, 0, 1)

    def decide(self) -> None:
        """Step 13: one rule for every strategy."""
        p, strategy, rivalry = self.model.parameters, self.strategy, self.model.rivalry
        inducement = contrast(self.flow)
        strength = contrast([power.reach for power in self.model.powers])
        pressure = self.pressure[0] - self.pressure[1]
        dependence = contrast(self.leverage)
        reciprocity = self._reciprocity()
        coercion = sum(
            SIGN[g] * self.pressure[g] * (p.compliance * self.leverage[g] - p.backlash) for g in range(2)
        )
        learning = strategy.learning
        if learning > 0:
            self._learn()

        for d in range(2):
            tilt = self.tilt[d]
            perception = (self.perceived[d][0] - self.perceived[d][1]) / 2
            aim = self.anchor[d]
            aim += self.lean_inducement[d] * inducement
            aim += self.lean_power[d] * strength
            aim += self.lean_pressure[d] * pressure
            aim += self.lean_dependence[d] * dependence
            aim += self.lean_perception[d] * perception
            aim += self.lean_reciprocity[d] * reciprocity
            aim += self.lean_rivalry[d] * rivalry * tilt
            aim += coercion
            if learning > 0:
                aim += tilt + learning * sign(self.improvement * self.last_move[d])

            breadth_aim = self.breadth_aim[d]
            if strategy.rule == "shrinking_room":
                # As rivalry closes the room between the powers, the state goes where it is already seen to be.
                closed = expit((rivalry - strategy.options["threshold"]) / strategy.options["softness"])
                aim += closed * clip(2 * perception, -1, 1)
                breadth_aim *= 1 - closed

            moved = tilt + self.speed[d] * (clip(aim, -1, 1) - tilt)
            if learning > 0:
                moved += EXPLORATION * learning * self.model.noise_at("learning", d, self.index)
            self.tilt[d] = clip(moved, -1, 1)
            self.last_move[d] = self.tilt[d] - tilt
            self.breadth[d] += self.speed[d] * (breadth_aim - self.breadth[d])

    def _reciprocity(self) -> float:
        """R: who lately gave more than usual. The first quarter sets what is usual."""
        gifts = [self.flow[g] / self.output - PRESSURE_IN_GIFT * self.pressure[g] for g in range(2)]
        if self.usual_gift is None:
            self.usual_gift = list(gifts)
        unusual = [gifts[g] - self.usual_gift[g] for g in range(2)]
        for g in range(2):
            self.usual_gift[g] += GIFT_SPEED * unusual[g]
        return clip(GIFT_GAIN * (unusual[0] - unusual[1]), -1, 1)

    def _learn(self) -> None:
        """`du`: whether consumption has lately been rising. Nothing is known of it in the first quarter."""
        log_consumption = math.log(self.consumption)
        if self.last_log_consumption is not None:
            change = log_consumption - self.last_log_consumption
            self.improvement = MEMORY * self.improvement + NEWS * change
        self.last_log_consumption = log_consumption


class Twin(Model):
    """One world: its states, its powers, and what befalls them all."""

    def __init__(self, settings: Settings, strategy: Strategy, noise: Mapping[str, Any] | None) -> None:
        super().__init__(rng=0)  # Mesa's own generator is never drawn from: all noise is given.
        self.settings = settings
        self.parameters = settings.parameters
        self.deterministic = settings.deterministic
        self.noise = noise
        self.quarter = 0
        world = settings.world

        pairs = (
            (world.powers.china, settings.policies.china),
            (world.powers.us, settings.policies.us),
        )
        self.powers = [TwinPower(self, index, data, policy) for index, (data, policy) in enumerate(pairs)]
        self.small_states = AgentSet(
            [
                TwinState(self, index, name, data, strategy if name == settings.focal else settings.peers[name])
                for index, (name, data) in enumerate(world.states.items())
            ],
            random=self.random,
        )

        p = self.parameters
        self.latent_rivalry = p.rivalry_mean
        self.rivalry = expit(p.rivalry_mean)
        self.lens = [0.0, 0.0]
        self.crisis = 0
        self.outbreak = False
        self.pandemic = 0.0
        self.buffer = 0.0
        self.events_today: list[Event] = []
        names = (*PER_DOMAIN, *PER_DOMAIN_AND_POWER, *PER_POWER, *PER_PARTNER, *PER_STATE, *OF_THE_WORLD)
        self.history: dict[str, list] = {name: [] for name in (*names, "commitment", "power_output")}

    def noise_at(self, stream: str, *index: int) -> float:
        """This quarter's standard normal or uniform number of a stream; 0 in deterministic mode."""
        if self.deterministic:
            return 0.0
        value = self.noise[stream][self.quarter]
        for i in index:
            value = value[i]
        return value

    def find_events(self) -> list[Event]:
        """The events in force this quarter, in the order listed."""
        found = []
        first = self.settings.world.start
        for event in self.settings.scenario.events:
            start = quarter_index(event.start, first)
            if event.end is not None:
                end = quarter_index(event.end, first)
            elif event.kind in LASTING:
                end = self.settings.horizon
            else:
                end = start
            if start <= self.quarter <= end:
                found.append(event)
        return found

    def events_of(self, kind: str, actor: str | None = None, state: str | None = None) -> list[Event]:
        """Those of this quarter's events that are of a kind, come from an actor and strike a state."""
        found = []
        for event in self.events_today:
            if event.kind != kind or event.actor != actor:
                continue
            if state is not None:
                target = self.settings.focal if event.target == "focal" else event.target
                if target not in (state, "all"):
                    continue
            found.append(event)
        return found

    def step(self) -> None:
        """One quarter. Every phase is done by all before the next begins, so all decide on the same state."""
        self.events_today = self.find_events()
        self.strike()
        for power in self.powers:
            power.commit()
        self.small_states.do("engage")
        self.small_states.do("be_perceived")
        self.unite()
        self.small_states.do("come_under_pressure")
        for power in self.powers:
            power.weigh()
        for power in self.powers:
            power.spend()
        self.small_states.do("attract_others")
        self.small_states.do("receive_visits")
        self.small_states.do("build_trust")
        self.small_states.do("trade")
        self.small_states.do("vaccinate")
        self.spread_pandemic()
        self.project_power()
        self.small_states.do("face_threats")
        self.small_states.do("produce")
        for power in self.powers:
            power.grow()
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
        self.crisis = 1 if crisis or self.events_of("crisis") else 0
        self.outbreak = bool(outbreak or self.events_of("pandemic"))

        shock = p.rivalry_volatility * self.noise_at("rivalry_shock")
        pull = p.rivalry_persistence * (self.latent_rivalry - p.rivalry_mean)
        self.latent_rivalry = p.rivalry_mean + pull + shock + self.crisis
        self.rivalry = expit(self.latent_rivalry)
        for event in self.events_of("rivalry"):
            self.rivalry = event.value

        low = (p.lens_low_economy, p.lens_low_security)
        high = (p.lens_high_economy, p.lens_high_security)
        self.lens = [low[d] + (high[d] - low[d]) * self.rivalry for d in range(2)]

    def unite(self) -> None:
        """The buffer of step 4: what a united ASEAN absorbs."""
        cohesion = 1 - spread([(state.tilt[ECONOMY] + state.tilt[SECURITY]) / 2 for state in self.small_states])
        efforts = [state.strategy.asean_effort for state in self.small_states]
        self.buffer = self.parameters.asean_buffer * cohesion * sum(efforts) / len(efforts)

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
        for name in ("commitment", "power_output"):
            self.history[name].append([getattr(power, name) for power in self.powers])
        for name in OF_THE_WORLD:
            self.history[name].append(getattr(self, name))


def simulate(settings: Settings, strategy: Strategy, noise: Mapping[str, Any] | None) -> dict[str, list]:
    """One run of one world.

    Args:
        settings: What the world is made of; all numbers are plain floats.
        strategy: The strategy of the focal state; the peers play their own.
        noise: Nested lists by stream, quarter first; ignored in deterministic mode.

    Returns:
        One nested list per recorded variable, quarter first, then its axes in the order of MODEL.md.
    """
    twin = Twin(settings, strategy, noise)
    for _ in range(settings.horizon):
        twin.step()
    return twin.history

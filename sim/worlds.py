"""The model: R replicate worlds in lockstep. Agents decide, rules settle, a quarter at a time."""

from typing import Any

import mesa
import numpy as np

from sim.agents import Asean, GreatPower, SmallState
from sim.axes import DOMAINS, DT, ECONOMY, PARTNERS, POWERS, SECURITY, Array, by_domain, gathered, stack, sum_over_powers, sum_over_states
from sim.draws import Draws
from sim.policies.policy import Policy
from sim.rules import access, accounts, flows, legitimacy, numeric, pandemic, perception, pressure, rivalry, security, trust, visits
from sim.rules.engagement import engagement
from sim.settings import Settings
from sim.strategies.strategy import Strategy

#: At the start: share of each power in external capital, foreign share of capital, legitimacy.
START_FLOW_SHARE, START_FOREIGN_SHARE, START_LEGITIMACY = 0.3, 0.3, 0.6


class Worlds(mesa.Model):
    """Replicate worlds of one setting in which the focal state plays one strategy.

    State variables are attributes named as in MODEL.md, section 2; arrays with the world last. They are
    replaced, never edited in place.

    Args:
        settings: What determines the run.
        strategy: Strategy of the focal state.
        draws: Random tables of the block of worlds; read only where noise is on.
    """

    def __init__(self, settings: Settings, strategy: Strategy, draws: Draws) -> None:
        super().__init__(rng=settings.seed % 2**32)  # Mesa's own generator; the model draws from `draws` alone
        self.settings, self.draws = settings, draws
        self.parameters, self.noisy = settings.parameters, not settings.deterministic
        self.timetable = settings.timetable()
        self.n_worlds, self.quarter, self.strategy_name = draws.size, 0, strategy.name
        strategies = {name: strategy if name == settings.focal else settings.peers[name] for name in settings.world.states}
        # Built one by one: Agent.create_agents would split an array over the agents.
        self.states = [SmallState(self, name, i, chosen) for i, (name, chosen) in enumerate(strategies.items())]
        self.powers = [GreatPower(self, name, g, getattr(settings.policies, name)) for g, name in enumerate(POWERS)]
        self.asean = Asean(self)
        self._read_data()
        self._read_choices()
        self._start()

    def release(self) -> None:
        """Free the model at once; it cannot be used afterwards.

        Mesa keeps every model alive through its agents' counters. Model and agents also refer to each other, so
        that all arrays would wait for the garbage collector, which does not know how large they are.
        """
        self.remove_all_agents()
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.__dict__.clear()

    # ---- Data and choices that do not change within a run

    def _read_data(self) -> None:
        """Data of states as (S, 1), (G, S, 1) or (J, S, 1), of powers as (G, 1); or with R last."""
        self.reference_growth = self._of_states("reference_growth")
        self.productivity_growth = self._of_states("productivity_growth")
        self.investment_rate = self._of_states("domestic_investment")
        self.other_flow_rate = self._of_states("other_flow_rate")
        self.access_weight = self._of_states_by("access_weight", PARTNERS)
        self.home_weight = 1 - sum_over_powers(self.access_weight) - self.access_weight[-1]
        self.base_share = self._of_states_by("base_share", POWERS)
        self.governance_gap = self._of_states_by("governance_gap", POWERS)
        self.trust_baseline = self._of_states_by("trust_baseline", POWERS)
        self.start_alignment = self._of_states_by("perceived", POWERS)
        self.start_trust = self._of_states_by("trust", POWERS)
        self.budget_share = self._of_powers("budget_share")
        self.investment_share = self._of_powers("investment_share")[:, None]
        self.proximity = self._of_powers("proximity")
        self.power_growth = self._of_powers("output_growth")
        p = self.parameters
        self.lens_low = stack([p.lens_low_economy, p.lens_low_security])
        self.lens_high = stack([p.lens_high_economy, p.lens_high_security])
        self.flow_weight = stack([p.flow_weight_economy, p.flow_weight_security])

    def _read_choices(self) -> None:
        """What strategies and policies fix for the whole run: states (S, 1), powers (G, 1) or (G, 1, 1)."""
        strategies: list[Strategy] = [state.strategy for state in self.states]
        self.asean_effort = stack([strategy.asean_effort for strategy in strategies])
        self.ambiguity = stack([strategy.ambiguity for strategy in strategies])
        self.diversification = stack([strategy.diversification for strategy in strategies])
        self.defence = stack([strategy.defence for strategy in strategies])
        policies: list[Policy] = [power.policy for power in self.powers]
        self.policy_commitment = stack([policy.commitment for policy in policies])
        self.security_weight = stack([policy.security_weight for policy in policies])[:, None]

    def _of_states(self, field: str) -> Array:
        return stack([getattr(state, field) for state in self.settings.world.states.values()])

    def _of_states_by(self, field: str, keys: tuple[str, ...]) -> Array:
        columns = [stack([getattr(state, field)[key] for state in self.settings.world.states.values()]) for key in keys]
        return np.stack(np.broadcast_arrays(*columns))

    def _of_powers(self, field: str) -> Array:
        return stack([getattr(getattr(self.settings.world.powers, name), field) for name in POWERS])

    def _full(self, values: Any, *axes: int) -> Array:
        """Values broadcast over the worlds, shape (*axes, R)."""
        return np.broadcast_to(np.asarray(values, dtype=float), (*axes, self.n_worlds))

    def _start(self) -> None:
        """The state of every world before the first quarter, the same for every strategy compared."""
        n, g, d = len(self.states), len(POWERS), len(DOMAINS)
        rows = list(self.settings.world.states.values())
        start_output = self._of_states("output")
        self.tilt = self._full(np.stack(np.broadcast_arrays(*[by_domain(row.tilt) for row in rows]), axis=1), d, n)
        self.breadth = self._full(np.stack(np.broadcast_arrays(*[by_domain(row.breadth) for row in rows]), axis=1), d, n)
        self.engagement = engagement(self.tilt, self.breadth)
        self.perceived = self._full(self.start_alignment, d, g, n)
        self.alignment = self._full(self.start_alignment, g, n)
        self.trust = self._full(self.start_trust, g, n)
        self.latent_rivalry = self._full(self.parameters.rivalry_mean)
        self.rivalry = rivalry.rivalry_level(self.latent_rivalry)
        self.flow_share = self._full(START_FLOW_SHARE, g, n)
        self.pressure = self.tier = self.aid = self.flow = self.investment = self.visits = self._full(0.0, g, n)
        self.commitment_shock = self._full(0.0, g)
        self.crisis = self.outbreak = self.pandemic = self._full(0.0)
        self.vaccinated = self._full(0.0, n)
        self.access = self._full(1.0, len(PARTNERS), n)
        self.output = self.last_output = self._full(start_output, n)
        self.capital = self._full(self._of_states("capital_output") * start_output, n)
        self.productivity = self.output / numeric.power(self.capital, self.parameters.capital_elasticity)
        self.foreign_capital = START_FOREIGN_SHARE * self.capital
        self.debt = self._full(self._of_states_by("debt_ratio", POWERS) * start_output, g, n)
        self.legitimacy = self._full(START_LEGITIMACY, n)
        self.power_output = self._full(self._of_powers("output"), g)

    # ---- One quarter

    def step(self) -> None:
        """One quarter, in the order of MODEL.md."""
        self._move_rivalry()        # 1
        self._engage()              # 2
        self._perceive()            # 3
        self._press()               # 4
        self._invest()              # 5
        self._visit()               # 6
        self._build_trust()         # 7
        self._trade()               # 8
        self._vaccinate()           # 9
        self._secure()              # 10
        self._produce()             # 11
        self._judge_government()    # 12
        self._decide()              # 13
        self.quarter += 1

    def _move_rivalry(self) -> None:
        p, t = self.parameters, self.quarter
        crisis = outbreak = np.zeros(self.n_worlds)
        shock: Array | float = 0.0
        commitment_shock: Array | float = 0.0
        if self.noisy:
            crisis = rivalry.crisis_strikes(self.draws.crisis[t], self.rivalry, hazard=p.crisis_hazard)
            outbreak = pandemic.outbreak_strikes(self.draws.outbreak[t], self.pandemic, hazard=p.pandemic_hazard)
            shock, commitment_shock = self.draws.rivalry_shock[t], self.draws.commitment_shock[t]
        self.crisis = np.ones(self.n_worlds) if self.timetable.strikes("crisis", t) else crisis
        self.outbreak = np.ones(self.n_worlds) if self.timetable.strikes("pandemic", t) else outbreak
        self.latent_rivalry = rivalry.next_latent_rivalry(
            self.latent_rivalry, shock, self.crisis, mean=p.rivalry_mean, persistence=p.rivalry_persistence, volatility=p.rivalry_volatility)
        level = self.timetable.rivalry(t)
        self.rivalry = rivalry.rivalry_level(self.latent_rivalry) if level is None else self._full(level)
        self.commitment_shock = rivalry.next_commitment_shock(
            self.commitment_shock, commitment_shock, persistence=p.commitment_persistence, volatility=p.commitment_volatility)
        self.commitment = self.policy_commitment * np.exp(self.commitment_shock) * self.timetable.commitment(t)
        self.lens = rivalry.lens(self.rivalry, low=self.lens_low, high=self.lens_high)

    def _engage(self) -> None:
        self.engagement = engagement(self.tilt, self.breadth)

    def _perceive(self) -> None:
        p = self.parameters
        noise: Array | float = 0.0
        if self.noisy:
            noise = p.observation_noise * (1 + self.ambiguity) * self.draws.observation[self.quarter]
        observed = perception.observed_alignment(self.engagement, self.flow_share, noise, lens=self.lens, flow_weight=self.flow_weight)
        self.perceived = perception.next_perceived(self.perceived, observed, self.ambiguity, gain=p.belief_gain)
        self.alignment = perception.alignment(self.perceived, self.security_weight)

    def _press(self) -> None:
        p = self.parameters
        self.offers = [power.decide() for power in self.powers]
        self.cohesion = self.asean.cohesion()
        self.buffer = self.asean.buffer(self.cohesion, p.asean_buffer)
        drive = self._offered("drive")
        self.pressure = pressure.next_pressure(self.pressure, drive, self.buffer, speed=p.pressure_speed)
        floor = self.timetable.pressure(self.quarter)
        if floor is not None:
            self.pressure = np.maximum(self.pressure, floor)

    def _invest(self) -> None:
        p = self.parameters
        self.worst_pressure = np.maximum(self.pressure[0], self.pressure[1])
        self.budget = self.commitment * self.budget_share * self.power_output
        self.offered = flows.offered(
            self.budget, self._offered("attraction"), self.pressure, self.base_share, outside_weight=p.outside_weight)
        self.flow = flows.accepted(self.offered, self.engagement[ECONOMY], unconditional=p.unconditional_flow)
        self.investment = self.investment_share * self.flow
        self.aid = self.flow - self.investment
        self.other_flow = flows.other_flow(
            self.output, self.worst_pressure, self.diversification, self.other_flow_rate, spillover=p.image_spillover)
        self.flow_share = flows.next_flow_share(self.flow_share, self.flow, self.other_flow)

    def _visit(self) -> None:
        chance = visits.visit_chance(self._offered("visits"), self.engagement, rate=self.parameters.visit_rate, dt=DT)
        self.visits = (self.draws.visit[self.quarter] < chance).astype(float) if self.noisy else chance

    def _build_trust(self) -> None:
        p = self.parameters
        self.supply = trust.supply(self.commitment, self.alignment)
        self.pandemic_rages = (self.pandemic > pandemic.OVER).astype(float)
        self.trust = trust.next_trust(
            self.trust, self.visits, DT * self.pandemic_rages * self.supply, self.pressure, baseline=self.trust_baseline,
            decay=p.trust_decay, gain=p.visit_trust_gain, loss=p.pressure_trust_loss, dt=DT)
        self.tier = trust.next_tier(self.tier, self.trust)
        change = self.timetable.tier(self.quarter)
        if change is not None:
            self.tier = numeric.clip(self.tier + change, 0, trust.TOP_TIER)

    def _trade(self) -> None:
        p = self.parameters
        settled = access.settled_access(
            self.tier, self.engagement[ECONOMY], self.pressure, self.rivalry, self.perceived[ECONOMY], self.worst_pressure, self.diversification,
            per_tier=p.tier_access, pressure_cut=p.pressure_access_cut, fragmentation=p.fragmentation, spillover=p.image_spillover)
        factor = self.timetable.access(self.quarter)
        self.access = access.next_access(self.access, settled if factor is None else settled * factor, speed=p.access_speed)
        self.gains, share = access.gains_and_shares(self.access, self.access_weight, self.home_weight, substitution=p.substitution)
        self.leverage = access.leverage(share, self.flow, self.output, substitution=p.substitution)

    def _vaccinate(self) -> None:
        p = self.parameters
        self.vaccinated = pandemic.next_vaccinated(
            self.vaccinated, self.outbreak, self.supply, self.pandemic_rages, rate=p.vaccination_rate, dt=DT)
        self.pandemic = pandemic.next_pandemic(self.pandemic, self.outbreak, depth=p.pandemic_depth, recovery=p.pandemic_recovery)

    def _secure(self) -> None:
        p = self.parameters
        self.reach = security.reach(self.commitment, self.power_output, self.proximity)
        self.exposure = security.exposure(
            self.reach, self.perceived[SECURITY], self.defence, self.buffer,
            reliability=p.protection_reliability, defence_protection=p.defence_protection)
        self.allegiance = security.allegiance(self.perceived, self.lens)
        self.crisis_loss = security.crisis_loss(
            self.allegiance[SECURITY], self.exposure, loss=p.crisis_loss, entrapment_weight=p.entrapment_weight)
        self.loss = security.security_loss(self.exposure, self.crisis, self.crisis_loss, local_threat=p.local_threat, dt=DT)

    def _produce(self) -> None:
        p = self.parameters
        self.productivity = accounts.next_productivity(self.productivity, growth=self.productivity_growth, dt=DT)
        self.last_output = self.output
        self.output = accounts.output(
            self.productivity, self.capital, self.gains, self.pandemic * (1 - self.vaccinated), self.legitimacy,
            elasticity=p.capital_elasticity, instability_threshold=p.instability_threshold, instability_cost=p.instability_cost)
        self.cost = accounts.strategy_cost(
            self.engagement, self.asean_effort, self.diversification, self.defence,
            duplication=p.duplication_cost, effort=p.effort_cost, diversifying=p.diversification_cost)
        self.consumption = accounts.consumption(
            self.output, self.cost, self.loss, self.capital, self.foreign_capital, self.debt, self.aid,
            investment_rate=self.investment_rate, repatriation=p.repatriation, elasticity=p.capital_elasticity,
            debt_service=p.debt_service, aid_to_capital=p.aid_to_capital)
        self.capital = accounts.next_capital(
            self.capital, self.output, self.loss, self.investment, self.aid, self.other_flow,
            investment_rate=self.investment_rate, aid_to_capital=p.aid_to_capital, depreciation=p.depreciation, dt=DT)
        self.foreign_capital = accounts.next_foreign_capital(
            self.foreign_capital, self.investment, self.other_flow, depreciation=p.depreciation, dt=DT)
        self.debt = accounts.next_debt(self.debt, self.aid, loan_share=p.loan_share, dt=DT)
        self.power_output = accounts.next_power_output(self.power_output, growth=self.power_growth, dt=DT)

    def _judge_government(self) -> None:
        p = self.parameters
        self.legitimacy = legitimacy.next_legitimacy(
            self.legitimacy, (self.output / self.last_output - 1) / DT, self.allegiance, self.pressure,
            self.draws.legitimacy[self.quarter] if self.noisy else 0.0,
            from_growth=p.growth_legitimacy, reference_growth=self.reference_growth, reversion=p.legitimacy_reversion,
            from_allegiance=p.allegiance_legitimacy, from_pressure=p.pressure_legitimacy, dt=DT)

    def _decide(self) -> None:
        decisions = [state.decide() for state in self.states]
        self.tilt = numeric.clip(gathered([decision.tilt for decision in decisions], axis=1), -1, 1)
        self.breadth = numeric.clip(gathered([decision.breadth for decision in decisions], axis=1), 0, 1)

    # ---- Read by agents and the history

    def exploration(self, state: int) -> Array | float:
        """Noise for a state that explores, standard normal (D, R), or 0 in deterministic mode."""
        return self.draws.learning[self.quarter, :, state] if self.noisy else 0.0

    def _offered(self, what: str) -> Array:
        """One part of the powers' offers, shape (G, S, R) or broadcastable."""
        return gathered([np.atleast_2d(getattr(offer, what)) for offer in self.offers], axis=0)

    @property
    def influence(self) -> Array:
        """Each power's influence: perceived alignment weighted by the states' output, shape (G, R)."""
        weighted: Array = sum_over_states(self.output * self.alignment) / sum_over_states(self.output)
        return weighted

    @property
    def outlay(self) -> Array:
        """What each power spends on the region, USD bn a year, shape (G, R)."""
        return sum_over_states(self.flow)

    @property
    def regional_tilt(self) -> Array:
        """Mean tilt of all members, shape (D, R)."""
        return sum_over_states(self.tilt) / len(self.states)

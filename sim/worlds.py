"""The model: R replicate worlds in lockstep. Agents decide, rules settle, a quarter at a time."""

from typing import Any

import numpy as np

from sim.agents import Association, Deciding, GreatPower, SameRule, SmallState, by_rule, by_strategy
from sim.axes import DOMAINS, DT, ECONOMY, N_PARTNERS, N_POWERS, REST, SECURITY, Array, stack, sum_over_powers, sum_over_states
from sim.coefficients import coefficients, start_productivity
from sim.draws import Draws
from sim.mesa_core import Agent, Model
from sim.policies.policy import Policy
from sim.policies.standing import by_power
from sim.present import present
from sim.rules import access, accounts, flows, legitimacy, numeric, pandemic, perception, pressure, rivalry, security, trust, visits
from sim.rules.engagement import engagement
from sim.scenario import quarter_index
from sim.settings import Settings
from sim.strategies.strategy import Strategy

#: Quarters from one election to the next where there is none.
NEVER = 2**40
#: In place of a number that is 0 in every world.
NOTHING = np.zeros(1)


class Worlds(Model):
    """Replicate worlds of one setting in which the focal state plays one strategy.

    State variables are attributes named as in MODEL.md, section 2; arrays with the world last. They are
    replaced, never edited in place. `start` holds what is made from the facts, `present` what rests before the first quarter.

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
        self._read_data()
        strategies = {name: strategy if name == settings.focal else settings.peers[name] for name in settings.world.states}
        # Built one by one: Agent.create_agents would split an array over the agents.
        self.states = [SmallState(self, name, chosen) for name, chosen in strategies.items()]
        self.powers = [GreatPower(self, name, settings.policies[name], settings.resting_policies[name]) for name in settings.world.powers]
        self.deciding = by_strategy(self, self.states, alone=self.timetable.switched_states)
        self.association = Association(self, settings.world.region.association is not None)
        self.offering = by_rule(self, self.powers)
        self._read_choices()
        self._start()

    def release(self) -> None:
        """Free the model at once; it cannot be used afterwards.

        Mesa keeps every model alive through its agents' counters. Model and agents also refer to each other, so
        that all arrays would wait for the garbage collector, which does not know how large they are.
        """
        self.remove_all_agents()
        getattr(Agent, "_ids", {}).pop(self, None)
        self.__dict__.clear()

    # ---- Facts and choices

    def _read_data(self) -> None:
        """What is made from the facts, as (S, 1), (G, S, 1) or (J, S, 1), of powers as (G, 1); or with R last."""
        world, p = self.settings.world, self.parameters
        self.start = coefficients(world, p)
        self.reliable = security.reliable(self.start.treaty, reliability=p.protection_reliability, treaty_reliability=p.treaty_reliability)
        self.claims = {g: claim for g, claim in enumerate(self.start.claims) if claim.any()}
        elections = [state.elections for state in world.states.values()]
        self.first_election = np.array([[-1 if each is None else quarter_index(each.first, world.start)] for each in elections])
        self.between_elections = np.array([[NEVER if each is None else 4 * each.every] for each in elections])
        # Most runs have 0 here, and need not compute what these multiply.
        self.counts = {name: bool(np.any(getattr(p, name))) for name in ("loss_in_accounts", "allegiance_legitimacy", "pressure_legitimacy")}
        self.loan_share = p.loan * self.start.loan_share
        self.proximity = world.of_powers("proximity")
        self.power_growth, self.start_power_output = world.of_powers("growth"), world.of_powers("output")
        self.unevenness = world.of_powers("lumps")[:, None]
        self.start_world_output, self.world_growth = (np.atleast_1d(np.asarray(x, dtype=float)) for x in (world.world_output, world.world_growth))
        self.start_rest = access.rest(self.start_power_output, self.start_world_output)
        self.lens_low = stack([p.lens_low_economy, p.lens_low_security])
        self.lens_high = stack([p.lens_high_economy, p.lens_high_security])
        self.flow_weight = stack([p.flow_weight_economy, p.flow_weight_security])

    def _read_choices(self) -> None:
        """What strategies and policies fix until an event switches them: states (S, 1), powers (G, 1) or (G, 1, 1)."""
        p, strategies = self.parameters, [state.strategy for state in self.states]
        effort = stack([strategy.association_effort for strategy in strategies])
        self.effort = effort if self.association.exists else np.zeros_like(effort)
        self.ambiguity = stack([strategy.ambiguity for strategy in strategies])
        self.diversification = stack([strategy.diversification for strategy in strategies])
        defence = stack([strategy.defence for strategy in strategies])
        self.undefended = security.undefended(defence, defence_protection=p.defence_protection)
        self.tools_cost = accounts.tools_cost(
            self.effort, self.diversification, defence, effort_cost=p.effort_cost, diversifying=p.diversification_cost)
        policies: list[Policy] = [power.policy for power in self.powers]
        self.policy_commitment = stack([policy.commitment for policy in policies])
        self.security_weight = stack([policy.security_weight for policy in policies])[:, None]
        self.pressing = self.start.governance_gap * stack([policy.norms for policy in policies])[:, None]

    def _full(self, values: Any, *axes: int) -> Array:
        """Values broadcast over the worlds, shape (*axes, R)."""
        shape = (*axes, self.n_worlds)
        return values if np.shape(values) == shape else np.broadcast_to(np.asarray(values, dtype=float), shape)

    def _start(self) -> None:
        """The state of every world before the first quarter: the present at rest, the same for every strategy compared."""
        n, g, j, d = len(self.states), N_POWERS, N_PARTNERS, len(DOMAINS)
        p, start = self.parameters, self.start
        world, resting = self.settings.world, [power.resting for power in self.powers]
        self.present = now = self.draws.shared("present", lambda: present(
            world, start, p, resting, [(each.which, each.rule) for each in by_rule(self, self.powers, at_rest=True)], self.flow_weight, self.lens_low,
            self.lens_high), world, p, resting)
        self.usual_budget = sum_over_states(now.meant)
        self.tilt, self.breadth = self._full(start.tilt, d, n), self._full(start.breadth, d, n)
        self.engagement = self._full(now.engagement, d, g, n)
        self.perceived, self.alignment = self._full(now.perceived, d, g, n), self._full(now.alignment, g, n)
        self.trust, self.pressure, self.tier = self._full(now.trust, g, n), self._full(now.pressure, g, n), self._full(start.tier, g, n)
        self.visits, self.flow_share = self._full(now.visits, g, n), self._full(now.flow_share, g, n)
        self.leverage = self._full(now.leverage, g, n)
        self.latent_rivalry = self._full(self.settings.world.rivalry)
        self.rivalry = self._full(now.rivalry)
        self.commitment_shock = self._full(0.0, g)
        self.crisis = self.outbreak = self.pandemic = self._full(0.0)
        self.challenged = self.timetable.has("challenge")
        self.vaccinated, self.challenge = self._full(0.0, n), self._full(0.0, n)
        self.accepted = self.flow = self._full(start.given, g, n)
        self.investment = start.mix * self.flow
        self.aid = self.flow - self.investment
        if self.noisy:
            persistence, volatility, unevenness = p.lump_persistence, p.lump_volatility, self.unevenness
            self.lumps = self.draws.shared(
                "lumps", lambda: flows.lump_factors(self.draws.lumps_start[0], self.draws.lumps, persistence, volatility, unevenness),
                persistence, volatility, unevenness)
        self.access = self._full(1.0, j, n)
        self.output = self.last_output = self._full(start.output, n)
        self.capital = self._full(start.capital, n)
        self.last_capital = self.capital * (1 - start.growth * DT)
        self.foreign_capital = self._full(start.foreign_capital, j, n)
        self.debt = self._full(start.debt, g, n)
        self.productivity = self._full(start_productivity(start, p, now.unrest, now.distress), n)
        self.legitimacy, self.unrest = self._full(start.legitimacy, n), self._full(now.unrest, n)
        self.power_output = self._full(self.start_power_output, g)
        self.world_output = self._full(self.start_world_output)

    # ---- One quarter

    def step(self) -> None:
        """One quarter, in the order of MODEL.md."""
        self._switch()
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

    def _switch(self) -> None:
        """New policies and strategies that events give."""
        policies, strategies = self.timetable.switches("policy", self.quarter), self.timetable.switches("strategy", self.quarter)
        if not policies and not strategies:
            return
        for g, name in policies.items():
            self.powers[g].policy = self.settings.switched_policies[name]
        for i, name in strategies.items():
            self.states[i].strategy = self.settings.switched_strategies[name]
        if policies:  # a rule with its own code keeps its memory where it is not switched
            kept: dict[int | None, SameRule] = {each.which: each for each in self.offering if each.which is not None and each.which not in policies}
            self.offering = [kept.get(each.which, each) for each in by_rule(self, self.powers)]
        self.deciding = [Deciding(self, each.states, [self.states[each.states.start].strategy]) if each.states.start in strategies else each
                         for each in self.deciding]
        self._read_choices()

    def _move_rivalry(self) -> None:
        p, t = self.parameters, self.quarter
        crisis = outbreak = np.zeros(self.n_worlds)
        shock: Array | float = 0.0
        factor: Array | float = 1.0
        if self.noisy:
            crisis = rivalry.crisis_strikes(self.draws.crisis[t], self.rivalry, hazard=p.crisis_hazard)
            outbreak = pandemic.outbreak_strikes(self.draws.outbreak[t], self.pandemic, hazard=p.pandemic_hazard)
            shock = self.draws.rivalry_shock[t]
            self.commitment_shock = rivalry.next_commitment_shock(
                self.commitment_shock, self.draws.commitment_shock[t], persistence=p.commitment_persistence, volatility=p.commitment_volatility)
            factor = rivalry.commitment_factor(self.commitment_shock, t, persistence=p.commitment_persistence, volatility=p.commitment_volatility)
        self.crisis = np.ones(self.n_worlds) if self.timetable.strikes("crisis", t) else crisis
        self.outbreak = np.ones(self.n_worlds) if self.timetable.strikes("pandemic", t) else outbreak
        self.latent_rivalry = rivalry.next_latent_rivalry(
            self.latent_rivalry, shock, self.crisis, mean=p.rivalry_mean, persistence=p.rivalry_persistence, volatility=p.rivalry_volatility)
        self.rivalry = self.timetable.changed("rivalry", t, rivalry.rivalry_level(self.latent_rivalry))
        self.commitment = self.timetable.changed("commitment", t, self._full(self.policy_commitment * factor, N_POWERS))
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
        self.election = pressure.election_season(self.quarter, self.first_election, self.between_elections)
        self.offers = [each.decide() for each in self.offering]
        self.cohesion = self.association.cohesion()
        self.buffer = self.association.buffer(self.cohesion, p.association_buffer)
        moved = pressure.next_pressure(self.pressure, self._offered("drive"), self.buffer, speed=p.pressure_speed)
        self.pressure = self.timetable.changed("pressure", self.quarter, moved)

    def _invest(self) -> None:
        p, t, now = self.parameters, self.quarter, self.present
        self.worst_pressure = np.maximum(self.pressure[0], self.pressure[1])
        self.budget_factor = self.timetable.changed("budget", t, flows.budget_factor(
            self.commitment / now.commitment, self.power_output / self.start_power_output, self.rivalry - now.rivalry, from_rivalry=p.budget_rivalry))
        self.intended = flows.intended(
            now.meant, now.share, self._offered("attraction"), self.budget_factor, outside_weight=p.outside_weight)
        self.offered = self.timetable.changed("flow", t, self.intended * (1 - self.pressure))
        self.accepted = self.offered * flows.opening(self.engagement[ECONOMY], unconditional=p.unconditional_flow)
        self.other_debt = self.start.other_debt_ratio * self.output
        self.owed = sum_over_powers(self.debt) + self.other_debt
        self.distress = accounts.debt_distress(self.owed, self.output, threshold=p.distress_threshold)
        self.investment = self.start.mix * self.accepted
        self.aid = self.accepted - self.investment
        if self.noisy:
            self.aid *= self.lumps[t]
        self.aid *= 1 - np.maximum(self.distress - now.distress, 0)
        self.flow = self.investment + self.aid
        self.other_flow = flows.other_flow(
            self.output, self.start.other_flow_rate, self.diversification,
            flows.deterrence(self.worst_pressure, spillover=p.image_spillover) / now.deterrence, pull=p.diversification_pull)
        self.flow_share = flows.next_flow_share(self.flow_share, self.flow, self.other_flow)

    def _visit(self) -> None:
        p = self.parameters
        chance = visits.visit_chance(self._offered("visits"), self.engagement, rate=p.visit_rate, base=p.visit_base, dt=DT)
        visited = (self.draws.visit[self.quarter] < chance).astype(float) if self.noisy else self._full(chance, N_POWERS, len(self.states))
        self.visits = self.timetable.changed("visits", self.quarter, visited)

    def _build_trust(self) -> None:
        p = self.parameters
        self.supply = trust.supply(self.commitment, self.alignment)
        self.pandemic_rages = (self.pandemic > pandemic.OVER).astype(float)
        self.trust = trust.next_trust(
            self.trust, self.visits, DT * self.pandemic_rages * self.supply, self.pressure, baseline=self.start.trust_baseline,
            decay=p.trust_decay, gain=p.visit_trust_gain, loss=p.pressure_trust_loss, dt=DT)
        tier = trust.next_tier(self.tier, self.trust, start_tier=self.start.tier, start_trust=self.present.trust)
        self.tier = self.timetable.changed("tier", self.quarter, tier)

    def _trade(self) -> None:
        p, now = self.parameters, self.present
        settled = np.empty_like(self.access)
        np.divide(access.access_to_powers(
            self.tier, self.engagement[ECONOMY], self.pressure, self.rivalry, self.perceived[ECONOMY], per_tier=p.tier_access,
            pressure_cut=p.pressure_access_cut, fragmentation=p.fragmentation, diversion=p.trade_diversion), now.access_to_powers, out=settled[:REST])
        np.divide(access.access_to_rest(self.worst_pressure, self.diversification, spillover=p.image_spillover), now.access_to_rest, out=settled[REST])
        self.access = access.next_access(self.access, self.timetable.changed("access", self.quarter, settled), speed=p.access_speed)
        self.size = access.size(
            self.power_output, self.world_output, start_power_output=self.start_power_output, start_world_output=self.start_world_output,
            start_rest=self.start_rest, elasticity=p.size_elasticity)
        self.gains, self.partner_share = access.gains_and_shares(
            self.access, self.size, self.start.access_weight, self.start.home_weight, substitution=p.substitution)
        self.leverage = access.leverage(
            self.partner_share[:REST], self.foreign_capital[:REST] / self.capital, self.debt / self.output, substitution=p.substitution,
            capital_elasticity=p.capital_elasticity, sudden_stop=p.sudden_stop, debt_call=p.debt_call)

    def _vaccinate(self) -> None:
        p = self.parameters
        self.vaccinated = pandemic.next_vaccinated(
            self.vaccinated, self.outbreak, self.supply, self.pandemic_rages, rate=p.vaccination_rate, dt=DT)
        self.pandemic = pandemic.next_pandemic(self.pandemic, self.outbreak, depth=p.pandemic_depth, recovery=p.pandemic_recovery)

    def _secure(self) -> None:
        p = self.parameters
        self.reach = security.reach(self.commitment, self.power_output, self.proximity)
        protected = security.protection(self.reach, self.perceived[SECURITY], self.reliable)
        left = security.defended(self.undefended, self.buffer)
        self.exposure = security.exposure(protected, left)
        self.allegiance = security.allegiance(self.perceived, self.lens)
        self.crisis_loss = security.crisis_loss(
            self.allegiance[SECURITY], self.exposure, loss=p.crisis_loss, entrapment_weight=p.entrapment_weight)
        claimed = security.claims_loss(self.claims, self.reach, self.perceived[SECURITY], protected, left, appeasement=p.appeasement)
        self.loss = security.security_loss(self.exposure, claimed, self.crisis, self.crisis_loss, local_threat=p.local_threat, dt=DT)

    def _produce(self) -> None:
        p, t = self.parameters, self.quarter
        growth = self.start.productivity_growth
        if self.timetable.has("growth"):
            growth = self.timetable.growth(t, growth, (self.capital / self.last_capital - 1) / DT, p.capital_elasticity)
        self.productivity = accounts.next_productivity(self.productivity, growth=growth, dt=DT)
        self.last_output = self.output
        self.output = accounts.output(
            self.productivity, self.capital, self.gains, self.pandemic * (1 - self.vaccinated), self.unrest, self.distress,
            elasticity=p.capital_elasticity, unrest_cost=p.instability_cost, distress_cost=p.distress_cost)
        self.cost = accounts.strategy_cost(self.engagement, self.tools_cost, duplication=p.duplication_cost)
        accounted = p.loss_in_accounts * self.loss if self.counts["loss_in_accounts"] else NOTHING
        aid = sum_over_powers(self.aid)
        self.consumption = accounts.consumption(
            self.output, self.cost, accounted, self.capital, sum_over_powers(self.foreign_capital) + self.foreign_capital[REST],
            self.owed, aid,
            investment_rate=self.start.domestic_investment, repatriation=p.repatriation, elasticity=p.capital_elasticity,
            debt_service=p.debt_service, aid_to_capital=p.aid_to_capital)
        inflow = accounts.capital_inflow(
            sum_over_powers(self.investment), aid, self.other_flow, kept=self.start.kept, aid_to_capital=p.aid_to_capital)
        self.last_capital = self.capital
        self.capital = accounts.next_capital(
            self.capital, self.output, accounted, inflow, investment_rate=self.start.domestic_investment, depreciation=p.depreciation, dt=DT)
        self.foreign_capital = accounts.next_foreign_capital(
            self.foreign_capital, self.investment, self.other_flow, kept=self.start.kept, depreciation=p.depreciation, dt=DT)
        self.debt = accounts.next_debt(self.debt, self.aid, loan_share=self.loan_share, dt=DT)
        self.power_output = accounts.grown(self.power_output, growth=self.timetable.power_growth(t, self.power_growth), dt=DT)
        self.world_output = accounts.grown(self.world_output, growth=self.world_growth, dt=DT)

    def _judge_government(self) -> None:
        p, t, now, usual = self.parameters, self.quarter, self.present, self.start.legitimacy
        if self.challenged:
            self.challenge = self.timetable.changed("challenge", t, legitimacy.CHALLENGE_LEFT * self.challenge)
        self.legitimacy = legitimacy.next_legitimacy(
            self.legitimacy, legitimacy.growth_gap(self.output, self.last_output, reference=self.start.growth, dt=DT),
            self.allegiance - now.allegiance if self.counts["allegiance_legitimacy"] else None,
            self.pressure - now.pressure if self.counts["pressure_legitimacy"] else None, self.challenge if self.challenged else None,
            self.draws.legitimacy[t] if self.noisy else 0.0, usual=usual, from_growth=p.growth_legitimacy, reversion=p.legitimacy_reversion,
            from_allegiance=p.allegiance_legitimacy, from_pressure=p.pressure_legitimacy, from_challenge=p.challenge_legitimacy, dt=DT)
        chance = legitimacy.unrest_chance(self.legitimacy, usual=usual, hazard=p.unrest_hazard, rise=p.unrest_legitimacy)
        onset = (self.draws.unrest[t] < chance).astype(float) if self.noisy else chance
        self.unrest = legitimacy.next_unrest(self.unrest, onset)

    def _decide(self) -> None:
        tilt, breadth = np.empty_like(self.tilt), np.empty_like(self.breadth)
        for each in self.deciding:
            decision = each.decide()
            tilt[:, each.states], breadth[:, each.states] = decision.tilt, decision.breadth
        if self.noisy:
            tilt += self.parameters.tilt_noise * self.draws.tilt[self.quarter]
        self.tilt, self.breadth = numeric.clip(tilt, -1, 1), numeric.clip(breadth, 0, 1)

    # ---- Read by agents and the history

    def exploration(self, states: slice) -> Array | float:
        """Noise for states that explore, standard normal (D, S, R), or 0 in deterministic mode."""
        return self.draws.learning[self.quarter, :, states] if self.noisy else 0.0

    def _offered(self, what: str) -> Array:
        """One part of the powers' offers, shape (G, S, R) or broadcastable."""
        return by_power([getattr(offer, what) for offer in self.offers])

    @property
    def influence(self) -> Array:
        """Each power's influence: perceived alignment weighted by the states' output, shape (G, R)."""
        weighted: Array = sum_over_states(self.output * self.alignment) / sum_over_states(self.output)
        return weighted

    @property
    def budget(self) -> Array:
        """Each power's budget for the region and beyond, USD bn a year, shape (G, R)."""
        result: Array = self.budget_factor * self.usual_budget * (1 + self.parameters.outside_weight)
        return result

    @property
    def outlay(self) -> Array:
        """What the states accept from each power, USD bn a year, before lumps, shape (G, R)."""
        return sum_over_states(self.accepted)

    @property
    def trade(self) -> Array:
        """Trade with each partner, USD bn a year, shape (J, S, R)."""
        weight = self.start.access_weight
        since_start = np.where(weight > 0, self.partner_share / np.where(weight > 0, weight, 1), 0.0)
        result: Array = self.start.trade * since_start * (self.last_output / self.start.output)
        return result

    @property
    def regional_tilt(self) -> Array:
        """Mean tilt of all states, shape (D, R)."""
        return sum_over_states(self.tilt) / len(self.states)

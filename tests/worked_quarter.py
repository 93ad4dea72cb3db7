"""One quarter with numbers, for MODEL.md: Cambodia in the fifth quarter of `cambodia_2020`, without noise.

Each line is an equation of MODEL.md, written once below: as it is computed it also writes itself down. What the quarter starts from, and
what other states contribute, comes from tests/twin.py; a test compares every result with the array model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from sim.axes import DOMAINS, DT
from tests import given, twin

WORLD, STRATEGY = "cambodia_2020", "equidistance"
#: The quarter shown, counted from 0: the state has moved for a year, and powers have answered.
QUARTER = 4
BOTH = (0, 1)
PARTNERS = ("0", "1", "rest")
CREDITORS = ("0", "1", "other")
DIGITS = 6
#: A name with the domain, power or partner that it is of.
INDEXED = re.compile(r"(.+)_((?:economy|security)(?:,[01])?|[01]|rest)$")
#: What shows its arithmetic beside others like it, since it differs.
ALONE = ("drive_1", "drive*_1", "q*_rest", "size_rest", "FK_rest", "E_1")


def settings() -> given.Settings:
    """What is simulated: one world without noise, up to the quarter shown."""
    return given.preset(WORLD, "deterministic=true", "n_worlds=1", f"horizon={QUARTER + 1}")


def digits(value: float) -> str:
    """A number to six significant digits, without an exponent; whole numbers in full."""
    if value == int(value):
        return str(int(value))
    after_point = max(0, DIGITS - 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{after_point}f}".rstrip("0").rstrip(".")


SUM, PRODUCT, POWER, WHOLE = range(4)


class Shown:
    """A number that knows the arithmetic it came from.

    Attributes:
        value: The number.
        calculator: The same, computed from the digits shown.
        text: The arithmetic, with numbers.
        binding: How tightly its outermost operation binds, to know where brackets are needed.
    """

    def __init__(self, value: float, calculator: float | None = None, text: str = "", binding: int = WHOLE) -> None:
        self.value = value
        self.text = text or digits(value)
        self.calculator = float(digits(value)) if calculator is None else calculator
        self.binding = SUM if not text and value < 0 else binding

    def bracketed(self, least: int) -> str:
        return self.text if self.binding >= least else f"({self.text})"

    def _with(self, other: Shown | float, sign: str, binding: int, compute: Callable[[float, float], float], right: int | None = None) -> Shown:
        other = shown(other)
        left = self.bracketed(binding) if " " in self.text or binding == POWER else self.text  # -2 × 3, but (-2) ^ 3
        text = f"{left} {sign} {other.bracketed(binding + 1 if right is None else right)}"
        return Shown(compute(self.value, other.value), compute(self.calculator, other.calculator), text, binding)

    def __add__(self, other: Shown | float) -> Shown:
        other = shown(other)
        return self._with(other, "+", SUM, lambda a, b: a + b, PRODUCT if other.text.startswith("-") else SUM)

    def __sub__(self, other: Shown | float) -> Shown:
        return self._with(other, "-", SUM, lambda a, b: a - b)

    def __mul__(self, other: Shown | float) -> Shown:
        return self._with(other, "×", PRODUCT, lambda a, b: a * b, PRODUCT)

    def __truediv__(self, other: Shown | float) -> Shown:
        return self._with(other, "/", PRODUCT, lambda a, b: a / b)

    def __pow__(self, other: Shown | float) -> Shown:
        return self._with(other, "^", POWER, lambda a, b: a**b)

    def __radd__(self, other: float) -> Shown:
        return shown(other) + self

    def __rsub__(self, other: float) -> Shown:
        return shown(other) - self

    def __rtruediv__(self, other: float) -> Shown:
        return shown(other) / self

    def __rmul__(self, other: float) -> Shown:
        return shown(other) * self


def shown(value: Shown | float) -> Shown:
    return value if isinstance(value, Shown) else Shown(float(value))


def called(name: str, compute: Callable[..., float], *arguments: Shown | float) -> Shown:
    """A function of numbers."""
    given_ = [shown(each) for each in arguments]
    text = f"{name}({', '.join(each.text for each in given_)})"
    return Shown(compute(*(each.value for each in given_)), compute(*(each.calculator for each in given_)), text)


def clip(value: Shown | float, low: float = 0, high: float = 1) -> Shown:
    return called("clip", twin.clip, value, low, high)


def expit(value: Shown) -> Shown:
    return called("expit", twin.expit, value)


def exp(value: Shown) -> Shown:
    return called("exp", math.exp, value)


def most(*values: Shown | float) -> Shown:
    return called("max", max, *values)


def least(*values: Shown | float) -> Shown:
    return called("min", min, *values)


def mean(values: Sequence[Shown]) -> Shown:
    return (values[0] + values[1]) / 2


def every(values: Sequence[float]) -> list[Shown]:
    return [shown(float(value)) for value in values]


class Worked:
    """The quarter: its text, and every result by the variable and its domain, power or partner."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, list[tuple[str, str]]]] = []
        self.results: dict[tuple[str, tuple[int, ...]], Shown] = {}
        self.checked: list[tuple[str, Shown]] = []

    def step(self, title: str) -> None:
        self.blocks.append((title, []))

    def line(self, name: str, result: Shown | float, variable: str = "", *index: int) -> Shown:
        """Write one equation down; returns its result, to be shown as a number from here on."""
        result = shown(result)
        value = digits(result.value)
        self.blocks[-1][1].append((name, result.text if result.text == value else f"{result.text} = {value}"))
        self.checked.append((name, result))
        if variable:
            self.results[variable, index] = result
        return Shown(result.value)

    def list(self, name: str, values: Sequence[Shown | float]) -> list[Shown]:
        """Write numbers down that come from elsewhere."""
        numbers = [shown(value) for value in values]
        self.blocks[-1][1].append((name, ", ".join(number.text for number in numbers)))
        return numbers

    def text(self) -> str:
        parts = []
        for title, lines in self.blocks:
            rows = families(lines)
            width = max(len(name) for name, _ in rows)
            parts.append("\n".join([f"**{title}**", "```", *(f"{name:<{width}} = {what}" for name, what in rows), "```"]))
        return "\n\n".join(parts)


def families(lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Lines in which only the first of several like it shows its arithmetic; the results of the others follow it."""
    rows: dict[str, tuple[str, str]] = {}
    for name, what in lines:
        indexed = INDEXED.match(name)
        key = indexed[1] if indexed and name not in ALONE else name
        if key in rows:
            first, all_so_far = rows[key]
            rows[key] = first, f"{all_so_far}; {name} = {what.rsplit(' = ', 1)[-1]}"
        else:
            rows[key] = name, what
    return list(rows.values())


class Quarter:
    """Computes the quarter block by block; a name with `star` is a value of the present."""

    def __init__(self) -> None:
        chosen = settings()
        self.strategy, self.p = chosen.strategies[STRATEGY], chosen.parameters
        self.model = twin.Twin(chosen, self.strategy, None)
        self.state = next(each for each in self.model.small_states if each.name == chosen.focal)
        self.data, self.powers = self.state.data, self.model.powers
        self.resting, self.policies = [power.resting for power in self.powers], [power.policy for power in self.powers]
        self.x0, self.world = chosen.world.rivalry, chosen.world
        self.work = Worked()
        self.line = self.work.line
        self._coefficients()
        self._present()
        for _ in range(QUARTER):
            self.model.step()
        self._start()
        self.model.step()  # for what the other states contribute
        self._shocks()
        self._perception()
        self._pressure()
        self._flows()
        self._trust()
        self._trade()
        self._security()
        self._accounts()
        self._legitimacy()
        self._decision()

    # ---- What is made from the facts

    def _coefficients(self) -> None:
        data, p, state, line, work = self.data, self.p, self.state, self.line, self.work
        work.step("Facts and coefficients")
        output, growth = line("Y0", shown(data.output)), line("growth", shown(data.growth))
        names = (*self.model.power_names, "rest")
        trade = work.list("trade, of 0, 1, rest", [data.trade[name] for name in names])
        investment = work.list("investment, of 0, 1, rest", [data.investment[name] for name in names])
        aid = work.list("aid, of 0, 1", [data.aid[name] for name in names[:2]])
        stock = work.list("fdi_stock, of 0, 1, rest", [data.fdi_stock[name] for name in names])
        debt = work.list("debt, to 0, 1, other", [data.debt[name] for name in (*names[:2], "other")])
        tilts = work.list(f"tilt, by {', '.join(data.tilt)}", list(data.tilt.values()))
        self.tilt_star = line("tilt_d", sum(tilts[1:], tilts[0]) / len(tilts))
        tops = (twin.MOST_WEIGHT, twin.MOST_WEIGHT, twin.MOST_WEIGHT_REST)
        self.weight = [line(f"w_{PARTNERS[j]}", least(twin.VALUE_ADDED * trade[j] / output, tops[j])) for j in range(3)]
        self.home = line("w_home", 1 - self.weight[0] - self.weight[1] - self.weight[2])
        self.given = [line(f"F0_{g}", investment[g] + aid[g]) for g in BOTH]
        self.mix = [line(f"mix_{g}", investment[g] / self.given[g] if self.given[g].value else shown(0)) for g in BOTH]
        self.rate = line("rw", investment[2] / output)
        capital = line("K0", shown(p.capital_output) * output)
        stocks = stock[0] + stock[1] + stock[2]
        self.owned = [line(f"FK_{PARTNERS[j]}", least(stock[j], twin.FOREIGN_SHARE_OF_CAPITAL * capital * stock[j] / stocks)) for j in range(3)]
        needed = line("needed", (p.depreciation + growth) * capital)
        inflow = line("inflow", investment[0] + investment[1] + investment[2] + p.aid_to_capital * (aid[0] + aid[1]))
        self.kept = line("kept", least(1, (needed - twin.LEAST_INVESTMENT * output) / inflow))
        self.invests = line("sinv", (needed - self.kept * inflow) / output)
        self.progress = line("gA", growth * (1 - shown(p.capital_elasticity)))
        self.loan = [line(f"loan_{g}", least((twin.DEBT_REPAYMENT + growth) * debt[g] / aid[g], 1) if aid[g].value else shown(0)) for g in BOTH]
        self.other_ratio = line("debt_other/Y0", debt[2] / output)
        self.output0, self.growth, self.capital0, self.debt0, self.trade0 = output, growth, capital, debt, trade
        self.gap, self.baseline = every(state.governance_gap), every(state.trust_baseline)
        self.tier_star, self.claims = every(state.tier_star), every(state.claims)

    def _read(self, m: list[list[Shown]], share: list[Shown], star: str) -> list[list[Shown]]:
        """What a power reads of what a state does with it, by domain and power."""
        weights = (self.p.flow_weight_economy, self.p.flow_weight_security)
        return [[self.line(f"y{star}_{DOMAINS[d]},{g}", m[d][g] + weights[d] * (share[g] - m[d][g])) for g in BOTH] for d in BOTH]

    def _engaged(self, tilt: list[Shown], breadth: list[Shown], star: str) -> list[list[Shown]]:
        sides = (lambda a: 1 + a, lambda a: 1 - a)
        keep = ("engagement",) if not star else ()
        return [[self.line(f"m{star}_{DOMAINS[d]},{g}", clip(breadth[d] * sides[g](tilt[d])), *(keep and (*keep, d, g))) for g in BOTH] for d in BOTH]

    def _aligned(self, perceived: list[list[Shown]], policies: Sequence[twin.Policy], star: str) -> list[Shown]:
        found = []
        for g in BOTH:
            ws = shown(policies[g].security_weight)
            keep = () if star else ("alignment", g)
            found.append(self.line(f"P{star}_{g}", (1 - ws) * perceived[0][g] + ws * perceived[1][g], *keep))
        return found

    def _chance(self, policy: twin.Policy, m: list[list[Shown]], g: int) -> Shown:
        p = self.p
        return 1 - exp(shown(-DT) * p.visit_rate * policy.visits * (p.visit_base + (1 - shown(p.visit_base)) * mean([m[0][g], m[1][g]])))

    def _drive(self, policy: twin.Policy, alignment: Shown, trust: Shown, g: int) -> Shown:
        p = self.p
        shortfall = (policy.tolerance - alignment - p.trust_tolerance * (trust - twin.NEUTRAL_TRUST)) / p.pressure_softness
        return policy.punish * expit(shortfall) + shown(policy.norms) * self.gap[g] * (1 + shown(float(self.state.elects())))

    def _raw_access(self, tier: Shown, m: Shown, pressure: Shown, rivalry: Shown, perceived: Shown) -> Shown:
        p = self.p
        blocs = exp(rivalry * (p.trade_diversion - shown(p.fragmentation) * (1 - perceived) / 2))
        return (1 + shown(p.tier_access) * tier * m) * (1 - p.pressure_access_cut * pressure) * blocs

    def _hold(self, share: Shown, owned: Shown, capital: Shown, debt: Shown, output: Shown) -> Shown:
        p = self.p
        in_place = 1 - shown(p.sudden_stop) * p.capital_elasticity * clip(owned / capital)
        return 1 - (1 - share) ** self.exponent * in_place * (1 - p.debt_call * clip(debt / output))

    def _in_distress(self, debts: Shown, output: Shown) -> Shown:
        return expit((debts / output - self.p.distress_threshold) / twin.DISTRESS_SOFTNESS)

    def _lens(self, rivalry: Shown, star: str) -> list[Shown]:
        p = self.p
        ends = ((p.lens_low_economy, p.lens_high_economy), (p.lens_low_security, p.lens_high_security))
        return [self.line(f"lens{star}_{DOMAINS[d]}", low + (shown(high) - low) * rivalry) for d, (low, high) in enumerate(ends)]

    def _present(self) -> None:
        p, state, line = self.p, self.state, self.line
        self.work.step("The present at rest")
        self.rivalry_star = line("ρ0", expit(shown(self.x0)))
        lens = self._lens(self.rivalry_star, "*")
        m = self.m_star = self._engaged([self.tilt_star] * 2, every(state.breadth_star), "*")
        total = self.given[0] + self.given[1] + self.rate * self.output0
        self.share_star = [line(f"f*_{g}", self.given[g] / total) for g in BOTH]
        read = self._read(m, self.share_star, "*")
        perceived = [[line(f"p*_{DOMAINS[d]},{g}", clip(read[d][g] - lens[d] * read[d][1 - g], -1)) for g in BOTH] for d in BOTH]
        self.alignment_star = self._aligned(perceived, self.resting, "*")
        self.visits_star = [line(f"visits*_{g}", self._chance(self.resting[g], m, g)) for g in BOTH]
        (buffer,) = self.work.list("buffer*, from all states", [self.model.buffer])
        self.trust_star = every(state.trust_star)
        drive = [line(f"drive*_{g}", self._drive(self.resting[g], self.alignment_star[g], self.trust_star[g], g)) for g in BOTH]
        self.pressure_star = [line(f"s*_{g}", least(clip(drive[g]) * (1 - buffer), twin.PRESSURE_AT_REST_CAP)) for g in BOTH]
        for g in BOTH:
            back, won, lost = shown(DT) * p.trust_decay, p.visit_trust_gain * self.visits_star[g], p.pressure_trust_loss * self.pressure_star[g]
            line(f"T*_{g}", (back * self.baseline[g] + won) / (back + won + lost))
        unconditional = shown(p.unconditional_flow)
        self.meant = [line(f"O0_{g}", self.given[g] / ((unconditional + (1 - unconditional) * m[0][g]) * (1 - self.pressure_star[g]))) for g in BOTH]
        self.raw_star = [line(f"qhat*_{g}", self._raw_access(self.tier_star[g], m[0][g], self.pressure_star[g], self.rivalry_star, perceived[0][g]))
                         for g in BOTH]
        self.worst_star = most(*self.pressure_star)
        self.exponent = line("1/(sigma - 1)", 1 / (shown(p.substitution) - 1))
        self.leverage_star = [line(f"l*_{g}", self._hold(self.weight[g], self.owned[g], self.capital0, self.debt0[g], self.output0)) for g in BOTH]
        self.allegiance_star = [line(f"allegiance*_{DOMAINS[d]}", clip(called("abs", abs, perceived[d][0] - perceived[d][1]) / (1 + lens[d])))
                                for d in BOTH]
        self.distress_star = line("distress*", self._in_distress(self.debt0[0] + self.debt0[1] + self.other_ratio * self.output0, self.output0))
        hazard = shown(p.unrest_hazard)
        unrest = line("unrest*", hazard / (1 - twin.UNREST_KEPT + twin.UNREST_KEPT * hazard))
        before = self.capital0 * (1 - self.growth * DT)
        costs = (1 - p.instability_cost * unrest) * (1 - p.distress_cost * self.distress_star)
        line("A0", self.output0 / before ** shown(p.capital_elasticity) / costs)

    def _start(self) -> None:
        state, work, powers = self.state, self.work, self.powers
        work.step(f"What quarter {QUARTER} starts from")
        self.latent = work.list("x", [self.model.latent_rivalry])[0]
        self.tilt, self.breadth = work.list("tilt, economy, security", state.tilt), work.list("breadth, economy, security", state.breadth)
        self.perceived = [work.list(f"p_{DOMAINS[d]}, of 0, 1", state.perceived[d]) for d in BOTH]
        self.trust_before, self.tier_before = work.list("T, of 0, 1", state.trust), work.list("tier, with 0, 1", state.tier)
        self.pressure_before, self.share = work.list("s, by 0, 1", state.pressure), work.list("f, of 0, 1", state.flow_share)
        self.access_before = work.list("q, to 0, 1, rest", state.access)
        self.output_before, self.capital, self.capital_before = work.list("Y, K, K a quarter before", [state.output, state.capital, state.last_capital])
        self.productivity, self.legitimacy_before, self.unrest_before = work.list("A, L, unrest", [state.productivity, state.legitimacy, state.unrest])
        self.foreign, self.debt = work.list("FK, of 0, 1, rest", state.foreign_capital), work.list("debt, to 0, 1", state.debt)
        self.power_output = work.list("YG_0, YG_1", [power.power_output for power in powers])
        self.world_output = work.list("W", [self.model.world_output])[0]

    # ---- The thirteen steps

    def _shocks(self) -> None:
        p, line = self.p, self.line
        self.work.step("Step 1: Rivalry and shocks")
        x = line("x", p.rivalry_mean + shown(p.rivalry_persistence) * (self.latent - p.rivalry_mean))
        self.rivalry = line("ρ", expit(x), "rivalry")
        line("crisis", 0, "crisis")
        line("outbreak", 0, "outbreak")
        self.commitment = [line(f"commitment_{g}", shown(self.policies[g].commitment), "commitment", g) for g in BOTH]
        self.lens = self._lens(self.rivalry, "")

    def _perception(self) -> None:
        p, line = self.p, self.line
        self.work.step("Step 2: Engagement")
        self.m = self._engaged(self.tilt, self.breadth, "")
        self.work.step("Step 3: Perception")
        read, believed = self._read(self.m, self.share, ""), self.perceived
        gain = shown(p.belief_gain) / (1 + shown(self.strategy.ambiguity))
        self.perceived = [[], []]
        for d in BOTH:
            for g in BOTH:
                o = line(f"o_{DOMAINS[d]},{g}", read[d][g] - self.lens[d] * read[d][1 - g])
                belief = believed[d][g]
                self.perceived[d].append(line(f"p_{DOMAINS[d]},{g}", clip(belief + gain * (o - belief), -1), "perceived", d, g))
        self.alignment = self._aligned(self.perceived, self.policies, "")

    def _pressure(self) -> None:
        p, line, states = self.p, self.line, list(self.model.small_states)
        self.work.step("Step 4: Pressure")
        # The step that was taken has changed the tilts: cohesion is read from the buffer that it used.
        effort = line("mean effort, of all states", sum(each.strategy.association_effort for each in states) / len(states))
        spread = line("std of the mean tilts", 1 - self.model.buffer / p.association_buffer / effort.value)
        cohesion = line("cohesion", 1 - spread, "cohesion")
        self.buffer = line("buffer", p.association_buffer * cohesion * effort, "buffer")
        drive = [line(f"drive_{g}", self._drive(self.policies[g], self.alignment[g], self.trust_before[g], g)) for g in BOTH]
        before = self.pressure_before
        self.pressure = [line(f"s_{g}", before[g] + p.pressure_speed * (clip(drive[g]) * (1 - self.buffer) - before[g]), "pressure", g) for g in BOTH]

    def _attraction(self, g: int) -> Shown:
        p, q, rest = self.p, self.policies[g], self.resting[g]
        closer, away = self.alignment[g] - self.alignment_star[g], self.alignment_star[g] - self.alignment[g]
        liking = q.reward * (most(closer, 0) - q.withdraw * most(away, 0)) + p.trust_elasticity * (self.trust_before[g] - self.trust_star[g])
        matched = (1 + q.match_rival * self.share[1 - g]) / (1 + q.match_rival * self.share_star[1 - g])
        now, then = ((1 + (bonus + p.contest_bonus * rho) * (1 - seen**2)) for bonus, rho, seen in (
            (shown(q.swing_bonus), self.rivalry, self.alignment[g]), (shown(rest.swing_bonus), self.rivalry_star, self.alignment_star[g])))
        return exp(liking) * matched * (now / then)

    def _flows(self) -> None:
        p, line, output = self.p, self.line, self.output_before
        self.work.step("Step 5: Investment and aid")
        self.other_debt = line("debt_other", self.other_ratio * output, "other_debt")
        self.distress = line("distress", self._in_distress(self.debt[0] + self.debt[1] + self.other_debt, output), "distress")
        e = [line(f"E_{g}", self._attraction(g)) for g in BOTH]
        rise = most(1 + p.budget_rivalry * (self.rivalry - self.rivalry_star), 0)
        factor = [line(f"budget_{g}", self.commitment[g] / self.resting[g].commitment * (self.power_output[g] / power.data.output) * rise)
                  for g, power in enumerate(self.powers)]
        states = list(self.model.small_states)
        unconditional, outside = shown(p.unconditional_flow), shown(p.outside_weight)
        meant = self.work.list("Σ_states O0_0, O0_1", [sum(each.meant_star[g] for each in states) for g in BOTH])
        pulls = self.work.list("Σ_states share E, of 0, 1", [
            sum(each.meant_star[g] * power.appeal[i] for i, each in enumerate(states)) / meant[g].value for g, power in enumerate(self.powers)])
        for g in BOTH:
            line(f"budget in USD bn_{g}", meant[g] * factor[g] * (1 + outside), "budget", g)
        intended = [line(f"intended_{g}", self.meant[g] * factor[g] * e[g] * (1 + outside) / (outside + pulls[g]), "intended", g) for g in BOTH]
        offered = [line(f"offered_{g}", intended[g] * (1 - self.pressure[g]), "offered", g) for g in BOTH]
        self.accepted = [line(f"accepted_{g}", offered[g] * (unconditional + (1 - unconditional) * self.m[0][g]), "accepted", g) for g in BOTH]
        self.investment = [line(f"investment_{g}", self.mix[g] * self.accepted[g], "investment", g) for g in BOTH]
        strain = 1 - most(self.distress - self.distress_star, 0)
        self.aid = [line(f"aid_{g}", (self.accepted[g] - self.investment[g]) * strain, "aid", g) for g in BOTH]
        self.flow = [line(f"flow_{g}", self.investment[g] + self.aid[g], "flow", g) for g in BOTH]
        self.worst = most(*self.pressure)
        spillover = shown(p.image_spillover)
        deterred = (1 - spillover * self.worst) / (1 - spillover * self.worst_star)
        self.other_flow = line("other_flow", self.rate * output * (1 + shown(p.diversification_pull) * self.strategy.diversification) * deterred,
                               "other_flow")
        total = self.flow[0] + self.flow[1] + self.other_flow
        for g in BOTH:
            f = self.share[g]
            line(f"f_{g}", f + twin.FLOW_SHARE_SPEED * (self.flow[g] / total - f), "flow_share", g)

    def _trust(self) -> None:
        p, line = self.p, self.line
        self.work.step("Step 6: Visits")
        visits = [line(f"visits_{g}", self._chance(self.policies[g], self.m, g), "visits", g) for g in BOTH]
        self.work.step("Step 7: Trust and tiers")
        self.supply = [line(f"supply_{g}", self.commitment[g] * expit(2 * self.alignment[g])) for g in BOTH]
        self.tier = []
        for g in BOTH:
            t, tier = self.trust_before[g], self.tier_before[g]
            help_ = DT * shown(0) * self.supply[g]
            changed = t - DT * shown(p.trust_decay) * (t - self.baseline[g]) + p.visit_trust_gain * (visits[g] + help_) * (1 - t)
            trust = line(f"T_{g}", clip(changed - p.pressure_trust_loss * self.pressure[g] * t), "trust", g)
            gained = line(f"T_{g} - T*_{g}", trust - self.trust_star[g])
            needed = twin.TIER_SPACING * (tier.value - self.tier_star[g].value)
            up, down = gained.value > twin.TIER_TRUST + needed, gained.value < needed - twin.TIER_TRUST
            step = shown(twin.TIER_STEP)
            self.tier.append(line(f"tier_{g}", clip(tier + step * float(up) - step * float(down), 0, 3), "tier", g))

    def _trade(self) -> None:
        p, line, data = self.p, self.line, self.data
        self.work.step("Step 8: Access, gains, leverage")
        rest = [(1 + shown(twin.DIVERSIFIED_ACCESS) * diversified) * (1 - twin.REST_SPILLOVER * shown(p.image_spillover) * worst)
                for diversified, worst in ((self.strategy.diversification, self.worst), (0.0, self.worst_star))]
        settled = [line(f"q*_{g}", self._raw_access(self.tier[g], self.m[0][g], self.pressure[g], self.rivalry, self.perceived[0][g]) / self.raw_star[g])
                   for g in BOTH]
        settled.append(line("q*_rest", rest[0] / rest[1]))
        q = [line(f"q_{PARTNERS[j]}", self.access_before[j] + p.access_speed * (settled[j] - self.access_before[j]), "access", j) for j in range(3)]
        first = shown(self.world.world_output)
        grown = line("W/W0", self.world_output / first)
        size = [line(f"size_{g}", (self.power_output[g] / self.powers[g].data.output / grown) ** shown(p.size_elasticity)) for g in BOTH]
        left = [most(whole - parts[0] - parts[1], twin.LEAST_REST * whole)
                for whole, parts in ((self.world_output, self.power_output), (first, every([power.data.output for power in self.powers])))]
        size.append(line("size_rest", left[0] / left[1] / grown))
        value = [self.weight[j] * size[j] * q[j] for j in range(3)]
        x = line("X", self.home + value[0] + value[1] + value[2])
        self.gains = line("gains", x**self.exponent, "gains")
        share = [line(f"share_{PARTNERS[j]}", value[j] / x) for j in range(3)]
        for j in range(3):
            line(f"trade_{PARTNERS[j]}", self.trade0[j] * (share[j] / self.weight[j]) * self.output_before / data.output, "trade", j)
        self.leverage = [line(f"l_{g}", self._hold(share[g], self.foreign[g], self.capital, self.debt[g], self.output_before), "leverage", g)
                         for g in BOTH]

    def _security(self) -> None:
        p, line = self.p, self.line
        self.work.step("Step 9: Pandemics")
        self.vaccinated = line("vaccinated", clip(0 + DT * shown(p.vaccination_rate) * (self.supply[0] + self.supply[1]) * (1 - shown(0)) * 0),
                               "vaccinated")
        self.pandemic = line("pandemic", least(0 * (1 - shown(p.pandemic_recovery)) + shown(p.pandemic_depth) * 0, twin.PANDEMIC_CAP), "pandemic")
        self.work.step("Step 10: Security")
        strength = [line(f"YG prox_{g}", self.power_output[g] * self.powers[g].data.proximity) for g in BOTH]
        self.reach = [line(f"reach_{g}", self.commitment[g] * strength[g] / most(*strength)) for g in BOTH]
        seen = [most(self.perceived[1][g], 0) for g in BOTH]
        guarded = [line(f"prot_{g}", clip(self.state.reliability[g] * self.reach[g]) * seen[g]) for g in BOTH]
        left = line("left", exp(shown(-p.defence_protection) * self.strategy.defence) * (1 - twin.BUFFERED_THREAT * self.buffer))
        exposed = line("exposed", (1 - guarded[0]) * (1 - guarded[1]) * left, "exposure")
        claimed = [line(f"claim_{g}", self.claims[g] * self.reach[g] * (1 - p.appeasement * seen[g]) * (1 - guarded[1 - g])) for g in BOTH]
        self.allegiance = [line(f"allegiance_{DOMAINS[d]}", clip(
            called("abs", abs, self.perceived[d][0] - self.perceived[d][1]) / (1 + self.lens[d])), "allegiance", d) for d in BOTH]
        entrapment = shown(p.entrapment_weight)
        crisis_loss = line("crisis_loss", p.crisis_loss * (entrapment * self.allegiance[1] + (1 - entrapment) * exposed), "crisis_loss")
        self.loss = line("loss", p.local_threat * exposed + (claimed[0] + claimed[1]) * left + 0 * crisis_loss / DT, "loss")

    def _accounts(self) -> None:
        p, line, strategy = self.p, self.line, self.strategy
        self.work.step("Step 11: Production and accounts")
        alpha = shown(p.capital_elasticity)
        a = line("A", self.productivity * (1 + self.progress * DT), "productivity")
        produced = a * self.capital**alpha * self.gains * (1 - self.pandemic * (1 - self.vaccinated))
        y = self.output = line("Y", produced * (1 - p.instability_cost * self.unrest_before) * (1 - p.distress_cost * self.distress), "output")
        shared = mean([least(*self.m[d]) for d in BOTH])
        chosen = shown(p.effort_cost) * strategy.association_effort + shown(p.diversification_cost) * strategy.diversification + strategy.defence
        cost = line("cost", 2 * shown(p.duplication_cost) * shared + chosen, "cost")
        lost = twin.LOSS_SPLIT * shown(p.loss_in_accounts) * self.loss
        owned = self.foreign[0] + self.foreign[1] + self.foreign[2]
        sent = line("income sent abroad", shown(p.repatriation) * alpha * y * clip(owned / self.capital))
        service = line("debt service", p.debt_service * (self.debt[0] + self.debt[1] + self.other_debt))
        aid = self.aid[0] + self.aid[1]
        consumed = y * (1 - self.invests - cost - lost) - sent - service + (1 - shown(p.aid_to_capital)) * aid
        line("C", most(consumed, twin.SUBSISTENCE * y), "consumption")
        worn = 1 - shown(p.depreciation) * DT
        arriving = self.kept * (self.investment[0] + self.investment[1] + p.aid_to_capital * aid + self.other_flow)
        line("K", most(self.capital * worn + DT * (self.invests * y + arriving - lost * y), twin.CAPITAL_FLOOR * y), "capital")
        added = [*self.investment, twin.FOREIGN_SHARE_OF_OTHER_FLOW * self.other_flow]
        for j in range(3):
            line(f"FK_{PARTNERS[j]}", self.foreign[j] * worn + DT * self.kept * added[j], "foreign_capital", j)
        for g in BOTH:
            line(f"debt_{g}", self.debt[g] * (1 - shown(twin.DEBT_REPAYMENT) * DT) + DT * shown(p.loan) * self.loan[g] * self.aid[g], "debt", g)
        for g in BOTH:
            line(f"YG_{g}", self.power_output[g] * (1 + shown(self.powers[g].data.growth) * DT), "power_output", g)
        line("W", self.world_output * (1 + shown(self.world.world_growth) * DT), "world_output")

    def _legitimacy(self) -> None:
        p, line, before = self.p, self.line, self.legitimacy_before
        self.work.step("Step 12: Legitimacy and unrest")
        challenge = line("challenge", shown(twin.CHALLENGE_KEPT) * 0, "challenge")
        growth = line("gr", clip((self.output / self.output_before - 1) / DT, -twin.GROWTH_CAP, twin.GROWTH_CAP))
        usual = shown(self.data.legitimacy)
        news = p.growth_legitimacy * (growth - self.growth) - p.legitimacy_reversion * (before - usual)
        shift = mean([self.allegiance[d] - self.allegiance_star[d] for d in BOTH])
        pressed = self.pressure[0] - self.pressure_star[0] + (self.pressure[1] - self.pressure_star[1])
        sides = p.allegiance_legitimacy * shift - p.pressure_legitimacy * pressed - p.challenge_legitimacy * challenge
        legitimacy = line("L", clip(before + DT * (news + sides)), "legitimacy")
        hazard = line("hazard", clip(p.unrest_hazard * exp(p.unrest_legitimacy * (usual - legitimacy))))
        left = twin.UNREST_KEPT * self.unrest_before
        line("unrest", left + (1 - left) * hazard, "unrest")

    def _decision(self) -> None:
        p, line, state = self.p, self.line, self.state
        self.work.step("Step 13: Decision")
        answers = [[s * (p.compliance * hold - p.backlash) for s, hold in ((self.pressure[g], self.leverage[g]), (
            self.pressure_star[g], self.leverage_star[g]))] for g in BOTH]
        coercion = line("coercion", answers[0][0] - answers[1][0] - (answers[0][1] - answers[1][1]))
        speed = every(state.speed)
        for d in BOTH:
            p_d = line(f"perception_{DOMAINS[d]}", (self.perceived[d][0] - self.perceived[d][1]) / 2)
            aim = line(f"aim_{DOMAINS[d]}", state.anchor[d] + shown(state.lean_perception[d]) * p_d + coercion)
            line(f"tilt_{DOMAINS[d]}", clip(self.tilt[d] + speed[d] * (clip(aim, -1) - self.tilt[d]), -1), "tilt", d)
            line(f"breadth_{DOMAINS[d]}", self.breadth[d] + speed[d] * (state.breadth_aim[d] - self.breadth[d]), "breadth", d)


def worked_quarter() -> Worked:
    """Compute the quarter."""
    return Quarter().work


if __name__ == "__main__":
    print(worked_quarter().text())

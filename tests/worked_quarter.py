"""One quarter with numbers, for MODEL.md: Cambodia in the first quarter of `cambodia_2020`, without noise.

Each line is an equation of MODEL.md, written once below: as it is computed it also writes itself down.
What other states contribute comes from tests/twin.py; a test compares every result with the array model.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from sim.axes import DOMAINS, DT
from tests import given, twin

STRATEGY = "equidistance"
NAMES = ("China", "US")
DIGITS = 6


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


def clip(value: Shown, low: float = 0, high: float = 1) -> Shown:
    return called("clip", twin.clip, value, low, high)


def expit(value: Shown) -> Shown:
    return called("expit", twin.expit, value)


def exp(value: Shown) -> Shown:
    return called("exp", math.exp, value)


def mean(values: list[Shown]) -> Shown:
    return (values[0] + values[1]) / 2


class Worked:
    """The quarter: its text, and every result by the variable and its domain, power or partner."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, list[tuple[str, str]]]] = []
        self.results: dict[tuple[str, tuple[int, ...]], Shown] = {}
        self.checked: list[tuple[str, Shown]] = []

    def step(self, title: str) -> None:
        self.blocks.append((title, []))

    def line(self, name: str, result: Shown, variable: str = "", *index: int) -> Shown:
        """Write one equation down; returns its result, to be shown as a number from here on."""
        found = digits(result.value)
        self.blocks[-1][1].append((name, result.text if result.text == found else f"{result.text} = {found}"))
        self.checked.append((name, result))
        if variable:
            self.results[variable, index] = result
        return Shown(result.value)

    def note(self, text: str) -> None:
        self.blocks.append(("", [(text, "")]))

    def text(self) -> str:
        parts = []
        for title, lines in self.blocks:
            if not title:
                parts.append(lines[0][0])
                continue
            width = max(len(name) for name, _ in lines)
            parts.append("\n".join([f"**{title}**", "", "```", *(f"{name:<{width}} = {what}" for name, what in lines), "```"]))
        return "\n\n".join(parts)


def worked_quarter() -> Worked:
    """Compute the quarter step by step."""
    settings = given.preset("cambodia_2020", "deterministic=true", "n_worlds=1", "horizon=1")
    strategy, p = settings.strategies[STRATEGY], settings.parameters
    model = twin.Twin(settings, strategy, None)
    state = next(each for each in model.small_states if each.name == settings.focal)
    powers, data = model.powers, state.data
    # What is read of the state before the quarter
    tilt, breadth = [shown(x) for x in state.tilt], [shown(x) for x in state.breadth]
    start_alignment, start_trust = [shown(x) for x in state.alignment], [shown(x) for x in state.trust]
    share = [shown(x) for x in state.flow_share]
    tilts = [(each.tilt[0] + each.tilt[1]) / 2 for each in model.small_states]
    power_output = [shown(power.power_output) for power in powers]
    model.step()  # for what the other nine states contribute
    work = Worked()
    line = work.line

    work.step("Start")
    output = line("Y0", shown(data.output))
    weight = [shown(x) for x in state.access_weight]
    home = line("w_home", 1 - weight[0] - weight[1] - weight[2])
    capital = line("K", shown(data.capital_output) * output)
    productivity = line("A", output / capital ** shown(p.capital_elasticity))
    foreign_capital = line("K_f", shown(twin.START_FOREIGN_CAPITAL) * capital)
    debt = [line(f"debt {who}", shown(float(data.debt_ratio[g])) * output) for who, g in zip(NAMES, twin.POWERS, strict=True)]
    legitimacy = line("L", shown(twin.START_LEGITIMACY))

    work.step("Step 1: Rivalry and shocks")
    x = line("x", p.rivalry_mean + shown(p.rivalry_persistence) * (shown(p.rivalry_mean) - p.rivalry_mean))
    rivalry = line("ρ", expit(x), "rivalry")
    line("crisis", shown(0), "crisis")
    line("outbreak", shown(0), "outbreak")
    commitment = [line(f"commitment {NAMES[g]}", shown(powers[g].policy.commitment) * exp(shown(0)), "commitment", g) for g in range(2)]
    ends = ((p.lens_low_economy, p.lens_high_economy), (p.lens_low_security, p.lens_high_security))
    lens = [line(f"lens {DOMAINS[d]}", low + (shown(high) - low) * rivalry) for d, (low, high) in enumerate(ends)]

    work.step("Step 2: Engagement")
    sides = ((0, lambda e, a: e + a), (1, lambda e, a: e - a))
    m = [[line(f"m {DOMAINS[d]}, {NAMES[g]}", clip(side(breadth[d], tilt[d])), "engagement", d, g) for g, side in sides] for d in range(2)]

    work.step("Step 3: Perception")
    flow_weight = (p.flow_weight_economy, p.flow_weight_security)
    seen = [[line(f"y {DOMAINS[d]}, {NAMES[g]}", (1 - shown(flow_weight[d])) * m[d][g] + flow_weight[d] * share[g]) for g in range(2)] for d in range(2)]
    perceived = [[], []]
    for d in range(2):
        for g in range(2):
            o = line(f"o {DOMAINS[d]}, {NAMES[g]}", seen[d][g] - lens[d] * seen[d][1 - g])
            belief = start_alignment[g]
            gain = shown(p.belief_gain) / (1 + shown(strategy.ambiguity))
            perceived[d].append(line(f"p {DOMAINS[d]}, {NAMES[g]}", clip(belief + gain * (o - belief), -1), "perceived", d, g))
    ws = [shown(power.policy.security_weight) for power in powers]
    alignment = [line(f"P {NAMES[g]}", (1 - ws[g]) * perceived[0][g] + ws[g] * perceived[1][g], "alignment", g) for g in range(2)]

    work.note("Steps 4 and 5 average and sum over the ten states of ASEAN:")
    work.note(region(model, tilts))

    work.step("Step 4: Pressure")
    efforts = [each.strategy.asean_effort for each in model.small_states]
    spread = line("std of the mean tilts", shown(twin.spread(tilts)))
    effort = line("mean ASEAN effort", shown(sum(efforts) / len(efforts)))
    cohesion = line("cohesion", 1 - spread, "cohesion")
    buffer = line("buffer", p.asean_buffer * cohesion * effort, "buffer")
    pressure = []
    for g, power in enumerate(powers):
        q = power.policy
        threshold = (q.tolerance - alignment[g] - p.trust_tolerance * (start_trust[g] - twin.NEUTRAL_TRUST)) / p.pressure_softness
        drive = line(f"drive {NAMES[g]}", q.punish * expit(threshold) + shown(q.norms) * state.governance_gap[g] * (1 + shown(0)))
        pressure.append(line(f"s {NAMES[g]}", 0 + p.pressure_speed * (clip(drive) * (1 - buffer) - 0), "pressure", g))

    work.step("Step 5: Investment and aid")
    flow, investment, aid = [], [], []
    for g, power in enumerate(powers):
        q, who = power.policy, NAMES[g]
        budget = line(f"budget {who}", commitment[g] * power.data.budget_share * power_output[g], "budget", g)
        liking = q.reward * (alignment[g] - start_alignment[g]) + p.trust_elasticity * (start_trust[g] - start_trust[g])
        appeal = exp(liking) * (1 + q.match_rival * share[1 - g]) * (1 + q.swing_bonus * (1 - alignment[g] ** 2)) * (1 - pressure[g])
        e = line(f"E {who}", appeal)
        pulls = shown(sum(each.base_share[g] * power.appeal[i] for i, each in enumerate(model.small_states)))
        offered = line(f"offered {who}", budget * state.base_share[g] * e / (p.outside_weight + pulls), "offered", g)
        flow.append(line(f"flow {who}", offered * (p.unconditional_flow + (1 - shown(p.unconditional_flow)) * m[0][g]), "flow", g))
        investment.append(line(f"investment {who}", power.data.investment_share * flow[g], "investment", g))
        aid.append(line(f"aid {who}", flow[g] - investment[g], "aid", g))
    worst = called("max", max, pressure[0], pressure[1])
    diversified = 1 + shown(twin.DIVERSIFIED_FLOW) * strategy.diversification
    other_flow = line("other_flow", data.other_flow_rate * output * diversified * (1 - p.image_spillover * worst), "other_flow")
    for g in range(2):
        line(f"f {NAMES[g]}", share[g] + twin.FLOW_SHARE_SPEED * (flow[g] / (flow[0] + flow[1] + other_flow) - share[g]), "flow_share", g)

    work.step("Step 6: Visits")
    visits = []
    for g, power in enumerate(powers):
        rate = shown(-DT) * p.visit_rate * power.policy.visits * mean([m[0][g], m[1][g]])
        visits.append(line(f"n {NAMES[g]}", 1 - exp(rate), "visits", g))

    work.step("Step 7: Trust and tiers")
    tier = []
    supply = [line(f"supply {NAMES[g]}", commitment[g] * expit(2 * alignment[g])) for g in range(2)]
    for g in range(2):
        t, who = start_trust[g], NAMES[g]
        help_ = line(f"help {who}", DT * shown(0) * supply[g])
        returning = t - DT * shown(p.trust_decay) * (t - state.trust_baseline[g])
        trust = line(f"T {who}", clip(returning + p.visit_trust_gain * (visits[g] + help_) * (1 - t) - p.pressure_trust_loss * pressure[g] * t), "trust", g)
        climbs = trust.value > twin.TIER_TRUST
        falls = trust.value < twin.TIER_TRUST - twin.TIER_SPACING * twin.TIER_SLACK
        tier.append(line(f"tier {who}", clip(0 + shown(twin.TIER_STEP) * float(climbs) - shown(twin.TIER_STEP) * float(falls), 0, 3), "tier", g))

    work.step("Step 8: Access, gains, leverage")
    settled = []
    for g in range(2):
        open_ = (1 + shown(p.tier_access) * tier[g] * m[0][g]) * (1 - p.pressure_access_cut * pressure[g])
        settled.append(line(f"q* {NAMES[g]}", open_ * exp(shown(-p.fragmentation) * rivalry * (1 - perceived[0][g]) / 2)))
    rest = 1 + shown(twin.DIVERSIFIED_ACCESS) * strategy.diversification
    settled.append(line("q* rest", rest * (1 - twin.REST_SPILLOVER * shown(p.image_spillover) * worst)))
    q_ = [line(f"q {who}", 1 + shown(p.access_speed) * (settled[j] - 1), "access", j) for j, who in enumerate((*NAMES, "rest"))]
    x_ = line("X", home + weight[0] * q_[0] + weight[1] * q_[1] + weight[2] * q_[2])
    exponent = line("1/(sigma - 1)", 1 / (shown(p.substitution) - 1))
    gains = line("gains", x_**exponent, "gains")
    leverage = []
    for g in range(2):
        part = line(f"share {NAMES[g]}", weight[g] * q_[g] / x_)
        leverage.append(line(f"l {NAMES[g]}", 1 - (1 - part) ** exponent * (1 - clip(flow[g] / output, 0, twin.FLOW_TO_OUTPUT_CAP)), "leverage", g))

    work.step("Step 9: Pandemics")
    vaccinated = line("vaccinated", clip(0 + DT * shown(p.vaccination_rate) * (supply[0] + supply[1]) * (1 - shown(0)) * 0), "vaccinated")
    pandemic = line("pandemic", called("min", min, 0 * (1 - shown(p.pandemic_recovery)) + shown(p.pandemic_depth) * 0, twin.PANDEMIC_CAP), "pandemic")

    work.step("Step 10: Security")
    strength = [line(f"Y_g prox {NAMES[g]}", power_output[g] * powers[g].data.proximity) for g in range(2)]
    strongest = called("max", max, *strength)
    reach = [line(f"reach {NAMES[g]}", commitment[g] * strength[g] / strongest) for g in range(2)]
    open_to = [1 - clip(p.protection_reliability * reach[g]) * called("max", max, perceived[1][g], 0) for g in range(2)]
    exposed = line("exposed", open_to[0] * open_to[1] * exp(shown(-p.defence_protection) * strategy.defence) * (1 - twin.BUFFERED_THREAT * buffer), "exposure")
    allegiance = [
        line(f"allegiance {DOMAINS[d]}", clip(called("abs", abs, perceived[d][0] - perceived[d][1]) / (1 + lens[d])), "allegiance", d) for d in range(2)]
    entrapment = shown(p.entrapment_weight)
    crisis_loss = line("crisis_loss", p.crisis_loss * (entrapment * allegiance[1] + (1 - entrapment) * exposed), "crisis_loss")
    loss = line("loss", p.local_threat * exposed + 0 * crisis_loss / DT, "loss")

    work.step("Step 11: Production and accounts")
    a = line("A", productivity * (1 + shown(data.productivity_growth) * DT), "productivity")
    y = line("Y", a * capital ** shown(p.capital_elasticity) * gains * (1 - pandemic * (1 - vaccinated)) * (1 - shown(p.instability_cost) * 0), "output")
    shared = mean([called("min", min, m[d][0], m[d][1]) for d in range(2)])
    choices = shown(p.effort_cost) * strategy.asean_effort + shown(p.diversification_cost) * strategy.diversification + strategy.defence
    cost = line("cost", 2 * shown(p.duplication_cost) * shared + choices, "cost")
    sent = line("income sent abroad", shown(p.repatriation) * p.capital_elasticity * y * clip(foreign_capital / capital))
    service = line("debt service", p.debt_service * (debt[0] + debt[1]))
    consumed = y * (1 - shown(data.domestic_investment) - cost - twin.LOSS_SPLIT * loss) - sent - service + (1 - shown(p.aid_to_capital)) * (aid[0] + aid[1])
    line("C", called("max", max, consumed, twin.SUBSISTENCE * y), "consumption")
    arriving = investment[0] + investment[1] + p.aid_to_capital * (aid[0] + aid[1]) + other_flow
    invested = data.domestic_investment * y + arriving - twin.LOSS_SPLIT * loss * y
    kept = capital * (1 - shown(p.depreciation) * DT)
    line("K", called("max", max, kept + DT * invested, twin.CAPITAL_FLOOR * y), "capital")
    owned = investment[0] + investment[1] + twin.FOREIGN_SHARE_OF_OTHER_FLOW * other_flow
    line("K_f", foreign_capital * (1 - shown(p.depreciation) * DT) + DT * owned, "foreign_capital")
    for g in range(2):
        line(f"debt {NAMES[g]}", debt[g] * (1 - shown(twin.DEBT_REPAYMENT) * DT) + DT * shown(p.loan_share) * aid[g], "debt", g)
    for g, power in enumerate(powers):
        line(f"Y_g {NAMES[g]}", power_output[g] * (1 + shown(power.data.output_growth) * DT), "power_output", g)

    work.step("Step 12: Legitimacy")
    growth = line("growth", clip((y / output - 1) / DT, -twin.GROWTH_CAP, twin.GROWTH_CAP))
    news = p.growth_legitimacy * (growth - data.reference_growth) - p.legitimacy_reversion * (legitimacy - twin.LEGITIMACY_MEAN)
    sides = p.allegiance_legitimacy * mean(allegiance) - p.pressure_legitimacy * (pressure[0] + pressure[1])
    line("L", clip(legitimacy + DT * (news + sides)), "legitimacy")

    work.step("Step 13: Decision")
    pulls = [pressure[g] * (p.compliance * leverage[g] - p.backlash) for g in range(2)]
    coercion = line("coercion", pulls[0] - pulls[1])
    speed, correction = shown(state.speed[0]), state.lean_perception
    for d in range(2):
        p_d = line(f"P_d {DOMAINS[d]}", (perceived[d][0] - perceived[d][1]) / 2)
        aim = line(f"aim {DOMAINS[d]}", state.anchor[d] + shown(correction[d]) * p_d + coercion)
        line(f"a {DOMAINS[d]}", clip(tilt[d] + speed * (clip(aim, -1) - tilt[d]), -1), "tilt", d)
        line(f"e {DOMAINS[d]}", breadth[d] + speed * (state.breadth_aim[d] - breadth[d]), "breadth", d)
    return work


def region(model: twin.Twin, tilts: list[float]) -> str:
    """Each state's part in the sums of steps 4 and 5, as a table."""
    lines = ["| state | mean tilt | ASEAN effort | sh × E, China | sh × E, US |", "|---|---|---|---|---|"]
    totals = [0.0, 0.0]
    for i, state in enumerate(model.small_states):
        pulls = [state.base_share[g] * power.appeal[i] for g, power in enumerate(model.powers)]
        totals = [total + pull for total, pull in zip(totals, pulls, strict=True)]
        lines.append(f"| {state.data.label} | {digits(tilts[i])} | {digits(state.strategy.asean_effort)} | {digits(pulls[0])} | {digits(pulls[1])} |")
    return "\n".join([*lines, f"| sum | | | {digits(totals[0])} | {digits(totals[1])} |"])


if __name__ == "__main__":
    print(worked_quarter().text())

"""Laws that hold in every run: budgets, bounds, accounts, independence of worlds, common weather, closed forms, numbers switched off."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.axes import DT
from sim.coefficients import Coefficients, coefficients
from sim.data import Elections, Power, State
from sim.draws import BLOCK, STREAMS, Draws
from sim.history import VARIABLES, History
from sim.parameters import Parameters
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.present import Present
from sim.quantity import Interval, Quantity, quantities
from sim.rules import access, perception, rivalry, trust
from sim.scenario import Event
from sim.settings import Settings
from sim.simulation import draws_of, simulate, simulate_block
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import LeanWith, Strategy
from sim.worlds import Worlds
from tests import given


def before(history: History, name: str, start: Any) -> np.ndarray:
    """A variable at the end of the quarter before each, `start` before the first."""
    first = np.broadcast_to(start, history[name].shape[1:])[None]
    return np.concatenate([first, history[name][:-1]])


def made_of_facts(settings: Settings) -> Coefficients:
    return coefficients(settings.world, settings.parameters)


def present_of(settings: Settings) -> Present:
    worlds = Worlds(settings, given.HOLDING, draws_of(settings, 0))
    found = worlds.present
    worlds.release()
    return found


def of_policies(policies: dict[str, Policy], field: str) -> np.ndarray:
    return np.array([getattr(policy, field) for policy in policies.values()])


# ---- Budgets


@pytest.mark.parametrize(("first", "second"), [("patron", "norm_promoter"), ("conditionality", "coercion"), ("wedge", "competitive_matching"),
                                               ("inducement", "neglect")])
@pytest.mark.parametrize("world", given.PRESETS)
def test_a_budget_is_accepted_refused_withheld_or_spent_outside(world: str, first: str, second: str) -> None:
    settings = given.with_policies(given.preset(world).replace(n_worlds=8, horizon=24), first, second)
    p, h, now = settings.parameters, simulate(settings, "tit_for_tat"), present_of(settings)
    reward, withdraw, match, bonus = (of_policies(settings.policies, field)[:, None, None] for field in ("reward", "withdraw", "match_rival", "swing_bonus"))
    resting_bonus = of_policies(settings.resting_policies, "swing_bonus")[:, None, None]
    moved = h["alignment"] - now.alignment
    affinity = reward * (np.maximum(moved, 0) - withdraw * np.maximum(-moved, 0)) + p.trust_elasticity * (before(h, "trust", now.trust) - now.trust)
    attraction = np.exp(affinity) * (1 + match * before(h, "flow_share", now.flow_share)[:, ::-1]) / (1 + match * now.flow_share[::-1])
    contest = p.contest_bonus * h["rivalry"][:, None, None]
    attraction = attraction * (1 + (bonus + contest) * (1 - h["alignment"] ** 2))
    attraction = attraction / (1 + (resting_bonus + p.contest_bonus * now.rivalry) * (1 - now.alignment**2))
    meant = now.meant.sum(axis=1)
    pull = (now.meant / meant[:, None] * attraction).sum(axis=2)

    power_output = before(h, "power_output", settings.world.of_powers("output"))
    factor = h["commitment"] / of_policies(settings.resting_policies, "commitment")[:, None] * power_output / settings.world.of_powers("output")
    factor = factor * np.maximum(1 + p.budget_rivalry * (h["rivalry"][:, None] - now.rivalry), 0)
    np.testing.assert_allclose(h["budget"], factor * meant * (1 + p.outside_weight), rtol=1e-13)
    scale = factor * (1 + p.outside_weight) / (p.outside_weight + pull)
    np.testing.assert_allclose(h["intended"], now.meant * attraction * scale[:, :, None], rtol=1e-12, atol=1e-16)

    outside = h["budget"] * p.outside_weight / (p.outside_weight + pull)
    refused = h["offered"] * (1 - p.unconditional_flow) * (1 - h["engagement"][:, 0])
    withheld = h["intended"] * h["pressure"]
    accounted = (h["accepted"] + refused + withheld).sum(axis=2) + outside
    np.testing.assert_allclose(accounted, h["budget"], rtol=1e-12, atol=0)


def test_what_is_withheld_by_pressure_is_saved_and_dealt_to_nobody() -> None:
    settings = given.made_up(deterministic=True)
    pressed = given.with_events(settings, Event(kind="pressure", actor="west", target="S1", start=0, value=0.9))
    calm, hard = (given.run(each, "holding") for each in (settings, pressed))
    # In the first quarter nobody has answered yet: the others get to the last bit what they got.
    np.testing.assert_array_equal(hard["accepted"][0][:, [0, 2]], calm["accepted"][0][:, [0, 2]])
    np.testing.assert_allclose(hard["offered"][0, 1, 1], 0.1 * hard["intended"][0, 1, 1], rtol=1e-14)


def unmoved(settings: Settings) -> Settings:
    """No power looks at what a state does when it gives: phi = chi = omega = omega_c = gamT = 0."""
    plain = [given.rebuilt(policy, reward=0.0, match_rival=0.0, swing_bonus=0.0) for policy in settings.policies.values()]
    return given.with_policies(given.with_parameters(settings, contest_bonus=0.0, trust_elasticity=0.0), *plain, resting=True)


@pytest.mark.parametrize("presses", ["east", "west"])
def test_pressure_on_others_leaves_a_clients_flow_alone_where_nobody_is_rewarded(presses: str) -> None:
    pressed = Event(kind="pressure", actor=presses, target="S1", start=2, value=0.8)
    # The association ties all states together: its cohesion decides what pressure they bear.
    for settings, same in ((unmoved(given.made_up(given.world(association=False), n_worlds=2)), True), (given.made_up(n_worlds=2), False)):
        one, other = (given.run(each, "holding")["flow"][:, :, 0] for each in (settings, given.with_events(settings, pressed)))
        assert (one == other).all() == same


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_outlays_rise_with_rivalry_where_budgets_do(beta: float) -> None:
    settings = unmoved(given.with_parameters(given.made_up(deterministic=True), budget_rivalry=beta, flow_weight_economy=0.0, compliance=0.0, backlash=0.0))
    settings = given.with_parameters(settings, lens_low_economy=0.5, lens_high_economy=0.5, lens_low_security=0.5, lens_high_security=0.5, fragmentation=0.0)
    outlays = [given.run(given.with_events(settings, Event(kind="rivalry", start=0, value=level)), "holding")["outlay"][-1, :, 0] for level in (0.2, 0.5, 0.9)]
    rise = (outlays[2] - outlays[0]) / outlays[1]
    start = present_of(settings).rivalry[0]
    np.testing.assert_allclose(rise, beta * 0.7 / (1 + beta * (0.5 - start)), atol=1e-3)


# ---- Bounds

BOUNDS = {
    "tilt": (-1, 1), "breadth": (0, 1), "engagement": (0, 1), "perceived": (-1, 1), "alignment": (-1, 1), "trust": (0, 1), "tier": (0, 3),
    "pressure": (0, 1), "flow_share": (0, 1), "visits": (0, 1), "leverage": (0, 1), "legitimacy": (0, 1), "rivalry": (0, 1),
    "pandemic": (0, 1), "vaccinated": (0, 1), "crisis": (0, 1), "outbreak": (0, 1), "cohesion": (0, 1), "buffer": (0, 1),
    "exposure": (0, 1), "allegiance": (0, 1), "crisis_loss": (0, 1), "influence": (-1, 1), "regional_tilt": (-1, 1), "distress": (0, 1), "unrest": (0, 1),
    "challenge": (0, 1), "investment": (0, np.inf), "aid": (0, np.inf), "flow": (0, np.inf), "accepted": (0, np.inf), "intended": (0, np.inf),
    "offered": (0, np.inf), "budget": (0, np.inf), "outlay": (0, np.inf), "other_flow": (0, np.inf), "foreign_capital": (0, np.inf), "debt": (0, np.inf),
    "other_debt": (0, np.inf), "trade": (0, np.inf), "loss": (0, np.inf), "cost": (0, np.inf),
    "commitment": (0, np.inf),  # 0 only where a policy or an event says so
}
POSITIVE = ("access", "capital", "productivity", "output", "consumption", "power_output", "world_output", "gains")


def assert_within_bounds(h: History, *, flows_by_event: bool = False) -> None:
    for name, (low, high) in BOUNDS.items():
        assert np.isfinite(h[name]).all(), name
        assert low <= h[name].min(), name
        assert h[name].max() <= high, name
    for name in POSITIVE:
        assert np.isfinite(h[name]).all(), name
        assert h[name].min() > 0, name
    assert set(BOUNDS) | set(POSITIVE) == set(VARIABLES)
    assert h["flow_share"].sum(axis=1).max() <= 1 + 1e-12
    assert (h["consumption"] >= 0.05 * h["output"]).all()
    assert (h["accepted"] <= h["offered"]).all()
    assert (h["offered"] <= h["intended"]).all() or flows_by_event
    assert (h["intended"].sum(axis=2) <= h["budget"] * (1 + 1e-12)).all()


@pytest.mark.parametrize("policy_rule", list(POLICY_RULES))
@pytest.mark.parametrize("strategy_rule", list(STRATEGY_RULES))
def test_everything_stays_in_bounds_at_the_corners_of_the_plausible_ranges(strategy_rule: str, policy_rule: str) -> None:
    n_worlds, rng = 200, np.random.default_rng(7)

    def corners(kind: type, **fixed: Any) -> dict[str, Any]:
        return given.corners(kind, n_worlds, rng, **fixed)

    settings = given.preset("cambodia_2020").replace(n_worlds=n_worlds, horizon=24)
    settings = settings.replace(parameters=Parameters(**corners(Parameters)))
    options = corners(POLICY_RULES[policy_rule].Options)
    settings = given.with_policies(settings, *(given.policy(rule=policy_rule, options=options, **corners(Policy)) for _ in range(2)))
    settings = given.with_policies(settings.replace(policies=settings.resting_policies), *settings.policies.values(), resting=rng.random() < 0.5)
    settings = given.with_powers(settings, *(corners(Power) for _ in range(2)))
    for state in settings.world.states:
        facts = corners(State)
        facts = {name: value for name, value in facts.items() if quantities(State)[name].each is None}
        output = facts["output"]

        def parts(high: float, *others: str, output: np.ndarray = output) -> dict[str, np.ndarray]:
            return {key: output * rng.choice((0.0, high), n_worlds) for key in ("china", "us", *others)}

        settings = given.with_states(
            settings, (state,), **facts, trade=parts(1.5, "rest"), investment=parts(0.3, "rest"), aid=parts(0.2), fdi_stock=parts(2.0, "rest"),
            debt=parts(0.8, "other"), tilt={"survey": rng.choice((-1.0, 1.0), n_worlds)}, breadth=rng.choice((0.0, 1.0), n_worlds),
            **{name: {power: rng.choice(ends, n_worlds) for power in settings.world.powers}
               for name, ends in {"tier": (0, 3), "treaty": (0, 1), "claims": (0, 0.02), "governance_gap": (0, 0.8), "trust_baseline": (0.2, 0.6)}.items()})
    course = given.strategy(
        rule=strategy_rule, options=corners(STRATEGY_RULES[strategy_rule].Options), **corners(Strategy, lean_with=LeanWith(**corners(LeanWith))))
    assert_within_bounds(simulate(settings, course))


@pytest.mark.parametrize("world", given.PRESETS)
def test_everything_stays_in_bounds_when_all_strikes_at_once(world: str) -> None:
    first, second = given.preset(world).world.powers
    events = [Event(kind="crisis", start=0, end=39), *(Event(kind="pandemic", start=t) for t in range(40))]
    events += [Event(kind="pressure", start=4, actor=power, target="all", value=1.0) for power in (first, second)]
    events += [Event(kind="access", start=8, actor=j, target="all", value=0.01) for j in (first, second, "rest")]
    events += [Event(kind="commitment", start=12, actor=second, value=0.0), Event(kind="commitment", start=12, actor=first, value=10.0)]
    events += [Event(kind="tier", start=t, actor=second, target="all", value=value) for t, value in ((5, 3.0), (6, 3.0), (7, -3.0))]
    events += [Event(kind="flow", start=9, actor=first, target="all", value=10.0), Event(kind="budget", start=20, actor=first, value=0.0)]
    events += [Event(kind="growth", start=6, end=20, target="all", value=-0.3), Event(kind="growth", start=21, target=first, value=0.3)]
    events += [Event(kind="challenge", start=3, end=30, target="all", value=1.0), Event(kind="visits", start=3, actor=first, target="all", value=10.0)]
    settings = given.with_events(given.preset(world).replace(n_worlds=8, horizon=40), *events)
    for course in ("opportunist", "shrinking_room", "adaptive"):
        h = given.run(settings, course)
        assert h["visits"].max() > 1  # as many as an event adds
        once = {name: np.minimum(h[name], 1) if name == "visits" else h[name].copy() for name in h}
        assert_within_bounds(History(once, h.states, h.world), flows_by_event=True)


def ends(known: Quantity) -> tuple[float, float]:
    """The lowest and the highest number that a quantity may be; one that belongs not to its domain is the next to it."""
    domain = Interval.parse(known.domain)
    return domain.low if domain.holds_low else np.nextafter(domain.low, np.inf), domain.high if domain.holds_high else np.nextafter(domain.high, -np.inf)


def one_at_its_end(owner: Any, limits: dict[str, tuple[float, float]]) -> tuple[int, dict[str, Any]]:
    """Each number of a class at either end of its hard domain in a world of its own: how many worlds that are, and the values per world by name.

    `limits` are ends of numbers that other numbers limit too.
    """
    known = {name: each for name, each in quantities(type(owner)).items() if getattr(owner, name) is not None}
    n_worlds, changed = 2 * len(known), {}
    for first, (name, each) in zip(range(0, n_worlds, 2), known.items(), strict=True):
        at = np.isin(np.arange(n_worlds), (first, first + 1))
        one = np.resize(limits.get(name, ends(each)), n_worlds)
        value = getattr(owner, name)
        changed[name] = {key: np.where(at, one, x) for key, x in value.items()} if isinstance(value, dict) else np.where(at, one, value)
    return n_worlds, changed


@pytest.mark.parametrize("horizon", [1, 8])
@pytest.mark.parametrize("of", ["parameters", "state", "power", "world", "policy", "resting policy", "strategy"])
def test_each_number_may_be_at_either_end_of_its_hard_domain(of: str, horizon: int) -> None:
    settings = given.preset("cambodia_2020").replace(horizon=horizon)
    course, world = given.shipped("strategies")["equidistance"], settings.world
    first, state = world.powers["china"], world.states["KHM"]
    owner = {"parameters": settings.parameters, "state": state, "power": first, "world": world,
             "policy": settings.policies["china"], "resting policy": settings.policies["china"], "strategy": course}[of]
    powers, flows = sum(power.output for power in world.powers.values()), max(sum(state.investment.values()), sum(state.aid.values()))
    limits = {
        # Where growth needs less than .02 of output invested, less than nothing is kept of what comes in, and foreign capital may fall below 0.
        "parameters": {"capital_output": (1.0, 20.0)},
        "state": {"growth": (-0.05, 0.2), "output": (flows, 1e5), "investment": (0.0, state.output / 3.01), "aid": (0.0, state.output / 2.01)},
        "power": {"output": (1e-9, world.world_output - (powers - first.output))}, "world": {"world_output": (powers, 1e7)},
        "resting policy": {"commitment": (1e-3, 10.0)}}.get(of, {})
    n_worlds, changed = one_at_its_end(owner, limits)
    settings = settings.replace(n_worlds=n_worlds)
    changes: dict[str, Callable[[], Settings]] = {
        "parameters": lambda: given.with_parameters(settings, **changed), "state": lambda: given.with_states(settings, ("KHM",), **changed),
        "power": lambda: given.with_powers(settings, changed), "world": lambda: given.with_world(settings, **changed),
        "policy": lambda: given.with_policies(settings, *[given.rebuilt(owner, **changed)] * 2),
        "resting policy": lambda: given.with_policies(settings, *[given.rebuilt(owner, **changed)] * 2, resting=True), "strategy": lambda: settings}
    assert_within_bounds(simulate(changes[of](), given.rebuilt(course, **changed) if of == "strategy" else course))


def test_rivalry_and_leverage_reach_the_ends_of_their_ranges() -> None:
    # expit(40) is 1 and expit(−800) is 0 to the last bit; with a power of 1 / (1.01 − 1) = 100 next to nothing is left of income after a rupture.
    assert rivalry.rivalry_level(np.array([-800.0, 40.0])).tolist() == [0, 1]
    none = np.zeros(1)
    assert access.leverage(np.array([0.9]), none, none, substitution=1.01, capital_elasticity=0.35, sudden_stop=0.5, debt_call=0.1).tolist() == [1]


# ---- Accounts


@pytest.fixture(scope="module")
def troubled() -> tuple[Settings, History]:
    """Cambodia with a pandemic, crises, debts and governments near their limit: every term of the accounts is at work."""
    settings = given.with_parameters(
        given.preset("cambodia_2020").replace(n_worlds=32, horizon=40), crisis_hazard=0.06, unrest_hazard=0.05, local_threat=0.02, loss_in_accounts=0.4,
        distress_threshold=0.4, loan=1.5, allegiance_legitimacy=0.1, pressure_legitimacy=-0.05)
    settings = given.with_events(settings, Event(kind="pandemic", start=3), Event(kind="crisis", start=6), Event(kind="challenge", start=9, value=0.8))
    return settings, given.run(settings, "omni_enmeshment")


def courses(settings: Settings, field: str, focal: str = "omni_enmeshment") -> np.ndarray:
    chosen = [given.shipped("strategies")[focal] if name == settings.focal else settings.peers[name] for name in settings.world.states]
    return np.array([getattr(course, field) for course in chosen])[:, None]


def test_flow_is_investment_and_aid_and_aid_comes_in_lumps(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    c, p = made_of_facts(settings), settings.parameters
    np.testing.assert_allclose(h["investment"] + h["aid"], h["flow"], rtol=1e-14, atol=1e-16)
    np.testing.assert_allclose(h["investment"], c.mix * h["accepted"], rtol=1e-13)
    # The lumps by themselves: an AR(1) from its stationary distribution, as uneven as the power's finance.
    draws, variance = draws_of(settings, 0), p.lump_volatility**2 / (1 - p.lump_persistence**2)
    level, uneven = np.sqrt(variance) * draws.lumps_start[0], settings.world.of_powers("lumps")[:, None]
    distress, now = h["distress"], present_of(settings).distress
    assert (distress > now).any()
    for t in range(settings.horizon):
        level = p.lump_persistence * level + p.lump_volatility * draws.lumps[t]
        lumps = np.exp(uneven * level - uneven**2 * variance / 2)
        aid = (h["accepted"][t] - h["investment"][t]) * lumps * (1 - np.maximum(distress[t] - now, 0))
        np.testing.assert_allclose(h["aid"][t], aid, rtol=1e-11, atol=1e-15)


def inflow(settings: Settings, h: History) -> np.ndarray:
    kept = made_of_facts(settings).kept
    return kept * (h["investment"].sum(axis=1) + settings.parameters.aid_to_capital * h["aid"].sum(axis=1) + h["other_flow"])


def test_capital_is_what_was_invested_less_what_wore_out_or_was_destroyed(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    p, c = settings.parameters, made_of_facts(settings)
    added = c.domestic_investment * h["output"] + inflow(settings, h) - 0.5 * 0.4 * h["loss"] * h["output"]
    np.testing.assert_allclose(h["capital"], before(h, "capital", c.capital) * (1 - p.depreciation * DT) + DT * added, rtol=1e-13)


def test_foreign_capital_is_what_each_partner_invested_and_the_state_kept(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    c = made_of_facts(settings)
    assert c.kept.min() < 1  # a hub is among them
    added = c.kept * np.concatenate([h["investment"], 0.75 * h["other_flow"][:, None]], axis=1)
    last = before(h, "foreign_capital", c.foreign_capital)
    np.testing.assert_allclose(h["foreign_capital"], last * (1 - settings.parameters.depreciation * DT) + DT * added, rtol=1e-13)


def test_debt_is_the_loans_in_aid_less_three_percent_repaid_a_year(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    c = made_of_facts(settings)
    borrowed = settings.parameters.loan * c.loan_share * h["aid"]
    np.testing.assert_allclose(h["debt"], before(h, "debt", c.debt) * (1 - 0.03 * DT) + DT * borrowed, rtol=1e-13, atol=1e-16)
    np.testing.assert_allclose(h["other_debt"], c.other_debt_ratio * before(h, "output", c.output), rtol=1e-13)


def debts(settings: Settings, h: History) -> np.ndarray:
    """To all creditors, as the quarter finds them."""
    return before(h, "debt", made_of_facts(settings).debt).sum(axis=1) + h["other_debt"]


def test_distress_is_that_of_all_debts_of_last_quarter(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    ratio = debts(settings, h) / before(h, "output", made_of_facts(settings).output)
    np.testing.assert_allclose(h["distress"], 1 / (1 + np.exp(-(ratio - 0.4) / 0.05)), rtol=1e-11)


def test_consumption_is_output_less_what_is_spent_sent_abroad_or_lost(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    p, c = settings.parameters, made_of_facts(settings)
    both = h["engagement"].min(axis=2).mean(axis=1)
    cost = 2 * p.duplication_cost * both + p.effort_cost * courses(settings, "association_effort")
    cost = cost + p.diversification_cost * courses(settings, "diversification") + courses(settings, "defence")
    np.testing.assert_allclose(h["cost"], cost, rtol=1e-13)
    foreign = before(h, "foreign_capital", c.foreign_capital).sum(axis=1) / before(h, "capital", c.capital)
    left = h["output"] * (1 - c.domestic_investment - cost - 0.5 * 0.4 * h["loss"])
    left = left - p.repatriation * p.capital_elasticity * h["output"] * np.minimum(foreign, 1)
    left = left - p.debt_service * debts(settings, h) + (1 - p.aid_to_capital) * h["aid"].sum(axis=1)
    np.testing.assert_allclose(h["consumption"], np.maximum(left, 0.05 * h["output"]), rtol=1e-12)


def sizes(settings: Settings, h: History) -> np.ndarray:
    """Size of each partner against the world, 1 at the start, as the quarter finds it, shape (T, J, R)."""
    facts = settings.world
    powers, whole = before(h, "power_output", facts.of_powers("output")), before(h, "world_output", facts.world_output)
    grown = whole / facts.world_output
    rest = (whole - powers.sum(axis=1)) / (facts.world_output - facts.of_powers("output").sum()) / grown
    return np.concatenate([(powers / facts.of_powers("output") / grown[:, None]) ** settings.parameters.size_elasticity, rest[:, None]], axis=1)


def shares(settings: Settings, h: History) -> tuple[np.ndarray, np.ndarray]:
    """Real income over that of the start, and the share of each partner in it."""
    c = made_of_facts(settings)
    value = c.access_weight * sizes(settings, h)[:, :, None] * h["access"]
    total = c.home_weight + value.sum(axis=1)
    return total, value / total[:, None]


def test_trade_follows_access_size_and_output(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    c = made_of_facts(settings)
    share = shares(settings, h)[1]
    assert (c.access_weight < 0.5 * c.trade / c.output).any()  # some trade beyond the top
    np.testing.assert_allclose(h["trade"], c.trade * share / c.access_weight * (before(h, "output", c.output) / c.output)[:, None], rtol=1e-11)


def test_leverage_is_trade_capital_in_place_and_debt_in_a_powers_hand(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    c, p = made_of_facts(settings), settings.parameters
    owned = before(h, "foreign_capital", c.foreign_capital)[:, :2] / before(h, "capital", c.capital)[:, None]
    owed = before(h, "debt", c.debt) / before(h, "output", c.output)[:, None]
    kept = (1 - shares(settings, h)[1][:, :2]) ** (1 / (p.substitution - 1)) * (1 - p.sudden_stop * p.capital_elasticity * owned)
    np.testing.assert_allclose(h["leverage"], 1 - kept * (1 - p.debt_call * owed), rtol=1e-10)


def test_output_is_capital_at_work_less_sickness_unrest_and_distress(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    p, c, now = settings.parameters, made_of_facts(settings), present_of(settings)
    quarters = 1 + np.arange(len(h["output"]))[:, None, None]
    start = c.output / (c.capital * (1 - c.growth * DT)) ** p.capital_elasticity
    start = start / ((1 - p.instability_cost * now.unrest) * (1 - p.distress_cost * now.distress))
    productivity = start * (1 + c.productivity_growth * DT) ** quarters
    np.testing.assert_allclose(h["productivity"], np.broadcast_to(productivity, h["productivity"].shape), rtol=1e-12)
    np.testing.assert_allclose(h["gains"], shares(settings, h)[0] ** (1 / (p.substitution - 1)), rtol=1e-12)
    unrest = before(h, "unrest", now.unrest)
    assert 0.05 < unrest.mean() < 0.95
    healthy = 1 - h["pandemic"][:, None] * (1 - h["vaccinated"])
    expected = productivity * before(h, "capital", c.capital) ** p.capital_elasticity * h["gains"] * healthy
    expected = expected * (1 - p.instability_cost * unrest) * (1 - p.distress_cost * h["distress"])
    np.testing.assert_allclose(h["output"], expected, rtol=1e-12)


def test_legitimacy_is_made_of_growth_allegiance_pressure_and_challenge_beyond_those_of_the_present(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    c, p, now, draws = made_of_facts(settings), settings.parameters, present_of(settings), draws_of(settings, 0)
    growth = np.clip((h["output"] / before(h, "output", c.output) - 1) / DT, -0.4, 0.4) - c.growth
    last = before(h, "legitimacy", c.legitimacy)
    change = growth - p.legitimacy_reversion * (last - c.legitimacy) - p.challenge_legitimacy * h["challenge"]
    change = change + 0.1 * (h["allegiance"] - now.allegiance).mean(axis=1) + 0.05 * (h["pressure"] - now.pressure).sum(axis=1)
    np.testing.assert_allclose(h["legitimacy"], np.clip(last + DT * change + 0.01 * draws.legitimacy, 0, 1), rtol=1e-11)
    onset = draws.unrest < 0.05 * np.exp(p.unrest_legitimacy * (c.legitimacy - h["legitimacy"]))
    unrest = 0.75 * before(h, "unrest", now.unrest)
    np.testing.assert_allclose(h["unrest"], unrest + (1 - unrest) * onset, rtol=1e-12)


def test_losses_are_those_to_threats_claims_and_crises(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    p, world = settings.parameters, settings.world
    powers = before(h, "power_output", world.of_powers("output")) * world.of_powers("proximity")
    reach = (h["commitment"] * powers / powers.max(axis=1, keepdims=True))[:, :, None]
    treaty, believed = world.of_states_by("treaty", "power"), np.maximum(h["perceived"][:, 1], 0)
    assert treaty.any()
    protected = np.clip((treaty * p.treaty_reliability + (1 - treaty) * p.protection_reliability) * reach, 0, 1) * believed
    left = np.exp(-p.defence_protection * courses(settings, "defence")) * (1 - 0.5 * h["buffer"][:, None])
    exposed = (1 - protected).prod(axis=1) * left
    np.testing.assert_allclose(h["exposure"], exposed, rtol=1e-12)
    claimed = world.of_states_by("claims", "power") * reach * (1 - p.appeasement * believed) * (1 - protected[:, ::-1])
    crisis = p.crisis_loss * (p.entrapment_weight * h["allegiance"][:, 1] + (1 - p.entrapment_weight) * exposed)
    np.testing.assert_allclose(h["crisis_loss"], crisis, rtol=1e-12)
    expected = p.local_threat * exposed + claimed.sum(axis=1) * left + h["crisis"][:, None] * crisis / DT
    np.testing.assert_allclose(h["loss"], expected, rtol=1e-12, atol=1e-16)


# ---- Worlds do not touch each other


def chosen(worlds: Any) -> Any:
    """Weather of some worlds only, in any order."""
    return lambda name, table: table[..., worlds]


@pytest.fixture(scope="module")
def mixed() -> Settings:
    """Fifty noisy worlds, one value per world in some parameters."""
    settings = given.preset("cambodia_2020").replace(n_worlds=50, horizon=8)
    rng = np.random.default_rng(3)
    # The present of each world takes rounds of its own to find.
    return given.with_parameters(
        settings, trust_decay=rng.uniform(0.05, 0.4, 50), fragmentation=rng.uniform(0.05, 0.8, 50), trust_tolerance=rng.uniform(0, 1, 50))


@pytest.mark.parametrize("worlds", [slice(0, 6), slice(7, 8), slice(7, 9), slice(10, 40, 3), [31, 4, 4, 17]],
                         ids=["first", "one", "two", "stride", "shuffled"])
@pytest.mark.parametrize("course", ["adaptive", "auction", "shrinking_room"])
def test_a_world_has_the_same_bits_whatever_runs_beside_it(mixed: Settings, worlds: Any, course: str) -> None:
    together = given.run(mixed, course)
    draws = given.GivenDraws(draws_of(mixed, 0), chosen(worlds))
    p = mixed.parameters
    alone = given.with_parameters(
        mixed.replace(parameters=given.preset("cambodia_2020").parameters, n_worlds=draws.n_worlds),
        trust_decay=p.trust_decay[worlds], fragmentation=p.fragmentation[worlds], trust_tolerance=p.trust_tolerance[worlds])
    apart = given.run(alone, course, draws)
    for name in VARIABLES:
        np.testing.assert_array_equal(apart[name], together[name][..., worlds], err_msg=name)


def test_more_worlds_leave_the_first_ones_alone(cambodia: Settings) -> None:
    few, more = (simulate(cambodia.replace(n_worlds=n, horizon=8), "auction") for n in (6, 50))
    for name in VARIABLES:
        np.testing.assert_array_equal(few[name], more[name][..., :6], err_msg=name)


def test_worlds_beyond_a_block_are_those_of_the_next_block(cambodia: Settings) -> None:
    settings = cambodia.replace(n_worlds=BLOCK + 3, horizon=3)
    course, record = settings.strategies["auction"], ["tilt", "consumption", "crisis"]
    everything = simulate(settings, course, record=record)
    second = simulate_block(settings, course, draws_of(settings, 1), record=record)
    first = simulate(settings.replace(n_worlds=2), course, record=record)
    assert second["tilt"].shape[-1] == 3
    for name in record:
        np.testing.assert_array_equal(everything[name][..., BLOCK:], second[name])
        np.testing.assert_array_equal(everything[name][..., :2], first[name])
    assert (second["tilt"][..., 0] != first["tilt"][..., 0]).any()


def owners(settings: Settings) -> dict[str, tuple[Any, Callable[[Any], tuple[Settings, Any]]]]:
    """Everything that has numbers, and what becomes of settings and strategy where it is replaced."""
    pair, course = settings.policies, given.strategy(anchor=0.2, defence=0.01, learning=0.1, lean_with={"dependence": -0.5}, speed=0.5)
    room = given.strategy(rule="shrinking_room", options={"threshold": 0.5, "softness": 0.1})
    return {
        "parameters": (settings.parameters, lambda new: (settings.replace(parameters=new), course)),
        "state": (settings.world.states["S0"], lambda new: (given.with_world(settings, states={**settings.world.states, "S0": new}), course)),
        "power": (settings.world.powers["east"], lambda new: (given.with_world(settings, powers={**settings.world.powers, "east": new}), course)),
        "world": (settings.world, lambda new: (settings.replace(world=new), course)),
        "policy": (pair["west"], lambda new: (settings.replace(policies={**pair, "west": new}), course)),
        "resting": (pair["west"], lambda new: (settings.replace(resting_policies={**pair, "west": new}), course)),
        "strategy": (course, lambda new: (settings, new)),
        "room": (room, lambda new: (settings, new)),
        "peer": (course, lambda new: (settings.replace(peers={**settings.peers, "S1": new}), course)),
        "leans": (course.lean_with, lambda new: (settings, given.rebuilt(course, lean_with=new)))}


NUMBERED = [(owner, name) for owner, (of, _) in owners(given.made_up()).items() for name in quantities(type(of)) if getattr(of, name) is not None]


def assert_each_world_has_its_own(owner: str, name: str, value: Any, per_world: Any) -> None:
    settings = given.made_up(n_worlds=3, horizon=4)
    of, replaced = owners(settings)[owner]
    one, several = (given.run(*replaced(given.rebuilt(of, **{name: each}))) for each in (value, per_world))
    given.assert_same_bits(several, one)


@pytest.mark.parametrize(("owner", "name"), NUMBERED, ids=[f"{owner}-{name}" for owner, name in NUMBERED])
def test_any_one_number_may_have_one_value_per_world(owner: str, name: str) -> None:
    # While all others have one for all: the same bits where the values are the same.
    value = getattr(owners(given.made_up())[owner][0], name)
    if isinstance(value, dict):
        for key in value:
            assert_each_world_has_its_own(owner, name, value, {**value, key: np.full(3, value[key])})
    elif not isinstance(value, str):
        assert_each_world_has_its_own(owner, name, value, np.full(3, value))


def test_all_numbers_may_have_one_value_per_world_at_once(cambodia: Settings) -> None:
    per_world = {name: np.full(cambodia.n_worlds, getattr(cambodia.parameters, name)) for name in quantities(Parameters)}
    for course in ("auction", "adaptive"):
        given.assert_same_bits(given.run(given.with_parameters(cambodia, **per_world), course), given.run(cambodia, course))


def test_a_design_along_the_worlds_is_the_separate_runs(cambodia: Settings) -> None:
    gains = np.array([0.1, 0.35, 0.6, 0.8])
    together = given.run(given.with_parameters(cambodia, belief_gain=gains), "equidistance")
    for w, gain in enumerate(gains):
        alone = given.run(given.with_parameters(cambodia, belief_gain=gain), "equidistance")
        for name in VARIABLES:
            np.testing.assert_array_equal(alone[name][..., w], together[name][..., w], err_msg=name)


def test_values_per_world_of_several_blocks_go_to_their_worlds(cambodia: Settings) -> None:
    n_worlds = BLOCK + 2
    settings = cambodia.replace(n_worlds=n_worlds, horizon=2)
    shares = np.linspace(0.1, 1, n_worlds)
    together = simulate(given.with_parameters(settings, unconditional_flow=shares), "equidistance", record=["flow"])
    alone = simulate(given.with_parameters(settings, unconditional_flow=float(shares[-1])), "equidistance", record=["flow"])
    np.testing.assert_array_equal(together["flow"][..., -1], alone["flow"][..., -1])


# ---- Common weather

EXOGENOUS = ("rivalry", "crisis", "outbreak", "pandemic", "commitment", "power_output", "world_output", "budget")


@pytest.mark.parametrize("world", given.PRESETS)
def test_every_strategy_meets_the_same_weather(world: str) -> None:
    settings = given.with_parameters(given.preset(world).replace(n_worlds=4, horizon=12), crisis_hazard=0.3, pandemic_hazard=0.1)
    reference = simulate(settings, "status_quo")
    assert 0 < reference["crisis"].mean() < 1
    assert 0 < reference["outbreak"].mean() < 1
    for course in given.shipped("strategies").values():
        given.assert_same_bits(simulate(settings, course, record=EXOGENOUS), reference, EXOGENOUS)


def test_streams_differ_by_name_block_and_seed() -> None:
    def tables(seed: int, block: int) -> list[bytes]:
        return [getattr(Draws(seed, block, 2, 3, 4), name).tobytes() for name in STREAMS]

    everything = tables(1, 0) + tables(1, 1) + tables(2, 0)
    assert len(set(everything)) == 3 * len(STREAMS)


def test_streams_are_not_correlated() -> None:
    # 20,000 pairs: the correlation of independent streams has standard deviation .007.
    drawn = [Draws(5, block, 1000, 20, 10) for block in (0, 1)]
    long = [np.moveaxis(getattr(draws, name), -1, 0).ravel()[:20_000] for name in STREAMS for draws in drawn]
    assert {len(one) for one in long} == {20_000}
    correlations = np.corrcoef(long) - np.eye(len(long))
    assert np.abs(correlations).max() < 0.03


def test_streams_have_the_distribution_they_name() -> None:
    draws = Draws(5, 0, 1000, 20, 3)
    for name in STREAMS:
        table = getattr(draws, name)
        n = table.size
        if name in ("crisis", "outbreak", "visit", "unrest"):
            assert 0 <= table.min() < 0.01
            assert 0.99 < table.max() < 1
            mean, variance = 1 / 2, 1 / 12
        else:
            mean, variance = 0, 1
        assert abs(table.mean() - mean) < 5 * np.sqrt(variance / n)
        assert abs(table.var() - variance) < 5 * variance * np.sqrt(2 / n)


def test_a_stream_does_not_depend_on_what_was_read_before_it() -> None:
    forwards, backwards = Draws(1, 0, 2, 3, 4), Draws(1, 0, 2, 3, 4)
    for name in STREAMS:
        getattr(forwards, name)
    for name in reversed(STREAMS):
        np.testing.assert_array_equal(getattr(backwards, name), getattr(forwards, name))


def test_fewer_worlds_are_the_first_of_more() -> None:
    for name in STREAMS:
        for few, many in ((3, 9), (40, 70)):  # also where they are not drawn all at a time
            np.testing.assert_array_equal(getattr(Draws(1, 0, few, 4, 5), name), getattr(Draws(1, 0, many, 4, 5), name)[..., :few])


def test_deterministic_mode_has_no_noise(theory: Settings) -> None:
    h = given.run(theory.replace(deterministic=True, seed=1), "adaptive")
    given.assert_same_bits(given.run(theory.replace(deterministic=True, seed=2), "adaptive"), h)
    for name in VARIABLES:
        assert (h[name] == h[name][..., :1]).all(), name
    assert not h["crisis"].any()
    assert not h["outbreak"].any()
    assert (h["commitment"] == 1).all()
    # Visits and unrest are their chance: 1 - exp(-dt * nu_v * V * (.3 + .7 * mean_d m)), with nu_v = .5 and V = .8.
    np.testing.assert_allclose(h["visits"], 1 - np.exp(-0.25 * 0.5 * 0.8 * (0.3 + 0.7 * h["engagement"].mean(axis=1))), rtol=1e-14)
    assert 0 < h["unrest"].min() <= h["unrest"].max() < 0.5
    np.testing.assert_allclose(h["flow"], h["accepted"], rtol=1e-3)  # no lumps; a little distress


# ---- Closed forms


def test_trust_settles_between_baseline_visits_and_pressure() -> None:
    # T = T - d(T-Tb) + eta_v*n*(1-T) - eta_s*s*T  =>  T* = (d*Tb + eta_v*n) / (d + eta_v*n + eta_s*s), d = dt*dT
    rng = np.random.default_rng(0)
    baseline, visits, pressure, decay, gain, loss = rng.uniform(0, 1, (6, 100)) * np.array([1, 1, 1, 0.4, 0.1, 0.3])[:, None] + 0.01
    d = DT * decay
    expected = (d * baseline + gain * visits) / (d + gain * visits + loss * pressure)
    level = np.zeros(100)
    for _ in range(8000):
        level = trust.next_trust(level, visits, 0.0, pressure, baseline=baseline, decay=decay, gain=gain, loss=loss, dt=DT)
    np.testing.assert_allclose(level, expected, rtol=1e-10)


def test_trust_of_a_state_that_holds_goes_to_its_closed_form() -> None:
    # From a present in which nobody visits: T = Tb = .4; then V = 1 at nu_v = .5 and m = .5: n = 1 - exp(-.25*.5*(.3+.35)).
    settings = given.preset("theory_symmetric").replace(horizon=250, n_worlds=1, deterministic=True)
    settings = given.with_policies(settings, given.PASSIVE, given.PASSIVE, resting=True)
    settings = given.with_parameters(given.with_policies(settings, given.policy(), given.policy()), trust_decay=0.4)
    h = given.run(settings, given.HOLDING, record=["trust"])["trust"][..., 0]
    visits = 1 - np.exp(-0.25 * 0.5 * 0.65)
    settled, kept = (0.1 * 0.4 + 0.04 * visits) / (0.1 + 0.04 * visits), 1 - 0.1 - 0.04 * visits
    t = 1 + np.arange(250)[:, None, None]
    np.testing.assert_allclose(h, np.broadcast_to(settled + (0.4 - settled) * kept**t, h.shape), rtol=1e-12)


def test_perception_converges_at_the_rate_of_its_gain() -> None:
    # Tilt .6 at breadth .5 and lens .3 is seen as (.8 - .3*.2, .2 - .3*.8) = (.74, -.04); from tilt 0 at breadth .5: (.35, .35).
    settings = given.with_parameters(
        given.preset("theory_symmetric").replace(n_worlds=1, horizon=24, deterministic=True), flow_weight_economy=0.0, belief_gain=0.3, backlash=0.0,
        compliance=0.0, lens_low_economy=0.3, lens_high_economy=0.3, lens_low_security=0.3, lens_high_security=0.3)
    h = given.run(settings, given.strategy(anchor=0.6, breadth=0.5, speed=1.0, ambiguity=0.5), record=["perceived"])
    settled, start = np.array([0.74, -0.04]), np.array([0.35, 0.35])
    # Ambiguity .5 lowers the gain to .3/1.5 = .2; the state moves at the end of the first quarter.
    for t in range(settings.horizon):
        for domain in range(2):
            np.testing.assert_allclose(h["perceived"][t, domain, :, 0, 0], settled + (start - settled) * (1 - 0.2) ** t, rtol=1e-12)


def test_beliefs_are_blurred_by_noise_as_a_constant_gain_filter_is() -> None:
    # Noise sd .1*(1+1), gain .6/(1+1) = .3: variance .3/1.7*.04 = .00706.
    settings = given.with_parameters(
        given.preset("theory_symmetric").replace(n_worlds=300, horizon=40), flow_weight_economy=0.0, belief_gain=0.6, observation_noise=0.1, backlash=0.0,
        compliance=0.0, tilt_noise=0.0, lens_low_economy=0.0, lens_high_economy=0.0, lens_low_security=0.0, lens_high_security=0.0)
    h = given.run(settings, given.strategy(ambiguity=1.0), record=["perceived"])
    focal = h["perceived"][-1, :, :, 0]
    assert abs(focal.mean() - 0.5) < 5 * np.sqrt(0.00706 / focal.size)
    # 1,200 independent values: the variance is known to sqrt(2/1200) = 4 %.
    assert focal.var() == pytest.approx(0.3 / 1.7 * 0.04, rel=0.2)


def test_capital_settles_at_solow() -> None:
    # No growth and no flows; half of what trade with the rest gave is lost for good: K* = (sinv*A*gains/delta)^(1/(1-alpha)).
    settings = given.at_rest(given.made_up(n_worlds=1, horizon=400))
    nothing = {"investment": {"east": 0.0, "west": 0.0, "rest": 0.0}, "aid": {"east": 0.0, "west": 0.0}, "debt": {"east": 0.0, "west": 0.0, "other": 0.0}}
    settings = given.with_parameters(given.with_states(settings, **nothing), depreciation=1.0, capital_elasticity=0.3, instability_cost=0.0, distress_cost=0.0,
                                     compliance=0.0, backlash=0.0)
    settings = given.with_events(settings, Event(kind="access", actor="rest", target="all", start=0, value=0.5))
    h = given.run(settings, "holding", record=["capital", "productivity", "gains"])
    output, capital = settings.world.of_states("output"), 2.2 * settings.world.of_states("output")
    np.testing.assert_allclose(h["productivity"][-1], output / capital**0.3, rtol=1e-12)
    weight = made_of_facts(settings).access_weight[2]
    np.testing.assert_allclose(h["gains"][-1], (1 - 0.5 * weight) ** (1 / 3), rtol=1e-9)
    # At rest investment replaced what wore out: sinv = delta*K/Y = 2.2.
    settled = (2.2 * h["productivity"][-1] * h["gains"][-1] / 1.0) ** (1 / 0.7)
    np.testing.assert_allclose(h["capital"][-1], settled, rtol=1e-9)
    assert (h["capital"][-1] < 0.97 * capital).all()


def test_rivalry_is_an_autoregression_around_its_mean() -> None:
    # From its mean: variance sigma^2 (1-phi^(2t))/(1-phi^2); .09 * (1-.9^60)/(1-.81) = .4728 after 30 quarters.
    settings = given.with_parameters(
        given.made_up(given.world(2, rivalry=0.7), n_worlds=1000, horizon=30), crisis_hazard=0.0, rivalry_mean=0.7, rivalry_persistence=0.9,
        rivalry_volatility=0.3)
    level = given.run(settings, "holding", record=["rivalry"])["rivalry"]
    latent = np.log(level / (1 - level))
    variance = 0.09 * (1 - 0.9**60) / (1 - 0.81)
    assert abs(latent[-1].mean() - 0.7) < 5 * np.sqrt(variance / 1000)
    assert latent[-1].var() == pytest.approx(variance, rel=5 * np.sqrt(2 / 1000))
    # Successive quarters: x' - m = .9 (x - m) + .3 eps, so the regression slope is .9 and the residual's sd .3.
    now, then = latent[1:] - 0.7, latent[:-1] - 0.7
    slope = (now * then).sum() / (then**2).sum()
    assert slope == pytest.approx(0.9, abs=0.02)
    assert (now - slope * then).std() == pytest.approx(0.3, rel=0.03)


def test_a_crisis_lifts_latent_rivalry_by_one() -> None:
    # expit(0 + 1) = .7311, then expit(.946) = .7203, for x returns to 0 at .946 a quarter.
    settings = given.with_events(given.made_up(given.world(rivalry=0.0), deterministic=True, horizon=3), Event(kind="crisis", start=1))
    level = given.run(settings, "holding", record=["rivalry"])["rivalry"][:, 0]
    np.testing.assert_allclose(level, [0.5, 0.7310585786, 0.7203100347], rtol=1e-9)


def test_commitment_and_lumps_have_a_mean_of_one_and_the_variance_they_should() -> None:
    # Logarithms: sigC^2 (1-phiC^(2t+2))/(1-phiC^2) grows; sigL^2/(1-phiL^2) is there from the start. 4,000 values or more.
    settings = given.with_parameters(
        given.made_up(given.world(2), n_worlds=1000, horizon=20), commitment_volatility=0.2, lump_volatility=0.3, lump_persistence=0.6)
    settings = given.with_powers(settings, {"lumps": 1.0}, {"lumps": 0.5})
    h = given.run(settings, "holding", record=["commitment", "aid", "accepted", "investment", "distress"])
    for t in (0, 5, 19):
        log = np.log(h["commitment"][t])
        assert h["commitment"][t].mean() == pytest.approx(1, abs=0.06)
        assert log.var() == pytest.approx(0.04 * (1 - 0.9 ** (2 * t + 2)) / (1 - 0.81), rel=0.15)
        kept = 1 - np.maximum(h["distress"][t] - present_of(settings).distress, 0)
        lumps = h["aid"][t] / (h["accepted"][t] - h["investment"][t]) / kept
        for g, uneven in enumerate((1.0, 0.5)):
            assert lumps[g].mean() == pytest.approx(1, abs=0.05)
            assert np.log(lumps[g]).var() == pytest.approx(uneven**2 * 0.09 / (1 - 0.36), rel=0.15)


def test_unrest_begins_as_often_as_its_hazard() -> None:
    # At usual legitimacy, that nothing moves: .02 a quarter; unrest at rest u0/(.25 + .75 u0) in the mean.
    settings = given.with_parameters(
        given.made_up(given.world(10), n_worlds=200, horizon=60), unrest_hazard=0.02, unrest_legitimacy=0.0, crisis_hazard=0.0, pandemic_hazard=0.0)
    unrest = given.run(settings, "holding", record=["unrest"])["unrest"]
    assert unrest.mean() == pytest.approx(0.02 / (0.25 + 0.75 * 0.02), rel=0.05)
    assert (unrest[1:] == 1).mean() == pytest.approx(0.02, rel=0.05)


def test_leverage_at_substitution_two_is_what_trade_and_capital_leave() -> None:
    # sigma = 2: exponent 1, so l = 1 - (1-share)(1 - zeta*alpha*owned)(1 - call*owed); share .2, .5*.4*.5 = .1, .1*2 counts as .1*1.
    value = access.leverage(
        np.array([0.2, 0.5]), np.array([0.5, 0.0]), np.array([2.0, 0.0]), substitution=2.0, capital_elasticity=0.4, sudden_stop=0.5, debt_call=0.1)
    np.testing.assert_allclose(value, [1 - 0.8 * 0.9 * 0.9, 0.5], rtol=1e-14)


def test_commitment_shocks_are_an_autoregression() -> None:
    deviation = np.zeros((2, 1))
    for shock in (1.0, 0.0, -2.0):
        deviation = rivalry.next_commitment_shock(deviation, shock, persistence=0.9, volatility=0.15)
    # .9*(.9*.15) - .3 = -.1785
    np.testing.assert_allclose(deviation, -0.1785, rtol=1e-13)


def test_a_belief_filter_keeps_the_weight_of_its_gain() -> None:
    # .2 + .35/(1+0)*(.6-.2) = .34; ambiguity 1 halves the step: .27.
    believed = perception.next_perceived(np.array([0.2, 0.2]), np.array([0.6, 0.6]), np.array([0.0, 1.0]), gain=0.35)
    np.testing.assert_allclose(believed, [0.34, 0.27], rtol=1e-14)


# ---- Numbers that are switched off


def facts_of_all(**changes: Any) -> Callable[[Settings], Settings]:
    return lambda settings: given.with_states(settings, **changes)


def by_event(**changes: Any) -> Callable[[Settings], Settings]:
    return lambda settings: given.with_events(settings, Event(**changes))


def of_strategy(**changes: Any) -> Callable[[Settings], Settings]:
    return lambda settings: settings.replace(strategies={"holding": given.rebuilt(given.HOLDING, **changes)})


FLAT = {f"lens_{end}_{domain}": 0.5 for end in ("low", "high") for domain in ("economy", "security")}
#: Numbers switched off, what is changed then, and what keeps its bits all the same (None: all but what was changed itself).
OFF: dict[str, tuple[dict[str, float], Callable[[Settings], Settings], tuple[str, ...] | None]] = {
    "contest_bonus": ({"contest_bonus": 0.0, "budget_rivalry": 0.0, "fragmentation": 0.0, "trade_diversion": 0.0, "crisis_hazard": 0.0, **FLAT},
                      by_event(kind="rivalry", start=2, value=0.9), tuple(name for name in VARIABLES if name not in ("rivalry", "allegiance"))),
    "budget_rivalry": ({"budget_rivalry": 0.0}, by_event(kind="rivalry", start=2, value=0.9), ("budget",)),
    "fragmentation": ({"fragmentation": 0.0, "trade_diversion": 0.0, "tier_access": 0.0, "pressure_access_cut": 0.0, "image_spillover": 0.0},
                      by_event(kind="rivalry", start=2, value=0.9), ("access", "gains")),
    "sudden_stop": ({"sudden_stop": 0.0, "repatriation": 0.0}, facts_of_all(fdi_stock={"east": 0.5, "west": 7.0, "rest": 2.0}),
                    tuple(name for name in VARIABLES if name != "foreign_capital")),
    "debt_call": ({"debt_call": 0.0, "distress_threshold": 10.0, "debt_service": 0.0}, facts_of_all(debt={"east": 0.5, "west": 7.0, "other": 2.0}),
                  tuple(name for name in VARIABLES if name not in ("debt", "other_debt", "distress"))),
    "lump_volatility": ({"lump_volatility": 0.0}, lambda settings: given.with_powers(settings, {"lumps": 0.0}, {"lumps": 2.0}), None),
    "loss_in_accounts": ({"loss_in_accounts": 0.0}, facts_of_all(claims={"east": 0.02, "west": 0.01}),
                         tuple(name for name in VARIABLES if name != "loss")),
    "treaty_reliability": ({"treaty_reliability": 0.4, "protection_reliability": 0.4}, facts_of_all(treaty={"east": 1.0, "west": 1.0}), None),
    "regime_answer": ({"regime_answer": 0.0, "challenge_legitimacy": 0.0}, by_event(kind="challenge", target="all", start=2, value=1.0),
                      tuple(name for name in VARIABLES if name != "challenge")),
    "regime": ({}, of_strategy(regime=2.0), None),  # without a challenge
    "unrest_hazard": ({"unrest_hazard": 0.0}, lambda settings: given.with_parameters(settings, unrest_legitimacy=20.0, instability_cost=0.06), None),
    "unrest_legitimacy": ({"unrest_legitimacy": 0.0}, lambda settings: given.with_parameters(settings, growth_legitimacy=3.0),
                          tuple(name for name in VARIABLES if name != "legitimacy")),
    "instability_cost": ({"instability_cost": 0.0}, lambda settings: given.with_parameters(settings, unrest_hazard=0.2),
                         tuple(name for name in VARIABLES if name != "unrest")),
    "distress_cost": ({"distress_cost": 0.0, "distress_threshold": 10.0, "debt_call": 0.0, "debt_service": 0.0, "loan": 0.0},
                      facts_of_all(debt={"east": 1.0, "west": 1.0, "other": 3.0}),
                      tuple(name for name in VARIABLES if name not in ("debt", "other_debt", "distress"))),
    "local_threat": ({"local_threat": 0.0, "crisis_hazard": 0.0}, lambda settings: given.with_parameters(settings, defence_protection=0.0, crisis_loss=0.3),
                     ("loss",)),
    "growth": ({}, by_event(kind="growth", target="all", start=2, value=0.0, how="add"), None),
    "flow": ({}, by_event(kind="flow", actor="west", target="all", start=2, value=1.0), None),
    "budget": ({}, by_event(kind="budget", actor="west", start=2, value=1.0), None),
    "visits": ({}, by_event(kind="visits", actor="west", target="all", start=2, value=0.0), None),
    "challenge": ({}, by_event(kind="challenge", target="all", start=2, value=0.0), None),
}


@pytest.mark.parametrize("name", OFF)
def test_a_number_that_is_switched_off_leaves_no_trace(name: str) -> None:
    off, changed, same = OFF[name]
    settings = given.with_parameters(given.made_up(n_worlds=3, horizon=12), **off)
    one, other = given.run(settings, "holding"), given.run(changed(settings), "holding")
    close = name in ("growth", "contest_bonus")  # a number added and taken off, or a product with one
    for variable in VARIABLES if same is None else same:
        if close:
            np.testing.assert_allclose(other[variable], one[variable], rtol=1e-11, atol=1e-13, err_msg=variable)
        else:
            np.testing.assert_array_equal(other[variable], one[variable], err_msg=variable)


@pytest.mark.parametrize("name", [name for name, (off, _, _) in OFF.items() if off])
def test_what_is_switched_off_would_matter_if_it_were_not(name: str) -> None:
    _, changed, same = OFF[name]
    settings = given.made_up(n_worlds=20, horizon=12)
    if name == "loss_in_accounts":
        settings = given.with_parameters(settings, loss_in_accounts=1.0)
    one, other = given.run(settings, "holding"), given.run(changed(settings), "holding")
    assert any((other[variable] != one[variable]).any() for variable in (VARIABLES if same is None else same))


def test_without_norms_elections_leave_no_trace() -> None:
    settings = given.with_policies(given.made_up(n_worlds=2), given.GIVING, given.rebuilt(given.PRESSING, norms=0.0), resting=True)
    voting = given.with_states(settings, elections=Elections(first="2020Q3", every=1))
    given.assert_same_bits(given.run(voting, "holding"), given.run(settings, "holding"))


# ---- Worlds of another make


@pytest.mark.parametrize("n_states", [2, 40])
def test_a_region_may_have_two_states_or_forty(n_states: int) -> None:
    settings = given.made_up(given.world(n_states), n_worlds=3, horizon=12)
    h = given.run(settings, given.strategy(anchor=-0.5, breadth=0.8, association_effort=0.9))
    assert h["tilt"].shape == (12, 2, n_states, 3)
    assert_within_bounds(h)


def test_without_an_association_nothing_is_absorbed_and_effort_neither_costs_nor_helps() -> None:
    settings = given.made_up(given.world(association=False))
    idle, eager = (given.run(settings, given.strategy(anchor=0.3, association_effort=effort)) for effort in (0.0, 1.0))
    given.assert_same_bits(eager, idle)
    assert not idle["buffer"].any()
    assert idle["cohesion"].min() > 0
    # With one it does both.
    idle, eager = (given.run(given.made_up(), given.strategy(anchor=0.3, association_effort=effort)) for effort in (0.0, 1.0))
    assert (eager["buffer"] > idle["buffer"]).all()
    assert (eager["cost"][:, 0] > idle["cost"][:, 0]).all()

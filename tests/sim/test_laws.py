"""Laws that hold in every run: budgets, bounds, accounts, independence of worlds, common weather, closed forms."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.axes import DT
from sim.draws import BLOCK, STREAMS, Draws
from sim.history import VARIABLES, History
from sim.parameters import Parameters
from sim.policies import RULES as POLICY_RULES
from sim.policies.policy import Policy
from sim.quantity import Interval, Quantity, quantities
from sim.rules import access, perception, rivalry, trust
from sim.scenario import Event
from sim.settings import Settings
from sim.simulation import draws_of, simulate, simulate_block
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.strategy import LeanWith, Strategy
from tests import given


def before(history: History, name: str, start: Any) -> np.ndarray:
    """A variable at the end of the quarter before each, `start` before the first."""
    first = np.broadcast_to(start, history[name].shape[1:])[None]
    return np.concatenate([first, history[name][:-1]])


def of_states(settings: Settings, field: str, *keys: str) -> np.ndarray:
    """A number of every state, shape (S, 1), or (n_keys, S, 1)."""
    states = settings.world.states.values()
    if not keys:
        return np.array([getattr(state, field) for state in states])[:, None]
    return np.array([[getattr(state, field)[key] for state in states] for key in keys])[..., None]


def of_powers(settings: Settings, field: str) -> np.ndarray:
    return np.array([getattr(getattr(settings.world.powers, name), field) for name in ("china", "us")])


def of_policies(settings: Settings, field: str) -> np.ndarray:
    return np.array([getattr(getattr(settings.policies, name), field) for name in ("china", "us")])


# ---- Budgets


@pytest.mark.parametrize(("china", "us"), [("patron", "norm_promoter"), ("conditionality", "coercion"), ("wedge", "competitive_matching")])
@pytest.mark.parametrize("world", given.PRESETS)
def test_a_budget_is_received_rejected_or_spent_outside(world: str, china: str, us: str) -> None:
    settings = given.with_policies(given.preset(world).replace(n_worlds=8, horizon=24), china, us)
    p, h = settings.parameters, simulate(settings, "tit_for_tat")
    start_alignment, start_trust = (of_states(settings, field, "china", "us") for field in ("perceived", "trust"))
    reward, match, bonus = (of_policies(settings, field)[:, None, None] for field in ("reward", "match_rival", "swing_bonus"))
    affinity = reward * (h["alignment"] - start_alignment) + p.trust_elasticity * (before(h, "trust", start_trust) - start_trust)
    rivals_share = before(h, "flow_share", 0.3)[:, ::-1]
    attraction = np.exp(affinity) * (1 + match * rivals_share) * (1 + bonus * (1 - h["alignment"] ** 2)) * (1 - h["pressure"])
    pull = of_states(settings, "base_share", "china", "us") * attraction

    outside = h["budget"] * p.outside_weight / (p.outside_weight + pull.sum(axis=2))
    rejected = h["offered"] * (1 - p.unconditional_flow) * (1 - h["engagement"][:, 0])
    accounted = h["flow"].sum(axis=2) + rejected.sum(axis=2) + outside
    np.testing.assert_allclose(accounted, h["budget"], rtol=1e-12, atol=0)

    power_output = before(h, "power_output", of_powers(settings, "output")[:, None])
    expected = h["commitment"] * of_powers(settings, "budget_share")[:, None] * power_output
    np.testing.assert_allclose(h["budget"], expected, rtol=1e-14)


# ---- Bounds

BOUNDS = {
    "tilt": (-1, 1), "breadth": (0, 1), "engagement": (0, 1), "perceived": (-1, 1), "alignment": (-1, 1), "trust": (0, 1), "tier": (0, 3),
    "pressure": (0, 1), "flow_share": (0, 1), "visits": (0, 1), "leverage": (0, 1), "legitimacy": (0, 1), "rivalry": (0, 1),
    "pandemic": (0, 1), "vaccinated": (0, 1), "crisis": (0, 1), "outbreak": (0, 1), "cohesion": (0, 1), "buffer": (0, 1),
    "exposure": (0, 1), "allegiance": (0, 1), "crisis_loss": (0, 1), "influence": (-1, 1), "regional_tilt": (-1, 1),
    "investment": (0, np.inf), "aid": (0, np.inf), "flow": (0, np.inf), "offered": (0, np.inf), "budget": (0, np.inf), "outlay": (0, np.inf),
    "other_flow": (0, np.inf), "foreign_capital": (0, np.inf), "debt": (0, np.inf), "loss": (0, np.inf), "cost": (0, np.inf),
    "commitment": (0, np.inf),  # 0 only where a policy or an event says so
}
POSITIVE = ("access", "capital", "productivity", "output", "consumption", "power_output", "gains")


def assert_within_bounds(h: History) -> None:
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
    assert (h["flow"] <= h["offered"]).all()
    assert (h["outlay"] <= h["budget"] * (1 + 1e-12)).all()


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
    for state in settings.world.states:
        shares, trusts, starts = ({power: rng.choice(ends, n_worlds) for power in ("china", "us")} for ends in ((0, 0.5), (0.2, 0.8), (-0.5, 0.7)))
        settings = given.with_states(
            settings, (state,), base_share=shares, trust=trusts, perceived=starts, tilt=rng.choice((-1.0, 1.0), n_worlds),
            output=rng.choice((10.0, 1200.0), n_worlds), access_weight={j: rng.choice((0.02, 0.32), n_worlds) for j in ("china", "us", "rest")})
    course = given.strategy(
        rule=strategy_rule, options=corners(STRATEGY_RULES[strategy_rule].Options), **corners(Strategy, lean_with=LeanWith(**corners(LeanWith))))
    assert_within_bounds(simulate(settings, course))


@pytest.mark.parametrize("world", given.PRESETS)
def test_everything_stays_in_bounds_when_all_strikes_at_once(world: str) -> None:
    events = [Event(kind="crisis", start=0, end=39), Event(kind="pandemic", start=0, end=39)]
    events += [Event(kind="pressure", start=4, actor=power, target="all", value=1.0) for power in ("china", "us")]
    events += [Event(kind="access", start=8, actor=j, target="all", value=0.01) for j in ("china", "us", "rest")]
    events += [Event(kind="commitment", start=12, actor="us", value=0.0), Event(kind="commitment", start=12, actor="china", value=10.0)]
    events += [Event(kind="tier", start=t, actor="us", target="all", value=value) for t, value in ((5, 3.0), (6, 3.0), (7, -3.0))]
    settings = given.with_events(given.preset(world).replace(n_worlds=8, horizon=40), *events)
    for course in ("opportunist", "shrinking_room", "adaptive"):
        assert_within_bounds(simulate(settings, course))


def ends(known: Quantity) -> tuple[float, float]:
    """The lowest and the highest number that a quantity may be; one that belongs not to its domain is the next to it."""
    domain = Interval.parse(known.domain)
    return domain.low if domain.holds_low else np.nextafter(domain.low, np.inf), domain.high if domain.holds_high else np.nextafter(domain.high, -np.inf)


def one_at_its_end(owner: Any) -> tuple[int, dict[str, Any]]:
    """Each number of a class at either end of its hard domain in a world of its own: how many worlds that are, and the values per world by name."""
    known = {name: each for name, each in quantities(type(owner)).items() if name != "access_weight"}  # its sum has a limit too
    n_worlds, changed = 2 * len(known), {}
    for first, (name, each) in zip(range(0, n_worlds, 2), known.items(), strict=True):
        at = np.isin(np.arange(n_worlds), (first, first + 1))
        one = np.resize(ends(each), n_worlds)
        value = getattr(owner, name)
        changed[name] = {key: np.where(at, one, x) for key, x in value.items()} if isinstance(value, dict) else np.where(at, one, value)
    return n_worlds, changed


@pytest.mark.parametrize("horizon", [1, 8])
@pytest.mark.parametrize("of", ["parameters", "state", "power", "policy", "strategy"])
def test_each_number_may_be_at_either_end_of_its_hard_domain(of: str, horizon: int) -> None:
    settings = given.preset("cambodia_2020").replace(horizon=horizon)
    course = settings.strategies["equidistance"]
    owner = {"parameters": settings.parameters, "state": settings.world.states["KHM"], "power": settings.world.powers.china,
             "policy": settings.policies.china, "strategy": course}[of]
    n_worlds, changed = one_at_its_end(owner)
    settings = settings.replace(n_worlds=n_worlds)
    changes: dict[str, Callable[[], Settings]] = {
        "parameters": lambda: given.with_parameters(settings, **changed), "state": lambda: given.with_states(settings, ("KHM",), **changed),
        "power": lambda: given.with_powers(settings, china=changed),
        "policy": lambda: given.with_policies(settings, *[given.rebuilt(owner, **changed)] * 2), "strategy": lambda: settings}
    assert_within_bounds(simulate(changes[of](), given.rebuilt(course, **changed) if of == "strategy" else course))


def test_rivalry_and_leverage_reach_the_ends_of_their_ranges() -> None:
    # expit(40) is 1 and expit(−800) is 0 to the last bit; with a power of 1 / (1.01 − 1) = 100 next to nothing is left of income after a rupture.
    assert rivalry.rivalry_level(np.array([-800.0, 40.0])).tolist() == [0, 1]
    assert access.leverage(np.array([0.9]), np.zeros(1), np.ones(1), substitution=1.01).tolist() == [1]


# ---- Accounts


@pytest.fixture(scope="module")
def troubled() -> tuple[Settings, History]:
    """Cambodia with a pandemic, crises and governments near their limit: every term of the accounts is at work."""
    settings = given.with_parameters(
        given.preset("cambodia_2020").replace(n_worlds=32, horizon=40), crisis_hazard=0.06, instability_threshold=0.55, local_threat=0.02)
    settings = given.with_events(settings, Event(kind="pandemic", start=3), Event(kind="crisis", start=6))
    return settings, simulate(settings, "omni_enmeshment")


def start_output(settings: Settings) -> np.ndarray:
    return of_states(settings, "output")


def start_capital(settings: Settings) -> np.ndarray:
    return of_states(settings, "capital_output") * start_output(settings)


def courses(settings: Settings, field: str, focal: str = "omni_enmeshment") -> np.ndarray:
    chosen = [settings.strategies[focal] if name == settings.focal else settings.peers[name] for name in settings.world.states]
    return np.array([getattr(course, field) for course in chosen])[:, None]


def test_flow_is_investment_and_aid(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    np.testing.assert_allclose(h["investment"] + h["aid"], h["flow"], rtol=1e-14, atol=1e-16)
    share = of_powers(settings, "investment_share")[:, None, None]
    np.testing.assert_allclose(h["investment"], share * h["flow"], rtol=1e-14)


def test_capital_is_what_was_invested_less_what_wore_out_or_was_destroyed(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    p, last = settings.parameters, before(h, "capital", start_capital(settings))
    added = of_states(settings, "domestic_investment") * h["output"] + h["investment"].sum(axis=1) + p.aid_to_capital * h["aid"].sum(axis=1)
    added = added + h["other_flow"] - 0.5 * h["loss"] * h["output"]
    np.testing.assert_allclose(h["capital"], last * (1 - p.depreciation * DT) + DT * added, rtol=1e-13)


def test_foreign_capital_is_investment_and_three_quarters_of_other_flows(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    last = before(h, "foreign_capital", 0.3 * start_capital(settings))
    added = h["investment"].sum(axis=1) + 0.75 * h["other_flow"]
    np.testing.assert_allclose(h["foreign_capital"], last * (1 - settings.parameters.depreciation * DT) + DT * added, rtol=1e-13)


def test_debt_is_the_loans_in_aid_less_three_percent_repaid_a_year(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    last = before(h, "debt", of_states(settings, "debt_ratio", "china", "us") * start_output(settings))
    np.testing.assert_allclose(h["debt"], last * (1 - 0.03 * DT) + DT * settings.parameters.loan_share * h["aid"], rtol=1e-13, atol=1e-16)


def test_consumption_is_output_less_what_is_spent_sent_abroad_or_lost(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    p = settings.parameters
    both = h["engagement"].min(axis=2).mean(axis=1)
    cost = 2 * p.duplication_cost * both + p.effort_cost * courses(settings, "asean_effort")
    cost = cost + p.diversification_cost * courses(settings, "diversification") + courses(settings, "defence")
    np.testing.assert_allclose(h["cost"], cost, rtol=1e-13)
    foreign = before(h, "foreign_capital", 0.3 * start_capital(settings)) / before(h, "capital", start_capital(settings))
    debt = before(h, "debt", of_states(settings, "debt_ratio", "china", "us") * start_output(settings)).sum(axis=1)
    left = h["output"] * (1 - of_states(settings, "domestic_investment") - cost - 0.5 * h["loss"])
    left = left - p.repatriation * p.capital_elasticity * h["output"] * np.minimum(foreign, 1)
    left = left - p.debt_service * debt + (1 - p.aid_to_capital) * h["aid"].sum(axis=1)
    np.testing.assert_allclose(h["consumption"], np.maximum(left, 0.05 * h["output"]), rtol=1e-12)


def test_output_is_capital_at_work_less_sickness_and_instability(troubled: tuple[Settings, History]) -> None:
    settings, h = troubled
    p, last = settings.parameters, before(h, "capital", start_capital(settings))
    quarters = 1 + np.arange(len(h["output"]))[:, None, None]
    grown = (1 + of_states(settings, "productivity_growth") * DT) ** quarters
    productivity = start_output(settings) / start_capital(settings) ** p.capital_elasticity * grown
    np.testing.assert_allclose(h["productivity"], np.broadcast_to(productivity, h["productivity"].shape), rtol=1e-12)
    weight = of_states(settings, "access_weight", "china", "us", "rest")
    gains = (1 + (weight * (h["access"] - 1)).sum(axis=1)) ** (1 / (p.substitution - 1))
    unstable = before(h, "legitimacy", 0.6) < p.instability_threshold
    assert 0 < unstable.mean() < 1
    healthy = 1 - h["pandemic"][:, None] * (1 - h["vaccinated"])
    expected = productivity * last**p.capital_elasticity * gains * healthy * (1 - p.instability_cost * unstable)
    np.testing.assert_allclose(h["output"], expected, rtol=1e-12)


# ---- Worlds do not touch each other


def chosen(worlds: Any) -> Any:
    """Weather of some worlds only, in any order."""
    return lambda name, table: table[..., worlds]


@pytest.fixture(scope="module")
def mixed() -> Settings:
    """Fifty noisy worlds, one value per world in some parameters."""
    settings = given.preset("cambodia_2020").replace(n_worlds=50, horizon=8)
    rng = np.random.default_rng(3)
    return given.with_parameters(settings, trust_decay=rng.uniform(0.05, 0.4, 50), fragmentation=rng.uniform(0.05, 0.8, 50))


@pytest.mark.parametrize("worlds", [slice(0, 6), slice(7, 8), slice(7, 9), slice(10, 40, 3), [31, 4, 4, 17]],
                         ids=["first", "one", "two", "stride", "shuffled"])
@pytest.mark.parametrize("course", ["adaptive", "auction", "shrinking_room"])
def test_a_world_has_the_same_bits_whatever_runs_beside_it(mixed: Settings, worlds: Any, course: str) -> None:
    together = given.run(mixed, course)
    draws = given.GivenDraws(draws_of(mixed, 0), chosen(worlds))
    p = mixed.parameters
    alone = given.with_parameters(
        mixed.replace(parameters=given.preset("cambodia_2020").parameters, n_worlds=draws.n_worlds),
        trust_decay=p.trust_decay[worlds], fragmentation=p.fragmentation[worlds])
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


def test_one_value_per_world_gives_the_bits_of_one_number_for_all(cambodia: Settings) -> None:
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

EXOGENOUS = ("rivalry", "crisis", "outbreak", "pandemic", "commitment", "power_output", "budget")


@pytest.mark.parametrize("world", given.PRESETS)
def test_every_strategy_meets_the_same_weather(world: str) -> None:
    settings = given.with_parameters(given.preset(world).replace(n_worlds=4, horizon=12), crisis_hazard=0.3, pandemic_hazard=0.1)
    reference = simulate(settings, "status_quo")
    assert 0 < reference["crisis"].mean() < 1
    assert 0 < reference["outbreak"].mean() < 1
    for course in settings.strategies.values():
        given.assert_same_bits(simulate(settings, course, record=EXOGENOUS), reference, EXOGENOUS)


def test_streams_differ_by_name_block_and_seed() -> None:
    def tables(seed: int, block: int) -> list[bytes]:
        return [getattr(Draws(seed, block, 2, 3, 4), name).tobytes() for name in STREAMS]

    everything = tables(1, 0) + tables(1, 1) + tables(2, 0)
    assert len(set(everything)) == 3 * len(STREAMS)


def test_streams_are_not_correlated() -> None:
    # 20,000 pairs: the correlation of independent streams has standard deviation .007.
    long = [np.moveaxis(getattr(Draws(5, block, 500, 40, 1), name), -1, 0).ravel()[:20_000] for name in STREAMS for block in (0, 1)]
    correlations = np.corrcoef(long) - np.eye(len(long))
    assert np.abs(correlations).max() < 0.03


def test_streams_have_the_distribution_they_name() -> None:
    draws = Draws(5, 0, 1000, 20, 3)
    for name in STREAMS:
        table = getattr(draws, name)
        n = table.size
        if name in ("crisis", "outbreak", "visit"):
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
        np.testing.assert_array_equal(getattr(Draws(1, 0, 3, 4, 5), name), getattr(Draws(1, 0, 9, 4, 5), name)[..., :3])


def test_deterministic_mode_has_no_noise(theory: Settings) -> None:
    h = given.run(theory.replace(deterministic=True, seed=1), "adaptive")
    given.assert_same_bits(given.run(theory.replace(deterministic=True, seed=2), "adaptive"), h)
    for name in VARIABLES:
        assert (h[name] == h[name][..., :1]).all(), name
    assert not h["crisis"].any()
    assert not h["outbreak"].any()
    assert (h["commitment"] == 1).all()
    # Visits are their chance: 1 - exp(-dt * nu_v * V * mean_d m), with nu_v = 2 and V = 1.
    np.testing.assert_allclose(h["visits"], 1 - np.exp(-0.25 * 2 * h["engagement"].mean(axis=1)), rtol=1e-14)


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


def test_trust_of_a_standing_course_settles_at_its_closed_form(theory: Settings) -> None:
    # Breadth .5, no tilt: n = 1 - exp(-.25*2*1*.5) = .2212; no pressure; d = .25*.4 = .1, Tb = .4, eta_v = .04.
    settings = given.with_policies(theory.replace(horizon=250, n_worlds=1, deterministic=True), given.policy(), given.policy())
    settings = given.with_parameters(settings, trust_decay=0.4)
    h = given.run(settings, given.strategy(), record=["trust"])
    visits = 1 - np.exp(-0.25)
    expected = (0.1 * 0.4 + 0.04 * visits) / (0.1 + 0.04 * visits)
    np.testing.assert_allclose(h["trust"][-1, :, 0], expected, rtol=1e-10)


def test_perception_converges_at_the_rate_of_its_gain(theory: Settings) -> None:
    # Standing course with engagement (.8, .2), lens .3 in both domains: p* = (.8 - .3*.2, .2 - .3*.8) = (.74, -.04).
    settings = given.with_parameters(
        theory.replace(deterministic=True), flow_weight_economy=0.0, belief_gain=0.3, backlash=0.0, compliance=0.0,
        lens_low_economy=0.3, lens_high_economy=0.3, lens_low_security=0.3, lens_high_security=0.3)
    settings = given.with_states(settings, tilt=0.3, perceived={"china": 0.1, "us": -0.2})
    h = given.run(settings, given.strategy(anchor=0.3, breadth=0.5, ambiguity=0.5), record=["perceived"])
    settled, start = np.array([0.74, -0.04]), np.array([0.1, -0.2])
    # Ambiguity .5 lowers the gain to .3/1.5 = .2.
    for t in range(settings.horizon):
        expected = settled + (start - settled) * (1 - 0.2) ** (t + 1)
        for domain in range(2):
            np.testing.assert_allclose(h["perceived"][t, domain, :, 0, 0], expected, rtol=1e-12)


def test_beliefs_are_blurred_by_noise_as_a_constant_gain_filter_is(theory: Settings) -> None:
    # Noise sd .1*(1+1), gain .6/(1+1) = .3: variance .3/1.7*.04 = .00706.
    settings = given.with_parameters(
        theory.replace(n_worlds=300, horizon=40), flow_weight_economy=0.0, belief_gain=0.6, observation_noise=0.1, backlash=0.0, compliance=0.0,
        lens_low_economy=0.0, lens_high_economy=0.0, lens_low_security=0.0, lens_high_security=0.0)
    h = given.run(settings, given.strategy(ambiguity=1.0), record=["perceived"])
    focal = h["perceived"][-1, :, :, 0]
    assert abs(focal.mean() - 0.5) < 5 * np.sqrt(0.00706 / focal.size)
    # 1,200 independent values: the variance is known to sqrt(2/1200) = 4 %.
    assert focal.var() == pytest.approx(0.3 / 1.7 * 0.04, rel=0.2)


def test_capital_settles_at_solow(theory: Settings) -> None:
    # No flows, no growth, no losses: K* = (sinv*A/delta)^(1/(1-alpha)).
    settings = given.with_parameters(
        theory.replace(horizon=300, n_worlds=1, deterministic=True), depreciation=1.0, capital_elasticity=0.3, fragmentation=0.0, local_threat=0.0,
        tier_access=0.0, pressure_access_cut=0.0, image_spillover=0.0, instability_cost=0.0)
    settings = given.with_states(settings, other_flow_rate=0.0, productivity_growth=0.0, domestic_investment=0.3)
    settings = given.with_powers(settings, china={"budget_share": 0.0}, us={"budget_share": 0.0})
    h = given.run(settings, "equidistance", record=["capital", "productivity"])
    productivity = 100 / 230**0.3
    np.testing.assert_allclose(h["productivity"][-1], productivity, rtol=1e-13)
    np.testing.assert_allclose(h["capital"][-1], (0.3 * productivity / 1.0) ** (1 / 0.7), rtol=1e-10)


def test_rivalry_is_an_autoregression_around_its_mean(theory: Settings) -> None:
    # From its mean: variance sigma^2 (1-phi^(2t))/(1-phi^2); .09 * (1-.9^60)/(1-.81) = .4728 after 30 quarters.
    settings = given.with_parameters(
        theory.replace(n_worlds=1000, horizon=30), crisis_hazard=0.0, rivalry_mean=0.7, rivalry_persistence=0.9, rivalry_volatility=0.3)
    settings = given.with_one_state(settings)
    level = given.run(settings, "status_quo", record=["rivalry"])["rivalry"]
    latent = np.log(level / (1 - level))
    variance = 0.09 * (1 - 0.9**60) / (1 - 0.81)
    assert abs(latent[-1].mean() - 0.7) < 5 * np.sqrt(variance / 1000)
    assert latent[-1].var() == pytest.approx(variance, rel=5 * np.sqrt(2 / 1000))
    # Successive quarters: x' - m = .9 (x - m) + .3 eps, so the regression slope is .9 and the residual's sd .3.
    now, then = latent[1:] - 0.7, latent[:-1] - 0.7
    slope = (now * then).sum() / (then**2).sum()
    assert slope == pytest.approx(0.9, abs=0.02)
    assert (now - slope * then).std() == pytest.approx(0.3, rel=0.03)


def test_a_crisis_lifts_latent_rivalry_by_one(theory: Settings) -> None:
    # expit(0 + 1) = .7311, then expit(.946) = .7203, for x returns to 0 at .946 a quarter.
    settings = given.with_events(theory.replace(deterministic=True, horizon=3), Event(kind="crisis", start=1))
    level = given.run(settings, "status_quo", record=["rivalry"])["rivalry"][:, 0]
    np.testing.assert_allclose(level, [0.5, 0.7310585786, 0.7203100347], rtol=1e-9)


def test_leverage_at_substitution_two_is_what_trade_and_flow_leave() -> None:
    # sigma = 2: exponent 1, so l = 1 - (1-share)(1-flow/Y); share .2, flow .1: 1 - .8*.9 = .28.
    value = access.leverage(np.array([0.2, 0.5]), np.array([10.0, 0.0]), np.array([100.0, 100.0]), substitution=2.0)
    np.testing.assert_allclose(value, [0.28, 0.5], rtol=1e-14)


def test_leverage_in_a_run_at_substitution_two(cambodia: Settings) -> None:
    settings = given.with_parameters(cambodia, substitution=2.0)
    h = given.run(settings, "auction")
    weight = of_states(settings, "access_weight", "china", "us", "rest")
    total = 1 + (weight * (h["access"] - 1)).sum(axis=1)
    share = (weight * h["access"])[:, :2] / total[:, None]
    last_output = before(h, "output", start_output(settings))
    expected = 1 - (1 - share) * (1 - h["flow"] / last_output[:, None])
    np.testing.assert_allclose(h["leverage"], expected, rtol=1e-12)


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

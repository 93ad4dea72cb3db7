"""The present at rest: what a world starts from stays where it is while everybody holds, and gives back the facts it was made of."""

from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, assume
from hypothesis import given as holds_for
from hypothesis import settings as how
from hypothesis import strategies as st

from experiments.configuration.design import Points, numbers, value_of
from experiments.configuration.files import names_in
from sim.axes import DT
from sim.data import World
from sim.draws import Draws
from sim.history import History
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.present import MOST_PRESSURE, Present, present
from sim.quantity import Interval, quantities, same
from sim.scenario import Event
from sim.settings import Settings
from sim.simulation import draws_of, simulate_block
from sim.strategies import RULES
from sim.strategies.linear import LinearRule
from sim.strategies.observation import Decision, Observation
from sim.strategies.strategy import Strategy
from sim.worlds import Worlds
from tests import given

STILL = 1e-9
#: A failure of so many numbers at once does not shrink to anything a person would understand.
UNSHRUNK = [Phase.explicit, Phase.generate]


def present_of(settings: Settings, strategy: Strategy = given.HOLDING, draws: Draws | None = None) -> Present:
    worlds = Worlds(settings, strategy, draws or draws_of(settings, 0))
    found = worlds.present
    worlds.release()
    return found


def assert_still(settings: Settings, strategy: Strategy = given.HOLDING) -> None:
    """Nothing but foreign capital by owner moves, in the first quarter or later."""
    h, now = given.run(settings, strategy), present_of(settings)
    for name in h:
        moved = np.abs(h[name] - h[name][:1]).max() / max(1, np.abs(h[name]).max())
        assert moved <= STILL or name == "foreign_capital", f"{name}: {moved:.1e}"
    for name in ("engagement", "perceived", "alignment", "trust", "pressure", "flow_share", "visits", "leverage", "distress", "allegiance"):
        assert np.abs(h[name][0] - getattr(now, name)).max() <= STILL, name
    world = settings.world
    facts = {"flow": given_flows(world), "output": world.of_states("output"), "trade": world.of_states_by("trade", "partner"),
             "debt": world.of_states_by("debt", "creditor")[:2], "tier": world.of_states_by("tier", "power")}
    for name, fact in facts.items():
        np.testing.assert_allclose(h[name][-1], np.broadcast_to(fact, h[name][-1].shape), rtol=1e-9, atol=1e-12, err_msg=name)


def given_flows(world: World) -> np.ndarray:
    return world.of_states_by("investment", "partner")[:2] + world.of_states_by("aid", "power")


# ---- At rest


@pytest.mark.parametrize("world", given.WORLDS)
def test_nothing_moves_in_a_shipped_world_while_everybody_holds(world: str) -> None:
    assert_still(given.at_rest(given.preset(world)).replace(n_worlds=2, horizon=24))


@pytest.mark.parametrize("of", [
    given.world(association=False), given.world(2), given.world(40), given.world(rivalry=-2.0), given.world(rivalry=3.0)],
    ids=["no association", "2 states", "40 states", "calm", "cold war"])
def test_nothing_moves_in_a_world_of_another_make(of: World) -> None:
    assert_still(given.at_rest(given.made_up(of, n_worlds=2)))


@pytest.mark.parametrize("name", names_in("policy"))
def test_nothing_moves_whatever_policies_the_present_rests_on(name: str) -> None:
    settings = given.at_rest(given.made_up(n_worlds=1))
    for pair in ((name, "norm_promoter"), ("mirroring", name)):
        assert_still(given.with_policies(settings, *pair, resting=True))


@pytest.mark.parametrize("of", [*given.WORLDS, "made_up"])
def test_with_growth_the_present_drifts_a_little_in_five_years(of: str) -> None:
    settings = (given.made_up() if of == "made_up" else given.preset(of)).replace(n_worlds=1, horizon=20, deterministic=True)
    h, now = given.run(settings, given.HOLDING), present_of(settings)
    for name in ("perceived", "trust", "pressure"):
        assert np.abs(h[name][-1] - getattr(now, name)).mean() < 0.05, name


def near_the_ranges(kind: type) -> st.SearchStrategy[dict[str, Any]]:
    """Numbers from the plausible ranges of a class and a tenth beyond, inside the hard domains."""
    ranges = {}
    for name, known in quantities(kind).items():
        (low, high), domain = known.plausible, Interval.parse(known.domain)
        beyond = 0.1 * (high - low)
        ranges[name] = st.floats(max(low - beyond, domain.low + 1e-3), min(high + beyond, domain.high - 1e-3))
    return st.fixed_dictionaries(ranges)


@st.composite
def restful(draw: st.DrawFn) -> Settings:
    """Random facts, policies and parameters of a world at rest."""
    def parts(low: float, high: float, *keys: str) -> dict[str, float]:
        return {key: draw(st.floats(low, high)) for key in keys}

    states = {}
    for i in range(draw(st.integers(2, 3))):
        output = draw(st.sampled_from([1.0, 40.0, 1000.0]))
        aid = parts(1e-4 * output, 0.05 * output, "east", "west")
        states[f"S{i}"] = given.facts(
            i, output=output, aid=aid, debt={key: draw(st.floats(0, 30)) * aid[key] for key in aid} | parts(0, output, "other"),
            trade=parts(0, 2 * output, "east", "west", "rest"), investment=parts(0, 0.1 * output, "east", "west", "rest"),
            fdi_stock=parts(0, output, "east", "west", "rest"), tilt=draw(st.sampled_from([{"survey": -0.9}, {"votes": 0.2}, {"survey": 0.7, "votes": -0.2}])),
            breadth=draw(st.floats(0, 1)), tier=parts(0, 3, "east", "west"), claims=parts(0, 0.02, "east", "west"),
            governance_gap=parts(0, 0.8, "east", "west"), legitimacy=draw(st.floats(0.2, 0.9)), trust_baseline=parts(0.1, 0.9, "east", "west"))
    world = given.world(states=states, association=draw(st.booleans()), rivalry=draw(st.floats(-3, 3)))
    rules = st.sampled_from(["standing", "mirroring"])
    pair = {power: given.policy(rule=draw(rules), **draw(near_the_ranges(Policy))) for power in world.powers}
    settings = given.made_up(world, n_worlds=1, horizon=6, policies=pair, resting_policies=pair)
    return given.at_rest(settings.replace(parameters=Parameters(**draw(near_the_ranges(Parameters)))))


@how(max_examples=25, phases=UNSHRUNK)
@holds_for(restful())
def test_nothing_moves_in_a_random_world(settings: Settings) -> None:
    assume(present_of(settings).pressure.max() < MOST_PRESSURE)  # beyond it pressure would go on rising
    assert_still(settings)


@pytest.mark.slow
@how(max_examples=2000, phases=UNSHRUNK)
@holds_for(restful())
def test_nothing_moves_in_many_random_worlds(settings: Settings) -> None:
    assume(present_of(settings).pressure.max() < MOST_PRESSURE)
    assert_still(settings)


# ---- Found by hand


def test_the_present_by_hand() -> None:
    # S0: breadth .6, tilt .225: m = .6*1.225 and .6*.775 in both domains. Lens at rivalry 0 (half): (.1+.7)/2 = .4 and (.3+1.3)/2 = .8.
    now = present_of(given.made_up(given.world(rivalry=0.0)))
    first, second = 0.735, 0.465
    np.testing.assert_allclose(now.engagement[:, :, 0, 0], [[first, second]] * 2, rtol=1e-13)
    # Flows 1.575 and .168 beside 1.75 of others.
    f = np.array([1.575, 0.168]) / 3.493
    np.testing.assert_allclose(now.flow_share[:, 0, 0], f, rtol=1e-13)
    read = 0.6 * np.array([first, second]) + 0.4 * f
    economy = [read[0] - 0.4 * read[1], read[1] - 0.4 * read[0]]
    security = [first - 0.8 * second, second - 0.8 * first]
    np.testing.assert_allclose(now.perceived[:, :, 0, 0], [economy, security], rtol=1e-12)
    np.testing.assert_allclose(now.alignment[:, 0, 0], [(e + s) / 2 for e, s in zip(economy, security, strict=True)], rtol=1e-12)
    # Visits: V 1 and .4 at .5 a year, of which .3 need no engagement.
    visits = 1 - np.exp(-DT * 0.5 * np.array([1.0, 0.4]) * (0.3 + 0.7 * np.array([first, second])))
    np.testing.assert_allclose(now.visits[:, 0, 0], visits, rtol=1e-13)
    assert now.unrest == pytest.approx(0.006 / (0.25 + 0.75 * 0.006), rel=1e-13)
    # What was meant: the flow over what the door and pressure let through.
    meant = np.array([1.575, 0.168]) / ((0.3 + 0.7 * np.array([first, second])) * (1 - now.pressure[:, 0, 0]))
    np.testing.assert_allclose(now.meant[:, 0, 0], meant, rtol=1e-12)


def test_what_the_association_absorbs_at_rest_by_hand() -> None:
    # Norms alone, .25 on gaps of .6, .5 and .1. Mean tilts .225, -.7, .05: their spread; effort .3; half of what is left.
    settings = given.with_policies(given.made_up(), given.policy(), given.policy(norms=0.25), resting=True)
    buffer = 0.5 * 0.3 * (1 - np.std([0.225, -0.7, 0.05]))
    np.testing.assert_allclose(present_of(settings).pressure[1, :, 0], 0.25 * np.array([0.6, 0.5, 0.1]) * (1 - buffer), rtol=1e-13)


def test_trust_and_pressure_at_rest_solve_each_other() -> None:
    # T = (d*Tb + eta_v*n + 0)/(d + eta_v*n + eta_s*s(T)), s(T) = drive(T)*(1 - buffer), over the ranges.
    rng = np.random.default_rng(2)
    settings = given.made_up(n_worlds=300)
    settings = settings.replace(parameters=Parameters(**given.corners(Parameters, 300, rng)))
    settings = given.with_policies(settings, *(given.policy(**given.corners(Policy, 300, rng)) for _ in range(2)), resting=True)
    now, p, policies = present_of(settings), settings.parameters, settings.policies.values()
    punish, tolerance, norms = (np.stack([getattr(policy, name) for policy in policies])[:, None] for name in ("punish", "tolerance", "norms"))
    drive = punish / (1 + np.exp(-(tolerance - now.alignment - p.trust_tolerance * (now.trust - 0.5)) / p.pressure_softness))
    drive = drive + norms * settings.world.of_states_by("governance_gap", "power")
    buffer = p.association_buffer * 0.3 * (1 - np.std([0.225, -0.7, 0.05]))
    np.testing.assert_allclose(now.pressure, np.minimum(np.clip(drive, 0, 1) * (1 - buffer), 0.9), rtol=1e-10, atol=1e-12)
    back, won = DT * p.trust_decay, p.visit_trust_gain * now.visits
    settled = (back * 0.4 + won) / (back + won + p.pressure_trust_loss * now.pressure)
    np.testing.assert_allclose(now.trust, settled, rtol=1e-9)


def test_trust_at_rest_is_the_one_reached_from_its_baseline() -> None:
    # Pressure that trust excuses wholly, or not at all: two levels rest, .4 and far below; the baseline .4 decides.
    harsh = given.policy(punish=1.0, tolerance=0.0, visits=0.0)
    settings = given.with_parameters(
        given.made_up(given.world(association=False)), trust_tolerance=5.0, pressure_softness=0.01, pressure_trust_loss=0.3, trust_decay=0.4)
    settings = given.with_policies(settings, harsh, harsh, resting=True)
    high, low = (present_of(given.with_states(settings, trust_baseline={"east": level, "west": level})).trust[0, 0, 0] for level in (0.6, 0.3))
    assert high == pytest.approx(0.6, abs=1e-3)
    assert low < 0.1


# ---- What it does not depend on


@pytest.mark.parametrize("name", names_in("strategies"))
def test_the_present_does_not_depend_on_the_strategy_compared(name: str) -> None:
    settings = given.preset("cambodia_2020").replace(n_worlds=2, horizon=1)
    one, other = (present_of(settings, strategy) for strategy in (given.HOLDING, given.shipped("strategies")[name]))
    for field in Present.__dataclass_fields__:
        if field != "seen":
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field), err_msg=field)


def test_strategies_that_meet_the_same_worlds_share_the_present_until_a_number_of_the_world_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    settings, made = given.preset("cambodia_2020").replace(n_worlds=2, horizon=1), []

    def counted(*arguments: Any) -> Present:
        made.append(present(*arguments))
        return made[-1]

    monkeypatch.setattr("sim.worlds.present", counted)
    draws = draws_of(settings, 0)
    for name in ("status_quo", "equidistance"):
        again = settings.model_copy(update={"world": settings.world.model_copy(deep=True), "parameters": settings.parameters.model_copy(deep=True)})
        Worlds(again, given.shipped("strategies")[name], draws).release()
    assert len(made) == 1
    names = [name for name in numbers(settings) if not name.startswith("strategies.")]
    assert len(names) > 400
    changed = {}
    for name in (*names[::6], "parameters.lump_persistence", "parameters.lump_volatility", "world.powers.us.lumps"):
        moved = np.full((2, 1), 0.7 if ".trust_baseline." in name else value_of(settings, name) * (1 - 1e-9) or 1e-9)
        changed[name] = Points((name,), moved).at(settings, moved)
    alone_in_the_region = settings.world.region.model_copy(update={"association": None})
    changed["association"] = settings.model_copy(update={"world": settings.world.model_copy(update={"region": alone_in_the_region})})
    for policy in ("mirroring", "neutral"):
        changed[policy] = settings.model_copy(update={"resting_policies": {**settings.resting_policies, "us": given.shipped("policy")[policy]}})
    for what, there in changed.items():
        shared, alone = (Worlds(there, given.HOLDING, met) for met in (draws, draws_of(there, 0)))
        np.testing.assert_array_equal(shared.lumps, alone.lumps, err_msg=what)
        for field in Present.__dataclass_fields__:
            if field != "seen":
                np.testing.assert_array_equal(getattr(shared.present, field), getattr(alone.present, field), err_msg=f"{what}: {field}")


def test_no_rule_writes_into_what_strategies_share(monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(LinearRule):
        def decide(self, seen: Observation) -> Decision:
            seen.start_pressure *= 0.5
            return super().decide(seen)

    monkeypatch.setitem(RULES, "careless", Careless)
    settings = given.preset("cambodia_2020").replace(n_worlds=2, horizon=2)
    strategies, draws = given.shipped("strategies"), draws_of(settings, 0)
    with pytest.raises(ValueError, match="read-only"):
        simulate_block(settings, strategies["status_quo"].model_copy(update={"rule": "careless"}), draws)
    shared, alone = (simulate_block(settings, strategies["equidistance"], met)["consumption"] for met in (draws, draws_of(settings, 0)))
    np.testing.assert_array_equal(shared, alone)


@pytest.mark.parametrize(("one", "other", "alike"), [
    (1.0, 1.0, True), (1.0, 2.0, False), (1.0, 1, False), (1, True, False), (np.ones(2), np.ones(2), True), (np.ones(2), np.ones((2, 1)), False),
    (np.ones(1), 1.0, False), ([1.0, [2.0]], [1.0, [2.0]], True), ([1.0, [2.0]], [1.0, [3.0]], False), ({"a": 1.0}, {"a": 1.0}, True),
    ({"a": 1.0}, {"b": 1.0}, False), ({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0}, False), (None, None, True), (None, 0.0, False), ("a", "b", False)])
def test_parts_of_settings_are_the_same_where_type_and_value_are(one: Any, other: Any, alike: bool) -> None:
    assert same(one, other) is same(other, one) is alike


def test_a_policy_or_an_event_acts_on_the_present_and_does_not_move_it() -> None:
    settings = given.made_up(n_worlds=1, deterministic=True)
    changed = given.with_policies(settings, given.policy(commitment=2.0, punish=0.9, norms=0.5, visits=3.0), "neglect")
    changed = given.with_events(changed, Event(kind="rivalry", start=0, value=0.9), Event(kind="challenge", start=0, value=1.0))
    changed = given.with_parameters(changed, rivalry_mean=2.0)
    one, other = present_of(settings), present_of(changed)
    for field in Present.__dataclass_fields__:
        if field != "seen":
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field), err_msg=field)
    # They act at once: the budget of the first power is twice that of the present.
    rise = 1 + 0.5 * (0.9 - one.rivalry[0])
    np.testing.assert_allclose(given.run(changed, "holding")["budget"][0, 0] / given.run(settings, "holding")["budget"][0, 0], 2 * rise, rtol=1e-3)


def test_rivalry_starts_at_the_fact_and_goes_to_its_mean() -> None:
    # expit(.3 + (1 - .946^t)*(1.5 - .3)) after t quarters.
    settings = given.with_parameters(given.made_up(deterministic=True), rivalry_mean=1.5)
    latent = 1.5 - 1.2 * 0.946 ** np.arange(1, 25)
    np.testing.assert_allclose(given.run(settings, "holding")["rivalry"][:, 0], 1 / (1 + np.exp(-latent)), rtol=1e-12)


# ---- The first year gives back the facts


@pytest.fixture(scope="module", params=given.WORLDS)
def first_year(request: pytest.FixtureRequest) -> tuple[Settings, History]:
    settings = given.preset(request.param).replace(n_worlds=1, horizon=4, deterministic=True)
    return settings, given.run(settings, given.HOLDING)


def assert_facts(found: np.ndarray, fact: np.ndarray, within: float = 0.10, near: float = 1e-12) -> None:
    """Every number within a tenth of the fact, or so near; nothing where there is nothing."""
    np.testing.assert_allclose(found, np.broadcast_to(fact, found.shape), rtol=within, atol=near)


@pytest.mark.parametrize("what", ["investment", "aid"])
def test_flows_of_the_first_year_are_those_of_the_facts(what: str, first_year: tuple[Settings, History]) -> None:
    settings, h = first_year
    fact = settings.world.of_states_by(what, "partner" if what == "investment" else "power")
    assert_facts(h[what].mean(axis=0), fact[:2])
    if what == "investment":
        assert_facts(h["other_flow"].mean(axis=0), fact[2])


def test_trade_of_the_first_year_is_that_of_the_facts(first_year: tuple[Settings, History]) -> None:
    settings, h = first_year
    assert_facts(h["trade"].mean(axis=0), settings.world.of_states_by("trade", "partner"))


def test_growth_of_the_first_year_is_that_of_the_facts(first_year: tuple[Settings, History]) -> None:
    settings, h = first_year
    assert_facts(h["output"][-1] / settings.world.of_states("output") - 1, settings.world.of_states("growth"), near=0.001)  # of 1.3 %, a tenth is as much
    assert_facts(h["power_output"][-1] / settings.world.of_powers("output") - 1, settings.world.of_powers("growth"))


def test_debt_keeps_its_ratio_to_output_where_there_are_loans_to_keep_it(first_year: tuple[Settings, History]) -> None:
    settings, h = first_year
    world, fact = settings.world, settings.world.of_states_by("debt", "creditor")[:2]
    assert_facts(h["debt"][-1], fact)
    grown = h["output"][-1] / world.of_states("output")
    for s, state in enumerate(world.states):
        for g, power in enumerate(world.powers):
            if (world.name, state, power) in given.UNFED:  # nothing is lent any more: the debt is paid back, 3 % a year
                np.testing.assert_allclose(h["debt"][-1, g, s], fact[g, s] * (1 - 0.03 * DT) ** 4, rtol=1e-12)
            else:
                assert_facts(h["debt"][-1, g, s], fact[g, s] * grown[s])
    assert_facts(h["other_debt"][-1], world.of_states_by("debt", "creditor")[2])


def test_flows_of_the_first_year_are_those_of_the_facts_in_the_mean_of_noisy_worlds() -> None:
    # Lumps make a quarter's aid vary by as much as its mean: 2,048 worlds know the mean to 2 or 3 %.
    settings = given.preset("cambodia_2020").replace(n_worlds=1024, horizon=4)
    flows = np.concatenate([given.run(settings.replace(seed=seed), given.HOLDING, record=["flow"])["flow"] for seed in (1, 2)], axis=-1)
    assert_facts(flows.mean(axis=(0, 3))[..., None], given_flows(settings.world))

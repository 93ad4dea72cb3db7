"""Nothing favours a power, a state or an answer: mirrored powers, other names, and strategies that cannot matter."""

from typing import Any

import numpy as np
import pytest

from experiments.configuration.files import names_in
from sim.data import State
from sim.history import VARIABLES, History
from sim.payoffs import payoffs
from sim.quantity import quantities
from sim.scenario import Event, Series
from sim.settings import Settings
from sim.simulation import draws_of
from sim.strategies.strategy import START, Strategy
from tests import given

#: Variables that change sign when the powers swap places.
SIGNED = ("tilt", "regional_tilt")


def negative(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: negative(part) for key, part in value.items()}
    return value if value == START else -value


def mirrored_strategy(course: Strategy) -> Strategy:
    return given.rebuilt(course, anchor=negative(course.anchor))


def mirrored_settings(settings: Settings) -> Settings:
    """The same world seen in a mirror: the second power comes first, and leaning to one is leaning from the other.

    Facts and events name the powers, so they stay.
    """
    def turned(values: dict[str, Any]) -> dict[str, Any]:
        return dict(reversed(values.items()))

    world = settings.world
    states = {name: given.rebuilt(state, tilt=negative(state.tilt)) for name, state in world.states.items()}
    return settings.replace(
        world=given.rebuilt(world, powers=turned(world.powers), states=states), policies=turned(settings.policies),
        resting_policies=turned(settings.resting_policies), peers={name: mirrored_strategy(peer) for name, peer in settings.peers.items()},
        switched_strategies={name: mirrored_strategy(course) for name, course in settings.switched_strategies.items()})


def mirrored_noise(name: str, table: np.ndarray) -> np.ndarray:
    power_axis = {"commitment_shock": 1, "visit": 1, "lumps": 1, "lumps_start": 1, "observation": 2}
    if name in power_axis:
        return np.flip(table, power_axis[name])
    return -table if name in ("learning", "tilt") else table


def mirrored_history(h: History) -> History:
    arrays = {}
    for name in h:
        axes, x = "T" + VARIABLES[name].axes, h[name]
        if "G" in axes:
            x = np.flip(x, axes.index("G"))
        if "J" in axes:
            x = np.take(x, [1, 0, 2], axes.index("J"))
        arrays[name] = -x if name in SIGNED else x.copy()
    return History(arrays, h.states, h.world)


def assert_mirrors(settings: Settings, course: Strategy) -> None:
    draws = draws_of(settings, 0)
    seen = mirrored_history(given.run(settings, course, draws))
    mirror = mirrored_settings(settings)
    happened = given.run(mirror, mirrored_strategy(course), given.GivenDraws(draws, mirrored_noise))
    difference, name = given.largest_difference(happened, seen)
    assert difference <= 1e-12, name


def events(first: str, second: str) -> list[Event]:
    """One of every kind."""
    return [
        Event(kind="commitment", start=2, end=9, actor=first, value=0.3), Event(kind="pressure", start=3, actor=second, target="all", value=0.6),
        Event(kind="access", start=1, actor=first, value=0.7), Event(kind="access", start=4, actor="rest", target="all", value=0.9),
        Event(kind="tier", start=5, actor=second, value=2.0), Event(kind="rivalry", start=6, end=8, value=0.9), Event(kind="crisis", start=10),
        Event(kind="flow", start=3, actor=second, target="all", value=1.7), Event(kind="budget", start=4, actor=first, value=1.3),
        Event(kind="growth", start=2, end=5, target="all", value=0.02), Event(kind="growth", start=2, target=second, value=0.05),
        Event(kind="visits", start=4, actor=first, target="all", value=2.0), Event(kind="challenge", start=5, target="all", value=0.6),
        Event(kind="pandemic", start=7), Event(kind="policy", start=8, actor=second, value="wedge"), Event(kind="strategy", start=9, value="leaning")]


def eventful(settings: Settings) -> Settings:
    leaning = given.strategy(name="leaning", anchor={"economy": 0.4, "security": "start"}, regime=1.0, lean_with={"threat": -1.0, "dependence": -0.5})
    settings = settings.replace(switched_policies={"wedge": given.shipped("policy")["wedge"]}, switched_strategies={"leaning": leaning})
    first, second = settings.world.powers
    return given.with_events(settings, *events(first, second), series=[Series(kind="pressure", actor=first, how="set", values={2019: 0.1, 2023: 0.3})])


@pytest.mark.parametrize(("name", "world"), given.one_of_each(names_in("strategies"), given.WORLDS))
def test_swapping_the_powers_mirrors_every_strategy(name: str, world: str) -> None:
    settings = given.preset(world).replace(n_worlds=2, horizon=16)
    settings = eventful(given.with_policies(settings, "patron", "mirroring"))
    assert_mirrors(settings, given.shipped("strategies")[name])


@pytest.mark.parametrize("resting", [False, True])
@pytest.mark.parametrize("name", names_in("policy"))
def test_swapping_the_powers_mirrors_every_policy(name: str, resting: bool) -> None:
    settings = given.preset("cambodia_2020").replace(n_worlds=2, horizon=16)
    assert_mirrors(given.with_policies(settings, name, "norm_promoter", resting=resting), given.shipped("strategies")["tit_for_tat"])


def test_swapping_the_powers_swaps_what_the_powers_got_and_no_return(cambodia: Settings) -> None:
    draws, course = draws_of(cambodia, 0), given.shipped("strategies")["limited_bandwagon_first"]
    mirror = mirrored_settings(cambodia)
    here = payoffs(given.run(cambodia, course, draws), cambodia)
    there = payoffs(given.run(mirror, mirrored_strategy(course), given.GivenDraws(draws, mirrored_noise)), mirror)
    other_place = {"first": "second", "second": "first"}
    for name, value in here.items():
        kind, _, place = name.rpartition("_")
        other = f"{kind}_{other_place[place]}" if place in other_place else name
        np.testing.assert_allclose(there[other], -value if name == "tilt" else value, rtol=1e-11, err_msg=name)


# ---- Names


def renamed(settings: Settings) -> tuple[Settings, dict[str, str]]:
    """The same under other names of powers, states, region, world and association, which sort the other way round."""
    world = settings.world
    powers = dict(zip(world.powers, ("zulu", "alfa"), strict=True))
    states = dict(zip(world.states, (f"x{len(world.states) - i:02}" for i in range(len(world.states))), strict=True))
    names = powers | states

    def keyed(values: Any) -> Any:
        return {names.get(key, key): value for key, value in values.items()} if isinstance(values, dict) else values

    def state(name: str, facts: State) -> State:
        by_key = {name: keyed(getattr(facts, name)) for name, known in quantities(State).items() if known.each in ("power", "partner", "creditor")}
        return given.rebuilt(facts, label=f"- {name}", **by_key)

    region = given.rebuilt(world.region, label="-", association=world.region.association and given.rebuilt(world.region.association, label="-"))
    other = given.rebuilt(
        world, name="other", region=region, states={states[name]: state(name, facts) for name, facts in world.states.items()},
        powers={powers[name]: given.rebuilt(facts, label=f"- {name}", adjective="-") for name, facts in world.powers.items()})
    return settings.replace(
        world=other, focal=names[settings.focal], policies=keyed(settings.policies), resting_policies=keyed(settings.resting_policies),
        peers=keyed(settings.peers)), names


@pytest.mark.parametrize("world", given.WORLDS)
def test_no_name_matters(world: str) -> None:
    settings = given.preset(world).replace(n_worlds=2, horizon=16)
    other, names = renamed(settings)
    settings, other = eventful(settings), eventful(other)
    assert not set(names.values()) & set(names)
    for course in ("opportunist", "shrinking_room", "external_balancing"):
        one, same = given.run(settings, course), given.run(other, course)
        given.assert_same_bits(same, one)
        assert same.states == tuple(names[state] for state in one.states)
        for measure, value in payoffs(one, settings).items():
            np.testing.assert_array_equal(payoffs(same, other)[measure], value, err_msg=measure)


@pytest.mark.parametrize("name", [name for name, course in given.shipped("strategies").items() if course.anchor in (0, START)])
def test_a_strategy_without_an_anchor_takes_no_side_between_equal_powers(name: str, theory: Settings) -> None:
    # Without noise, between equal powers, every lean is 0 less 0.
    h = given.run(theory.replace(deterministic=True), name)
    assert not h["tilt"].any()


@pytest.mark.parametrize("name", ["auction", "equidistance", "shrinking_room", "adaptive", "bandwagon_second"])
def test_states_in_another_order_have_the_same_fates(name: str) -> None:
    settings = given.preset("cambodia_2020").replace(n_worlds=4, horizon=24)
    names = list(settings.world.states)
    order = np.random.default_rng(2).permutation(len(names))
    assert order[0] != 0
    world = given.rebuilt(settings.world, states={names[i]: settings.world.states[names[i]] for i in order})
    draws = draws_of(settings, 0)

    def reordered(stream: str, table: np.ndarray) -> np.ndarray:
        return table[..., order, :] if stream in ("observation", "visit", "legitimacy", "learning", "lumps", "lumps_start", "unrest", "tilt") else table

    original = given.run(settings, name, draws)
    renamed = given.run(settings.replace(world=world), name, given.GivenDraws(draws, reordered))
    cut = {v: original[v][..., order, :] if "S" in VARIABLES[v].axes else original[v].copy() for v in original}
    difference, variable = given.largest_difference(renamed, History(cut, renamed.states, renamed.world))
    # Sums over states add in another order: not the same bits.
    assert difference <= 1e-11, variable


def without_stakes(settings: Settings) -> Settings:
    """Nothing a state chooses has a consequence for its income."""
    settings = given.with_parameters(
        settings, trust_elasticity=0.0, contest_bonus=0.0, tier_access=0.0, fragmentation=0.0, local_threat=0.0, crisis_hazard=0.0, pandemic_hazard=0.0,
        visit_trust_gain=0.0, duplication_cost=0.0, effort_cost=0.0, diversification_cost=0.0, allegiance_legitimacy=0.0,
        pressure_legitimacy=0.0, image_spillover=0.0, unconditional_flow=1.0)
    return given.with_policies(settings, given.policy(), given.policy())


@pytest.mark.parametrize("world", given.WORLDS)
def test_without_stakes_every_strategy_consumes_the_same(world: str) -> None:
    settings = without_stakes(given.preset(world).replace(n_worlds=2, horizon=16))
    reference = given.run(settings, "status_quo")
    for course in given.shipped("strategies").values():
        h = given.run(settings, given.rebuilt(course, defence=0.0, diversification=0.0))
        np.testing.assert_array_equal(h["consumption"], reference["consumption"], err_msg=course.name)


def test_with_any_stake_back_strategies_differ() -> None:
    # The law above is not empty: each of its conditions is needed.
    still = without_stakes(given.preset("cambodia_2020").replace(n_worlds=2, horizon=24))
    back = {
        "unconditional_flow": 0.3, "trust_elasticity": 0.3, "fragmentation": 0.13, "duplication_cost": 0.003, "effort_cost": 0.002, "tier_access": 0.08,
        "contest_bonus": 1.0, "loss_in_accounts": 1.0,
    }
    for name, value in back.items():
        settings = given.with_parameters(still, **{name: value})
        if name == "trust_elasticity":  # trust must be moved by something: visits
            settings = given.with_parameters(settings, visit_trust_gain=0.04)
        if name == "loss_in_accounts":  # and there must be something to lose
            settings = given.with_parameters(settings, local_threat=0.005)
        one, other = (given.run(settings, course)["consumption"][:, 0] for course in ("binding_engagement", "bandwagon_first"))
        assert np.abs(one - other).max() > 1e-6, name


@pytest.mark.parametrize("appeasement", [0.0, 0.2, 0.8])
def test_a_claimant_is_safer_with_whom_appeasement_and_reach_say(appeasement: float) -> None:
    # S1: claims by the first power alone; no other danger. The rival's hand reaches .4 times its reach: safer with it where appeasement is less.
    settings = given.with_parameters(
        given.made_up(focal="S1", deterministic=True, horizon=40), appeasement=appeasement, local_threat=0.0, compliance=0.0, backlash=0.0,
        lens_low_security=0.0, lens_high_security=0.0)
    losses = [given.run(settings, given.strategy(anchor=anchor, breadth=0.5))["loss"][-1, 1, 0] for anchor in (1.0, -1.0)]
    assert (losses[1] < losses[0]) == (appeasement < 0.4 * 1.0)

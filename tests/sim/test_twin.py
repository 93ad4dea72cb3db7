"""The array model and the one-world twin in plain floats agree, written apart from the same equations."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase
from hypothesis import given as holds_for
from hypothesis import settings as how
from hypothesis import strategies as st
from pydantic import BaseModel

from experiments.configuration.files import names_in
from sim.data import Elections, State, World
from sim.draws import STREAMS
from sim.history import VARIABLES
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import Interval, quantities
from sim.scenario import KINDS, SERIES_KINDS, Event, Scenario, Series
from sim.settings import Settings
from sim.simulation import draws_of, simulate_block
from sim.strategies.strategy import LeanWith, Strategy
from tests import given, twin

TOLERANCE = 1e-10
#: The twin's names of variables that the model names otherwise.
NAMES = {"debt_other": "other_debt"}

STRATEGIES, POLICIES, SCENARIOS = (names_in(group) for group in ("strategies", "policy", "scenario"))
ALL_PAIRS = [(first, second) for first in POLICIES for second in POLICIES]


def of_world(model: Any, w: int) -> Any:
    """A settings class with every value per world replaced by the value in world w."""
    if isinstance(model, np.ndarray):
        return float(model[w])
    if isinstance(model, dict):
        return {key: of_world(value, w) for key, value in model.items()}
    if isinstance(model, BaseModel):
        return model.model_copy(update={name: of_world(value, w) for name, value in model})
    return model


def assert_twin_agrees(settings: Settings, course: Strategy) -> None:
    draws = draws_of(settings, 0)
    history = simulate_block(settings, course, draws)
    for w in range(settings.n_worlds):
        noise = None if settings.deterministic else {name: getattr(draws, name)[..., w].tolist() for name in STREAMS}
        for name, rows in twin.simulate(of_world(settings, w), of_world(course, w), noise).items():
            expected = np.array(rows)
            error = np.abs(history[NAMES.get(name, name)][..., w] - expected) / np.maximum(1, np.abs(expected))
            where = np.unravel_index(error.argmax(), error.shape)
            assert error.max() <= TOLERANCE, f"{name}, world {w}, at {where}: {error.max():.2e}"


def off_tie(settings: Settings) -> Settings:
    """Powers a little apart, so that no strategy stands on the edge of a tie."""
    second = list(settings.world.powers.values())[1]
    return given.with_powers(settings, None, {"output": 0.93 * second.output, "growth": second.growth + 0.004, "lumps": 0.8})


def fitting(world: str, i: int) -> str:
    """A scenario that fits a world, in turn."""
    return turned([name for name in SCENARIOS if given.fits(world, name)], i)


def turned(names: Sequence[str], i: int) -> str:
    return names[i % len(names)]


@pytest.mark.parametrize("i", range(max(len(STRATEGIES), len(SCENARIOS), len(POLICIES))), ids=lambda i: turned(STRATEGIES, i))
def test_every_strategy_and_every_scenario_and_every_policy_on_either_side(i: int) -> None:
    # Each once with noise and once without, each time in another world.
    for deterministic, world, shift, horizon in ((False, turned(given.WORLDS, i), 1, 30), (True, turned(given.WORLDS, i + 1), 4, 20)):
        course = given.shipped("strategies")[turned(STRATEGIES, i)]
        settings = off_tie(given.in_scenario(world, fitting(world, i + shift))).replace(n_worlds=1, horizon=horizon, deterministic=deterministic)
        assert_twin_agrees(settings, course)
        settings = given.with_policies(settings.replace(horizon=12), turned(POLICIES, i), turned(POLICIES, i + shift), resting=deterministic)
        assert_twin_agrees(settings, course)


@pytest.mark.slow
@pytest.mark.parametrize("deterministic", [False, True], ids=["stochastic", "deterministic"])
@pytest.mark.parametrize("world", given.PRESETS)
@pytest.mark.parametrize(("first", "second"), ALL_PAIRS)
def test_every_strategy_under_every_policy_pair(first: str, second: str, world: str, deterministic: bool) -> None:
    settings = given.with_policies(off_tie(given.preset(world)), first, second).replace(n_worlds=1, horizon=20, deterministic=deterministic)
    for course in given.shipped("strategies").values():
        assert_twin_agrees(settings, course)


@pytest.mark.slow
@pytest.mark.parametrize(("world", "scenario"), [(world, name) for world in given.WORLDS for name in SCENARIOS if given.fits(world, name)])
def test_every_scenario_in_every_world(scenario: str, world: str) -> None:
    settings = off_tie(given.in_scenario(world, scenario)).replace(n_worlds=1, horizon=40)
    assert_twin_agrees(settings, given.shipped("strategies")["economic_pragmatism"])
    assert_twin_agrees(settings.replace(deterministic=True), given.shipped("strategies")["shrinking_room"])


@pytest.mark.parametrize("focal", list(given.preset("cambodia_2020").world.states))
def test_every_focal_state(focal: str) -> None:
    settings = given.in_scenario("cambodia_2020", "coercive_second").replace(n_worlds=1, horizon=10, focal=focal)
    assert_twin_agrees(settings, given.shipped("strategies")["auction"])


@pytest.mark.parametrize("of", [given.world(2), given.world(40), given.world(association=False), given.world(powers=("beta", "alpha"), prefix="Z")],
                         ids=["2 states", "40 states", "no association", "other names"])
def test_worlds_of_another_make(of: World) -> None:
    assert_twin_agrees(given.made_up(of, n_worlds=1, horizon=8), given.shipped("strategies")["auction"])


def corners_of_facts(i: int, rng: np.random.Generator) -> State:
    """A state whose facts differ by world, each at either end of its range."""
    usual = given.facts(i)
    numbers: dict[str, Any] = {}
    for name, known in quantities(State).items():
        value = getattr(usual, name)
        if name in ("output", "trade", "investment", "aid", "fdi_stock", "debt"):  # as large as they are, or half as much
            numbers[name] = {key: x * rng.choice((0.5, 1.0), 4) for key, x in value.items()} if isinstance(value, dict) else value
        elif value is not None:
            keys = list(value) if isinstance(value, dict) else None
            numbers[name] = {key: rng.choice(known.plausible, 4) for key in keys} if keys else rng.choice(known.plausible, 4)
    return given.rebuilt(usual, **numbers, elections=Elections(first="2019Q2", every=3))


def test_values_per_world_are_those_of_the_worlds() -> None:
    # Each world's parameters, facts, policies and strategy differ; the twin is given one world's numbers at a time.
    rng = np.random.default_rng(1)
    powers = {name: given.rebuilt(power, growth=rng.choice((0.0, 0.06), 4), lumps=rng.choice((0.0, 1.2), 4), proximity=rng.choice((0.5, 1.0), 4))
              for name, power in given.world().powers.items()}
    facts = {f"S{i}": corners_of_facts(i, rng) for i in range(3)}
    world = given.world(states=facts, rivalry=rng.choice((-1.0, 1.0), 4), world_growth=rng.choice((0.02, 0.035), 4))
    settings = given.made_up(given.rebuilt(world, powers=powers), n_worlds=4, parameters=Parameters(**given.corners(Parameters, 4, rng)))
    settings = given.with_policies(settings, *(given.policy(**given.corners(Policy, 4, rng)) for _ in powers), resting=True)
    settings = given.with_policies(settings, *(given.policy(**given.corners(Policy, 4, rng)) for _ in powers))
    course = given.strategy(**given.corners(Strategy, 4, rng, lean_with=LeanWith(inducement=rng.uniform(-1, 1, 4), threat=rng.uniform(-1, 1, 4))))
    assert_twin_agrees(settings, course)


# ---- Random configurations


def a_bit_beyond(kind: type, **fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Numbers from the plausible ranges of a class and a tenth beyond, inside the hard domains."""
    ranges = {}
    for name, known in quantities(kind).items():
        low, high = known.plausible
        domain = Interval.parse(known.domain)
        beyond = 0.1 * (high - low)
        low, high = max(low - beyond, domain.low + 1e-3), min(high + beyond, domain.high - 1e-3)
        ranges[name] = st.floats(low, high)
    return st.fixed_dictionaries(ranges | {name: st.just(value) for name, value in fixed.items()})


per_domain = st.one_of(st.floats(-1, 1), st.fixed_dictionaries({"economy": st.floats(-1, 1), "security": st.floats(-1, 1)}))
leans = st.dictionaries(st.sampled_from(list(quantities(LeanWith))), per_domain, max_size=3)


def acts_of(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """What an event or a series of a kind may be, but for its dates and values."""
    known = KINDS[kind]
    actors = {"power": ["east", "west"], "partner": ["east", "west", "rest"]}.get(str(known.actor))
    targets = ["focal", "all", "S1", *(["east"] if kind == "growth" else [])]
    how = draw(st.sampled_from([None, "set", "floor", "factor", "add"])) if known.domain and kind not in ("crisis", "pandemic") else None
    return {"kind": kind, "how": how} | ({"actor": draw(st.sampled_from(actors))} if actors else {}) | (
        {"target": draw(st.sampled_from(targets))} if known.strikes else {})


def value_of(draw: st.DrawFn, kind: str) -> Any:
    if KINDS[kind].domain is None:
        return "other"
    interval = Interval.parse(str(KINDS[kind].domain))
    low, high = max(interval.low, -1.0), min(interval.high, 2.0)
    return 1.0 if low == high else draw(st.floats(low + 0.05, high - 0.05))


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    events = []
    for kind in draw(st.lists(st.sampled_from(list(KINDS)), max_size=8)):
        start = draw(st.integers(0, 12))
        end = draw(st.none() | st.integers(start, 16)) if KINDS[kind].lasts or kind == "crisis" else None
        events.append(Event(**acts_of(draw, kind), start=start, end=end, value=value_of(draw, kind)))
    series = [Series(**acts_of(draw, kind), values={year: value_of(draw, kind) for year in draw(st.sets(st.integers(2017, 2024), min_size=1, max_size=4))})
              for kind in draw(st.lists(st.sampled_from(SERIES_KINDS), max_size=2))]
    return Scenario(name="random", description="-", events=events, series=series)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    responses = {"visit_response": draw(st.floats(0, 3)), "aid_response": draw(st.floats(0, 3))}
    mirrors, numbers = draw(st.booleans()), draw(a_bit_beyond(Policy))
    numbers["commitment"] = max(numbers["commitment"], 0.1)  # a budget a thousand times that of the present would explode
    return given.policy(**numbers, **({"rule": "mirroring", "options": responses} if mirrors else {}))


@st.composite
def strategies(draw: st.DrawFn) -> Strategy:
    numbers = draw(a_bit_beyond(Strategy, lean_with=LeanWith(**draw(leans))))
    numbers["learning"] *= draw(st.booleans())
    for name in ("anchor", "breadth"):
        numbers[name] = draw(st.sampled_from([numbers[name], "start", {"economy": "start", "security": numbers[name]}]))
    if draw(st.booleans()):
        numbers |= {"rule": "shrinking_room", "options": {"threshold": draw(st.floats(0.3, 0.9)), "softness": draw(st.floats(0.02, 0.2))}}
    return given.strategy(**numbers)


@st.composite
def states(draw: st.DrawFn, i: int) -> State:
    usual = given.facts(i)

    def scaled(name: str) -> dict[str, float]:
        return {key: draw(st.sampled_from([0.0, 0.3, 1.0])) * x for key, x in getattr(usual, name).items()}

    def by_power(low: float, high: float) -> dict[str, float]:
        return {power: draw(st.floats(low, high)) for power in ("east", "west")}

    calendar = Elections(first=draw(st.sampled_from(["2018Q3", "2020Q1", "2024Q4"])), every=draw(st.integers(1, 6)))
    return given.rebuilt(
        usual, **{name: scaled(name) for name in ("trade", "investment", "aid", "fdi_stock", "debt")}, growth=draw(st.floats(-0.01, 0.08)),
        tilt=draw(st.sampled_from([{"survey": 0.3}, {"votes": -0.4}, {"survey": -0.8, "votes": 0.1}])), breadth=draw(st.floats(0.05, 0.95)),
        tier=by_power(0, 3), treaty={"east": 0.0, "west": draw(st.sampled_from([0.0, 1.0]))}, claims=by_power(0, 0.02), governance_gap=by_power(0, 0.8),
        elections=draw(st.sampled_from([None, calendar])), legitimacy=draw(st.floats(0.3, 0.8)), trust_baseline=by_power(0.2, 0.6))


@st.composite
def configurations(draw: st.DrawFn) -> tuple[Settings, Strategy]:
    world = given.world(states={f"S{i}": draw(states(i)) for i in range(3)}, association=draw(st.booleans()), rivalry=draw(st.floats(-2, 2)))
    settings = given.made_up(world, n_worlds=1, horizon=14, seed=draw(st.integers(0, 2**64)), deterministic=draw(st.booleans()))
    settings = settings.replace(
        parameters=Parameters(**draw(a_bit_beyond(Parameters))), switched_policies={"other": draw(policies())},
        switched_strategies={"other": draw(strategies())}, peers={name: draw(st.sampled_from([given.HOLDING, draw(strategies())])) for name in world.states})
    for resting in (True, False):
        settings = given.with_policies(settings, draw(policies()), draw(policies()), resting=resting)
    return settings.replace(scenario=draw(scenarios())), draw(strategies())


# A failure of so many numbers at once does not shrink to anything a person would understand.
@how(max_examples=40, phases=[Phase.explicit, Phase.generate])
@holds_for(configurations())
def test_random_configurations(configuration: tuple[Settings, Strategy]) -> None:
    assert_twin_agrees(*configuration)


@pytest.mark.slow
@how(max_examples=2000, phases=[Phase.explicit, Phase.generate])
@holds_for(configurations())
def test_many_random_configurations(configuration: tuple[Settings, Strategy]) -> None:
    assert_twin_agrees(*configuration)


def test_the_twin_returns_every_state_variable_of_the_model() -> None:
    # MODEL.md: every variable that a quarter carries over, and what is made of them.
    settings = given.made_up(n_worlds=1, horizon=1, deterministic=True)
    names = {NAMES.get(name, name) for name in twin.simulate(settings, given.HOLDING, None)}
    assert names <= set(VARIABLES)
    assert names >= {
        "tilt", "breadth", "engagement", "perceived", "alignment", "trust", "tier", "pressure", "accepted", "flow", "investment", "aid", "other_flow",
        "flow_share", "visits", "access", "trade", "leverage", "capital", "foreign_capital", "debt", "other_debt", "distress", "productivity", "output",
        "consumption", "legitimacy", "unrest", "challenge", "loss", "rivalry", "commitment", "power_output", "budget", "pandemic", "vaccinated"}

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
from sim.axes import POWERS
from sim.draws import STREAMS
from sim.parameters import Parameters
from sim.quantity import Interval, quantities
from sim.scenario import KINDS, Event
from sim.settings import Settings
from sim.simulation import draws_of, simulate_block
from sim.strategies.strategy import LeanWith, Strategy
from tests import given, twin

TOLERANCE = 1e-10

STRATEGIES, POLICIES, SCENARIOS = (names_in(group) for group in ("strategies", "policy", "scenario"))
ALL_PAIRS = [(china, us) for china in POLICIES for us in POLICIES]


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
            error = np.abs(history[name][..., w] - expected) / np.maximum(1, np.abs(expected))
            where = np.unravel_index(error.argmax(), error.shape)
            assert error.max() <= TOLERANCE, f"{name}, world {w}, at {where}: {error.max():.2e}"


def off_tie(settings: Settings) -> Settings:
    """Powers a little apart, so that no strategy stands on the edge of a tie."""
    return given.with_powers(settings, us={"output": 0.93 * settings.world.powers.us.output, "investment_share": 0.8})


def turned(names: Sequence[str], i: int) -> str:
    return names[i % len(names)]


@pytest.mark.parametrize("i", range(max(len(STRATEGIES), len(SCENARIOS), len(POLICIES))), ids=lambda i: turned(STRATEGIES, i))
def test_every_strategy_and_every_scenario_and_every_policy_on_either_side(i: int) -> None:
    # Each once with noise and once without, each time in another world. Thirty quarters reach the last event of the shipped scenarios, 2027Q1.
    for deterministic, world, shift, horizon in ((False, turned(given.PRESETS, i), 1, 30), (True, turned(given.PRESETS, i + 1), 4, 20)):
        settings = off_tie(given.in_scenario(world, turned(SCENARIOS, i + shift))).replace(n_worlds=1, horizon=horizon, deterministic=deterministic)
        assert_twin_agrees(settings, settings.strategies[turned(STRATEGIES, i)])
        settings = given.with_policies(settings.replace(horizon=12), turned(POLICIES, i), turned(POLICIES, i + shift))
        assert_twin_agrees(settings, settings.strategies[turned(STRATEGIES, i)])


@pytest.mark.slow
@pytest.mark.parametrize("deterministic", [False, True], ids=["stochastic", "deterministic"])
@pytest.mark.parametrize("world", given.PRESETS)
@pytest.mark.parametrize(("china", "us"), ALL_PAIRS)
def test_every_strategy_under_every_policy_pair(china: str, us: str, world: str, deterministic: bool) -> None:
    settings = given.with_policies(off_tie(given.preset(world)), china, us).replace(n_worlds=1, horizon=20, deterministic=deterministic)
    for course in settings.strategies.values():
        assert_twin_agrees(settings, course)


@pytest.mark.slow
@pytest.mark.parametrize("world", given.PRESETS)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_in_every_world(scenario: str, world: str) -> None:
    settings = off_tie(given.in_scenario(world, scenario)).replace(n_worlds=1, horizon=40)
    assert_twin_agrees(settings, settings.strategies["economic_pragmatism"])
    assert_twin_agrees(settings.replace(deterministic=True), settings.strategies["shrinking_room"])


@pytest.mark.parametrize("focal", list(given.preset("cambodia_2020").world.states))
def test_every_focal_state(focal: str) -> None:
    settings = given.in_scenario("cambodia_2020", "coercive_us").replace(n_worlds=1, horizon=10, focal=focal)
    assert_twin_agrees(settings, settings.strategies["auction"])


def test_values_per_world_are_those_of_the_worlds() -> None:
    # Each world's parameters, data, policies and strategy differ; the twin is given one world's numbers at a time.
    rng = np.random.default_rng(1)
    settings = given.preset("cambodia_2020").replace(n_worlds=4, horizon=24)
    parameters = Parameters(**given.corners(Parameters, 4, rng))
    china, us = (given.policy(**given.corners(type(given.PASSIVE), 4, rng)) for _ in POWERS)
    settings = given.with_policies(settings.replace(parameters=parameters), china, us)
    per_world = {"china": rng.uniform(0, 0.3, 4), "us": rng.uniform(0, 0.3, 4)}
    settings = given.with_states(settings, base_share=per_world, trust=per_world, tilt=rng.uniform(-1, 1, 4))
    course = given.strategy(**given.corners(Strategy, 4, rng, lean_with=LeanWith(inducement=rng.uniform(-1, 1, 4))))
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


@st.composite
def events(draw: st.DrawFn) -> list[Event]:
    found = []
    for kind in draw(st.lists(st.sampled_from(list(KINDS)), max_size=6)):
        domain, actors, strikes, _ = KINDS[kind]
        interval = Interval.parse(domain)
        low, high = max(interval.low, -1.0), min(interval.high, 2.0)
        start = draw(st.integers(0, 12))
        found.append(Event(
            kind=kind, start=start, end=draw(st.none() | st.integers(start, 16)),
            value=1.0 if low == high else draw(st.floats(low + 0.05, high - 0.05)),
            actor=draw(st.sampled_from(actors)) if actors else None,
            target=draw(st.sampled_from(["focal", "all", "VNM"])) if strikes else "focal"))
    return found


@st.composite
def configurations(draw: st.DrawFn) -> tuple[Settings, Strategy]:
    settings = given.preset("cambodia_2020").replace(
        n_worlds=1, horizon=14, seed=draw(st.integers(0, 2**64)), deterministic=draw(st.booleans()))
    settings = settings.replace(parameters=Parameters(**draw(a_bit_beyond(Parameters))))
    pair = []
    for _ in POWERS:
        numbers = draw(a_bit_beyond(type(given.PASSIVE)))
        responses = {"visit_response": draw(st.floats(0, 3)), "aid_response": draw(st.floats(0, 3))}
        pair.append(given.policy(**numbers, rule="mirroring", options=responses) if draw(st.booleans()) else given.policy(**numbers))
    settings = given.with_events(given.with_policies(settings, *pair), *draw(events()))
    numbers = draw(a_bit_beyond(Strategy, lean_with=LeanWith(**draw(leans))))
    numbers["learning"] *= draw(st.booleans())
    if draw(st.booleans()):
        numbers |= {"rule": "shrinking_room", "options": {"threshold": draw(st.floats(0.3, 0.9)), "softness": draw(st.floats(0.02, 0.2))}}
    return settings, given.strategy(**numbers)


# A failure of so many numbers at once does not shrink to anything a person would understand.
@how(max_examples=12, phases=[Phase.explicit, Phase.generate])
@holds_for(configurations())
def test_random_configurations(configuration: tuple[Settings, Strategy]) -> None:
    assert_twin_agrees(*configuration)


@pytest.mark.slow
@how(max_examples=2000, phases=[Phase.explicit, Phase.generate])
@holds_for(configurations())
def test_many_random_configurations(configuration: tuple[Settings, Strategy]) -> None:
    assert_twin_agrees(*configuration)


def test_the_twin_returns_every_state_variable_of_the_model() -> None:
    # MODEL.md, section 2: every variable of the table but `reach`, which is no variable of its own.
    settings = given.preset("cambodia_2020").replace(n_worlds=1, horizon=1, deterministic=True)
    names = set(twin.simulate(settings, settings.strategies["status_quo"], None))
    assert names >= {
        "tilt", "breadth", "engagement", "perceived", "alignment", "trust", "tier", "pressure", "flow", "investment", "aid", "other_flow",
        "flow_share", "visits", "access", "leverage", "capital", "foreign_capital", "debt", "productivity", "output", "consumption",
        "legitimacy", "rivalry", "commitment", "power_output", "pandemic", "vaccinated"}

"""What every strategy, policy, scenario and world must do. A new YAML file, or a new rule in RULES, is covered by being there."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import ValidationError

from experiments.configuration.files import conf_dir, names_in
from sim.axes import DOMAINS
from sim.history import VARIABLES, History
from sim.parameters import Parameters
from sim.policies import RULES as POLICY_RULES
from sim.policies.standing import Offer, PowerObservation, StandingRule
from sim.quantity import Interval, quantities
from sim.scenario import Event, Timetable
from sim.settings import Settings
from sim.simulation import simulate
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.observation import Observation
from sim.strategies.strategy import START, LeanWith, Strategy
from tests import given

IN_UNIT_INTERVAL = ("engagement", "trust", "pressure", "flow_share", "visits", "leverage", "legitimacy", "unrest", "challenge", "distress", "rivalry",
                    "vaccinated", "breadth")
WORLDS, QUARTERS = 3, 20


class Contract:
    """Tests of one thing that comes as a YAML file; `run` simulates it on a preset."""

    group: str
    told: tuple[str, ...]

    def body(self, name: str) -> dict[str, Any]:
        """What the file says of it."""
        return yaml.safe_load((conf_dir() / self.group / f"{name}.yaml").read_text(encoding="utf-8"))[name]

    def settings(self, name: str, world: str) -> Settings:
        return given.preset(world).replace(n_worlds=WORLDS, horizon=QUARTERS)

    def course(self, name: str, settings: Settings) -> Strategy:
        return given.shipped("strategies")["economic_pragmatism"]

    def worlds(self, name: str) -> tuple[str, ...]:
        """The worlds that it is tried in."""
        return given.PRESETS

    def run(self, name: str, world: str, n_worlds: int = WORLDS) -> History:
        settings = self.settings(name, world).replace(n_worlds=n_worlds)
        return given.run(settings, self.course(name, settings))

    def test_runs_finite_and_in_bounds_the_same_again_and_with_more_worlds_beside_it(self, name: str) -> None:
        for world in self.worlds(name):
            h = self.run(name, world)
            for variable in VARIABLES:
                assert np.isfinite(h[variable]).all(), variable
            for variable in IN_UNIT_INTERVAL:
                assert h[variable].min() >= 0, variable
                assert h[variable].max() <= 1, variable
            assert np.abs(h["tilt"]).max() <= 1
            assert np.abs(h["perceived"]).max() <= 1
            assert h["consumption"].min() > 0
        given.assert_same_bits(self.run(name, world), h)
        alone = self.run(name, world, 1)
        for variable in VARIABLES:
            np.testing.assert_array_equal(alone[variable], h[variable][..., :1], err_msg=variable)

    def test_its_file_says_what_it_is_and_where_it_comes_from(self, name: str) -> None:
        body = self.body(name)
        for key in self.told:
            assert isinstance(body.get(key), str), key
            assert len(body[key]) >= 4, key


#: Tilt and breadth of a state at the start.
AT_START = np.array([[0.2], [-0.1]]), np.full((2, 1), 0.6)


def reachable(kind: type[Observation] | type[PowerObservation], rng: np.random.Generator, n_states: int | None = None) -> dict[str, Any]:
    """A random observation a rule may meet, as the arrays of its fields."""
    signed, states = ("alignment", "tilt", "perceived", "exploration"), n_states or 0
    own = {"tilt": (2,), "breadth": (2,), "perceived": (2, 2), "exploration": (2,), "output": (), "consumption": (), "legitimacy": (), "challenge": ()}
    values: dict[str, Any] = {"challenged": True} if kind is Observation else {}
    for field in fields(kind):
        if field.name not in ("quarter", "challenged"):
            shape = () if field.name == "rivalry" else (states,) if n_states else own.get(field.name, (2,))
            values[field.name] = rng.uniform(-1 if field.name in signed else 0.01, 1, (*shape, 5))
    return values


def assert_options_are_checked(build: Any, make: Any) -> None:
    """Unknown options are refused, and every option outside its domain or of the wrong type."""
    with pytest.raises(ValidationError):
        make({"no_such_option": 1.0})
    for option, known in quantities(build.Options).items():
        make({option: given.midpoint(known)})
        interval = Interval.parse(known.domain)
        for wrong in (interval.low - 1, interval.high + 1, "0.5", True, None, float("nan")):
            with pytest.raises(ValidationError):
                make({option: wrong})


def rule_cases(rules: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Every rule with its default options and with each option at either end of its plausible range."""
    ends = [
        (rule, {option: float(value)}) for rule, build in rules.items()
        for option, known in quantities(build.Options).items() for value in known.plausible
    ]
    return [(rule, {}) for rule in rules] + ends


# ---- Strategies


@pytest.mark.parametrize("name", names_in("strategies"))
class TestStrategies(Contract):
    group, told = "strategies", ("family", "description", "source")

    def course(self, name: str, settings: Settings) -> Strategy:
        return given.shipped("strategies")[name]

    def test_it_has_a_rule_that_takes_its_options(self, name: str) -> None:
        course = given.shipped("strategies")[name]
        STRATEGY_RULES[course.rule](course, Parameters(), *AT_START)

    def test_recording_the_focal_state_alone_gives_the_same_numbers(self, name: str) -> None:
        settings = given.preset("cambodia_2020").replace(n_worlds=1, horizon=4, focal="THA")
        alone, everyone = (simulate(settings, self.course(name, settings), states=states) for states in ("focal", "all"))
        assert alone.states == ("THA",)
        given.assert_same_bits(alone, everyone.of("THA"))

    def test_a_peer_that_plays_it_runs_too(self, name: str) -> None:
        settings = given.preset("cambodia_2020").replace(n_worlds=1, horizon=4)
        peers = {**settings.peers, "VNM": self.course(name, settings)}
        h = given.run(settings.replace(peers=peers), "status_quo")
        assert np.isfinite(h["consumption"]).all()

    def test_states_that_decide_together_decide_as_each_alone(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        # Every peer plays it, so that nine decide in one call; then each is kept alone.
        settings = given.preset("cambodia_2020").replace(n_worlds=WORLDS, horizon=8)
        settings = settings.replace(peers={state: given.rebuilt(self.course(name, settings)) for state in settings.world.states})
        together = given.run(settings, "status_quo")
        monkeypatch.setattr(Timetable, "switched_states", range(len(settings.world.states)))
        given.assert_same_bits(together, given.run(settings, "status_quo"))


def negative(value: Any) -> Any:
    if isinstance(value, dict):
        return {domain: negative(value[domain]) for domain in DOMAINS}
    return value if value == START else -value


@pytest.mark.parametrize("name", names_in("strategies"))
def test_in_a_mirror_a_strategy_decides_the_mirror_image(name: str) -> None:
    # Five quarters, for what a rule remembers must mirror too.
    course, rng = given.shipped("strategies")[name], np.random.default_rng(4)
    tilt, breadth = AT_START
    rule = STRATEGY_RULES[course.rule](course, Parameters(), tilt, breadth)
    mirror = STRATEGY_RULES[course.rule](given.rebuilt(course, anchor=negative(course.anchor)), Parameters(), -tilt, breadth)
    by_power = ("accepted", "pressure", "leverage", "start_pressure", "start_leverage", "claims", "pressing", "reach", "trust", "tier", "visits", "alignment")
    for t in range(5):
        values = reachable(Observation, rng) | {"quarter": t}
        swapped = {key: values[key][::-1] for key in by_power}
        swapped |= {"tilt": -values["tilt"], "perceived": values["perceived"][:, ::-1], "exploration": -values["exploration"]}
        here, there = rule.decide(Observation(**values)), mirror.decide(Observation(**{**values, **swapped}))
        np.testing.assert_allclose(there.tilt, -here.tilt, atol=1e-13)
        np.testing.assert_allclose(there.breadth, here.breadth, atol=1e-13)


@pytest.mark.parametrize(("rule", "chosen"), rule_cases(STRATEGY_RULES))
def test_every_strategy_rule_decides_within_bounds_and_edits_nothing(rule: str, chosen: dict[str, float]) -> None:
    lean = {"inducement": 2.0, "power": -2.0, "pressure": 1.0, "dependence": -1.0, "perception": -1.0, "reciprocity": 2.0, "rivalry": -0.5, "threat": -1.0}
    for learning in (0.0, 0.1):
        course, rng = given.strategy(rule=rule, options=chosen, lean_with=lean, learning=learning, regime=1.0), np.random.default_rng(5)
        minds = [STRATEGY_RULES[rule](course, Parameters(), *AT_START) for _ in range(2)]
        for t in range(5):
            values = reachable(Observation, rng) | {"quarter": t}
            for value in values.values():
                np.asarray(value).setflags(write=False)
            decision, again = (mind.decide(Observation(**values)) for mind in minds)
            assert decision.tilt.shape == decision.breadth.shape == (2, 5)
            # The world keeps what exploration adds within bounds.
            assert np.abs(decision.tilt).max() <= 1 + 0.5 * learning * np.abs(values["exploration"]).max()
            assert 0 <= decision.breadth.min() <= decision.breadth.max() <= 1
            np.testing.assert_array_equal(decision.tilt, again.tilt)


@pytest.mark.parametrize("rule", STRATEGY_RULES)
def test_options_of_every_strategy_rule_are_checked(rule: str) -> None:
    build = STRATEGY_RULES[rule]
    assert_options_are_checked(build, lambda options: build(given.strategy(rule=rule, options=options), Parameters(), *AT_START))


def test_every_strategy_rule_has_a_strategy_and_every_strategy_a_rule() -> None:
    assert {course.rule for course in given.shipped("strategies").values()} == set(STRATEGY_RULES)


def test_the_strategies_of_the_model_are_there() -> None:
    # MODEL.md, section "Strategies".
    expected = {
        "bandwagon_first": "alignment", "bandwagon_second": "alignment", "bandwagon_stronger": "alignment", "opportunist": "alignment",
        "status_quo": "status_quo", "limited_bandwagon_first": "hedging", "limited_bandwagon_second": "hedging", "binding_engagement": "hedging",
        "economic_pragmatism": "hedging", "dominance_denial": "hedging", "indirect_balancing": "hedging", "equidistance": "hedging",
        "omni_enmeshment": "hedging", "ambiguity_hedge": "hedging", "domain_split": "hedging", "auction": "hedging",
        "soft_balancing": "balancing", "external_balancing": "balancing", "internal_balancing": "balancing", "balance_of_power": "balancing",
        "isolation": "neutrality", "neutral_open": "neutrality", "tit_for_tat": "reciprocity", "adaptive": "learning", "shrinking_room": "contingent",
        "omnibalancing": "contingent",
    }
    assert {name: course.family for name, course in given.shipped("strategies").items()} == expected


#: Numbers of the model's strategies that differ from the defaults: anchor, breadth, what it leans with, and others.
STRATEGIES: dict[str, dict[str, Any]] = {
    "bandwagon_first": {"anchor": 1, "breadth": 0.5}, "bandwagon_second": {"anchor": -1, "breadth": 0.5},
    "bandwagon_stronger": {"breadth": 0.5, "power": 5}, "opportunist": {"breadth": 0.5, "speed": 0.5, "reciprocity": 5},
    "status_quo": {"anchor": START, "breadth": START}, "omnibalancing": {"anchor": START, "breadth": 0.6, "regime": 1},
    "limited_bandwagon_first": {"anchor": 0.35, "breadth": 0.6}, "limited_bandwagon_second": {"anchor": -0.35, "breadth": 0.6},
    "binding_engagement": {"breadth": 0.85, "association_effort": 0.8},
    "economic_pragmatism": {"breadth": 0.8, "inducement": {"economy": 0.6, "security": 0}},
    "dominance_denial": {"breadth": 0.7, "dependence": -0.5, "association_effort": 0.6},
    "indirect_balancing": {"anchor": -0.15, "breadth": 0.65, "defence": 0.005}, "equidistance": {"breadth": 0.7, "perception": -1},
    "omni_enmeshment": {"breadth": 0.9, "association_effort": 0.8, "diversification": 0.6}, "ambiguity_hedge": {"breadth": 0.7, "ambiguity": 1},
    "domain_split": {"anchor": {"economy": 0.4, "security": -0.4}, "breadth": 0.6},
    "auction": {"breadth": 0.7, "reciprocity": 2, "inducement": -0.4, "speed": 0.5, "ambiguity": 0.5},
    "soft_balancing": {"breadth": 0.6, "power": -1, "association_effort": 1}, "internal_balancing": {"breadth": 0.6, "defence": 0.01},
    "external_balancing": {"threat": -1, "power": -2}, "balance_of_power": {"power": -5},
    "isolation": {"breadth": 0.2, "rivalry": -0.5, "ambiguity": 0.5}, "neutral_open": {"anchor": 0, "breadth": 0.6, "ambiguity": 0.5},
    "tit_for_tat": {"breadth": 0.5, "reciprocity": 1, "pressure": -1}, "adaptive": {"breadth": 0.6, "learning": 0.1, "speed": 0.5},
    "shrinking_room": {"breadth": 0.7, "perception": -1},
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_strategies_of_the_model_have_its_numbers(name: str) -> None:
    course, numbers = given.shipped("strategies")[name], STRATEGIES[name]
    expected = given.strategy(**{key: value for key, value in numbers.items() if key not in quantities(LeanWith)},
                              lean_with={key: value for key, value in numbers.items() if key in quantities(LeanWith)})
    for key in (*quantities(type(course)), "lean_with"):
        assert getattr(course, key) == getattr(expected, key), key


# ---- Policies


@pytest.mark.parametrize("name", names_in("policy"))
class TestPolicies(Contract):
    group, told = "policy", ("description", "source")

    def settings(self, name: str, world: str) -> Settings:
        return given.with_policies(super().settings(name, world), name, "norm_promoter")

    def test_it_has_a_rule_that_takes_its_options(self, name: str) -> None:
        chosen = given.shipped("policy")[name]
        POLICY_RULES[chosen.rule](chosen, Parameters())

    def test_either_power_may_follow_it(self, name: str) -> None:
        settings = given.preset("cambodia_2020").replace(n_worlds=1, horizon=4)
        h = given.run(given.with_policies(settings, "patron", name), "equidistance")
        assert np.isfinite(h["consumption"]).all()


@pytest.mark.parametrize(("rule", "chosen"), rule_cases(POLICY_RULES))
def test_every_policy_rule_offers_what_the_world_can_settle(rule: str, chosen: dict[str, float]) -> None:
    numbers = {"reward": 1.0, "match_rival": 1.0, "swing_bonus": 1.0, "punish": 0.5, "norms": 0.3}
    build, rng = POLICY_RULES[rule](given.policy(rule=rule, options=chosen, **numbers), Parameters()), np.random.default_rng(6)
    rest = PowerObservation(**reachable(PowerObservation, rng, n_states=4))
    for _ in range(20):
        values = reachable(PowerObservation, rng, n_states=4)
        for value in values.values():
            np.asarray(value).setflags(write=False)
        offer = build.decide(PowerObservation(**values), rest)
        for part in (offer.drive, offer.attraction, offer.visits):
            assert np.broadcast_shapes(np.shape(part), (4, 5)) == (4, 5)
            assert np.isfinite(part).all()
        assert np.min(offer.attraction) > 0
        assert np.min(offer.drive) >= 0
        assert np.min(offer.visits) >= 0


@pytest.mark.parametrize("rule", POLICY_RULES)
def test_every_policy_rule_gives_at_rest_what_was_given(rule: str) -> None:
    build, rng = POLICY_RULES[rule](given.policy(rule=rule, reward=2.0, match_rival=1.0, withdraw=0.5), Parameters()), np.random.default_rng(7)
    rest = PowerObservation(**reachable(PowerObservation, rng, n_states=4))
    np.testing.assert_array_equal(build.attraction(rest, rest), 1)


class Alone(StandingRule):
    """The standing rule as a rule with its own code: each power decides in a call of its own."""


@pytest.mark.parametrize("name", names_in("policy"))
def test_powers_that_decide_together_decide_as_each_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(POLICY_RULES, "alone", Alone)
    settings = given.preset("cambodia_2020").replace(n_worlds=WORLDS, horizon=8)
    uneven = given.rebuilt(given.shipped("policy")[name], rule="standing", options={}, tolerance=np.linspace(-0.3, 0.4, WORLDS), match_rival=0.4, withdraw=0.7)
    pair = [uneven, given.shipped("policy")["conditionality"]]
    together, alone = (given.run(given.with_policies(settings, *each, resting=True), "status_quo")
                       for each in (pair, [given.rebuilt(policy, rule="alone") for policy in pair]))
    given.assert_same_bits(together, alone)


@pytest.mark.parametrize("place", [0, 1])
def test_options_that_no_rule_has_are_refused_of_either_power(place: int) -> None:
    settings = given.preset("cambodia_2020").replace(n_worlds=1, horizon=2)
    pair = ["conditionality", "conditionality"]
    pair[place] = given.policy(options={"strange": 1.0})
    with pytest.raises(ValidationError, match="strange"):
        given.run(given.with_policies(settings, *pair), "status_quo")


def test_a_policy_rule_with_its_own_code_sees_one_power_and_keeps_its_memory_while_the_other_is_switched(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, tuple[int, ...]]] = []

    class Counting(StandingRule):
        quarters = 0

        def decide(self, seen: PowerObservation, start: PowerObservation) -> Offer:
            self.quarters += 1
            calls.append((self.quarters, seen.trust.shape))
            return super().decide(seen, start)

    monkeypatch.setitem(POLICY_RULES, "counting", Counting)
    settings = given.preset("cambodia_2020").replace(n_worlds=2, horizon=5)
    states, second = len(settings.world.states), list(settings.world.powers)[1]
    settings = given.with_policies(settings, given.policy(name="own", rule="counting"), "conditionality")
    settings = given.with_events(settings.replace(switched_policies={"patron": given.shipped("policy")["patron"]}),
                                 Event(kind="policy", start=3, actor=second, value="patron"))
    given.run(settings, "status_quo")
    assert calls == [(quarter, (states, 2)) for quarter in range(1, 6)]


@pytest.mark.parametrize("rule", POLICY_RULES)
def test_options_of_every_policy_rule_are_checked(rule: str) -> None:
    build = POLICY_RULES[rule]
    assert_options_are_checked(build, lambda options: build(given.policy(rule=rule, options=options), Parameters()))


def test_every_policy_rule_has_a_policy_and_every_policy_a_rule() -> None:
    assert {chosen.rule for chosen in given.shipped("policy").values()} == set(POLICY_RULES)


#: MODEL.md, section "Policies": commitment, reward, withdraw, match_rival, swing_bonus, punish, tolerance, norms, visits.
POLICIES = {
    "inducement": (1, 1.2, 0, 0, 0, 0, -0.2, 0, 0.8), "coercion": (1, 0.5, 1, 0, 0, 0.9, 0.3, 0, 0.4), "conditionality": (0.8, 2, 1, 0, 0, 0.3, 0, 0, 0.8),
    "competitive_matching": (1, 1, 1, 2, 0, 0.1, -0.4, 0, 0.8), "wedge": (1, 0.3, 1, 0, 2, 0.1, -0.4, 0, 0.8),
    "neglect": (0.2, 0.3, 1, 0, 0, 0, -0.2, 0, 0.1), "norm_promoter": (1, 0.5, 1, 0, 0, 0.4, -0.2, 0.25, 0.4),
    "patron": (1, 1.2, 1, 0.5, 0, 0.2, -0.3, 0, 1), "laissez_faire": (1, 0, 1, 0, 0, 0, -0.2, 0, 0.4), "neutral": (1, 1, 1, 0, 0, 0.3, -0.2, 0, 0.8),
}


@pytest.mark.parametrize("name", POLICIES)
def test_the_policies_of_the_model_have_its_numbers(name: str) -> None:
    p = given.shipped("policy")[name]
    found = (p.commitment, p.reward, p.withdraw, p.match_rival, p.swing_bonus, p.punish, p.tolerance, p.norms, p.visits)
    assert found == POLICIES[name]
    assert p.security_weight == 0.5
    assert p.rule == "standing"


# ---- Scenarios


@pytest.mark.parametrize("name", names_in("scenario"))
class TestScenarios(Contract):
    group, told = "scenario", ("description", "source")

    def body(self, name: str) -> dict[str, Any]:
        return yaml.safe_load((conf_dir() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8"))["scenario"]

    def settings(self, name: str, world: str) -> Settings:
        return given.in_scenario(world, name).replace(n_worlds=WORLDS, horizon=QUARTERS)

    def worlds(self, name: str) -> tuple[str, ...]:
        return tuple(world for world in given.PRESETS if given.fits(world, name)) or (given.home(name),)

    def test_it_differs_from_the_baseline(self, name: str) -> None:
        baseline, other = (given.in_scenario(given.home(name), s).replace(n_worlds=1, horizon=30) for s in ("baseline", name))
        one, two = (given.run(s, "economic_pragmatism", record=["consumption"])["consumption"] for s in (baseline, other))
        assert (name == "baseline") == bool((one == two).all())

    def test_every_event_says_where_it_comes_from(self, name: str) -> None:
        scenario = given.in_scenario(given.home(name), name).scenario
        for change in (*scenario.events, *scenario.series):
            assert change.source

    def test_it_fits_every_world_unless_it_names_states(self, name: str) -> None:
        for world in given.WORLDS:
            if given.fits(world, name):
                settings = given.in_scenario(world, name).replace(n_worlds=1, horizon=2)
                assert np.isfinite(given.run(settings, "equidistance")["consumption"]).all()
        text = (conf_dir() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8")
        named = any(f"{state}" in text for state in given.preset("cambodia_2020").world.states)
        assert named == (not given.fits("theory_symmetric", name))


def test_the_scenarios_of_the_model_are_there() -> None:
    # MODEL.md, section "Events".
    assert set(names_in("scenario")) >= {
        "calm", "competition", "cold_war", "retrenchment_second", "slowdown_first", "pandemic", "eba_withdrawal", "securitised_trade", "decoupling",
        "coercive_second", "generous_second", "race_to_align", "joint_neutrality", "challenged_government"}


@pytest.mark.parametrize(("name", "world"), [("calm", "theory_symmetric"), ("generous_second", "cambodia_2020"), ("joint_neutrality", "theory_symmetric"),
                                             pytest.param("race_to_align", "cambodia_2020", marks=pytest.mark.slow)])
def test_a_scenario_is_composed_as_these_tests_read_it(name: str, world: str) -> None:
    assert given.in_scenario(world, name) == given.preset(world, f"scenario={name}")


def test_rivalry_rises_from_calm_over_competition_to_cold_war() -> None:
    means = [given.in_scenario("theory_symmetric", name).parameters.rivalry_mean for name in ("calm", "baseline", "competition", "cold_war")]
    assert means == sorted(set(means))


# ---- Worlds


@pytest.mark.parametrize("name", given.WORLDS)
class TestWorlds(Contract):
    group, told = "world", ("description",)

    def body(self, name: str) -> dict[str, Any]:
        return yaml.safe_load((conf_dir() / "world" / f"{name}.yaml").read_text(encoding="utf-8"))["world"]

    def worlds(self, name: str) -> tuple[str, ...]:
        return (name,)

    def test_rivalry_returns_to_where_it_is_unless_a_scenario_moves_it(self, name: str) -> None:
        settings = given.preset(name)
        assert settings.parameters.rivalry_mean == settings.world.rivalry

    def test_the_present_rests_on_the_policies_of_the_file_and_everybody_holds(self, name: str) -> None:
        settings = given.preset(name)
        own = {power: given.shipped("policy")[facts.policy] for power, facts in settings.world.powers.items()}
        assert settings.policies == settings.resting_policies == own
        assert settings.peers == dict.fromkeys(settings.world.states, given.shipped("strategies")["status_quo"])
        assert settings.focal == next(iter(settings.world.states))

    def test_every_state_may_be_the_focal_one(self, name: str) -> None:
        settings = given.preset(name).replace(n_worlds=1, horizon=2)
        for state in settings.world.states:
            assert simulate(settings.replace(focal=state), "equidistance", states="focal").states == (state,)

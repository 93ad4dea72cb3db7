"""A strategy per world: every world of a mixed run is the world it is where everybody plays what it plays there."""

from typing import Any

import numpy as np
import pytest

from sim.payoffs import OF_ALL, payoffs, payoffs_of_all
from sim.quantity import Number, Quantities, of_worlds, quantity
from sim.scenario import Event
from sim.settings import Settings
from sim.simulation import draws_of, simulate, simulate_block
from sim.strategies import RULES
from sim.strategies.linear import LinearRule
from sim.strategies.mixed import MixedRule, mixed, rule_of
from tests import given

LIBRARY = tuple(given.shipped("strategies").values())
#: Tilt and breadth at the start.
START = np.zeros((2, 1)), np.full((2, 1), 0.6)


class Waiting(LinearRule):
    """Remembers how often it was asked, reads the noise without exploring, and could not act where others have been: stays, then drifts."""

    class Options(Quantities):
        wait: Number = quantity(2.0, meaning="Quarters it stays", symbol="w", domain="[0, 100]", plausible=(0, 8), source="-")
        towards: Any = quantity(
            {"economy": 0.1, "security": 0.0}, meaning="Drift", symbol="d", domain="[-1, 1]", plausible=(-1, 1), source="-", each="domain")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.asked = 0

    def decide(self, seen: Any) -> Any:
        self.asked += 1
        options: Any = self.options
        aim = self.anchor + (options.towards["economy"] - options.towards["security"]) * (self.asked > options.wait) + seen.exploration
        return self.move(seen, aim + np.log(self.strategy.defence + 1e-3) * 0.01, self.breadth)


WAITING = [
    given.strategy(name=f"waiting_{i}", rule="waiting", defence=0.01 * i, options={"wait": float(3 * i), "towards": {"economy": 0.1, "security": 0.05 * i}})
    for i in range(3)]
BY_DOMAIN = given.strategy(name="by_domain", anchor={"economy": 0.5, "security": -0.5}, lean_with={"dependence": {"economy": -1.0, "security": 0.0}})
FROM_START = given.strategy(name="from_start", anchor={"economy": "start", "security": 0.2}, breadth="start", regime=1.0, lean_with={"threat": -1.0})


def profile_of(settings: Settings, strategies: Any, n_worlds: int) -> Any:
    """Which strategy each state plays in each world, shape (S, R); every strategy is played by somebody."""
    rng = np.random.default_rng(3)
    plays = rng.integers(len(strategies), size=(len(settings.world.states), n_worlds))
    plays.ravel()[: len(strategies)] = rng.permutation(len(strategies))
    return plays


def of_profile(settings: Settings, strategies: Any, plays: Any) -> tuple[Settings, Any]:
    courses = {name: mixed(strategies, row) for name, row in zip(settings.world.states, plays, strict=True)}
    return settings.model_copy(update={"peers": courses, "n_worlds": plays.shape[-1]}), courses[settings.focal]


@pytest.mark.parametrize("deterministic", [False, True])
def test_every_world_has_the_bits_it_has_where_everybody_plays_what_is_played_there(
        cambodia: Settings, monkeypatch: pytest.MonkeyPatch, deterministic: bool) -> None:
    monkeypatch.setitem(RULES, "waiting", Waiting)
    strategies = [*LIBRARY, *WAITING, BY_DOMAIN, FROM_START]
    n_worlds = 6
    settings = cambodia.replace(n_worlds=n_worlds, deterministic=deterministic, switched_strategies={LIBRARY[5].name: LIBRARY[5]})
    settings = given.with_events(
        settings, Event(kind="challenge", start=3, target="all", value=0.5), Event(kind="strategy", start=5, target="MYS", value=LIBRARY[5].name))
    by_world = {name: np.linspace(0.5, 1.5, n_worlds) * getattr(settings.parameters, name) for name in ("backlash", "compliance", "regime_answer")}
    settings = settings.model_copy(update={"parameters": settings.parameters.model_copy(update=by_world)})
    plays = profile_of(settings, strategies, n_worlds)
    assert len(np.unique(plays)) == len(strategies)
    draws = draws_of(settings, 0)
    found = simulate_block(*of_profile(settings, strategies, plays), draws)
    measured = payoffs_of_all(found, settings)
    for world in range(n_worlds):
        peers = {name: strategies[row[world]] for name, row in zip(settings.world.states, plays, strict=True)}
        own = settings.model_copy(update={"peers": peers})
        single = of_worlds(own, slice(world, world + 1)).model_copy(update={"n_worlds": 1})
        for one in (simulate_block(own, peers[settings.focal], draws),  # among others
                    simulate_block(single, peers[settings.focal], draws.of_world(world))):  # alone
            at = min(world, one["crisis"].shape[-1] - 1)
            for name, values in one.items():
                np.testing.assert_array_equal(found[name][..., world], values[..., at], err_msg=f"world {world}, {name}")
            again = payoffs_of_all(one, settings)
            assert all(np.array_equal(again[measure][:, at], measured[measure][:, world]) for measure in OF_ALL)


def test_a_mixed_run_goes_through_blocks_and_can_be_cut(cambodia: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.simulation.BLOCK", 4)
    settings = cambodia.replace(n_worlds=10, horizon=4)
    plays = profile_of(settings, LIBRARY, 10)
    own, course = of_profile(settings, LIBRARY, plays)
    whole = simulate(own, course)
    last = of_worlds(course, slice(8, 10))
    assert [last.played[i].name for i in last.index] == [LIBRARY[i].name for i in plays[list(settings.world.states).index(settings.focal), 8:]]
    cut = simulate_block(of_worlds(own, slice(8, 10)), last, draws_of(own, 2))
    for name, values in cut.items():
        np.testing.assert_array_equal(whole[name][..., 8:], values)


def test_where_all_worlds_play_one_strategy_it_is_that_strategy(cambodia: Settings) -> None:
    for strategy in LIBRARY:
        same = mixed([LIBRARY[3], strategy], np.ones(4, dtype=int))
        assert all(getattr(same, name) == getattr(strategy, name) for name in ("anchor", "breadth", "speed", "lean_with", "defence", "learning"))
        given.assert_same_bits(given.run(cambodia, same), given.run(cambodia, strategy))


def test_only_who_explores_gets_noise(cambodia: Settings) -> None:
    named = {strategy.name: strategy for strategy in LIBRARY}
    some = mixed([named["adaptive"], named["shrinking_room"]], np.array([0, 1, 0]))
    rule = rule_of([some], cambodia.parameters, *START)
    assert isinstance(rule, MixedRule)
    assert rule.explores
    assert [(part.explores, worlds.tolist()) for part, worlds in rule.parts] == [(True, [0, 2]), (False, [1])]
    assert not rule_of([mixed([named["auction"], named["shrinking_room"]], np.array([0, 1]))], cambodia.parameters, *START).explores


def test_where_some_start_from_where_they_are_each_world_has_its_own_anchor(cambodia: Settings) -> None:
    # The word, by domain or for both, beside a number, by domain or for both: worlds 0 and 2 hold, world 1 aims at .3.
    both, by_domain = {"economy": "start", "security": "start"}, {"economy": 0.3, "security": 0.3}
    for word, number in (("start", 0.3), (both, by_domain), ("start", by_domain), (both, 0.3)):
        some = mixed([given.strategy(anchor=word, breadth=word), given.strategy(anchor=number, breadth=number)], np.array([0, 1, 0]))
        rule: Any = rule_of([some], cambodia.parameters, np.array([[0.1], [0.2]]), np.full((2, 1), 0.6))
        ((part, _),) = rule.parts
        np.testing.assert_array_equal(part.anchor, [[0.1, 0.3, 0.1], [0.2, 0.3, 0.2]])
        np.testing.assert_array_equal(part.breadth, [[0.6, 0.3, 0.6]] * 2)


def test_a_tilt_at_the_start_may_itself_differ_by_world(cambodia: Settings) -> None:
    settings = given.with_states(cambodia, ("KHM",), tilt={"survey": np.array([0.1, 0.5, -0.3, 0.0])})
    some = mixed([given.HOLDING, LIBRARY[3]], np.array([0, 1, 0, 1]))
    h = given.run(settings, some)
    for w, course in enumerate((given.HOLDING, LIBRARY[3], given.HOLDING, LIBRARY[3])):
        alone = given.run(settings, course)
        for name in h:
            np.testing.assert_array_equal(h[name][..., w], alone[name][..., w], err_msg=name)


def test_words_among_options_have_an_instance_of_the_rule_each(cambodia: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Worded(LinearRule):
        class Options(Quantities):
            word: str = "a"

    monkeypatch.setitem(RULES, "worded", Worded)
    one, other = (given.strategy(rule="worded", options={"word": word}) for word in "ab")
    rule: Any = rule_of([mixed([one, other, one], np.array([0, 1, 2, 1]))], cambodia.parameters, *START)
    assert [(part.options.word, worlds.tolist()) for part, worlds in rule.parts] == [("a", [0, 2]), ("b", [1, 3])]
    some = profile_of(cambodia, [one, other], 3)
    assert np.isfinite(simulate_block(*of_profile(cambodia.replace(n_worlds=3, horizon=3), [one, other], some), draws_of(cambodia, 0))["tilt"]).all()


def test_other_options_cannot_differ_within_a_rule(cambodia: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Listed(LinearRule):
        class Options(Quantities):
            steps: tuple[int, ...] = (1,)

    monkeypatch.setitem(RULES, "listed", Listed)
    one, other = (given.strategy(rule="listed", options={"steps": steps}) for steps in ((1,), (1, 2)))
    assert rule_of([mixed([one, one], np.array([0, 1]))], cambodia.parameters, *START).decide
    with pytest.raises(ValueError, match="differ in numbers and words alone, got"):
        rule_of([mixed([one, other], np.array([0, 1]))], cambodia.parameters, *START)


def test_the_payoffs_of_every_state_are_those_it_has_as_the_focal_one(cambodia: Settings) -> None:
    history = given.run(cambodia, "auction")
    found = payoffs_of_all(history, cambodia)
    for i, name in enumerate(cambodia.world.states):
        own = payoffs(history, cambodia.model_copy(update={"focal": name}))
        assert list(found) == list(OF_ALL)
        assert all(np.array_equal(found[measure][i], own[measure]) for measure in OF_ALL)

"""What stops being a number is named: variable, world, quarter, strategy, seed."""

import pickle
from typing import Any

import numpy as np
import pytest

from sim import worlds
from sim.draws import BLOCK
from sim.policies import RULES as POLICY_RULES
from sim.policies.standing import Offer, PowerObservation, StandingRule
from sim.settings import Settings
from sim.simulation import NonFiniteError, simulate
from sim.strategies import RULES as STRATEGY_RULES
from sim.strategies.linear import LinearRule
from sim.strategies.observation import Decision, Observation
from tests import given


def breaking(value: float, world: int, quarter: int, part: str = "tilt") -> type[LinearRule]:
    """A strategy's rule that decides a value in one world from a quarter on."""

    class Breaking(LinearRule):
        def decide(self, seen: Observation) -> Decision:
            decision = super().decide(seen)
            chosen = getattr(decision, part).copy()
            if seen.quarter >= quarter and world < chosen.shape[-1]:
                chosen[..., world] = value
            setattr(decision, part, chosen)
            return decision

    return Breaking


@pytest.fixture
def settings() -> Settings:
    return given.preset("cambodia_2020").replace(n_worlds=24, horizon=8)


def failure(settings: Settings, course: Any) -> NonFiniteError:
    with pytest.raises(NonFiniteError) as caught:
        simulate(settings, course)
    return caught.value


@pytest.mark.parametrize("part", ["tilt", "breadth"])
def test_a_strategy_that_returns_nan_is_named_with_world_and_quarter(settings: Settings, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STRATEGY_RULES, "breaking", breaking(np.nan, world=17, quarter=5, part=part))
    error = failure(settings, given.strategy(name="broken_mind", rule="breaking"))
    assert (error.variable, error.world, error.quarter) == (part, 17, 5)
    for word in (part, "world 17", "quarter 5", "broken_mind", "2020"):
        assert word in str(error)


def test_the_error_travels_between_processes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STRATEGY_RULES, "breaking", breaking(np.nan, world=17, quarter=5))
    error = failure(settings, given.strategy(rule="breaking"))
    arrived = pickle.loads(pickle.dumps(error))
    assert (arrived.variable, arrived.world, arrived.quarter, str(arrived)) == ("tilt", 17, 5, str(error))


def test_the_world_is_counted_over_all_blocks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class SecondBlock(LinearRule):
        def decide(self, seen: Observation) -> Decision:
            decision = super().decide(seen)
            if decision.tilt.shape[-1] < BLOCK:
                decision.tilt[..., 3] = np.nan
            return decision

    monkeypatch.setitem(STRATEGY_RULES, "second_block", SecondBlock)
    error = failure(settings.replace(n_worlds=BLOCK + 6, horizon=1), given.strategy(rule="second_block"))
    assert (error.world, error.quarter) == (BLOCK + 3, 0)


def test_a_peer_that_returns_nan_is_noticed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STRATEGY_RULES, "breaking", breaking(np.nan, world=2, quarter=1))
    peers = {**settings.peers, "BRN": given.strategy(rule="breaking")}
    error = failure(settings.replace(peers=peers), "equidistance")
    assert (error.variable, error.world, error.quarter) == ("tilt", 2, 1)


def test_an_infinite_decision_counts_as_the_end_of_the_range(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STRATEGY_RULES, "breaking", breaking(np.inf, world=17, quarter=5))
    h = simulate(settings, given.strategy(rule="breaking"), record=["tilt"])
    assert (h["tilt"][5:, :, 0, 17] == 1).all()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_policy_that_offers_no_number_is_noticed_in_its_quarter(settings: Settings, value: float, monkeypatch: pytest.MonkeyPatch) -> None:
    class Boundless(StandingRule):
        def decide(self, seen: PowerObservation, start: PowerObservation) -> Offer:
            offer = super().decide(seen, start)
            self.quarter = getattr(self, "quarter", -1) + 1
            if self.quarter >= 3:
                offer.attraction[:, 9] = value
            return offer

    monkeypatch.setitem(POLICY_RULES, "boundless", Boundless)
    broken = given.with_policies(settings, given.policy(rule="boundless"), "norm_promoter")
    error = failure(broken, "equidistance")
    assert (error.variable, error.world, error.quarter) == ("intended", 9, 3)


def test_growth_without_bound_ends_with_a_name_and_no_warning(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    # In one world productivity grows a million million times in a quarter.
    factor = np.where(np.arange(24) == 17, 1e12, 1.0)
    monkeypatch.setattr(worlds.accounts, "next_productivity", lambda productivity, **_: productivity * factor)
    error = failure(settings.replace(horizon=40, deterministic=True), "equidistance")
    assert error.world == 17
    assert error.variable in ("output", "consumption", "capital")
    assert error.quarter > 10


def test_the_first_bad_world_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Two(LinearRule):
        def decide(self, seen: Observation) -> Decision:
            decision = super().decide(seen)
            decision.tilt[0, ..., [11, 4]] = np.nan
            return decision

    monkeypatch.setitem(STRATEGY_RULES, "two", Two)
    assert failure(settings, given.strategy(rule="two")).world == 4


def test_what_overflows_behind_the_variables_ends_in_one_line(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    class Overflowing(LinearRule):
        def decide(self, seen: Observation) -> Decision:
            decision = super().decide(seen)
            decision.tilt = decision.tilt / (1 + np.exp(800.0 + decision.tilt))  # e^800 is no number, but one over it is 0
            return decision

    monkeypatch.setitem(STRATEGY_RULES, "overflowing", Overflowing)
    with pytest.raises(FloatingPointError, match=r"^a number behind the variables is too large, strategy mine \(seed 2020\): give the ") as caught:
        simulate(settings.replace(horizon=1), given.strategy(rule="overflowing"))
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("horizon", [1, 4])
def test_what_would_be_used_only_in_the_next_quarter_is_named_in_its_own(settings: Settings, horizon: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds.accounts, "grown", lambda output, **_: np.exp(output))  # tens of thousands
    error = failure(settings.replace(horizon=horizon), "equidistance")
    assert (error.variable, error.quarter) == ("power_output", 0)

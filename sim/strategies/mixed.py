"""A strategy that differs by world, so that every world may have its own profile of strategies."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, SkipValidation

from sim.axes import WORLD, Array
from sim.parameters import Parameters
from sim.quantity import of_worlds, quantities
from sim.strategies import RULES
from sim.strategies.observation import Decision, Observation, apart
from sim.strategies.strategy import START, Strategy


class Mixed(Strategy):
    """Several strategies, each in some of the worlds; its numbers are those of the strategy played in each world.

    World r of a run with it has the bits it has in a run with `played[index[r]]`.

    Attributes:
        played: The strategies, each with the same numbers in all worlds.
        index: Which of them each world plays, shape (R,).
    """

    played: Annotated[tuple[Strategy, ...], SkipValidation]
    index: Annotated[NDArray[np.intp], SkipValidation]


def mixed(strategies: Sequence[Strategy], index: NDArray[np.integer]) -> Mixed:
    """The strategy that plays `strategies[index[r]]` in world r.

    Args:
        strategies: Those that may be played.
        index: Shape (R,).
    """
    present, among = np.unique(index, return_inverse=True)
    played = tuple(strategies[i] for i in present)
    whole = _of_each_world(played, among)
    return Mixed.model_construct(**{name: getattr(whole, name) for name in Strategy.model_fields} | {
        "name": "mixed", "family": "mixed", "played": played, "index": among.astype(np.intp)})


class Rule(Protocol):
    """What decides for states: a class of `sim.strategies.RULES`, or several of them, each for its states and worlds."""

    explores: bool

    def decide(self, seen: Observation) -> Decision:
        """Choose tilt and breadth for the next quarter in every world."""


def rule_of(strategies: Sequence[Strategy], parameters: Parameters, start_tilt: Array, start_breadth: Array) -> Rule:
    """The rule that decides for states with that tilt and breadth at the start, (D, S, 1) or (D, S, R).

    Args:
        strategies: The strategy of all of them, or the `Mixed` one of each.
        parameters: Structural parameters.
        start_tilt: Tilt at the start.
        start_breadth: Breadth at the start.

    Raises:
        ValueError: Strategies of one rule differ in options that are neither numbers nor words.
    """
    if mixes := [strategy for strategy in strategies if isinstance(strategy, Mixed)]:
        return MixedRule(mixes, parameters, start_tilt, start_breadth)
    return RULES[strategies[0].rule](strategies[0], parameters, start_tilt, start_breadth)


class MixedRule:
    """One instance of each rule played, and of each word in its options; it sees only the states and worlds that play it.

    Every pair of a state and a world is the one state of a world of its own.
    """

    def __init__(self, strategies: Sequence[Mixed], parameters: Parameters, start_tilt: Array, start_breadth: Array) -> None:
        self._n_states, n = len(strategies), len(strategies[0].index)
        played = list({id(each): each for strategy in strategies for each in strategy.played}.values())
        position = {id(each): i for i, each in enumerate(played)}
        index = np.concatenate([np.array([position[id(each)] for each in strategy.played])[strategy.index] for strategy in strategies])
        kinds = [(each.rule, _words(each)) for each in played]
        starts = [apart(start, self._n_states, n) for start in (start_tilt, start_breadth)]
        self.parts: list[tuple[Rule, NDArray[np.intp]]] = []
        for kind in dict.fromkeys(kinds):
            its = [i for i, each in enumerate(kinds) if each == kind]
            pairs = np.flatnonzero(np.isin(index, its))
            if len(pairs):  # none if the strategy was cut to other worlds
                part = _of_each_world([played[i] for i in its], np.searchsorted(its, index[pairs]), options=True)
                own = [start if start.shape[WORLD] == 1 else start[..., pairs] for start in starts]
                self.parts.append((RULES[kind[0]](part, of_worlds(parameters, pairs % n), *own), pairs))
        self.explores = any(rule.explores for rule, _ in self.parts)

    def decide(self, seen: Observation) -> Decision:
        """The decisions of all rules, put together."""
        pairs_see = seen.apart(self._n_states)
        decision = Decision(np.empty(pairs_see.tilt.shape), np.empty(pairs_see.breadth.shape))
        for rule, pairs in self.parts:
            own = rule.decide(pairs_see.in_worlds(pairs, explores=rule.explores))
            decision.tilt[..., pairs], decision.breadth[..., pairs] = own.tilt, own.breadth
        return Decision(decision.tilt.reshape(seen.tilt.shape), decision.breadth.reshape(seen.breadth.shape))


def _words(strategy: Strategy) -> tuple[tuple[str, str | bool], ...]:
    """The options of a strategy that are words, which cannot differ by world as numbers can."""
    return tuple((name, value) for name, value in sorted(dict(strategy.options).items()) if isinstance(value, (str, bool)) and value != START)


def _of_each_world(strategies: Sequence[Strategy], index: NDArray[np.integer], *, options: bool = False) -> Strategy:
    """A strategy with the numbers of `strategies[index[r]]` in world r; with their options where all follow one rule."""
    numbers: dict[str, Any] = {name: _number_of_each([getattr(each, name) for each in strategies], index) for name in (*quantities(Strategy), "lean_with")}
    if options:
        kind = RULES[strategies[0].rule].Options
        given = [kind.model_validate(dict(each.options)) for each in strategies]
        numbers["options"] = {name: _number_of_each([getattr(each, name) for each in given], index) for name in kind.model_fields}
    return strategies[0].model_copy(update=numbers)


def _number_of_each(values: Sequence[Any], index: NDArray[np.integer]) -> Any:
    """One value per world, or a mapping or model of such, from the value of each strategy; equal values stay one value."""
    first = values[0]
    if all(value == first for value in values):
        return first
    if isinstance(first, BaseModel):
        return first.model_copy(update={name: _number_of_each([getattr(value, name) for value in values], index) for name in type(first).model_fields})
    if any(value == START for value in values):
        values = [math.nan if value == START else value for value in values]
        first = values[0]
    keys = next((tuple(value) for value in values if isinstance(value, Mapping)), None)
    if keys is not None:  # other strategies may have one number for all keys
        return {key: _number_of_each([value[key] if isinstance(value, Mapping) else value for value in values], index) for key in keys}
    if not all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        raise ValueError(f"strategies of one rule can be mixed only if their options differ in numbers and words alone, got {values[0]!r} and {values[-1]!r}")
    chosen: Array = np.array(values, dtype=float)[index]
    return chosen

"""What an analysis looks at: returns of some strategies at all points of a design, and the advantage of one side over another.

A side is a family or a single strategy. A family counts with its best member at each point, best by the mean over
worlds. The best of many is flattered against the best of few, so sides are compared at equal size: the larger one
with what the best of so many members, drawn at random, has on average over all such draws.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from experiments.cells import Outcome
from experiments.config import Job, load
from experiments.config_check import ConfigError
from experiments.design import Points
from experiments.hypothesis import COMPOSITE
from experiments.runner import Work, gathered
from experiments.words import unknown
from sim.axes import WORLD, Array
from sim.data import State
from sim.parameters import Parameters
from sim.payoffs import RETURNS, WEIGHED, Payoff
from sim.quantity import Quantity, quantities
from sim.settings import Settings

#: Structural parameters that stand with the states, for they differ by state.
OF_STATE = ("productivity_growth", "domestic_investment")
#: Outcomes that may be asked for.
OUTCOMES = (*RETURNS, COMPOSITE)


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a family or a single strategy, with its members."""

    name: str
    members: tuple[str, ...]

    def among(self, names: Sequence[str]) -> list[int]:
        """Rows of its members among some strategies."""
        return [i for i, name in enumerate(names) if name in self.members]


def side(settings: Settings, name: str, option: str) -> Side:
    """The side of that name.

    Raises:
        ConfigError: It is neither a family nor a strategy of the job.
    """
    if name in settings.strategies:
        return Side(name, (name,))
    members = tuple(n for n, strategy in settings.strategies.items() if strategy.family == name)
    if not members:
        families = dict.fromkeys(strategy.family for strategy in settings.strategies.values())
        raise ConfigError([f"{option}: {unknown(name, [*families, *settings.strategies], 'family or strategy')} (strategies=[…] says which ones are compared)"])
    return Side(name, members)


def job_of(overrides: Sequence[str], defaults: Sequence[str]) -> Job:
    """The job of an analysis, which has points of its own.

    Args:
        overrides: As given by the user.
        defaults: Overrides that hold where the user gave none for the same key.

    Raises:
        ConfigError: Something is wrong, or a design or sweep was asked for.
    """
    given = {text.lstrip("+").split("=")[0] for text in overrides}
    try:
        job = load([*(text for text in defaults if text.split("=")[0] not in given), *overrides])
    except ConfigError:
        _without_points(load(overrides))  # a preset that sweeps may not fit our defaults, which is not what is wrong with it
        raise
    return _without_points(job)


def _without_points(job: Job) -> Job:
    if job.points.names or job.run.sweep:
        raise ConfigError(["design and sweep: this command makes its own points; leave out design=, design.…, sweep= and experiments that sweep"])
    return job


def structural(settings: Settings) -> dict[str, tuple[Quantity, float]]:
    """What is known of every structural parameter, and its value, by dotted name; growth and investment are those of the focal state."""
    state, prefix = settings.world.states[settings.focal], f"world.states.{settings.focal}"
    found = {f"parameters.{name}": (known, getattr(settings.parameters, name)) for name, known in quantities(Parameters).items()}
    return found | {f"{prefix}.{name}": (quantities(State)[name], getattr(state, name)) for name in OF_STATE}


def free_parameters(job: Job) -> dict[str, Quantity]:
    """The structural parameters that an analysis varies, by dotted name: those that no override sets."""
    given = [text.lstrip("+").split("=")[0] for text in job.overrides]
    return {name: known for name, (known, _) in structural(job.settings).items() if name not in given}


def checked(points: Points, settings: Settings) -> Points:
    """The same points, every value inside its hard domain.

    Raises:
        pydantic.ValidationError: One is not.
    """
    points.at(settings, points.values).replace(n_worlds=len(points))
    return points


def label(name: str, known: Quantity) -> str:
    """What a number is called, with the policy or state it belongs to."""
    root, *parts = name.split(".")
    meaning = known.meaning.split(":")[0]
    owner = {"policy": parts[:1], "world": parts[1:2]}.get(root, [])
    return f"{meaning} ({owner[0].replace('_', ' ')})" if owner else meaning


# ---- From cells to returns


def weights_of(payoff: Payoff) -> dict[str, float]:
    """Weights of the composite, adding up to 1: the user's, or all alike."""
    weights: Mapping[str, float] = {str(name): weight for name, weight in payoff.weights.items()} if payoff.weights else dict.fromkeys(WEIGHED, 1.0)
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def returns(work: Work, names: Sequence[str], read: Callable[[str], Outcome], payoff: Payoff, reference: str | None = None) -> dict[str, Array]:
    """All returns and the composite, each of shape (strategies, points, worlds).

    Args:
        work: The cells.
        names: Strategies.
        read: Gives the outcome of a key.
        payoff: Anchors and weights of the composite.
        reference: Whose economic return the composite counts from; None: from 0, which cancels in differences.

    Raises:
        experiments.cells.MissingCell, experiments.cells.DamagedCell: A cell that should be there is not.
    """
    found = [gathered(work, name, read, RETURNS)[0] for name in names]
    values = {measure: np.stack([each[measure] for each in found]) for measure in RETURNS}
    scaled = on_scale(values, payoff, None if reference is None else names.index(reference))
    weights = weights_of(payoff)
    return values | {COMPOSITE: np.add.reduce([weight * scaled[name] for name, weight in weights.items()])}


def on_scale(values: Mapping[str, Array], payoff: Payoff, base: int | None) -> dict[str, Array]:
    """The weighed returns on the common scale of the anchors; the economic one as difference to row `base`."""
    zero = {"economic": values["economic"][base]} if base is not None else {}
    return {name: payoff.scaled(name, values[name] - zero.get(name, 0.0)) for name in WEIGHED}


# ---- The advantage of one side


def best_of_team(values: Array, size: int) -> Array:
    """What the best of so many members has, on average over all teams of that size, shape (points, worlds).

    Args:
        values: Of all members, shape (members, points, worlds).
        size: Members of a team; as many as there are: simply the best.
    """
    n = len(values)
    order = np.argsort(-values.mean(axis=WORLD), axis=0, kind="stable")
    # The member of rank k leads a team when the others all come from the n - 1 - k behind it.
    leads = np.array([comb(n - 1 - k, size - 1) for k in range(n)]) / comb(n, size)
    ranked = np.take_along_axis(values, order[:, :, None], axis=0)
    found: Array = np.tensordot(leads, ranked, axes=1)
    return found


def advantage(values: Array, one: Sequence[int], other: Sequence[int]) -> Array:
    """One side less the other at equal size, world by world, shape (points, worlds).

    Args:
        values: Of all strategies, shape (strategies, points, worlds).
        one: Rows of a side.
        other: Rows of the other side.
    """
    size = min(len(one), len(other))
    return best_of_team(values[list(one)], size) - best_of_team(values[list(other)], size)

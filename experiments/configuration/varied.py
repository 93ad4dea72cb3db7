"""What an analysis compares and what it varies: two sides, and the numbers that a future draws.

A side is a family or a single strategy. A family counts with its best member at each point, best by the mean over
worlds. The best of many members is better than the best of few by chance alone. Advantages are therefore
size-adjusted: the larger side counts with the average best of random teams as large as the smaller side.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from experiments.configuration.design import Design, Points, numbers
from experiments.configuration.effect import NONE, check_analysis
from experiments.configuration.errors import ConfigError
from experiments.configuration.grammar import typed
from experiments.configuration.job import Job
from experiments.configuration.load import load
from experiments.configuration.overwritten import leaves_of
from experiments.configuration.places import Keys
from experiments.messages import printable, unknown
from experiments.names import names, plain
from sim.data import State
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import Quantity, quantities
from sim.settings import Settings

#: Structural parameters that stand with the states, for they differ by state.
OF_STATE = ("growth",)


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
        there = dict.fromkeys([*(strategy.family for strategy in settings.strategies.values()), *settings.strategies])
        raise ConfigError([f"{option}={printable(name)}: {unknown(name, there, 'family or strategy')}; "
                           f"choose another {option}, or compare others with strategies=[…]"])
    return Side(name, members)


def job_of(overrides: Sequence[str], defaults: Sequence[str], unused: Mapping[str, str] = NONE, every_policy: bool = False,
           compares: bool = True) -> Job:
    """The job of an analysis, which makes its own points.

    Args:
        overrides: As given by the user.
        defaults: Overrides that hold where the user gave none for the same key.
        unused: Keys that the analysis does not read, and what to do instead.
        every_policy: Whether it uses policies that no power follows.
        compares: Whether it compares all strategies where none is named.

    Raises:
        ConfigError: Something is wrong, an override has no effect, or it has a design or a sweep.
    """
    overrides = typed(overrides)
    given = {text.lstrip("+").split("=")[0] for text in overrides}
    try:
        job = load([*(text for text in defaults if text.split("=")[0] not in given), *overrides], compares=compares)
    except ConfigError:
        _without_points(load(overrides, compares=compares))  # a preset that sweeps may not fit these defaults; then its sweep is the problem to report
        raise
    check_analysis([_without_points(job)], unused, every_policy)
    return job


def _without_points(job: Job) -> Job:
    if job.points.names or job.run.sweep:
        raise ConfigError(["design and sweep: this command makes its own points; leave out design=, design.… and experiments that sweep"])
    return job


def structural(settings: Settings) -> dict[str, tuple[Quantity, float]]:
    """The declaration and value of every structural parameter, by dotted name, and growth of the focal state."""
    state, prefix = settings.world.states[settings.focal], f"world.states.{settings.focal}"
    result = {f"parameters.{name}": (known, getattr(settings.parameters, name)) for name, known in quantities(Parameters).items()}
    return result | {f"{prefix}.{name}": (quantities(State)[name], getattr(state, name)) for name in OF_STATE}


def free_parameters(job: Job) -> dict[str, Quantity]:
    """The structural parameters that an analysis varies, by dotted name: those that no override sets."""
    given = _set_by_overrides(job)
    return {name: known for name, (known, _) in structural(job.settings).items() if name not in given}


def _set_by_overrides(job: Job) -> set[str]:
    """Dotted names of what overrides set."""
    return {name for text in job.overrides for name in set_by(text, job.settings)}


def set_by(override: str, settings: Settings) -> list[str]:
    """Dotted names of what an override sets, with the world's own keys."""
    return list(leaves_of(override, Keys(tuple(settings.world.powers), tuple(settings.world.states))))


def refuse_own(who: str, own: Mapping[str, str], overrides: Sequence[str], remedy: str, placed: Callable[[str], str] = str) -> None:
    """Refuse an override of what a hypothesis, a pattern or a case sets itself: it would ask another question under its name.

    Args:
        who: What it is called.
        own: Dotted names that it sets, each with what the key of its file is called.
        overrides: As given by the user.
        remedy: What to do instead.
        placed: Makes a name with the places of powers one with their own keys.
    """
    names = {placed(key): called for key, called in own.items()}
    for text in overrides:
        key = placed(text.lstrip("+~").split("=")[0])
        if taken := sorted(each for each in names if each == key or each.startswith(f"{key}.")):
            raise ConfigError([f"override {text}: {who} sets {taken[0]} itself{f', by {names[taken[0]]}' if names[taken[0]] != taken[0] else ''}; {remedy}"])


def checked(points: Points, settings: Settings) -> Points:
    """The same points, once every value is inside its hard domain.

    Raises:
        pydantic.ValidationError: One is not.
    """
    points.at(settings, points.values).replace(n_worlds=len(points))
    return points


def label(name: str, known: Quantity) -> str:
    """The label of a number, with the policy or state it belongs to."""
    root, *parts = name.split(".")
    meaning = known.meaning.split(":")[0]
    owner = {"policy": parts[:1], "world": parts[1:2]}.get(root, [])
    return f"{meaning} ({names().states.get(owner[0], plain(owner[0]))})" if owner else meaning


def varied(job: Job) -> dict[str, Quantity]:
    """The numbers of a future, by dotted name: structural parameters and policies of the powers, except those that an override sets.

    Who chooses the policy of a power sets all of its numbers.
    """
    given = _set_by_overrides(job)
    chosen = {f"policy.{job.settings.policies[power].name}." for name in given for group, _, power in [name.partition(".")] if group == "policies"}
    policies = {name: known for name, known in numbers(job.settings).items()
                if name.startswith("policy.") and name not in given and not name.startswith(tuple(chosen))}
    return free_parameters(job) | policies


def futures(job: Job, n: int) -> Points:
    """A Latin hypercube of futures."""
    return Design(kind="lhs", over=list(varied(job)), points=n).points_for(job.settings)


def policies(job: Job) -> dict[str, Policy]:
    """Every policy of the job's configuration, whether a power follows it or not."""
    return {str(name): Policy.model_validate({"name": name, **entry}) for name, entry in job.composed["policy"].items()}

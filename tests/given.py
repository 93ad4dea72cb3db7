"""What tests start from: presets, and settings that differ from them in a named way. All of it is checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
import yaml

from experiments.configuration.files import conf_dir
from experiments.configuration.load import load
from sim.draws import STREAMS, Draws
from sim.history import VARIABLES, History
from sim.policies.policy import Policy
from sim.quantity import Interval, Quantity, quantities
from sim.scenario import Event, Scenario
from sim.settings import PolicyPair, Settings
from sim.simulation import draws_of, simulate_block
from sim.strategies.strategy import Strategy

#: A command that was run: its exit code and what it said on standard output and standard error.
Said = Callable[..., tuple[int, str, str]]


@contextmanager
def drawing(names: Sequence[str] | None) -> Iterator[None]:
    """Draw the figures of these names alone; None: all."""
    from experiments.analyses.comparison.figures.catalogue import FIGURES
    from experiments.analyses.sweep.figures.catalogue import SWEEP_FIGURES

    with mock.patch.dict(FIGURES), mock.patch.dict(SWEEP_FIGURES):
        for figures in (FIGURES, SWEEP_FIGURES):
            for name in [name for name in figures if names is not None and name not in names]:
                del figures[name]  # type: ignore[attr-defined]
        yield


#: What stands in place of a figure that is not drawn.
NO_FIGURE = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'


@contextmanager
def unsaved() -> Iterator[None]:
    """Draw figures and write empty files in their place: to lay out text and lines, twice for each figure, takes most of a small run's time."""
    def save(figure: Any, folder: Path, name: str) -> tuple[Path, Path]:
        files = folder / f"{name}.svg", folder / f"{name}.png"
        for file in files:
            file.write_bytes(NO_FIGURE)
        return files

    # Workers, which would draw as they always do, draw nothing where so little may be copied to them.
    with mock.patch("experiments.figures.figure.save", save), mock.patch("experiments.analyses.comparison.pictures.COPIED_AT_MOST", -1):
        yield


@contextmanager
def undrawn() -> Iterator[None]:
    """Draw nothing and write empty files in place of figures."""
    with unsaved(), mock.patch("experiments.figures.figure.drawn", return_value=None):
        yield


def only_run(results: Path, name: str) -> Path:
    """The folder of the only run of that name."""
    (found,) = (results / name).iterdir()
    return found


#: Presets of conf/experiment that sweep.
SWEEPING = ("asean", "balance_vs_align", "pandemic", "positive_vs_negative", "preponderance", "securitised_trade", "small_state", "strategy_plane",
            "visits_and_trust")
PRESETS = ("theory_symmetric", "cambodia_2020")


def one_of_each(names: Sequence[str], others: Sequence[str]) -> list[Any]:
    """Parameters of a test: every name with every other one, each name with one of them (taken in turn) quickly, all else slow."""
    return [pytest.param(name, other, marks=() if i % len(others) == j else pytest.mark.slow)
            for i, name in enumerate(names) for j, other in enumerate(others)]


@cache
def preset(world: str, *overrides: str) -> Settings:
    return load([f"world={world}", *overrides]).settings


@cache
def in_scenario(world: str, name: str) -> Settings:
    """A preset in a scenario: what `preset(world, f"scenario={name}")` gives, without composing the files again, which takes longer than a run."""
    body = yaml.safe_load((conf_dir() / "scenario" / f"{name}.yaml").read_text())
    settings = preset(world)
    peers = {**settings.peers, **{state: shipped("strategies")[chosen] for state, chosen in body.pop("peers", {}).items()}}
    policies = {power: shipped("policy")[chosen] for power, chosen in body.pop("policies", {}).items()}
    settings = settings.replace(scenario=Scenario(**body.pop("scenario")), peers=peers, policies=rebuilt(settings.policies, **policies))
    settings = with_parameters(settings, **body.pop("parameters", {}))
    assert not body.keys() - {"defaults"}, f"scenario {name} changes more: {body.keys()}"
    return settings


@cache
def shipped(group: str) -> Mapping[str, Any]:
    """The strategies or policies of conf/, by name."""
    kind = {"strategies": Strategy, "policy": Policy}[group]
    found = {}
    for file in sorted((conf_dir() / group).glob("*.yaml")):
        body = yaml.safe_load(file.read_text())[file.stem]
        found[file.stem] = kind(name=file.stem, **body)
    return found


def rebuilt(model: Any, **changes: Any) -> Any:
    """A settings class with some fields changed, checked again."""
    return type(model)(**{**dict(model), **changes})


def with_parameters(settings: Settings, **changes: Any) -> Settings:
    return settings.replace(parameters=rebuilt(settings.parameters, **changes))


def with_states(settings: Settings, only: tuple[str, ...] | None = None, **changes: Any) -> Settings:
    """The settings with some data of every state, or of `only` some, changed."""
    states = {
        name: rebuilt(state, **changes) if only is None or name in only else state
        for name, state in settings.world.states.items()
    }
    return settings.replace(world=rebuilt(settings.world, states=states))


def with_one_state(settings: Settings) -> Settings:
    """The settings with the focal state alone in the region."""
    focal = settings.focal
    world = rebuilt(settings.world, states={focal: settings.world.states[focal]})
    return settings.replace(world=world, peers={})


def with_powers(settings: Settings, china: Mapping[str, Any] | None = None, us: Mapping[str, Any] | None = None) -> Settings:
    powers = settings.world.powers
    changed = rebuilt(powers, china=rebuilt(powers.china, **(china or {})), us=rebuilt(powers.us, **(us or {})))
    return settings.replace(world=rebuilt(settings.world, powers=changed))


def with_policies(settings: Settings, china: str | Policy, us: str | Policy) -> Settings:
    china, us = (shipped("policy")[p] if isinstance(p, str) else p for p in (china, us))
    return settings.replace(policies=PolicyPair(china=china, us=us))


def with_events(settings: Settings, *events: Event) -> Settings:
    return settings.replace(scenario=Scenario(name="test", description="-", events=list(events)))


def strategy(**numbers: Any) -> Strategy:
    return Strategy(**{"name": "mine", "family": "test", "description": "-", "source": "-", **numbers})


def policy(**numbers: Any) -> Policy:
    return Policy(**{"name": "mine", "description": "-", "source": "-", **numbers})


#: A policy that neither rewards, punishes nor visits.
PASSIVE = policy(visits=0.0)


def run(settings: Settings, course: str | Strategy, draws: Draws | None = None, record: Any = None) -> History:
    """One block of worlds, with given weather or the settings' own."""
    chosen = settings.strategies[course] if isinstance(course, str) else course
    return simulate_block(settings, chosen, draws or draws_of(settings, 0), record=record)


class GivenDraws(Draws):
    """Random tables made from others: `change` maps a stream's name and table to the table used."""

    def __init__(self, original: Draws, change: Any) -> None:
        tables = {name: change(name, getattr(original, name)) for name in STREAMS}
        n_worlds = tables["crisis"].shape[-1]
        super().__init__(original.seed, original.block, n_worlds, original.horizon, original.n_states)
        # Draws makes a table when first read and keeps it under its name.
        self.__dict__.update(tables)


def midpoint(known: Quantity) -> float:
    """A number that every check accepts: the middle of the plausible range."""
    return sum(known.plausible) / 2


def corners(kind: Any, n_worlds: int, rng: np.random.Generator, **fixed: Any) -> dict[str, Any]:
    """For every number of a class, the low or the high end of its plausible range, world by world."""
    found: dict[str, Any] = {}
    for name, known in quantities(kind).items():
        low, high = known.plausible
        domain = Interval.parse(known.domain)
        assert domain.contains(low)
        assert domain.contains(high)
        found[name] = np.where(rng.random(n_worlds) < 0.5, low, high)
    return found | fixed


def assert_same_bits(one: History, other: History, names: Any = None) -> None:
    for name in names or one:
        np.testing.assert_array_equal(one[name], other[name], err_msg=name)


def largest_difference(one: History, other: History) -> tuple[float, str]:
    """Largest difference relative to max(1, |x|) over all variables, and the variable that has it."""
    return max(
        (float(np.max(np.abs(one[name] - other[name]) / np.maximum(1, np.abs(other[name])))), name)
        for name in VARIABLES
    )

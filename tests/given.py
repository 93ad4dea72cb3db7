"""What tests start from: presets, and settings that differ from them in a named way. All of it is checked."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
import yaml

from experiments.configuration.files import conf_dir, names_in
from experiments.configuration.load import load
from sim.data import Association, Power, Region, State, World
from sim.draws import STREAMS, Draws
from sim.history import VARIABLES, History
from sim.parameters import Parameters
from sim.policies.policy import Policy
from sim.quantity import Interval, Quantity, quantities
from sim.scenario import Event, Scenario, Series
from sim.settings import Settings
from sim.simulation import draws_of, simulate_block
from sim.strategies.strategy import Strategy

#: A command that was run: its exit code and what it said on standard output and standard error.
Said = Callable[..., tuple[int, str, str]]


def one_by_one(patch: pytest.MonkeyPatch) -> None:
    """Let every cell be computed in a pass of its own, where a test is about single cells."""
    patch.setattr("experiments.cells.compute.grouped", lambda cells, columns: ([cell] for cell in cells))


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
    """Draw figures and write empty files in their place: to lay out text and lines takes most of a small run's time."""
    def save(figure: Any, folder: Path, name: str) -> Path:
        (folder / f"{name}.svg").write_bytes(NO_FIGURE)
        return folder / f"{name}.svg"

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


def unexplained(page: str) -> str:
    """A page without the explanations of its terms."""
    return re.sub(r"</?abbr[^>]*>", "", page)


#: Presets of conf/experiment that sweep.
SWEEPING = ("asean", "balance_vs_align", "pandemic", "positive_vs_negative", "preponderance", "securitised_trade", "small_state", "strategy_plane",
            "visits_and_trust")
PRESETS = ("theory_symmetric", "cambodia_2020")
#: Every world of conf/world.
WORLDS = names_in("world")


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
    body = yaml.safe_load((conf_dir() / "scenario" / f"{name}.yaml").read_text(encoding="utf-8"))
    settings = preset(world)
    place = dict(zip(("first", "second"), settings.world.powers, strict=True))
    chosen = body.pop("peers", {})
    chosen = dict.fromkeys(settings.peers, chosen.pop("all")) | chosen if "all" in chosen else chosen
    changes: dict[str, list[Any]] = {
        group: [kind(**{key: place.get(value, value) if key in ("actor", "target") else value for key, value in row.items()})
                for row in body["scenario"].get(group, [])] for group, kind in (("events", Event), ("series", Series))}
    settings = settings.replace(
        scenario=Scenario(**body.pop("scenario") | changes),
        peers={**settings.peers, **{state: shipped("strategies")[strategy] for state, strategy in chosen.items()}},
        policies={**settings.policies, **{place.get(power, power): shipped("policy")[policy] for power, policy in body.pop("policies", {}).items()}})
    settings = with_parameters(settings, **body.pop("parameters", {}))
    assert not body.keys() - {"defaults"}, f"scenario {name} changes more: {body.keys()}"
    return settings


def fits(world: str, scenario: str) -> bool:
    """Whether a scenario was written for a world."""
    for_worlds = yaml.safe_load((conf_dir() / "scenario" / f"{scenario}.yaml").read_text(encoding="utf-8"))["scenario"].get("fits", [])
    return not for_worlds or world in for_worlds


def home(scenario: str) -> str:
    """The main case, or a world that a scenario was written for."""
    return next(world for world in (*PRESETS, *WORLDS) if fits(world, scenario))


@cache
def shipped(group: str) -> Mapping[str, Any]:
    """The strategies or policies of conf/, by name."""
    kind = {"strategies": Strategy, "policy": Policy}[group]
    found = {}
    for file in sorted((conf_dir() / group).glob("*.yaml")):
        body = yaml.safe_load(file.read_text(encoding="utf-8"))[file.stem]
        found[file.stem] = kind(name=file.stem, **body)
    return found


def rebuilt(model: Any, **changes: Any) -> Any:
    """A settings class with some fields changed, checked again."""
    return type(model)(**{name: getattr(model, name) for name in type(model).model_fields} | changes)


def with_parameters(settings: Settings, **changes: Any) -> Settings:
    return settings.replace(parameters=rebuilt(settings.parameters, **changes))


def with_states(settings: Settings, only: tuple[str, ...] | None = None, **changes: Any) -> Settings:
    """The settings with some facts of every state, or of `only` some, changed."""
    states = {
        name: rebuilt(state, **changes) if only is None or name in only else state
        for name, state in settings.world.states.items()
    }
    return settings.replace(world=rebuilt(settings.world, states=states))


def with_world(settings: Settings, **changes: Any) -> Settings:
    return settings.replace(world=rebuilt(settings.world, **changes))


def with_powers(settings: Settings, first: Mapping[str, Any] | None = None, second: Mapping[str, Any] | None = None) -> Settings:
    """The settings with some facts of the first and of the second power changed."""
    powers = settings.world.powers.items()
    return with_world(settings, powers={name: rebuilt(power, **(changes or {})) for (name, power), changes in zip(powers, (first, second), strict=True)})


def by_power(settings: Settings, first: Any, second: Any) -> dict[str, Any]:
    """One value for each power."""
    return dict(zip(settings.world.powers, (first, second), strict=True))


def with_policies(settings: Settings, first: str | Policy, second: str | Policy, *, resting: bool = False) -> Settings:
    """The settings with other policies of the powers; the present rests on those it had, or on the new ones as well."""
    pair = by_power(settings, *(shipped("policy")[p] if isinstance(p, str) else p for p in (first, second)))
    return settings.replace(policies=pair, **({"resting_policies": pair} if resting else {}))


def with_events(settings: Settings, *events: Event, series: Sequence[Series] = ()) -> Settings:
    return settings.replace(scenario=Scenario(name="test", description="-", events=list(events), series=list(series)))


def strategy(**numbers: Any) -> Strategy:
    return Strategy(**{"name": "mine", "family": "test", "description": "-", "source": "-", **numbers})


def policy(**numbers: Any) -> Policy:
    return Policy(**{"name": "mine", "description": "-", "source": "-", **numbers})


#: A policy that neither rewards, punishes nor visits.
PASSIVE = policy(visits=0.0)
#: One that gives to those who come closer, and one that presses on how states are governed.
GIVING = policy(name="giving", reward=1.2, match_rival=0.5, punish=0.2, tolerance=-0.3)
PRESSING = policy(name="pressing", reward=0.5, punish=0.4, norms=0.25, visits=0.4)
#: Stays where it is.
HOLDING = strategy(name="holding", anchor="start", breadth="start")


# ---- A world made up for tests: its numbers stay when those of conf/ change

#: Output, growth, trade, investment, aid, stock of investment and debt over output, tilt, breadth, tier, treaty, claims, gap; by power where in brackets.
MADE_UP = (
    (35.0, 0.05, (0.30, 0.25, 0.6), (0.025, 0.002, 0.05), (0.02, 0.0028), (0.28, 0.02, 0.5), (0.1, 0.004, 0.12), {"survey": 0.15, "votes": 0.3}, 0.6,
     (3.0, 0.0), (0, 0), (0.0, 0.0), (0.0, 0.6)),
    (330.0, 0.06, (0.4, 0.2, 1.2), (0.006, 0.004, 0.03), (0.003, 0.001), (0.02, 0.01, 0.3), (0.02, 0.01, 0.2), {"survey": -0.7}, 0.55,
     (2.0, 1.0), (0, 0), (0.008, 0.0), (0.1, 0.5)),
    (1100.0, 0.045, (0.15, 0.08, 0.3), (0.002, 0.003, 0.012), (0.001, 0.0002), (0.01, 0.02, 0.15), (0.01, 0.001, 0.25), {"votes": 0.05},
     {"economy": 0.7, "security": 0.5}, (1.5, 1.0), (0, 1), (0.004, 0.002), (0.0, 0.1)),
)


def facts(i: int, powers: Sequence[str] = ("east", "west"), **changes: Any) -> State:
    """Facts of a state that was made up."""
    output, growth, trade, investment, aid, stock, debt, tilt, breadth, tier, treaty, claims, gap = MADE_UP[i % len(MADE_UP)]
    size = output * (1 + i // len(MADE_UP))

    def of_power(values: Sequence[float], last: str | None = None, scale: float = 1.0) -> dict[str, float]:
        return {key: scale * value for key, value in zip((*powers, *([last] if last else [])), values, strict=True)}

    numbers = {
        "label": f"State {i}", "output": size, "growth": growth, "trade": of_power(trade, "rest", size), "investment": of_power(investment, "rest", size),
        "aid": of_power(aid, scale=size), "fdi_stock": of_power(stock, "rest", size), "debt": of_power(debt, "other", size), "tilt": tilt,
        "breadth": breadth, "tier": of_power(tier), "treaty": of_power(treaty), "claims": of_power(claims), "governance_gap": of_power(gap)}
    return State(**numbers | changes)


def world(n_states: int = 3, powers: Sequence[str] = ("east", "west"), *, association: bool = True, prefix: str = "S", **changes: Any) -> World:
    """A world that was made up."""
    first, second = powers
    region = Region(label="Region", association=Association(label="Club") if association else None)
    numbers = {
        "name": "made_up", "description": "-", "start": "2020Q1", "region": region,
        "powers": {first: Power(label="East", adjective="eastern", policy="giving", output=14280.0, growth=0.05, proximity=1.0),
                   second: Power(label="West", adjective="western", policy="pressing", output=21521.0, growth=0.02, proximity=0.7, lumps=0.15)},
        "states": {f"{prefix}{i}": facts(i, powers) for i in range(n_states)}, "world_output": 87000.0, "rivalry": 0.3}
    return World(**numbers | changes)


def made_up(of: World | None = None, **changes: Any) -> Settings:
    """Settings of a world that was made up: every state holds, the giving power is the first."""
    of = of or world()
    pair = dict(zip(of.powers, (GIVING, PRESSING), strict=True))
    numbers = {
        "world": of, "parameters": Parameters(rivalry_mean=of.rivalry), "focal": next(iter(of.states)), "policies": pair, "resting_policies": pair,
        "peers": dict.fromkeys(of.states, HOLDING), "strategies": {"holding": HOLDING}, "scenario": Scenario(name="none", description="-"),
        "n_worlds": 4, "horizon": 24}
    return Settings(**numbers | changes)


#: Debts that no finance keeps in their ratio to output: by world, state and power.
UNFED = (("central_asia_2022", "TKM", "china"),)


def at_rest(settings: Settings) -> Settings:
    """The settings with nothing that moves by itself: no growth, elections, losses of capital or loans beyond what facts say, rivalry at its mean, no noise.

    Foreign capital by owner goes on moving, so that nothing may depend on it. A debt without new loans would fall, so there is none.
    """
    settings = with_parameters(settings, rivalry_mean=settings.world.rivalry, loan=1.0, loss_in_accounts=0.0, sudden_stop=0.0, repatriation=0.0)
    settings = with_world(with_powers(with_states(settings, growth=0.0, elections=None), {"growth": 0.0}, {"growth": 0.0}), world_growth=0.0)
    for name, state in settings.world.states.items():
        fed = {key: debt if key == "other" or state.aid[key] > 0 else 0.0 for key, debt in state.debt.items()}
        assert all(fed[key] == state.debt[key] or (settings.world.name, name, key) in UNFED for key in fed), (name, state.debt)
        settings = with_states(settings, only=(name,), debt=fed)
    return settings.replace(deterministic=True)


def run(settings: Settings, course: str | Strategy, draws: Draws | None = None, record: Any = None) -> History:
    """One block of worlds, with given weather or the settings' own; a strategy by name is one of the settings, or else of conf/."""
    chosen = course
    if isinstance(course, str):
        chosen = settings.strategies[course] if course in settings.strategies else shipped("strategies")[course]
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

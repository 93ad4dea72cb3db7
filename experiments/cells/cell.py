"""Cells: the payoffs of one strategy in one block of worlds, one file each. Everything else in a run is made from them.

A file is named by the hash of everything that determines its numbers, so that a run finds the cells of any earlier
one. Tables, figures and reports can be deleted and made again from cells. A cell is a NumPy archive (.npz) that ends
with the sha256 of the rest; it also holds the description its name is the hash of, so that it can be simulated again
on its own.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel
from pydantic_core import from_json, to_json

import sim
from experiments.configuration.design import NO_POINTS, Points
from sim.axes import WORLD
from sim.payoffs import MEASURES, OF_ALL
from sim.policies.policy import Policy
from sim.settings import Settings
from sim.strategies.strategy import Strategy
from sim.yearly import QUARTERS, YearlySeries

#: Texts for readers; they determine no number.
TEXTS = ("description", "source", "label", "adjective")


@cache
def code() -> dict[str, Any]:
    """What the numbers depend on apart from the settings: model version, source code of the model, NumPy."""
    source = hashlib.sha256()
    folder = Path(sim.__file__).parent
    for file in sorted(folder.rglob("*.py")):
        source.update(f"{file.relative_to(folder).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return {"model_version": sim.MODEL_VERSION, "code": source.hexdigest(), "numpy": np.__version__}


def plain(value: Any, without: Sequence[str] = ()) -> Any:
    """Settings as plain data for JSON, without some keys: models as mappings, values per world as lists."""
    if isinstance(value, (float, str)):  # most parts are; whether something is a mapping takes longest to ask
        return value
    if isinstance(value, BaseModel):
        return {name: plain(getattr(value, name), without) for name in type(value).model_fields if name not in without}
    if isinstance(value, Mapping):
        return {str(key): plain(part, without) for key, part in value.items() if key not in without}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [plain(part, without) for part in value] if isinstance(value, (list, tuple)) else value


def from_plain(value: Any) -> Any:
    """The opposite of `plain` for numbers: lists of numbers as arrays."""
    if isinstance(value, dict):
        return {key: from_plain(part) for key, part in value.items()}
    if isinstance(value, list) and value and all(isinstance(part, (int, float)) for part in value):
        return np.array(value, dtype=float)
    return [from_plain(part) for part in value] if isinstance(value, list) else value


def scenario_from_plain(scenario: Any) -> Any:
    """The opposite of `plain` for a scenario: years of its series are numbers, which keys of JSON cannot be. What is none stays as it is."""
    series = scenario.get("series") if isinstance(scenario, dict) else None
    if not isinstance(series, list):
        return scenario
    return {**scenario, "series": [
        {**each, "values": {int(year) if year.isdecimal() else year: value for year, value in each["values"].items()}}
        if isinstance(each, dict) and isinstance(each.get("values"), dict) else each for each in series]}


@dataclass(frozen=True)
class Cell:
    """One strategy in one block of worlds, at one point or several points of a design: the unit that is simulated and stored.

    Attributes:
        settings: Everything else that determines it; values per world are those of the block. Its strategies and its
            number of worlds are not used.
        strategy: The strategy of the focal state.
        block: Number of the block of worlds.
        n_worlds: Worlds of the block, the first ones.
        points: Points of the design that run side by side; one without numbers where there is no design.
        measures: What is kept of `sim.payoffs.MEASURES`.
        code: What the numbers depend on apart from the settings, see `code`.
    """

    settings: Settings
    strategy: Strategy
    block: int
    n_worlds: int
    points: Points
    measures: tuple[str, ...] = tuple(MEASURES)
    code: Mapping[str, Any] = field(default_factory=lambda: code())

    @property
    def size(self) -> int:
        """Columns: worlds times points."""
        return self.n_worlds * len(self.points)

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of each measure: points and worlds."""
        return len(self.points), self.n_worlds

    @property
    def with_trajectories(self) -> bool:
        """Whether trajectories are kept too."""
        return self.block == 0 and not self.points.names and self.measures == tuple(MEASURES)

    @property
    def description(self) -> bytes:
        """Everything that determines the numbers, as canonical JSON."""
        return _described(self, {
            "strategy": self.strategy, "block": self.block, "n_worlds": self.n_worlds,
            "points": {name: self.points.values[:, i] for i, name in enumerate(self.points.names)},
            **({} if self.measures == tuple(MEASURES) else {"measures": self.measures})})

    @cached_property
    def key(self) -> str:
        """The name of the file: sha256 of the description."""
        return hashlib.sha256(self.description).hexdigest()

    def __str__(self) -> str:
        return f"{self.strategy.name}, block {self.block}"


@dataclass(frozen=True)
class YearlyCell(Cell):
    """One strategy in one block of worlds, of which yearly series are kept; its measures are names of `sim.yearly.YearlySeries`."""

    @property
    def n_years(self) -> int:
        """Whole years of the horizon."""
        return self.settings.horizon // QUARTERS

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of each series: years and worlds."""
        return self.n_years, self.n_worlds

    @property
    def with_trajectories(self) -> bool:
        """No quarter is kept."""
        return False

    @property
    def description(self) -> bytes:
        """Everything that determines the numbers, as canonical JSON."""
        return _described(self, {"strategy": self.strategy, "block": self.block, "n_worlds": self.n_worlds, "yearly": self.measures})


@dataclass(frozen=True)
class Society:
    """One block of worlds in which every state plays its own strategy: the unit that is simulated and stored.

    Attributes:
        settings: Everything else that determines it; its peers and strategies are not used.
        strategies: Strategies that are played.
        plays: Which of them each state plays in each world, shape (states, n_worlds).
        block: Number of the block of worlds.
        code: What the numbers depend on apart from the settings, see `code`.
    """

    settings: Settings
    strategies: tuple[Strategy, ...]
    plays: NDArray[np.integer]
    block: int
    code: Mapping[str, Any] = field(default_factory=lambda: code())
    with_trajectories = False

    @property
    def n_worlds(self) -> int:
        """Worlds of the block, the first ones."""
        return self.plays.shape[WORLD]

    @property
    def size(self) -> int:
        """Columns: worlds."""
        return self.n_worlds

    @property
    def measures(self) -> tuple[str, ...]:
        """What is kept of each state in each world."""
        return OF_ALL

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of each measure: states and worlds."""
        return self.plays.shape[0], self.n_worlds

    @property
    def description(self) -> bytes:
        """Everything that determines the numbers, as canonical JSON."""
        return _described(self, {"strategies": self.strategies, "plays": self.plays, "block": self.block})

    @cached_property
    def key(self) -> str:
        """The name of the file: sha256 of the description."""
        return hashlib.sha256(self.description).hexdigest()

    def __str__(self) -> str:
        return f"all states of {self.settings.world.name}, seed {self.settings.seed}, block {self.block}"


AnyCell = Cell | Society


class Batch(Protocol):
    """Cells that belong together, such as those of a job."""

    def cells(self) -> Sequence[AnyCell]:
        """Every cell."""

    def keys(self) -> dict[str, list[str]]:
        """Keys of the cells, by strategy or other name."""


def _described(cell: AnyCell, own: Mapping[str, Any]) -> bytes:
    return _common(cell)[:-1] + b"," + _canonical(own)[1:]


_latest_common: tuple[Settings | None, Mapping[str, Any], bytes] = None, {}, b""


def _common(cell: AnyCell) -> bytes:
    """What a cell has in common with the others of its job, of which there may be thousands."""
    global _latest_common
    s, latest = cell.settings, _latest_common  # taken once: threads of a Dask worker may change it meanwhile
    if latest[0] is not s or latest[1] is not cell.code:
        common = {
            **cell.code, "world": s.world, "parameters": s.parameters, "focal": s.focal, "policies": s.policies, "resting_policies": s.resting_policies,
            "peers": {name: s.peers[name] for name in s.world.states if name in s.peers and name != s.focal}, "events": s.scenario.events,
            "series": s.scenario.series, "switched_policies": s.switched_policies, "switched_strategies": s.switched_strategies,
            "horizon": s.horizon, "seed": s.seed, "deterministic": s.deterministic}
        latest = _latest_common = s, cell.code, _canonical(common)
    return latest[2]


def _canonical(value: Any) -> bytes:
    # Keys are not sorted: the order of the states is part of the model, they draw and add up in it.
    text = to_json(plain(value, TEXTS))  # values of each world come to megabytes, which Python's own encoder writes ten times slower
    if b"NaN" in text or b"Infinity" in text:
        from_json(text, allow_inf_nan=False)  # raises ValueError where that is a number and no part of a name
    return text


def _with_texts(world: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a world with the texts that its description leaves out."""
    powers = {key: {"label": key, "adjective": key, **power} for key, power in world["powers"].items()}
    association = world["region"].get("association")
    region = {"label": "-", "association": association if association is None else {"label": "-"}}
    return {"description": "-", **world, "powers": powers, "region": region}


def described(description: bytes) -> AnyCell:
    """The cell of a description, to simulate it again.

    Raises:
        ValueError: The description does not fit this version of the model.
    """
    data = json.loads(description)
    text = dict.fromkeys(("description", "source"), "-")
    plays = data.pop("plays", None)
    data = {name: from_plain(value) for name, value in data.items()}
    strategies = [Strategy.model_validate(text | value) for value in (data["strategies"] if plays is not None else [data["strategy"]])]
    peers = {state: Strategy.model_validate(text | peer) for state, peer in data["peers"].items()}
    settings = Settings.model_validate({
        "world": _with_texts(data["world"]), "parameters": data["parameters"], "focal": data["focal"],
        **{which: {power: Policy.model_validate(text | policy) for power, policy in data[which].items()}
           for which in ("policies", "resting_policies", "switched_policies")},
        "switched_strategies": {name: Strategy.model_validate(text | strategy) for name, strategy in data["switched_strategies"].items()},
        "peers": peers if plays is None else dict.fromkeys(data["world"]["states"], strategies[0]),
        "scenario": scenario_from_plain({"name": "described", "description": "-", "events": data["events"], "series": data["series"]}),
        "n_worlds": data["n_worlds"] if plays is None else len(plays[0]), **{name: data[name] for name in ("horizon", "seed", "deterministic")},
    })
    made_by = {name: data[name] for name in code()}
    if plays is not None:
        index = np.array(plays)
        if index.dtype.kind != "i" or index.shape != (len(settings.world.states), settings.n_worlds) or not 0 <= index.min() <= index.max() < len(strategies):
            raise ValueError("plays: expected the number of a strategy for each state and world")
        return Society(settings.model_copy(update={"peers": {}}), tuple(strategies), index, data["block"], made_by)
    if "yearly" in data:
        yearly = tuple(data["yearly"])
        if not yearly or any(YearlySeries.parse(name).problem(settings.world) for name in yearly):
            raise ValueError("yearly: the world has no such series")
        return YearlyCell(settings, strategies[0], data["block"], data["n_worlds"], NO_POINTS, yearly, made_by)
    names = tuple(data["points"])
    points = np.array([data["points"][name] for name in names], dtype=float).T if names else np.empty((1, 0))
    measures = tuple(data.get("measures", MEASURES))
    if not set(measures) <= set(MEASURES):
        raise ValueError("measures: some are unknown")
    return Cell(settings, strategies[0], data["block"], data["n_worlds"], Points(names, points), measures, made_by)

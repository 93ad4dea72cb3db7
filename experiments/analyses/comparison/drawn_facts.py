"""Which conclusions rest on the facts: the same comparison with every figure of the world drawn again within what its grade allows."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from experiments.configuration.design import latin_hypercube
from sim.axes import Array
from sim.data import Power, State, World
from sim.draws import stream
from sim.quantity import Grade, Interval, Quantity, quantities
from sim.settings import Settings

#: How far a figure may be off, as a share of it.
WITHIN: dict[Grade, float] = {"A": 0.05, "B": 0.20, "C": 0.50}
#: Yes or no, which no share of it is.
FIXED = ("treaty",)
#: A tilt that rests on one measure may be off by so much: half of what the two measures differ by in the shipped worlds.
TILT_OFF = 0.15


def drawn(settings: Settings, n_draws: int) -> Settings:
    """The settings with `n_draws` worlds, each with its own draw of all figures of the world; parameters stay.

    A Latin hypercube: every figure is spread evenly over its range. Tilt is drawn between its measures.
    """
    figures = list(_figures(settings.world))
    spread = 2 * latin_hypercube(n_draws, len(figures), stream(settings.seed, "facts", 0)).T - 1
    values: dict[tuple[str, ...], Array] = {}
    for (path, known, value), at in zip(figures, spread, strict=True):
        domain = Interval.parse(known.domain)
        values[path] = np.clip(value * (1 + WITHIN[known.grade] * at), domain.low, domain.high)
    tilts = {name: tilt_between(state, row) for (name, state), row in zip(
        settings.world.states.items(), _uniform(settings, "tilt of facts", n_draws, len(settings.world.states)), strict=True)}
    return settings.replace(n_worlds=n_draws, world=_with(settings.world, values, tilts))


def tilt_between(state: State, at: Array) -> dict[str, Array]:
    """Tilt drawn between its measures, `at` in [0, 1]; around the one there is, where there is one."""
    measures = [float(value) for value in state.tilt.values()]
    low, high = (min(measures), max(measures)) if len(measures) > 1 else (measures[0] - TILT_OFF, measures[0] + TILT_OFF)
    drawn_tilt = np.clip(low + (high - low) * at, -1, 1)
    return dict.fromkeys(state.tilt, drawn_tilt)


def _uniform(settings: Settings, purpose: str, n_draws: int, n_rows: int) -> Array:
    return np.asarray(stream(settings.seed, purpose, 0).random((n_rows, n_draws)))


def _figures(world: World) -> Iterator[tuple[tuple[str, ...], Quantity, float]]:
    """Every figure that is not 0, with the path to it; what is nothing stays nothing."""
    owners: list[tuple[tuple[str, ...], Any]] = [((), world), *((("powers", key), power) for key, power in world.powers.items()),
                                                 *((("states", key), state) for key, state in world.states.items())]
    for root, owner in owners:
        for name, known in quantities(owner.__class__).items():
            value = getattr(owner, name)
            if name == "tilt" or name in FIXED or value is None:
                continue
            for key, part in value.items() if isinstance(value, Mapping) else [("", value)]:
                if part:
                    yield (*root, name, *([key] if key else [])), known, float(part)


def _with(world: World, values: Mapping[tuple[str, ...], Array], tilts: Mapping[str, Mapping[str, Array]]) -> World:
    """The world with other figures."""
    def changed(owner: Power | State, root: tuple[str, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name in quantities(type(owner)):
            value = getattr(owner, name)
            if isinstance(value, Mapping):
                result[name] = {key: values.get((*root, name, key), part) for key, part in value.items()}
            elif (*root, name) in values:
                result[name] = values[(*root, name)]
        return result

    states = {key: State.model_validate(dict(state) | changed(state, ("states", key)) | {"tilt": tilts[key]}) for key, state in world.states.items()}
    powers = {key: Power.model_validate(dict(power) | changed(power, ("powers", key))) for key, power in world.powers.items()}
    own = {name: values[(name,)] for name in quantities(World) if (name,) in values}
    return World.model_validate(dict(world) | own | {"states": states, "powers": powers})

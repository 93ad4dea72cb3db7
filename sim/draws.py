"""The random tables of a block of worlds, drawn before anybody acts.

Each purpose has its own stream, keyed by (purpose, block) under one seed, and its table does not depend
on what any agent does. So every strategy meets the same shocks (common random numbers), a world is the same
however many are simulated with it, and a table is drawn only when it is read.
"""

import zlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from sim.axes import DOMAINS, N_POWERS, Array
from sim.quantity import same

Made = TypeVar("Made")

#: Worlds come in blocks of this size; world w is world w % BLOCK of block w // BLOCK.
BLOCK = 1024
#: So many worlds are drawn at a time.
AT_A_TIME = 32

STREAMS = (
    "rivalry_shock", "crisis", "commitment_shock", "outbreak", "observation", "lumps_start", "lumps", "visit", "legitimacy", "unrest", "learning", "tilt")


def stream(seed: int, purpose: str, block: int) -> np.random.Generator:
    """The random stream of one purpose in one block."""
    key = (zlib.crc32(purpose.encode()), block)
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=key)))


def _read_only(made: Made) -> Made:
    """An array, or a dataclass of arrays and such classes, that no rule can write into."""
    if isinstance(made, np.ndarray):
        made.setflags(write=False)
    if is_dataclass(made):
        for part in fields(made):
            _read_only(getattr(made, part.name))
    return made


class Draws:
    """Random tables of one block, time first and world last.

    Args:
        seed: Entropy of all streams.
        block: Number of the block.
        n_worlds: Number of worlds, the first ones of the block, at most `BLOCK`.
        horizon: Quarters T.
        n_states: States S.
        copies: How often the worlds are repeated: column c * n_worlds + w is world w of copy c. A design takes a
            copy for each of its points, so that all points meet the same shocks.
    """

    def __init__(self, seed: int, block: int, n_worlds: int, horizon: int, n_states: int, copies: int = 1) -> None:
        self.seed, self.block, self.n_worlds, self.horizon, self.n_states, self.copies = seed, block, n_worlds, horizon, n_states, copies
        self._shared: dict[str, tuple[tuple[Any, ...], Any]] = {}

    def shared(self, what: str, make: Callable[[], Made], *made_from: Any) -> Made:
        """What `make()` gives, made read-only; the latest is kept for the next strategy that meets these worlds.

        Args:
            what: Its name.
            make: Makes it.
            made_from: All that it depends on apart from the tables.
        """
        before = self._shared.get(what)
        if before is None or not same(before[0], made_from):
            before = self._shared[what] = made_from, _read_only(make())
        made: Made = before[1]
        return made

    @property
    def size(self) -> int:
        """Columns of every table: worlds times copies."""
        return self.n_worlds * self.copies

    def of_world(self, world: int) -> "Draws":
        """The tables of one world, counted from the first of the block."""
        one = Draws(self.seed, self.block, 1, self.horizon, self.n_states)
        one.__dict__.update({name: getattr(self, name)[..., world : world + 1] for name in STREAMS})  # instead of drawing them
        return one

    def _table(self, purpose: str, draw: Callable[[np.random.Generator, tuple[int, ...]], Array], *shape: int, rows: int | None = None) -> Array:
        # Drawn world by world, so that the first worlds are the same however many follow; a few at a time, which stay in the cache.
        rows = self.horizon if rows is None else rows
        rng = stream(self.seed, purpose, self.block)
        table = np.empty((rows, *shape, self.size))
        for first in range(0, self.n_worlds, AT_A_TIME):
            drawn = draw(rng, (min(AT_A_TIME, self.n_worlds - first), rows, *shape))
            table[..., first : first + len(drawn)] = np.moveaxis(drawn, 0, -1)
        for first in range(self.n_worlds, self.size, self.n_worlds):
            table[..., first : first + self.n_worlds] = table[..., : self.n_worlds]
        table.setflags(write=False)
        return table

    def _normal(self, purpose: str, *shape: int) -> Array:
        return self._table(purpose, lambda rng, size: rng.standard_normal(size), *shape)

    def _uniform(self, purpose: str, *shape: int) -> Array:
        return self._table(purpose, lambda rng, size: rng.random(size), *shape)

    @cached_property
    def rivalry_shock(self) -> Array:
        """Standard normal, shape (T, R)."""
        return self._normal("rivalry_shock")

    @cached_property
    def crisis(self) -> Array:
        """Uniform, shape (T, R)."""
        return self._uniform("crisis")

    @cached_property
    def commitment_shock(self) -> Array:
        """Standard normal, shape (T, G, R)."""
        return self._normal("commitment_shock", N_POWERS)

    @cached_property
    def outbreak(self) -> Array:
        """Uniform, shape (T, R)."""
        return self._uniform("outbreak")

    @cached_property
    def observation(self) -> Array:
        """Standard normal, shape (T, D, G, S, R)."""
        return self._normal("observation", len(DOMAINS), N_POWERS, self.n_states)

    @cached_property
    def lumps_start(self) -> Array:
        """Standard normal, shape (1, G, S, R): where the lumps of official finance start."""
        return self._table("lumps_start", lambda rng, size: rng.standard_normal(size), N_POWERS, self.n_states, rows=1)

    @cached_property
    def lumps(self) -> Array:
        """Standard normal, shape (T, G, S, R)."""
        return self._normal("lumps", N_POWERS, self.n_states)

    @cached_property
    def visit(self) -> Array:
        """Uniform, shape (T, G, S, R)."""
        return self._uniform("visit", N_POWERS, self.n_states)

    @cached_property
    def legitimacy(self) -> Array:
        """Standard normal, shape (T, S, R)."""
        return self._normal("legitimacy", self.n_states)

    @cached_property
    def unrest(self) -> Array:
        """Uniform, shape (T, S, R)."""
        return self._uniform("unrest", self.n_states)

    @cached_property
    def learning(self) -> Array:
        """Standard normal, shape (T, D, S, R)."""
        return self._normal("learning", len(DOMAINS), self.n_states)

    @cached_property
    def tilt(self) -> Array:
        """Standard normal, shape (T, D, S, R)."""
        return self._normal("tilt", len(DOMAINS), self.n_states)

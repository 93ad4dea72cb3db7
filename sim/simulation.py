"""The public entry: simulate a strategy and return its history."""

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from sim.axes import sum_over_states
from sim.draws import BLOCK, Draws
from sim.history import VARIABLES, History, Recorder, joined
from sim.quantity import of_worlds
from sim.settings import Settings
from sim.strategies.strategy import Strategy
from sim.worlds import Worlds

#: Checked every quarter: a number that stops being finite anywhere reaches one of these in the same quarter.
WATCHED = ("trust", "leverage", "consumption", "capital", "legitimacy", "tilt", "breadth")
#: Where the first such number may be, in the order of the quarter.
SUSPECTS = ("rivalry", "commitment", "engagement", "perceived", "pressure", "intended", "flow", "flow_share", "visits", *WATCHED[:2], "access", "output",
            *WATCHED[2:])
#: Numbers in a buffer of NumPy: a block's worlds.
BUFFER = BLOCK
#: A sum of shares may exceed 1 by this much.
ROUNDING = 1e-9


class NonFiniteError(ArithmeticError):
    """A state variable stopped being a finite number.

    Attributes:
        variable: Its name.
        quarter: The quarter it happened in, from 0.
        world: The world it happened in, from 0 over all blocks.
        copy: The copy of that world, where a design has several.
    """

    wrong = "is not a finite number"

    def __init__(self, variable: str, quarter: int, world: int, copy: int, seed: int, strategy: str) -> None:
        self.variable, self.quarter, self.world, self.copy = variable, quarter, world, copy
        self._arguments = (variable, quarter, world, copy, seed, strategy)
        super().__init__(
            f"{variable} {self.wrong} in world {world}{f', copy {copy}' if copy else ''}, quarter {quarter}, strategy {strategy} (seed {seed})")

    def __reduce__(self) -> tuple[type["NonFiniteError"], tuple[str, int, int, int, int, str]]:
        return type(self), self._arguments  # so that it travels between processes


class BrokenAccountError(NonFiniteError):
    """A power meant to give more than its budget; attributes as in `NonFiniteError`."""

    wrong = "exceeds the budget"


def simulate(settings: Settings, strategy: Strategy | str, *, record: Iterable[str] | None = None,
             states: Literal["all", "focal"] = "all") -> History:
    """Simulate every world of the settings with the focal state playing one strategy.

    Args:
        settings: What determines the run; `settings.deterministic` switches all noise off.
        strategy: A strategy, or the name of one of `settings.strategies`.
        record: Names of `sim.history.VARIABLES`; default all.
        states: Record all states or the focal one only.

    Returns:
        The history: arrays of shape (T, *axes) by the names of MODEL.md, the world last.

    Raises:
        KeyError: No strategy of that name, or no variable of that name.
        NonFiniteError: A variable stopped being a finite number.
        FloatingPointError: No variable did, but something that one is made from is larger than any number.
    """
    if isinstance(strategy, str) and strategy not in settings.strategies:
        raise KeyError(f"no strategy {strategy!r}; there are {', '.join(settings.strategies)}")
    chosen = settings.strategies[strategy] if isinstance(strategy, str) else strategy
    return joined([
        simulate_block(in_block(settings, block), in_block(chosen, block), draws_of(settings, block), record=record, states=states)
        for block in range(n_blocks(settings.n_worlds))
    ])


def n_blocks(n_worlds: int) -> int:
    """Number of blocks for so many worlds."""
    return -(-n_worlds // BLOCK)


def in_block(value: Any, block: int) -> Any:
    """Settings, or a part of them, with values per world cut to those of one block."""
    return of_worlds(value, slice(block * BLOCK, (block + 1) * BLOCK))


def draws_of(settings: Settings, block: int) -> Draws:
    """The random tables of one block of the settings' worlds."""
    size = min(BLOCK, settings.n_worlds - block * BLOCK)
    return Draws(settings.seed, block, size, settings.horizon, len(settings.world.states))


def simulate_block(settings: Settings, strategy: Strategy, draws: Draws, *, record: Iterable[str] | None = None,
                   states: Literal["all", "focal"] = "all") -> History:
    """Simulate one block of worlds.

    Args:
        settings: Settings as `in_block` gives them: values per world are those of this block.
        draws: Random tables of the block.

    The rest as in `simulate`.
    """
    names = [record] if isinstance(record, str) else list(VARIABLES if record is None else record)
    unknown = [name for name in names if name not in VARIABLES]
    if unknown:
        raise KeyError(f"no variable {unknown[0]!r}; there are {', '.join(VARIABLES)}")
    try:
        with _narrow_buffers(), np.errstate(divide="raise", invalid="raise", over="raise"):
            return _run(settings, strategy, draws, names, states)
    except FloatingPointError:
        # Run again without the trap, so that the check at the end of the quarter can name variable and world.
        with np.errstate(all="ignore"):
            _run(settings, strategy, draws, names, states, (*WATCHED, *VARIABLES))
        raise FloatingPointError(f"a number behind the variables is too large, strategy {strategy.name} (seed {settings.seed}): "
                                 "give the parameters values farther from the ends of their ranges") from None


@contextmanager
def _narrow_buffers() -> Iterator[None]:
    # Operands that NumPy repeats along an axis pass through its buffers; long ones cost a tenth of the time.
    before = np.setbufsize(BUFFER)
    try:
        yield
    finally:
        np.setbufsize(before)


def _run(settings: Settings, strategy: Strategy, draws: Draws, names: list[str], states: Literal["all", "focal"],
         watched: Iterable[str] = WATCHED) -> History:
    worlds = Worlds(settings, strategy, draws)
    try:
        everyone = list(settings.world.states)
        kept = range(len(everyone)) if states == "all" else [everyone.index(settings.focal)]
        recorder = Recorder(names, kept, settings.horizon)
        for t in range(settings.horizon):
            worlds.step()
            _check_finite(worlds, t, watched)
            _check_accounts(worlds, t)
            recorder.record(t, worlds)
        return recorder.history(worlds)
    finally:
        worlds.release()


def _check_finite(worlds: Worlds, t: int, watched: Iterable[str]) -> None:
    # A sum is finite unless some term is not, and costs less than a check of each term.
    if all(math.isfinite(np.add.reduce(getattr(worlds, name), axis=None)) for name in watched):
        return
    for name in (*SUSPECTS, *VARIABLES):
        value = getattr(worlds, name)
        if not np.isfinite(value).all():
            bad = ~np.isfinite(value).reshape(-1, value.shape[-1]).all(axis=0)
            raise NonFiniteError(name, t, *_where(worlds, bad), worlds.settings.seed, worlds.strategy_name)


def _check_accounts(worlds: Worlds, t: int) -> None:
    broken: np.ndarray = sum_over_states(worlds.intended) > worlds.budget * (1 + ROUNDING)
    if broken.any():
        raise BrokenAccountError("intended", t, *_where(worlds, np.any(broken, axis=0)), worlds.settings.seed, worlds.strategy_name)


def _where(worlds: Worlds, bad: np.ndarray) -> tuple[int, int]:
    """World and copy of the first bad column."""
    copy, world = divmod(int(np.flatnonzero(bad)[0]), worlds.draws.n_worlds)
    return worlds.draws.block * BLOCK + world, copy

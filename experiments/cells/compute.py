"""Compute the cells that are missing, on any executor."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass
from functools import partial
from itertools import groupby, zip_longest
from typing import Any

from experiments.cells.cell import AnyCell
from experiments.cells.simulate import compute_cell, compute_group, grouped, worlds_met
from experiments.cells.store import Store
from experiments.executors.processes import Processes
from sim.draws import BLOCK

#: Cells handed out per worker at a time: enough to keep it busy, few enough to stop soon.
AHEAD = 3
#: Seconds after which waiting begins again: on Windows Ctrl-C ends none that has not a limit.
TICK = 1.0


@dataclass(frozen=True)
class Failure:
    """A cell that could not be computed, and why."""

    cell: AnyCell
    error: BaseException

    def __str__(self) -> str:
        return f"{self.cell}: {self.error}"


def compute(cells: Iterable[AnyCell], store: Store, executor: Executor, workers: int,
            on_done: Callable[[AnyCell], None] = lambda cell: None) -> list[Failure]:
    """Compute cells and store them; a cell that fails does not stop the others.

    Args:
        cells: What to compute, each key once.
        store: Where they go.
        executor: Where to compute.
        workers: How many tasks the executor runs at once.
        on_done: Called with each cell that was stored.

    Raises:
        OSError: A cell cannot be written; those that were are valid.
        CancelledError: The executor gave up.
    """
    failures: list[Failure] = []
    store.sweep()
    every = list(cells)
    with store.marked() as sign:
        waiting = deque(grouped(every, min(BLOCK, -(-sum(cell.size for cell in every) // workers))))
        local = executor if isinstance(executor, Processes) else None
        if local is not None:
            waiting = deque(_side_by_side(waiting, workers))
        running: dict[Future[Any], list[AnyCell]] = {}
        while True:
            while len(running) < AHEAD * workers and waiting:
                group = waiting.popleft()
                submit = executor.submit if local is None else partial(local.submit, near=worlds_met(group[0]))
                task = submit(compute_cell, group[0], store, sign) if len(group) == 1 else submit(compute_group, group, store, sign)
                running[task] = group
            if not running:
                return failures
            for future in wait(running, TICK, FIRST_COMPLETED).done:
                group = running.pop(future)
                try:
                    result = future.result()
                except (OSError, CancelledError):
                    raise
                except Exception as error:
                    if len(group) == 1:
                        failures.append(Failure(group[0], error))
                    else:  # one of them: which one shows when each is tried alone
                        waiting.extendleft([cell] for cell in reversed(group))
                    continue
                for cell, data in zip(group, [result] if len(group) == 1 else result, strict=True):
                    if data is not None:
                        store.write(cell.key, data)
                    on_done(cell)


def _side_by_side(groups: Iterable[list[AnyCell]], workers: int) -> Iterator[list[AnyCell]]:
    """Cells in an order in which each worker can stay with its own worlds, whose random tables take half as long to draw as a strategy takes."""
    alike = [list(some) for _, some in groupby(groups, lambda group: worlds_met(group[0]))]
    for first in range(0, len(alike), workers):
        yield from (group for row in zip_longest(*alike[first : first + workers]) for group in row if group)

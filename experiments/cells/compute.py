"""Compute the cells that are missing, on any executor."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from dataclasses import dataclass

from experiments.cells.cell import AnyCell
from experiments.cells.simulate import compute_cell
from experiments.cells.store import Store

#: Cells handed out per worker at a time: enough to keep it busy, few enough to stop soon.
AHEAD = 3


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
    with store.marked() as sign:
        waiting = iter(cells)
        running: dict[Future[bytes | None], AnyCell] = {}
        while True:
            while len(running) < AHEAD * workers and (cell := next(waiting, None)) is not None:
                running[executor.submit(compute_cell, cell, store, sign)] = cell
            if not running:
                return failures
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                cell = running.pop(future)
                try:
                    data = future.result()
                except (OSError, CancelledError):
                    raise
                except Exception as error:
                    failures.append(Failure(cell, error))
                    continue
                if data is not None:
                    store.write(cell.key, data)
                on_done(cell)

"""Figures of a comparison."""

from collections.abc import Callable
from concurrent.futures import Executor
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

from experiments.analyses.comparison.comparison import Comparison
from experiments.analyses.comparison.figures.catalogue import FIGURES
from experiments.executors.processes import Processes
from experiments.figures.context import Context
from experiments.figures.figure import FigureSpec, Picture, draw_all, picture, png_wanted, with_png
from experiments.figures.style import labels
from experiments.names import Names, names, naming

#: Bytes of payoffs copied to each worker that draws, at most.
COPIED_AT_MOST = 64 * 2**20


def pictures(comparison: Comparison, context: Context, folder: Path, executor: Executor | None = None) -> Callable[[], list[Picture]]:
    """Have every figure drawn into `folder/figures`. Workers of this machine, where there are some, begin at once and draw side by side.

    Returns:
        Waits for them, or draws here; raises OSError where a figure cannot be written.
    """
    comparison = replace(comparison, start=context.start, events=context.events)
    foot = context.line(labels(comparison.strategies)[comparison.reference])
    # Every worker gets a copy of the payoffs: where they are large, one process draws.
    small = sum(values.nbytes for values in comparison.payoffs.values()) <= COPIED_AT_MOST
    if not (isinstance(executor, Processes) and small):
        return lambda: draw_all(FIGURES.values(), comparison, foot, folder)
    comparison = deepcopy(comparison)  # threads send it to the workers while the command reads its own, and pandas keeps things in what is read
    futures = [executor.submit(_drawn, names(), png_wanted(), spec, comparison, foot, folder) for spec in FIGURES.values() if spec.applies(comparison)]
    return lambda: [future.result() for future in futures]


def _drawn(labels_in_force: Names, png: bool, spec: FigureSpec[Comparison], comparison: Comparison, foot: str, folder: Path) -> Picture:
    """A picture in a worker, with the labels that are in force in the command and the kinds of files that it wants."""
    with naming(labels_in_force), with_png(png):
        return picture(spec, comparison, foot, folder)

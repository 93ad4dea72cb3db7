"""Figures of robustness, in the order a reader asks."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from experiments.analyses.robustness.figures import boxes, break_even, peels, regret_bars, weights
from experiments.analyses.robustness.result import Options, Result
from experiments.analyses.sweep import pictures as of_sweep
from experiments.analyses.sweep.figures.along import RIVALS
from experiments.analyses.sweep.figures.phase import PHASE
from experiments.configuration.job import Job
from experiments.figures.context import context_of, place_of
from experiments.figures.figure import Picture, draw_all, picture
from experiments.words import plural


def pictures(options: Options, result: Result, jobs: Sequence[Job], folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Args:
        options: What the command was given.
        result: What came of it.
        jobs: The futures, then the grid of rivalry and lens where there is one.
        folder: The run folder.

    Raises:
        OSError: One cannot be written.
    """
    n_futures, n_worlds = result.failures.margin.shape
    place, seed, grid = place_of(options.job.settings), options.job.settings.seed, result.grid
    foot = f"{place} · {plural(n_futures, 'future')} × {plural(n_worlds, 'world')} · seed {seed}"
    drawn = [picture(boxes.FIGURE, boxes.futures_of(options, result), foot, folder)]
    if (trajectory := peels.peels_of(result)) is not None:
        drawn.append(picture(peels.FIGURE, trajectory, foot, folder))
    drawn += [picture(regret_bars.FIGURE, regret_bars.regrets_of(result, measure), foot, folder) for measure in result.measures]
    drawn.append(picture(weights.FIGURE, weights.best_of(result), foot, folder))
    if grid is not None:
        of_grid = f"{place} · {grid.n_points} points × {plural(grid.n_worlds, 'world')} · seed {seed}"
        evens = [break_even.break_evens_of(options, result, measure) for measure in result.measures]
        drawn += [picture(break_even.FIGURE, each, of_grid, folder) for each in evens if each is not None]
        specs = [replace(spec, caption=f"All else at the defaults. {spec.caption}") for spec in (PHASE, RIVALS)]
        drawn += draw_all(specs, grid, of_sweep.foot(grid, [context_of(jobs[1])]), folder)
    return drawn

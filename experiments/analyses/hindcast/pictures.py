"""Figures of a hindcast."""

from pathlib import Path

from experiments.analyses.hindcast.figures import draws, series, skill
from experiments.analyses.hindcast.result import Options, Result
from experiments.figures.context import place_of
from experiments.figures.figure import Picture, draw_all
from experiments.words import plural


def pictures(options: Options, result: Result, folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    s = options.job.settings
    foot = f"{place_of(s)} · {plural(len(s.strategies), 'strategy')} × {plural(options.n_draws, 'draw')}, {len(result.kept):,} kept · seed {s.seed}"
    return [*draw_all([series.FIGURE], series.panels_of(options, result), foot, folder),
            *draw_all([skill.FIGURE], skill.skills_of(options, result), foot, folder), *draw_all([draws.FIGURE], draws.distances_of(result), foot, folder)]

"""Figures of sensitivity, in the order a reader asks."""

from pathlib import Path

from experiments.analyses.sensitivity.figures import indices, response, tornado
from experiments.analyses.sensitivity.result import Options, Result
from experiments.figures.context import place_of
from experiments.figures.figure import Picture, picture
from experiments.words import plural


def pictures(options: Options, result: Result, folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    def foot(size: str) -> str:
        return f"{place_of(options.job.settings)} · {size} · seed {options.job.settings.seed}"

    rows, points = (f"{n:,} {what} × {plural(options.worlds, 'world')}" for n, what in ((result.indices.rows[-1], "rows"), (len(result.sample), "points")))
    drawn = [picture(indices.FIGURE, indices.shares_of(options, result), foot(rows), folder)]
    for measure in options.measures:
        drawn += [picture(tornado.FIGURE, tornado.swings_of(options, result, measure), foot(f"{plural(result.ends.shape[-1], 'world')}"), folder),
                  picture(response.FIGURE, response.responses_of(options, result, measure), foot(points), folder)]
    return drawn

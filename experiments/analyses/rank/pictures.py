"""Figures of a league."""

from pathlib import Path

from experiments.analyses.rank.figures import league
from experiments.analyses.rank.result import Options, Result
from experiments.figures.figure import Picture, picture
from experiments.names import plain
from experiments.words import plural


def pictures(options: Options, result: Result, folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    s = options.jobs[0].settings
    size = f"{plural(len(options.scenarios), 'scenario')} × {plural(s.n_worlds, 'world')}"
    foot = f"{plain(s.world.name).capitalize()} ({s.focal}) · {size} · seed {s.seed}"
    return [picture(league.FIGURE, league.standing_of(options, result), foot, folder)]

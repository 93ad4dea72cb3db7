"""Figures of a search, in the order a reader asks."""

from pathlib import Path

from experiments.analyses.optimize.figures import advantages, front, ranges, search_curves, under_policies
from experiments.analyses.optimize.result import RIVAL_WORLDS, Options, Result
from experiments.figures.context import place_of
from experiments.figures.figure import Picture, picture
from experiments.words import plural


def pictures(options: Options, result: Result, folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    def foot(size: str, seed: int) -> str:
        return f"{place_of(options.job.settings)} · {size} · seed {seed}"

    seed = options.job.settings.seed
    in_sample = foot(f"{plural(options.futures, 'future')} × {plural(options.worlds, 'world')}", seed)
    out_of_sample = foot(f"{options.out_of_sample} other futures × {plural(options.worlds, 'world')}", seed + 1)
    drawn = [picture(advantages.FIGURE, advantages.advantages_of(options, result), out_of_sample, folder),
             picture(search_curves.FIGURE, search_curves.search_of(options, result), in_sample, folder),
             picture(ranges.FIGURE, ranges.ranges_of(options, result), in_sample, folder),
             picture(under_policies.FIGURE, under_policies.under_policies_of(options, result), foot(f"{RIVAL_WORLDS} worlds under each pair", seed), folder)]
    if shown := front.front_of(options, result):
        drawn.append(picture(front.FIGURE, shown, out_of_sample, folder))
    return drawn

"""Figures of the game of the powers, in the order a reader asks."""

from pathlib import Path

from experiments.analyses.tournament.powers.figures import policy_grid, price_ladder, stationary_mix
from experiments.analyses.tournament.powers.solve import Solution
from experiments.configuration.job import Job
from experiments.figures.context import place_of
from experiments.figures.figure import Picture, picture
from experiments.words import plural


def pictures(solution: Solution, job: Job, folder: Path) -> list[Picture]:
    """Draw every figure into `folder/figures`.

    Raises:
        OSError: One cannot be written.
    """
    game, n = solution.game, len(solution.game.policies)
    foot = (f"{place_of(job.settings)} · {plural(len(game.strategies), 'strategy')} × {n} × {n} policies · {plural(game.n_worlds, 'world')} × "
            f"{plural(job.settings.horizon, 'quarter')} · "
            f"seed {job.settings.seed}")
    return [picture(price_ladder.FIGURE, stationary_mix.ladder_of(solution, solution.rungs), foot, folder),
            picture(stationary_mix.FIGURE, stationary_mix.ladder_of(solution, solution.shown), foot, folder),
            *(picture(policy_grid.FIGURE, policy_grid.answers_of(solution, rung), foot, folder) for rung in solution.shown)]

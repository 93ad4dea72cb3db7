"""From cells to a league."""

from collections.abc import Callable, Sequence

import numpy as np

from experiments.analyses.rank.result import Options, Result
from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells
from experiments.cells.returns import returns
from experiments.configuration.entries import Refused
from experiments.methods.intervals import Estimate, mean_interval, share_interval
from experiments.methods.ranking import ranks
from sim.axes import WORLD
from sim.payoffs import COMPOSITE


def analysed(options: Options, names: Sequence[str], jobs_cells: Sequence[JobCells], read: Callable[[str], Outcome]) -> Result:
    """The league of the entrants none of whose cells failed.

    Args:
        options: Options of the command.
        names: Strategies that are complete, the reference among them.
        jobs_cells: The cells of each scenario.
        read: Gives the outcome of a key.
    """
    entries = [entry for entry in options.entries if entry.strategy.name in names]
    rows = [options.reference, *(entry.strategy.name for entry in entries)]
    levels = np.stack([returns(cells, rows, read, job.run.payoff, options.reference)[COMPOSITE][:, 0]
                       for job, cells in zip(options.jobs, jobs_cells, strict=True)], axis=1)
    scores = levels[1:] - levels[:1]  # entrants × scenarios × worlds
    pooled = scores.mean(axis=1)
    order = np.argsort(-pooled.mean(axis=WORLD), kind="stable")
    scores, pooled = scores[order], pooled[order]
    rank_in = np.stack([ranks(scores[:, i]) for i in range(scores.shape[1])], axis=1)
    return Result(
        tuple(entries[i] for i in order), ranks(pooled), Estimate(*mean_interval(pooled)), Estimate(*mean_interval(pooled[:1] - pooled)),
        Estimate(*mean_interval(scores)), rank_in, pooled.argmax(axis=WORLD), pooled.argmin(axis=WORLD),
        share_interval(int((rank_in[0] == 1).sum()), rank_in.shape[1]),
        tuple(Refused(entry.file, "its cells failed") for entry in options.entries if entry not in entries))

"""Which conclusions rest on assumptions: the same comparison with other numbers, other structures and other facts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from experiments.analyses.comparison import structures
from experiments.analyses.comparison.comparison import returns_in
from experiments.analyses.comparison.structures import Structures
from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells, Results, results_of
from experiments.methods.intervals import share_interval
from experiments.methods.survival import correlations
from sim.axes import Array
from sim.parameters import Parameters
from sim.payoffs import COMPOSITE, RETURNS, Payoff, composite
from sim.quantity import quantities


@dataclass(frozen=True)
class Assumptions:
    """The comparison under other values of the assumed parameters.

    Attributes:
        names: Parameters drawn, those of grade C.
        n_draws: Worlds, each with its own draw.
        points: The draws, shape (n_draws, names).
        table: One row per strategy and return: share of draws in which the strategy does better and worse than
            the reference, median difference, and the parameter that moves the difference most, with its
            Spearman rank correlation.
        results: Payoffs of every strategy in every draw.
        structures: The comparison under other structures.
        facts: Payoffs of every strategy in every draw of the facts of the world.
    """

    names: tuple[str, ...]
    n_draws: int
    points: Array
    table: pd.DataFrame
    results: Results
    structures: Structures
    facts: Results

    def share_better(self, one: str, other: str, measure: str, *, facts: bool = False) -> float:
        """Share of draws, of the parameters or of the facts, in which one strategy has more of a return than another."""
        drawn = self.facts if facts else self.results
        values, strategies = drawn.payoffs[measure], drawn.strategies
        return float((values[strategies.index(one)] > values[strategies.index(other)]).mean())


def assess(checks: Sequence[JobCells], read: Callable[[str], Outcome], strategies: Sequence[str], reference: str, payoff: Payoff) -> Assumptions:
    """Compare all strategies with the reference in worlds that differ in their assumptions, structure or facts too.

    Args:
        checks: The cells of all checks, see `checks.batches`.
        read: Gives the outcome of a key.
        strategies: Those compared.
        reference: Strategy all others are compared with.
        payoff: Its smallest differences that matter.
    """
    of_numbers, of_structures, of_facts = checks
    results, varied = _weighed(results_of(of_numbers, read, strategies), reference, payoff), of_numbers.settings
    names = [name for name, q in quantities(Parameters).items() if q.grade == "C"]
    points = np.stack([np.asarray(getattr(varied.parameters, name)) for name in names], axis=1)
    base = results.strategies.index(reference)
    rows = []
    for measure in returns_in(results.payoffs):
        difference = results.payoffs[measure] - results.payoffs[measure][base]
        for i, (strategy, strength) in enumerate(zip(results.strategies, correlations(difference, points), strict=True)):
            mover = int(np.abs(strength).argmax())
            rows.append({
                "strategy": strategy, "measure": measure, "better": (difference[i] > 0).mean(), "worse": (difference[i] < 0).mean(),
                "median": np.median(difference[i]), "mover": names[mover] if strength[mover] else "", "correlation": strength[mover],
            })
    return Assumptions(tuple(names), varied.n_worlds, points, pd.DataFrame(rows), results,
                       structures.assess(of_structures, read, strategies, reference, payoff),
                       _weighed(results_of(of_facts, read, strategies, RETURNS), reference, payoff))


def _weighed(results: Results, reference: str, payoff: Payoff) -> Results:
    """The results with the composite where the returns have weights."""
    if payoff.weights is None:
        return results
    measured = dict(results.payoffs)
    return replace(results, payoffs={**measured, COMPOSITE: composite(measured, payoff, measured["economic"][results.strategies.index(reference)])})


def survival(assumptions: Assumptions, paired: pd.DataFrame) -> pd.DataFrame:
    """How often the sign of each difference to the reference survives other assumptions.

    Args:
        assumptions: The comparison under other assumptions.
        paired: `Comparison.paired`, at the defaults.

    Returns:
        One row for each strategy and return whose difference at the defaults is certain and large enough to matter, those that survive least first:
        strategy, measure, its sign there, the share of draws with that sign with its 95 % interval, mover and its rank correlation.
    """
    defaults = paired.set_index(["strategy", "measure"])
    rows = []
    for _, row in assumptions.table.iterrows():
        at = defaults.loc[(row.strategy, row.measure)]
        sign = {"better": 1, "worse": -1}.get(str(at.verdict), 0)
        if sign:
            held = row.better if sign > 0 else row.worse
            interval = share_interval(round(held * assumptions.n_draws), assumptions.n_draws)
            rows.append({"strategy": row.strategy, "measure": row.measure, "sign": sign, "survives": held, "survives_low": float(interval.low),
                         "survives_high": float(interval.high), "mover": row.mover, "correlation": row.correlation})
    columns = ["strategy", "measure", "sign", "survives", "survives_low", "survives_high", "mover", "correlation"]
    return pd.DataFrame(rows, columns=columns).sort_values("survives", kind="stable")

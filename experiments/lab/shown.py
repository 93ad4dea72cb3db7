"""What the charts of the page show: from an answer, and the one it is compared with, to differences on the same worlds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.analyses.comparison.change import Change, change_of, of_one, sentence, unmoved
from experiments.analyses.comparison.comparison import returns_in
from experiments.analyses.comparison.contrasts import members, size_adjusted
from experiments.cells.job_cells import Results
from experiments.figures.style import labels
from experiments.lab.engine import Answer
from experiments.report.differences import Difference, amount, noun, of_worlds
from experiments.words import listed
from sim.axes import Array
from sim.payoffs import RETURNS


@dataclass(frozen=True)
class Row:
    """A strategy in one return, on the same worlds less the reference in the baseline.

    Attributes:
        strategy: Its name.
        now: The strategy as the question has it.
        before: The strategy in the baseline, or in A where there is one; None where there is neither.
    """

    strategy: str
    now: Difference
    before: Difference | None


def comparable(answer: Answer, pinned: Answer | None) -> bool:
    """Whether an answer can be compared with a pinned one: both are about one state, with a strategy in both."""
    if pinned is None:
        return False
    one, other = answer.job.settings, pinned.job.settings
    same = (one.world, one.focal, one.horizon, one.seed) == (other.world, other.focal, other.horizon, other.seed)
    return same and answer.comparison.reference in pinned.comparison.strategies


def before(answer: Answer, pinned: Answer | None) -> Mapping[str, Mapping[str, Array]]:
    """What an answer is compared with, A or its baseline: by strategy and return a value for each world that both have; empty where there is neither."""
    if pinned is not None and comparable(answer, pinned):
        other, n = pinned.comparison, min(answer.n_worlds, pinned.n_worlds)
        measures = [measure for measure in returns_in(answer.comparison.payoffs) if measure in other.payoffs]
        return {name: {measure: other.payoffs[measure][i, :n] for measure in measures} for i, name in enumerate(other.strategies)
                if name in answer.comparison.strategies}
    if (change := answer.comparison.change) is not None:
        return {name: {measure: values[i] for measure, values in change.baseline.items()} for i, name in enumerate(change.strategies)}
    return {}


def rows(answer: Answer, pinned: Answer | None, measure: str) -> list[Row]:
    """A row for each strategy, in the order of the question."""
    comparison, earlier = answer.comparison, before(answer, pinned)
    now, smallest = comparison.payoffs[measure], comparison.payoff.smallest(measure)
    base = comparison.strategies.index(comparison.reference)
    there = {name: values[measure] for name, values in earlier.items() if measure in values}
    start = there.get(comparison.reference, now[base])
    n = start.shape[-1]
    return [Row(name, of_worlds(now[i, :n] - start, smallest), of_worlds(there[name] - start, smallest) if name in there and there else None)
            for i, name in enumerate(comparison.strategies)]


def between(answer: Answer, pinned: Answer) -> Change:
    """What B changes against A, for the strategies in both."""
    earlier, comparison = before(answer, pinned), answer.comparison
    names = tuple(name for name in comparison.strategies if name in earlier)
    n = min(answer.n_worlds, pinned.n_worlds)
    places = [comparison.strategies.index(name) for name in names]
    now = Results(names, {measure: comparison.payoffs[measure][places, :n] for measure in RETURNS})
    then = Results(names, {measure: np.stack([earlier[name][measure] for name in names]) for measure in RETURNS})
    return change_of("B against A", now, then, comparison.reference, comparison.payoff)


def in_intervals(answer: Answer, change: Change | None) -> str:
    """The numbers of the headline with their 95 % intervals; empty where it has none.

    Args:
        answer: The answer.
        change: What its headline is about: B against A, or the change against the baseline; None: the comparison of the strategies.
    """
    if change is not None:
        measure = next(iter(change.moved), "")
        ends = dict.fromkeys(reversed(change.ends(measure))) if measure else {}
        each = [(labels(change.strategies)[name], measure, change.effect(measure, name)) for name in ends]
    else:
        hedging, aligned = (members(answer.comparison, family) for family in ("hedging", "alignment"))
        sides = {measure: size_adjusted(answer.comparison, hedging, aligned, measure) for measure in RETURNS} if hedging and aligned else {}
        each = [(noun(measure), measure, d) for measure, d in sides.items() if d.counts]
    return listed([f"{what} {amount(measure, d).removesuffix(' of consumption')}" for what, measure, d in each])


def sentences(change: Change, reference: str) -> list[str]:
    """What a change does: to each return that it moves, the first before what it does to the reference; then to the others."""
    first, *rest = [*(sentence(change, measure) for measure in change.moved), *unmoved(change)]
    return [first, *of_one(change, reference), *rest]

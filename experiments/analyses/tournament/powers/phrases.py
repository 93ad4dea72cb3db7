"""Words for policies, shares and equilibria."""

from collections.abc import Callable, Sequence
from itertools import groupby

from experiments import words
from experiments.analyses.tournament.powers.result import Rung
from experiments.analyses.tournament.powers.solve import Solution
from experiments.figures.style import labels, policy_labels
from experiments.methods.intervals import Estimate
from experiments.report import phrases

#: An equilibrium is named where at least this share of the resamples has it.
NAMED = 0.05
#: Names listed at most.
MOST = 6


def percent(part: Estimate) -> str:
    """A share in percent, without the sign; blank where it is close to 0."""
    return phrases.cell(part, 0, times=100) if part.high >= 0.005 else ""


def some(names: Sequence[str]) -> str:
    """Names in a sentence, not too many."""
    return words.some(names, MOST)


def at(rungs: Sequence[Rung]) -> str:
    """Some neighbouring rungs in words."""
    prices = [rung.name for rung in rungs if rung.price is not None]
    parts = [] if not prices else [f"at price {prices[0]}" if len(prices) == 1 else f"at prices {prices[0]} to {prices[-1]}"]
    return words.listed([*parts, *(["for the ratio"] if len(prices) < len(rungs) else [])])


def stretches(rungs: Sequence[Rung], text_of: Callable[[Rung], str]) -> list[str]:
    """A text of each rung; neighbouring rungs with the same text share it."""
    return [f"{at(list(group))}: {text}" for text, group in groupby(rungs, key=text_of)]


class Names:
    """Labels of policies and strategies."""

    def __init__(self, solution: Solution) -> None:
        game = solution.game
        self.policies = list(policy_labels(game.policies).values())
        self.strategies = list(labels(game.strategies).values())

    def pair(self, first: int, second: int) -> str:
        """A pair of policies, that of the first power first."""
        return f"{self.policies[first]} / {self.policies[second]}"


def resamples(solution: Solution) -> int:
    """Number of resamples of the worlds."""
    return len(solution.means.state) - 1


def negative(part: Estimate) -> Estimate:
    """An estimate with the opposite sign."""
    return Estimate(-part.value, -part.high, -part.low)

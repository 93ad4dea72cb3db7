"""The price of influence: ladder of prices and cost of each policy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.analyses.tournament.powers.game import POINTS, Means, worth
from experiments.methods.intervals import Estimate
from experiments.report.phrases import exact_ties
from sim.axes import N_POWERS

#: Most rungs above 0 of the default ladder of prices: 1, 2, 5 and so on, two decades.
RUNGS = 7


def least_effort(means: Means) -> tuple[int, ...]:
    """For each power the policy that costs least, on average over all else."""
    return tuple(int(means.outlay[power][0].mean(axis=(0, 2 - power)).argmin()) for power in range(N_POWERS))


def top_price(means: Means) -> float:
    """The least price at which each power's policy of least effort is best whatever the others do; 0 where it is at any price."""
    highest = 0.0
    for power, least in enumerate(least_effort(means)):
        influence, outlay = (np.moveaxis(values[power][0], 1 + power, 0) for values in (means.influence, means.outlay))
        saved, given_up = outlay - outlay[least], influence - influence[least]
        costly = saved > 0
        highest = max(highest, float((given_up[costly] / saved[costly]).max(initial=0.0)))
    return highest


def ladder(top: float) -> tuple[float, ...]:
    """0, and 1, 2, 5, 10 … from a hundredth of the first such number above the top; 0 alone where the top is 0."""
    if top <= 0:
        return (0.0,)
    steps = [float(f"{lead}e{power}") for power in range(-12, 13) for lead in (1, 2, 5)]
    last = next((i for i, step in enumerate(steps) if step > top), len(steps) - 1)
    return (0.0, *steps[max(0, last - RUNGS + 1) : last + 1])


@dataclass(frozen=True)
class Cost:
    """A power's policies, the small state answering best, on average over the rival's policies; shape (policies,).

    Attributes:
        influence: Points, from -100 to 100.
        outlay: In 0.01 % of GDP.
        least: Number of the policy of least effort.
        breaks_even: Price at which the policy is worth as much as that of least effort: below it the policy pays, above it does not.
        moved: The most that the small state's strategy changes the power's influence, points.
        highest_ratio: Numbers of the policies with the highest ratio of influence to outlay, see `worth`: several where they tie exactly.
        most_influence: Numbers of the policies with most influence, likewise.
        numerator: Numerator of that ratio for least effort, as a share of that for the first policy with most influence.
        outlay_share: Outlay of least effort as a share of that of the first policy with most influence.
    """

    influence: Estimate
    outlay: Estimate
    least: int
    breaks_even: Estimate
    moved: float
    highest_ratio: Sequence[int]
    most_influence: Sequence[int]
    numerator: float
    outlay_share: float


def costs_of(means: Means) -> tuple[Cost, Cost]:
    """Influence and outlay of the policies of the two powers."""
    answers = means.state.argmax(axis=1)[:, None]
    result = []
    for power, least in enumerate(least_effort(means)):
        influence, outlay = (np.take_along_axis(values[power], answers, axis=1)[:, 0].mean(axis=2 - power) for values in (means.influence, means.outlay))
        more = outlay - outlay[:, [least]]
        price = np.where(more > 0, (influence - influence[:, [least]]) / np.where(more > 0, more, 1.0), np.nan)
        value, cost = influence[0], outlay[0]
        # Where a policy costs nothing there is no ratio, and nothing is said of it.
        ratio = worth(value, np.where(cost > 0, cost, np.inf), None)
        top, way = int(value.argmax()), (POINTS + value) / (2 * POINTS)
        result.append(Cost(
            means.interval(influence), means.interval(outlay), least, means.interval(price), float(np.ptp(means.influence[power][0], axis=0).max()),
            exact_ties(ratio, int(ratio.argmax())), exact_ties(value, top), float(way[least] / way[top]),
            float(cost[least] / cost[top]) if cost[top] > 0 else 1.0))
    return result[0], result[1]

"""The worlds in which a comparison is made again to see what its conclusions rest on: with other numbers, other structures and other facts.

Structure is an assumption too. All structures run on the same worlds, side by side as the points of a design.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from experiments.analyses.comparison import drawn_facts
from experiments.cells.job_cells import JobCells, job_cells_of
from experiments.configuration.design import Points, latin_hypercube, numbers, value_of
from sim.draws import stream
from sim.parameters import Parameters
from sim.payoffs import RETURNS
from sim.quantity import quantities
from sim.settings import Settings

#: Draws of the facts for each draw of the assumptions.
FACTS = 0.5
#: Worlds of each structure; paired differences need few.
WORLDS = 48
#: The structure in which nothing is changed.
AS_IT_IS = "as_it_is"


@dataclass(frozen=True)
class Structure:
    """One way in which the model may be built otherwise.

    Attributes:
        where: What holds there, as the end of "it turns round where …".
        changes: Value by the end of a dotted name; it is set wherever a number of the settings ends so.
    """

    where: str
    changes: Mapping[str, float]


STRUCTURES: dict[str, Structure] = {
    "as_it_is": Structure("nothing is changed", {}),
    "contest_off": Structure("powers court nobody more as they compete", {"parameters.contest_bonus": 0.0}),
    "contest_strong": Structure("powers court the undecided four times as much", {"parameters.contest_bonus": 4.0}),
    "budgets_fixed": Structure("budgets do not rise with rivalry", {"parameters.budget_rivalry": 0.0}),
    "claims_off": Structure("no power makes a claim", {".claims.*": 0.0}),
    "size_off": Structure("trade does not follow the size of the powers", {"parameters.size_elasticity": 0.0}),
    "regime_off": Structure("a challenged government turns to nobody", {"parameters.regime_answer": 0.0}),
    "flows_free": Structure("flows reward nobody and need no opening", {".reward": 0.0, "parameters.unconditional_flow": 1.0}),
    "loss_in_accounts": Structure("security losses leave consumption and capital too", {"parameters.loss_in_accounts": 1.0}),
}


def of_structures(settings: Settings) -> JobCells:
    """The cells of all structures: the settings with few worlds, at a point for each."""
    return job_cells_of(settings.replace(n_worlds=min(WORLDS, settings.n_worlds)), points_of(settings), RETURNS)


def points_of(settings: Settings) -> Points:
    """A point for each structure, over all numbers that some structure changes."""
    known = [name for name in numbers(settings) if any(_fits(name, end) for each in STRUCTURES.values() for end in each.changes)]
    usual = np.array([value_of(settings, name) for name in known])
    rows = np.tile(usual, (len(STRUCTURES), 1))
    for row, each in zip(rows, STRUCTURES.values(), strict=True):
        for end, value in each.changes.items():
            row[[i for i, name in enumerate(known) if _fits(name, end)]] = value
    return Points(tuple(known), rows)


def _fits(name: str, end: str) -> bool:
    """Whether a dotted name ends so; `*` is any last part."""
    return end[:-1] in name if end.endswith(".*") else name.endswith(end)


def drawn(settings: Settings, n_draws: int) -> Settings:
    """The settings with `n_draws` worlds, each with its own draw of the grade-C parameters.

    A Latin hypercube over the plausible ranges: every parameter is spread evenly over its range.
    """
    assumed = {name: q for name, q in quantities(Parameters).items() if q.grade == "C"}
    low, high = np.array([q.plausible for q in assumed.values()]).T
    points = latin_hypercube(n_draws, len(assumed), stream(settings.seed, "assumptions", 0)) * (high - low) + low
    values = {name: points[:, i] for i, name in enumerate(assumed)}
    focal = settings.world.states[settings.focal]
    tilt = drawn_facts.tilt_between(focal, stream(settings.seed, "tilt", 0).random(n_draws))
    states = {**settings.world.states, settings.focal: focal.model_copy(update={"tilt": tilt})}
    return settings.replace(n_worlds=n_draws, parameters=Parameters.model_validate(dict(settings.parameters) | values),
                            world=settings.world.model_copy(update={"states": states}))


def batches(settings: Settings, n_draws: int) -> list[JobCells]:
    """The cells of all checks of a comparison: draws of the assumed numbers, structures, draws of the facts."""
    facts = drawn_facts.drawn(settings, max(1, round(n_draws * FACTS)))
    return [job_cells_of(drawn(settings, n_draws)), of_structures(settings), job_cells_of(facts, measures=RETURNS)]

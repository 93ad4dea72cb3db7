"""The sweep of a page: who leads at 9 × 9 values of two numbers, a few points at a time, by the method of the command's phase diagram."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.analyses.sweep.figures.winners import Won, won
from experiments.analyses.sweep.findings import who_is_ahead
from experiments.analyses.sweep.gather import BEHAVIOUR, axis_of, sweep_of
from experiments.analyses.sweep.sweep import Axis, Sweep, winners
from experiments.cells.archive import Outcome
from experiments.cells.job_cells import job_cells_of
from experiments.cells.simulate import grouped
from experiments.configuration.design import Points, numbers, value_of
from experiments.configuration.errors import ConfigError
from experiments.configuration.job import Job
from experiments.lab import question as questions
from experiments.lab.engine import FEW, job_with, outcomes_of
from experiments.lab.question import Question, quantity_of
from experiments.names import naming, plain, powers
from sim.draws import BLOCK
from sim.payoffs import RETURNS
from sim.quantity import Quantity

#: What numbers belong to that are neither a policy's nor a strategy's.
MODEL = "The model"
#: Values of each number on the page, and in the full diagram; every other one of these is one of the page.
SIDE = 9
FULL = 2 * SIDE - 1
#: Worlds of each point in the end, on the page and in the full diagram; points that are computed together fill a block then.
WORLDS = 128
TOGETHER = BLOCK // WORLDS


@dataclass(frozen=True)
class Part:
    """Points of the diagram that are computed.

    Attributes:
        rows: Which points, the second number fastest.
        sweep: Their numbers, in that order.
    """

    rows: NDArray[np.intp]
    sweep: Sweep


@dataclass(frozen=True)
class Diagram:
    """What is known of the diagram of a question.

    Attributes:
        question: The question.
        job: Its configuration, with all points.
        axes: The two numbers; the first lies across.
        parts: Points with few worlds, and those that have more of them by now.
    """

    question: Question
    job: Job
    axes: tuple[Axis, Axis]
    parts: tuple[Part, ...]

    @property
    def side(self) -> int:
        """Values of each number."""
        return len(self.axes[0].levels)

    @property
    def complete(self) -> Part | None:
        """All points, at the larger number of worlds that all of them have; None where some are still missing."""
        return next((part for part in reversed(self.parts) if len(part.rows) == self.side**2), None)

    @property
    def finished(self) -> bool:
        """Whether nothing more comes."""
        return self.complete is self.parts[-1] and len(self.parts) == 2

    @property
    def measures(self) -> tuple[str, ...]:
        """The returns, with the composite where the question has weights."""
        return self.parts[0].sweep.returns

    def leads(self, measure: str) -> tuple[NDArray[np.intp], pd.DataFrame, Won]:
        """Which points are known, and who leads there in a return: as `winners` and `won` have it, from the most worlds that a point has."""
        later = self.parts[1].rows if len(self.parts) > 1 else np.empty(0, dtype=np.intp)
        kept = [np.flatnonzero(~np.isin(part.rows, later)) if part is self.parts[0] else np.arange(len(part.rows)) for part in self.parts]
        each = [won(part.sweep, measure) for part in self.parts]
        name, margin, certain, adjusted = (np.concatenate([getattr(result, field)[at] for result, at in zip(each, kept, strict=True)])
                                           for field in ("name", "margin", "certain", "size_adjusted"))
        table = pd.concat([winners(part.sweep, measure).iloc[at] for part, at in zip(self.parts, kept, strict=True)], ignore_index=True)
        rows = np.concatenate([part.rows[at] for part, at in zip(self.parts, kept, strict=True)])
        return rows, table, Won(name, margin, certain, adjusted, all(result.nothing for result in each))

    def sentence(self, measure: str) -> str:
        """Who is ahead at how many points; empty where some are still missing."""
        return "" if self.complete is None else who_is_ahead(self.complete.sweep, measure)


def choices(job: Job) -> dict[str, dict[str, Quantity]]:
    """The numbers of a question that can be swept, by what they belong to and by dotted name."""
    result: dict[str, dict[str, Quantity]] = {}
    with naming([job.settings]):
        followers: dict[str, list[str]] = {}
        for power, policy in zip(powers(), job.settings.policies.values(), strict=True):
            followers.setdefault(policy.name, []).append(power)
        for name, known in numbers(job.settings).items():
            group, owner, *_ = name.split(".")
            if quantity_of(name) is not None:
                whose = {"policy": f"Policy of {' and '.join(followers.get(owner, []))}", "strategies": f"Strategy: {plain(owner)}"}.get(group, MODEL)
                result.setdefault(whose, {})[name] = known
    return dict(sorted(result.items(), key=lambda pair: (pair[0] != MODEL, pair[0].startswith("Strategy"))))


def _names(job: Job) -> set[str]:
    return {name for group in choices(job).values() for name in group}


def first_choice(job: Job) -> tuple[str, str]:
    """What a diagram begins with: how much each power rewards alignment; rivalry where both follow one policy."""
    first, second, *_ = dict.fromkeys([*(f"policy.{policy.name}.reward" for policy in job.settings.policies.values()), "parameters.rivalry_mean"])
    return first, second


def fitting(job: Job, names: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers of a sweep that a job has, and others in place of those that it has not."""
    known = _names(job)
    kept = [name for name in names if name in known]
    return tuple(dict.fromkeys([*kept, *first_choice(job)]))[:2]


def checked(job: Job, names: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers of a sweep, if the job has them.

    Raises:
        ConfigError: It has not.
    """
    known = _names(job)
    if missing := [name for name in names if name not in known]:
        raise ConfigError([f"sweep: {missing[0]} is not a number of this question"])
    return names


def overrides(question: Question, side: int = FULL, n_worlds: int = WORLDS) -> tuple[str, ...]:
    """The diagram as the command line has it; the command's includes every point of the page's, on the same worlds.

    Args:
        question: What is swept, and everything else.
        side: Values of each number, evenly spaced over its plausible range.
        n_worlds: Worlds at each point.
    """
    fixed = replace(question, numbers=tuple(pair for pair in question.numbers if pair[0] not in question.sweep))
    return (*questions.overrides(fixed), "design=grid", f"design.over=[{','.join(question.sweep)}]", f"design.points={side}", f"n_worlds={n_worlds}")


def usual(job: Job, name: str) -> float | None:
    """The value of a number in the question itself; None where it is a word, or differs between economy and security."""
    try:
        return value_of(job.settings, name)
    except (TypeError, ValueError):
        return None


def steps(question: Question) -> Iterator[Diagram | None]:
    """Compute a diagram: None after each step, and what is known so far after each few points.

    All points come at few worlds first, a coarse lattice before what lies between; then all of them at more.

    Raises:
        ConfigError: Something in the question does not fit.
        CommandError: It cannot be simulated.
    """
    parts: tuple[Part, ...] = ()
    for n_worlds in (FEW, WORLDS):
        job, outcomes = job_with(overrides(question, SIDE, n_worlds)), dict[str, Outcome]()
        with naming([job.settings]):
            axes = tuple(axis_of(name, pd.Series(job.points.values[:, i]), [job]) for i, name in enumerate(job.points.names))
        jobs, jobs_cells, earlier = [], [], parts
        order = _coarse_first()
        for first in range(0, len(order), TOGETHER):
            points = Points(job.points.names, job.points.values[order[first : first + TOGETHER]])
            jobs.append(replace(job, points=points))
            jobs_cells.append(job_cells_of(job.settings, points, (*RETURNS, *BEHAVIOUR)))
            for cells in grouped(jobs_cells[-1].cells(), BLOCK):
                outcomes |= {cell.key: outcome for cell, outcome in zip(cells, outcomes_of(cells), strict=True)}
                yield None
            with naming([job.settings]):
                sweep = sweep_of(jobs, jobs_cells, outcomes.__getitem__)
            assert sweep is not None
            parts = (*earlier, Part(order[: first + TOGETHER], sweep))
            yield Diagram(question, job, (axes[0], axes[1]), parts)


def stages(question: Question) -> list[tuple[int, Iterator[Diagram | None]]]:
    """The size of each stage of a diagram, and its steps, as the desk takes them."""
    every, n = steps(question), -(-(SIDE**2) // TOGETHER)
    return [(n_worlds * TOGETHER, every) for n_worlds in (FEW, WORLDS) for _ in range(n)]


def _coarse_first() -> NDArray[np.intp]:
    """All points, those of a lattice of 3 × 3 first, then those of 5 × 5."""
    i, j = np.divmod(np.arange(SIDE**2), SIDE)
    between = [((i % step) + (j % step) > 0).astype(int) for step in (2, 4)]
    return np.argsort(between[0] + between[1], kind="stable")


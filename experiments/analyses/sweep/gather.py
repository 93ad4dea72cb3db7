"""From the cells of all jobs to a sweep."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import pandas as pd

from experiments.analyses.sweep.sweep import OF_THE_POINT, Axis, Sweep
from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells, gathered, whole
from experiments.configuration.job import Job
from experiments.configuration.swept import as_number
from experiments.figures.style import labels, policy_labels
from experiments.names import filled
from sim.axes import DOMAINS
from sim.data import Power
from sim.payoffs import COMPOSITE, PLACES, RETURNS, composite
from sim.quantity import Quantity

#: Measures that a sweep reads from its cells in addition to the returns.
BEHAVIOUR = ("hedging_index", "lean")
#: What axes that are not numbers of the model are called.
WORDS = {"scenario": "Scenario", "world": "World", "focal": "State", "seed": "Seed", "horizon": "Quarters", "reference": "Reference",
         "payoff.weights": "Weights", "deterministic": "Without noise", "experiment": "Preset"}


def sweep_of(jobs: Sequence[Job], jobs_cells: Sequence[JobCells], read: Callable[[str], Outcome], failed: Collection[str] = ()) -> Sweep | None:
    """All jobs of a sweep at all points of their designs, with the strategies none of whose cells failed; None where no strategy is complete.

    The jobs must be comparable, see `experiments.analyses.sweep.comparable`. Each is read by its own reference and payoff.
    `read` gives the outcome of the key of a cell, such as `Store.read`.
    """
    names = whole(jobs_cells, failed)
    if not names:
        return None
    n_points, n_worlds = sum(len(job.points) for job in jobs), jobs[0].settings.n_worlds
    wanted = (*RETURNS, *BEHAVIOUR)
    all_measures = (*wanted, *([COMPOSITE] if jobs[0].run.payoff.weights is not None else []))
    measures = {measure: np.empty((len(names), n_points, n_worlds)) for measure in all_measures}
    baseline = {measure: np.empty((n_points, n_worlds)) for measure in all_measures}
    first = 0
    for job, job_cells in zip(jobs, jobs_cells, strict=True):
        rows, base = slice(first, first := first + len(job_cells.points)), names.index(reference_of(job, names))
        parts = [gathered(job_cells, name, read, wanted)[0] for name in names]
        here = {measure: np.stack([part[measure] for part in parts]) for measure in parts[0]}
        if job.run.payoff.weights is not None:
            here[COMPOSITE] = composite(here, job.run.payoff, here["economic"][base])
        for measure, values in here.items():
            measures[measure][:, rows], baseline[measure][rows] = values, values[base]
    references = {reference_of(job, names) for job in jobs}
    points = pd.concat([points_of(job) for job in jobs], ignore_index=True)
    points = points.apply(lambda column: column if all(isinstance(level, (int, float)) for level in column) else column.map(str))
    axes = tuple(axis_of(str(name), points[name], jobs) for name in points.columns if points[name].nunique() > 1) or (
        axis_of(str(points.columns[0]), points[points.columns[0]], jobs),)
    return Sweep(
        axes, points[[axis.name for axis in axes]], tuple(names), {name: jobs[0].settings.strategies[name].family for name in names},
        OF_THE_POINT if len(references) > 1 else next(iter(references)), measures, jobs[0].settings.seed, baseline if len(references) > 1 else {},
        smallest={measure: min(job.run.payoff.smallest(measure) for job in jobs) for measure in RETURNS},
        same_worlds=len({(job.settings.horizon, len(job.settings.world.states)) for job in jobs}) == 1)


def reference_of(job: Job, names: Sequence[str]) -> str:
    """The reference of a job among the strategies compared; the first of these where the reference has failed."""
    return job.run.reference if job.run.reference in names else names[0]


def points_of(job: Job) -> pd.DataFrame:
    """One row per point of a job: in what it differs from the other jobs, and the numbers of its design."""
    varied = {key: [as_number(value)] * len(job.points) for key, value in job.varied.items()}
    return pd.DataFrame(varied | {name: job.points.values[:, i] for i, name in enumerate(job.points.names)}, index=range(len(job.points)))


def axis_of(name: str, column: pd.Series, jobs: Sequence[Job]) -> Axis:
    """One of the things in which points differ, with its label, its unit and its values at the points."""
    from experiments.configuration.design import numbers

    levels = list(dict.fromkeys(column.tolist()))
    numeric = all(isinstance(level, (int, float)) for level in levels)
    known = numbers(jobs[0].settings).get(name)
    label = filled(known.meaning.split(":")[0]) + _part(name, known, jobs) if known else WORDS.get(name) or _of_power(name, jobs) or name
    if known and (owner := _owner(name, jobs[0])):
        label = f"{label} ({owner})"
    return Axis(name, label, known.unit if known else "-", tuple(sorted(levels) if numeric else map(str, levels)), numeric)


def _part(name: str, known: Quantity, jobs: Sequence[Job]) -> str:
    """Which part of a number that is split a dotted name is about: a domain, a power, a creditor; empty where it is about all of it."""
    part = name.rpartition(".")[2]
    if known.each is None or (known.each == "domain" and part not in DOMAINS):
        return ""
    facts = placed_powers(jobs).get(part)
    return f", {facts.label if facts else part}"


def _of_power(name: str, jobs: Sequence[Job]) -> str:
    """What the policy of a power is called; empty for other names."""
    group, _, power = name.partition(".")
    facts = placed_powers(jobs).get(power)
    return f"Policy of {facts.label}" if group == "policies" and facts else ""


def placed_powers(jobs: Sequence[Job]) -> dict[str, Power]:
    """Powers of a job by their own keys and by their places."""
    powers = jobs[0].settings.world.powers
    return {**powers, **dict(zip(PLACES, powers.values(), strict=True))}


def _owner(name: str, job: Job) -> str:
    """Whose number a dotted name is: the label of a strategy, a policy or a state; empty where it is nobody's."""
    group, *rest = name.split(".")
    if group == "strategies" and rest:
        return labels(rest[:1])[rest[0]]
    if group == "policy" and rest:
        return policy_labels(rest[:1])[rest[0]]
    if group == "world" and len(rest) > 1:
        state = job.settings.world.states.get(rest[1])
        return state.label or rest[1] if state else rest[1]
    return ""

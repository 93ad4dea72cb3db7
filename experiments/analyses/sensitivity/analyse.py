"""From cells to screening, Sobol indices and ends of ranges; every number is finished here."""

from collections.abc import Sequence

import numpy as np

from experiments.analyses.sensitivity.design import IndicesDesign, ScreeningDesign
from experiments.analyses.sensitivity.result import Advantage, Inputs, Options, Result, Screening
from experiments.cells.job_cells import JobCells, whole
from experiments.cells.returns import returns
from experiments.cells.session import Session
from experiments.configuration.errors import CommandError
from experiments.figures import scales
from experiments.methods.intervals import Estimate, mean_interval, percentiles, picked, share_interval
from experiments.methods.sensitivity import Convergence, Morris, Response, convergence, morris, response
from experiments.methods.sides import advantage
from sim.axes import WORLD, Array
from sim.draws import stream

#: An elementary effect below this share of the largest is small.
SMALL = 0.02
#: Inputs with a response.
RESPONSES = 6


def comparable(options: Options, jobs_cells: Sequence[JobCells], failed: frozenset[str]) -> tuple[str, ...]:
    """Strategies with all their cells.

    Raises:
        CommandError: A side has none.
    """
    names = whole(jobs_cells, failed)
    if not options.one.among(names) or not options.other.among(names):
        raise CommandError(f"nothing remains to compare {options.one.name} with {options.other.name}: their cells failed")
    return names


def screened(options: Options, inputs: Inputs, screening: ScreeningDesign, session: Session) -> Screening:
    """Elementary effects in each measure, and the inputs selected for Sobol indices, largest effects first."""
    seed, names = options.job.settings.seed, comparable(options, [screening.cells], session.failed)
    effects = morris(screening.unit, outcomes(options, screening.cells, names, session), stream(seed, "morris", 1))
    return Screening(inputs, effects, strongest(effects, min(options.inputs, len(inputs.names))))


def analysed(options: Options, screening: Screening, design: IndicesDesign, session: Session) -> Result:
    """All statistics.

    Args:
        options: Options of the command.
        screening: Result of the screening.
        design: What the inputs selected were simulated at.
        session: Where cells are read.
    """
    names = comparable(options, design.cells, session.failed)
    of_ends, of_design, of_everywhere = design.cells
    seed, rows, chosen = options.job.settings.seed, options.rows, screening.chosen
    y, ends = (outcomes(options, job_cells, names, session) for job_cells in (of_design, of_ends))
    everywhere = outcomes(options, of_everywhere, names, session).mean(axis=WORLD)
    indices = decomposed(y, rows, len(chosen), seed)
    halves = np.array_split(np.arange(y.shape[WORLD]), 2)
    by_half = np.stack([decomposed(y[..., half], rows, len(chosen), seed).indices.total.value for half in halves])
    outcome = y[:, : 2 * rows].mean(axis=WORLD)
    effects = screening.effects.mu_star
    of_effects = effects.value[:, chosen].sum(axis=1) / np.maximum(effects.value.sum(axis=1), 1e-300)
    weakest = effects.low[:, chosen].min(axis=1)
    as_weak = sum(bool((effects.high[:, i] > weakest).any()) for i in range(len(screening.inputs.names)) if i not in chosen)
    sample = of_design.points.values[: 2 * rows]
    advantages = tuple(
        _advantage(ends[m], everywhere[m], float(indices.indices.first[m].value.sum()), float(of_effects[m]),
                   variance_share(outcome[m], everywhere[m], seed, m),
                   strongest_responses(sample, np.asarray(scales.scale_of(measure).difference(outcome[m])), RESPONSES),
                   options.job.run.payoff.smallest(measure))
        for m, measure in enumerate(options.measures))
    small = int((effects.high < SMALL * effects.value.max(axis=1, keepdims=True)).all(axis=0).sum())
    return Result(
        screening.inputs, screening.effects, chosen, indices, by_half, sample, outcome, ends, advantages, everywhere.shape[1],
        as_weak, small, float(np.abs(by_half[0] - by_half[1]).max()), names, session.failed)


def _advantage(
        ends: Array, everywhere: Array, sum_of_first: float, of_effects: float, of_variance: Estimate,
        responses: tuple[tuple[int, Response], ...], smallest: float) -> Advantage:
    """One return: the ends in each world, shape (1 + 2 chosen, worlds), and the means at random points, shape (points,)."""
    n = len(everywhere)
    return Advantage(
        Estimate(*mean_interval(ends)), Estimate(*mean_interval(ends - ends[0])), np.quantile(ends, (0.05, 0.95), axis=WORLD),
        np.quantile(everywhere, (0.05, 0.95)), share_interval(int((everywhere > 0).sum()), n), share_interval(int((everywhere < 0).sum()), n), sum_of_first,
        of_effects, of_variance, responses, smallest)


def variance_share(some: Array, every: Array, seed: int, number: int) -> Estimate:
    """Variance over some points as a share of that over others, with a bootstrap interval over points; shapes (points,)."""
    rng = stream(seed, "variances", number)
    of_some, of_every = (np.var(values[picked(len(values), rng)], axis=1) for values in (some, every))
    return percentiles(np.divide(of_some, of_every, out=np.zeros_like(of_some), where=of_every > 0), len(every))


def outcomes(options: Options, job_cells: JobCells, names: Sequence[str], session: Session) -> Array:
    """The advantage in each measure, shape (measures, points, worlds)."""
    values = returns(job_cells, names, session.store.read, options.job.run.payoff)
    return np.stack([advantage(values[measure], options.one.among(names), options.other.among(names)) for measure in options.measures])


def strongest(effects: Morris, k: int) -> list[int]:
    """The k inputs with the largest share of an outcome's elementary effects, in whichever outcome it is largest; strongest first."""
    size = effects.mu_star.value
    total = size.sum(axis=-1, keepdims=True)
    share = np.divide(size, total, out=np.zeros_like(size), where=total > 0).max(axis=0)
    return [int(i) for i in np.argsort(-share, kind="stable")[:k]]


def decomposed(y: Array, rows: int, k: int, seed: int) -> Convergence:
    """Sobol indices from the outcome at a Saltelli design, shape (measures, points, worlds)."""
    return convergence(y, rows, k, stream(seed, "saltelli", 1))


def strongest_responses(x: Array, y: Array, most: int) -> tuple[tuple[int, Response], ...]:
    """The inputs along which the binned mean changes most, with their responses.

    Args:
        x: Inputs of a random design, shape (points, inputs).
        y: The outcome, shape (points,) or (points, worlds).
        most: How many inputs.
    """
    responses = [response(column, y) for column in x.T]
    first = np.argsort([-each.mean.value.var() for each in responses], kind="stable")[:most]
    return tuple((int(i), responses[i]) for i in first)

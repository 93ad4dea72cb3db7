"""From the simulated series to scores, verdicts and what the data identify. Draws are kept by their distance to the training years alone."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from experiments.analyses.hindcast.result import Options, Ranks, Result, Turn
from experiments.analyses.hindcast.scored import Past, held_by, scale_of, target_of
from experiments.cells.archive import Outcome
from experiments.cells.job_cells import JobCells
from experiments.configuration.observed import Observed
from experiments.methods.forecasts import rank_correlation
from experiments.methods.intervals import Estimate
from experiments.methods.rejection import distance, identified, nearest
from sim.axes import Array
from sim.yearly import QUARTERS, YearlySeries

#: Quantile of all draws beyond which none is shown.
FAR = 0.9
#: Share of the draws, nearest in training, among which it is asked whether nearer is nearer in the test too.
NEAR = 0.1


def analysed(options: Options, names: Sequence[str], cells: JobCells, read: Callable[[str], Outcome]) -> Result:
    """What a hindcast found.

    Args:
        options: Options of the command.
        names: Strategies whose cells are complete.
        cells: The cells.
        read: Gives the outcome of a key.
    """
    simulated = _Simulated(options, names, cells, read)
    own = [one for one in options.observed if one.series.state == options.focal and _training(one, options.until) >= 2]
    near = simulated.distance(own, lambda year: year <= options.until)
    test_distance = simulated.distance(own, lambda year: year > options.until)
    order = nearest(near.ravel())
    kept = np.stack(np.unravel_index(order, near.shape), axis=1)
    agreement = _agreement(near.ravel(), test_distance.ravel())
    rows = np.array([list(options.job.settings.strategies).index(name) for name in names])[kept[:, 0]] * options.n_draws + kept[:, 1]
    others = [one for one in options.observed if one not in own]
    shares = np.bincount(kept[:, 0], minlength=len(names)) / len(kept)
    years = np.arange(options.first_year, options.first_year + simulated.n_years)
    targets, of_others = ([target_of(Past(one, years, options.until, options.job.settings.seed), simulated.of(one.series), kept) for one in some]
                          for some in (own, others))
    both = near.ravel(), test_distance.ravel()
    return Result(
        targets, of_others, _turns(options, simulated, kept), _ranks(options, simulated, kept), kept, rows, near, test_distance, agreement,
        tuple(float(np.median(values[order])) for values in both), tuple(float(np.quantile(values, FAR)) for values in both),
        dict(zip(names, shares.tolist(), strict=True)), identified(options.points.names, options.drawn, rows), held_by(targets))


class _Simulated:
    """The simulated series, each of shape (strategies, years, draws)."""

    def __init__(self, options: Options, names: Sequence[str], cells: JobCells, read: Callable[[str], Outcome]) -> None:
        self.first, self.n_years = options.first_year, options.job.settings.horizon // QUARTERS
        self._values: dict[str, Array] = {}
        n_draws = options.n_draws
        for row, name in enumerate(names):
            for cell, _, first in cells.shares[name].cells:
                for series, values in read(cell.key).payoffs.items():
                    whole = self._values.setdefault(series, np.empty((len(names), self.n_years, n_draws)))
                    whole[row, :, first : first + cell.n_worlds] = values
        self._shape = len(names), n_draws

    def of(self, series: YearlySeries) -> Array:
        """One series."""
        return self._values[series.name]

    def distance(self, observed: Sequence[Observed], among: Callable[[int], bool]) -> Array:
        """Distance of each draw in some years, (strategies, draws); nan where there are none."""
        errors = []
        for one in observed:
            years = np.array([year for year in one.values if among(year)], dtype=int)
            if len(years):
                scaled = scale_of(one.series)
                seen = scaled(np.array([one.values[year] for year in years.tolist()]))
                off = scaled(self.of(one.series)[:, years - self.first]) - seen[:, None]
                errors.append(np.sqrt(np.mean(np.square(off), axis=1)))
        return distance(errors) if errors else np.full(self._shape, np.nan)


def _training(one: Observed, until: int) -> int:
    return sum(year <= until for year in one.values)


def _agreement(distance: Array, test_distance: Array) -> float:
    """Whether draws that are nearer in training are nearer in the test."""
    if np.isnan(test_distance).any():
        return np.nan
    near = np.argsort(distance, kind="stable")[: max(4, round(NEAR * len(distance)))]
    return rank_correlation(distance[near], test_distance[near])


def _turns(options: Options, simulated: _Simulated, kept: NDArray[np.intp]) -> list[Turn]:
    by_series = {one.series: one for one in options.observed}
    last = options.first_year + simulated.n_years - 1
    result = []
    for point, series in zip(options.case.turning_points, options.turning, strict=True):
        one = by_series.get(series)
        if one is None or point.start not in one.values or point.end not in one.values or point.end > last:
            continue
        scaled = scale_of(series)
        seen = float(scaled(np.array(one.values[point.end])) - scaled(np.array(one.values[point.start])))
        of_kept = scaled(simulated.of(series)[kept[:, 0], :, kept[:, 1]])
        change = of_kept[:, point.end - options.first_year] - of_kept[:, point.start - options.first_year]
        low, median, high = np.quantile(change, [0.05, 0.5, 0.95])
        result.append(Turn(point.label, series, point.start, point.end, seen, Estimate(median, low, high), float((np.sign(change) == np.sign(seen)).mean()),
                           point.end <= options.until))
    return result


def _ranks(options: Options, simulated: _Simulated, kept: NDArray[np.intp]) -> list[Ranks]:
    """How far the order of the states is right, measure by measure. Levels are facts that were put in: only changes count."""
    groups: dict[tuple[str, str], list[Observed]] = {}
    for one in options.observed:
        groups.setdefault((one.series.measure, one.series.actor), []).append(one)
    result = []
    for (measure, actor), members in groups.items():
        if len(members) < 4:
            continue
        begin = max(min(one.values) for one in members)
        members = [one for one in members if begin in one.values]
        by_split: dict[bool, list[float]] = {True: [], False: []}
        medians = {one.series: np.median(scale_of(one.series)(simulated.of(one.series)[kept[:, 0], :, kept[:, 1]]), axis=0) for one in members}
        for year in range(begin + 1, options.first_year + simulated.n_years):
            there = [one for one in members if year in one.values]
            if len(there) < 4:
                continue
            scaled = scale_of(there[0].series)
            seen = np.array([scaled(np.array(one.values[year])) - scaled(np.array(one.values[begin])) for one in there])
            said = np.array([medians[one.series][year - options.first_year] - medians[one.series][begin - options.first_year] for one in there])
            by_split[year <= options.until].append(rank_correlation(seen, said))
        training, test = (float(np.nanmean(values)) if values and not np.isnan(values).all() else np.nan for values in (by_split[True], by_split[False]))
        result.append(Ranks(measure, actor, len(members), training, test))
    return result

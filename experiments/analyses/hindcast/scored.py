"""One series: its forecasts, scores and verdict."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from experiments.analyses.hindcast.result import (
    BANDS,
    DECIDES,
    FEW,
    FREE,
    MODEL,
    NARROW,
    NONE,
    RIGHT,
    SKILL,
    STEPS,
    UNSURE,
    UNTESTED,
    WIDE,
    Held,
    Scores,
    Split,
    Target,
)
from experiments.configuration.observed import Observed
from experiments.methods.forecasts import BASELINES, coverage, root_mean_square, skill
from experiments.methods.intervals import Estimate, share_interval
from sim.axes import Array
from sim.draws import stream
from sim.yearly import MEASURES_BY_YEAR, YearlySeries

#: Years of a split without which nothing is said of skill.
FEWEST = 3
#: A band that may hold this share less than its name says is not called too narrow.
TOO_NARROW = 0.15


def scale_of(series: YearlySeries) -> Callable[[Array], Array]:
    """The scale on which changes of a series are compared: logarithms of amounts that grow."""
    return (lambda values: np.log(np.maximum(values, 1e-12))) if MEASURES_BY_YEAR[series.measure].ratios else np.asarray


@dataclass(frozen=True)
class Past:
    """An observed series over the years of a run.

    Attributes:
        one: The series.
        years: Years of the run.
        until: The last year of training.
        seed: Entropy of measurement errors and of the bootstrap.
    """

    one: Observed
    years: NDArray[np.integer]
    until: int
    seed: int

    @cached_property
    def values(self) -> Array:
        """Observed values, nan where there are none."""
        return np.array([self.one.values.get(year, np.nan) for year in self.years.tolist()])

    @cached_property
    def errors(self) -> Array:
        """Standard errors of measurement; of a year without a value their mean."""
        errors = np.array([self.one.errors.get(year, np.nan) for year in self.years.tolist()])
        return np.where(np.isnan(errors), np.nanmean(errors), errors)

    @cached_property
    def training(self) -> NDArray[np.bool_]:
        """Years of training with a value."""
        return np.asarray(~np.isnan(self.values) & (self.years <= self.until))

    def scored(self, *, training: bool) -> NDArray[np.bool_]:
        """Years that are scored: not the first value, where baselines begin."""
        known = ~np.isnan(self.values)
        return np.asarray(known & ((self.years <= self.until) == training) & (self.years > self.years[known][0]))

    @property
    def ratios(self) -> bool:
        """Whether its changes are compared as ratios."""
        return MEASURES_BY_YEAR[self.one.series.measure].ratios

    def scaled(self, values: Array) -> Array:
        """Values on the scale of changes."""
        return scale_of(self.one.series)(values)

    def unscaled(self, values: Array) -> Array:
        """The opposite of `scaled`."""
        return np.exp(values) if self.ratios else values

    def stream(self, purpose: str) -> np.random.Generator:
        """A random stream of its own."""
        return stream(self.seed, f"{purpose} {self.one.series.name}", 0)

    def measured(self, of_kept: Array) -> Array:
        """What would have been measured of each kept draw, (kept, years)."""
        noise = self.stream("measurement").standard_normal(of_kept.shape)
        if not self.ratios:
            return of_kept + noise * self.errors
        sizes = np.where(np.isnan(self.values), np.nanmean(self.values), self.values)
        return np.asarray(of_kept * np.exp(noise * self.errors / sizes))


def target_of(past: Past, simulated: Array, kept: NDArray[np.intp]) -> Target:
    """Forecasts, scores and verdict.

    Args:
        past: The series.
        simulated: What was simulated of it, shape (strategies, years, draws).
        kept: The kept draws: row of the strategy and number of the draw, shape (kept, 2).
    """
    of_kept = simulated[kept[:, 0], :, kept[:, 1]]  # kept × years
    seen = past.measured(of_kept)
    bands = np.stack([np.quantile(seen, [(1 - band) / 2, (1 + band) / 2], axis=0) for band in BANDS])
    forecast, free, rng = np.median(of_kept, axis=0), _free(past), past.stream("skill")
    splits: dict[bool, dict[int, Split]] = {}
    for training in (True, False):
        rows = past.scored(training=training)
        covered = tuple(coverage(past.values[rows], *band[:, rows]) for band in bands)
        splits[training] = {FREE: _split(past, rows, {MODEL: forecast} | free, rng, covered)}
        splits[training] |= {step: _stepped(past, rows, step, of_kept, rng) for step in STEPS}
    before = np.median(simulated.transpose(1, 0, 2).reshape(len(past.years), -1), axis=1)
    tested = bool(splits[False][FREE].n)
    return Target(past.one, past.years, past.values, forecast, bands, before, free, splits[True], splits[False],
                  verdict_of(splits[True][FREE], splits[False][FREE]), _alone(past, of_kept, free, past.scored(training=not tested)))


def verdict_of(training: Split, test: Split) -> str:
    """The verdict by rule: no skill where the constant is not beaten in training and in the test; skill where it is for certain in both."""
    if training.n < FEWEST or test.n < FEWEST:
        return UNTESTED
    if not all(split.beats(DECIDES) for split in (training, test)):
        return NONE
    return SKILL if all(float(split.skill[DECIDES].low) > 0 for split in (training, test)) else UNSURE


def held_by(targets: Sequence[Target]) -> Held | None:
    """How many observations the bands of some series hold, and what that says of their width."""
    tests = [target.test[FREE] for target in targets if target.test[FREE].n]
    splits = tests or [target.training[FREE] for target in targets if target.training[FREE].n]
    if not splits:
        return None
    n = sum(split.n for split in splits)
    shares = tuple(share_interval(round(sum(split.coverage[i] * split.n for split in splits)), n) for i in range(len(BANDS)))
    # Years of one series move together: where no series has enough of them for a verdict on skill, all together show nothing either.
    some = any(split.n >= FEWEST for split in splits)
    return Held("test" if tests else "training", n, shares, width_of(shares[-1], BANDS[-1]) if some else FEW)


def width_of(share: Estimate, level: float) -> str:
    """What the share of observations in a band says of its width: nothing where its interval leaves more than one answer."""
    if share.low > level:
        return WIDE
    if share.low >= level - TOO_NARROW:
        return RIGHT
    return NARROW if share.high < level else FEW


def _alone(past: Past, of_kept: Array, free: Mapping[str, Array], rows: NDArray[np.bool_]) -> Estimate:
    """Share of the kept draws with a smaller error than the constant, one by one."""
    if not rows.any():
        return share_interval(0, len(of_kept))
    seen = past.scaled(past.values[rows])
    errors = np.sqrt(np.mean(np.square(past.scaled(of_kept[:, rows]) - seen), axis=1))
    return share_interval(int((errors < root_mean_square(past.scaled(free[DECIDES][rows]) - seen)).sum()), len(of_kept))


def _free(past: Past) -> dict[str, Array]:
    """Free forecasts of the baselines: in training from the first value, in the test from the last one of training."""
    years, fitted, seen = past.years, past.years[past.training], past.scaled(past.values[past.training])
    if not len(fitted):
        return {name: np.full(len(years), np.nan) for name in BASELINES}
    ends = [(years <= fitted[-1], (int(fitted[0]), float(seen[0]))), (years > fitted[-1], (int(fitted[-1]), float(seen[-1])))]
    result = {}
    for name, baseline in BASELINES.items():
        path = np.empty(len(years))
        for rows, origin in ends:
            if rows.any():
                path[rows] = baseline(fitted, seen, origin, years[rows])
        result[name] = past.unscaled(path)
    return result


def _stepped(past: Past, rows: NDArray[np.bool_], step: int, of_kept: Array, rng: np.random.Generator) -> Split:
    """Forecasts so many years ahead from every origin: the model adds its change to the value observed at the origin."""
    values, years = past.values, past.years
    at = np.array([i for i in np.flatnonzero(rows) if i >= step and not np.isnan(values[i - step])], dtype=int)
    fitted, seen, before = years[past.training], past.scaled(values[past.training]), past.scaled(values[at - step])
    change = past.scaled(of_kept)[:, at] - past.scaled(of_kept)[:, at - step]
    forecasts = {name: np.full(len(years), np.nan) for name in (MODEL, *BASELINES)}
    forecasts[MODEL][at] = past.unscaled(before + np.median(change, axis=0))
    if len(fitted):
        for name, baseline in BASELINES.items():
            ahead = [baseline(fitted, seen, (int(years[i - step]), float(origin)), years[i : i + 1])[0] for i, origin in zip(at, before, strict=True)]
            forecasts[name][at] = past.unscaled(np.array(ahead))
    which = np.zeros(len(years), dtype=bool)
    which[at] = True
    return _split(past, which, forecasts, rng)


def _split(past: Past, rows: NDArray[np.bool_], forecasts: Mapping[str, Array], rng: np.random.Generator, covered: tuple[float, ...] = ()) -> Split:
    observed = past.values[rows]
    errors = {name: past.scaled(path[rows]) - past.scaled(observed) for name, path in forecasts.items()}
    scores = {name: _scores(observed, path[rows], errors[name]) for name, path in forecasts.items()}
    return Split(scores, {name: skill(errors[MODEL], errors[name], rng) for name in forecasts if name != MODEL}, covered)


def _scores(observed: Array, forecast: Array, errors: Array) -> Scores:
    if not len(observed):
        return Scores(0, np.nan, np.nan, np.nan, np.nan)
    positive = bool(np.all((observed > 0) & (forecast > 0)))
    log_error = float(np.mean(np.abs(np.log(forecast / observed)))) if positive else np.nan
    return Scores(len(observed), root_mean_square(forecast - observed), float(np.mean(forecast - observed)), log_error, root_mean_square(errors))

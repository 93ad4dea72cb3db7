"""Compare strategies on the same worlds: paired differences, risk, weight dominance, convergence.

Three kinds of uncertainty are kept apart: the spread across worlds (quantiles), the uncertainty of a mean
(95 % intervals, which shrink with worlds), and the uncertainty of assumptions (not in this file: sweep them).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from experiments.analyses.comparison.change import Change
from experiments.cells.job_cells import Results
from experiments.figures.events import Dated
from experiments.methods.decisions import N_WEIGHTS, equal_teams, shares_of_firsts
from experiments.methods.intervals import LEVEL, N_RESAMPLES, mean_interval, percentiles, tail_interval, tails_in_resamples, times_drawn
from experiments.methods.overlap import FEWEST, correlation, even_weights, groups
from experiments.report.differences import verdict
from sim import behaviour
from sim.axes import WORLD, Array
from sim.draws import stream
from sim.payoffs import COMPOSITE, MEASURES, RETURNS, WEIGHED, Payoff, composite, on_scale

#: Numbers of the resamples that are worked on at a time: a hundred thousand worlds need no more memory than a few thousand.
AT_A_TIME = 2**22


@dataclass(frozen=True)
class Comparison:
    """All numbers of a comparison; every table has one row per fact, columns as in results/README.md.

    Attributes:
        strategies: Names, in the order of the settings.
        families: Family of each strategy.
        reference: Strategy all others are compared with.
        payoffs: Each measure in each world, shape (strategies, n_worlds).
        trajectories: Quantiles over worlds by strategy and variable, see `experiments.cells.job_cells.Cell`.
        summary: Each strategy and measure: mean with interval, spread across worlds, CVaR of returns.
        paired: Each strategy and return against the reference on the same worlds.
        dominance: Share of weights for which a strategy, and a family, is best.
        behaviour: Share of worlds in which each strategy behaves as each class of `sim.behaviour`.
        correlation: Correlation of the returns over strategies, of each pair.
        convergence: Interval half-widths of the economic return against the number of worlds.
        payoff: Weights, scales, and the smallest differences that matter.
        change: What the job changes against its baseline, and its effect; None where there is none.
        start: First quarter of the trajectories, such as "2020Q1".
        events: What happens, for figures over time.
    """

    strategies: tuple[str, ...]
    families: Mapping[str, str]
    reference: str
    payoffs: Mapping[str, Array]
    trajectories: Mapping[str, Mapping[str, Array]]
    summary: pd.DataFrame
    paired: pd.DataFrame
    dominance: pd.DataFrame
    behaviour: pd.DataFrame
    correlation: pd.DataFrame
    convergence: pd.DataFrame
    payoff: Payoff
    change: Change | None = None
    start: str = "2020Q1"
    events: tuple[Dated, ...] = ()

    @property
    def n_worlds(self) -> int:
        """Replicate worlds."""
        return self.payoffs["economic"].shape[WORLD]

    @property
    def n_different(self) -> int:
        """Replicate worlds; 1 where all are alike, as without noise."""
        return self.n_worlds if any(np.ptp(values, axis=WORLD).any() for values in self.payoffs.values()) else 1

    @property
    def variance_reduction(self) -> float:
        """How many times fewer worlds the pairing needs, median over strategies, economic return."""
        rows = self.paired[(self.paired.measure == "economic") & (self.paired.strategy != self.reference)]
        return float(rows.variance_ratio.median()) if len(rows) else float("nan")

    @property
    def typical_precision(self) -> pd.DataFrame:
        """`convergence` as the median over the strategies that differ from the reference, by number of worlds, the fewest first."""
        return self.convergence[self.convergence.paired > 0].groupby("worlds")[["paired", "unpaired"]].median()

    def row(self, table: str, strategy: str, measure: str) -> pd.Series:
        """One row of `summary` or `paired`."""
        frame: pd.DataFrame = getattr(self, table)
        return frame[(frame.strategy == strategy) & (frame.measure == measure)].iloc[0]


def compare(results: Results, families: Mapping[str, str], reference: str, payoff: Payoff, seed: int, resampling: bool = True) -> Comparison:
    """Compare all strategies with the reference on the worlds they share.

    Args:
        results: Payoffs of every strategy in every world.
        families: Family of each strategy, a label for grouping.
        reference: Name of the reference strategy.
        payoff: Weights, scales, and the smallest differences that matter.
        seed: Entropy of bootstrap and weights.
        resampling: Whether to resample worlds, which takes nearly all of the time. Without it CVaR is NaN and `dominance` empty; all else is the same.
    """
    names, measured = results.strategies, dict(results.payoffs)
    base = names.index(reference)
    if payoff.weights is not None:
        measured[COMPOSITE] = composite(measured, payoff, measured["economic"][base])
    resampled = _bootstrap(measured, names, families, base, payoff, seed) if resampling else _not_resampled(len(returns_in(measured)), len(names))
    return Comparison(
        strategies=names, families=dict(families), reference=reference, payoffs=measured, trajectories=results.trajectories,
        summary=_summary(measured, names, families, resampled), paired=_paired(measured, names, families, base, resampled, payoff),
        dominance=resampled.dominance, behaviour=_behaviour(measured, names, families),
        correlation=_correlation(measured, len(names)), convergence=_convergence(measured["economic"], names, base), payoff=payoff,
    )


def returns_in(measured: Mapping[str, Array]) -> tuple[str, ...]:
    """The returns among some measures, with the composite where there is one."""
    return (*RETURNS, *([COMPOSITE] if COMPOSITE in measured else []))


def differing(comparison: Comparison) -> tuple[str, ...]:
    """The returns in which some strategy differs from another in some world; all where none does, as where there is one strategy."""
    every = returns_in(comparison.payoffs)
    return tuple(measure for measure in every if np.ptp(comparison.payoffs[measure], axis=0).any()) or every


@dataclass(frozen=True)
class _Resampled:
    """The results of the bootstrap over worlds: CVaR by (return, strategy) and dominance, with 95 % intervals."""

    cvar: Array  # (3, returns, strategies): estimate, low, high
    cvar_difference: Array  # (3, returns, strategies)
    dominance: pd.DataFrame


def _not_resampled(n_returns: int, n_strategies: int) -> _Resampled:
    unknown = np.full((3, n_returns, n_strategies), np.nan)
    return _Resampled(unknown, unknown, pd.DataFrame({"kind": [], "name": [], "share": [], "low": [], "high": []}))


def _bootstrap(measured: Mapping[str, Array], names: Sequence[str], families: Mapping[str, str], base: int, payoff: Payoff, seed: int) -> _Resampled:
    """Resample whole worlds, so that all strategies still share them."""
    returns = [measured[name] for name in returns_in(measured)]
    weighed = np.stack([measured[name] for name in WEIGHED])
    rng = stream(seed, "bootstrap", 0)
    weights = even_weights(groups(weighed.mean(axis=WORLD)), stream(seed, "weights", 0), N_WEIGHTS)
    labels = list(dict.fromkeys(families[name] for name in names))
    teams = equal_teams([families[name] for name in names], stream(seed, "teams", 0), N_WEIGHTS)

    def shares(drawn: NDArray[np.int16]) -> list[Array]:
        """Share of weights for which each strategy, then each family, is best, in each resample."""
        means = weighed @ (drawn.T / n)
        scaled = on_scale(dict(zip(WEIGHED, means, strict=True)), payoff, means[WEIGHED.index("economic"), base])
        return [shares_of_firsts(each, weights, teams) for each in np.stack(list(scaled.values())).transpose(2, 0, 1).copy()]

    n = returns[0].shape[WORLD]
    counts = times_drawn(n, rng, N_RESAMPLES if n > 1 else 0)
    tails = tail_interval(np.stack([tails_in_resamples(each, base, counts) for each in returns], axis=3), n)
    parts = np.array_split(counts, 1 + counts.size // AT_A_TIME)
    shares_of = percentiles(np.array([each for part in parts for each in shares(part)]), n)
    dominance = pd.DataFrame({
        "kind": ["strategy"] * len(names) + ["family"] * len(labels),
        "name": [*names, *labels],
        "share": shares_of.value, "low": shares_of.low, "high": shares_of.high,
    })
    own, difference = (np.stack([part.value, part.low, part.high]) for part in (tails[0], tails[1]))
    return _Resampled(own, difference, dominance)


def _behaviour(measured: Mapping[str, Array], names: Sequence[str], families: Mapping[str, str]) -> pd.DataFrame:
    """A row for each strategy and class that it falls into in some world, the most frequent first."""
    rows = []
    for i, name in enumerate(names):
        shares = behaviour.shares({measure: measured[measure][i] for measure in behaviour.NEEDED})
        rows += [{"strategy": name, "family": families[name], "behaviour": label, "share": share}
                 for label, share in sorted(shares.items(), key=lambda pair: -pair[1]) if share]
    return pd.DataFrame(rows)


def _correlation(measured: Mapping[str, Array], n_strategies: int) -> pd.DataFrame:
    """A row for each pair of returns; none where there are too few strategies."""
    r = correlation(np.stack([measured[name].mean(axis=WORLD) for name in RETURNS]))
    rows = [{"measure": one, "other": other, "correlation": r[i, i + 1 + j]} for i, one in enumerate(RETURNS) for j, other in enumerate(RETURNS[i + 1:])]
    return pd.DataFrame(rows if n_strategies >= FEWEST else [], columns=["measure", "other", "correlation"])


def _summary(measured: Mapping[str, Array], names: Sequence[str], families: Mapping[str, str], resampled: _Resampled) -> pd.DataFrame:
    rows = []
    order = returns_in(measured)
    for measure, values in measured.items():
        mean, low, high = mean_interval(values)
        spread = np.quantile(values, (0.05, 0.5, 0.95), axis=WORLD)
        deviation = values.std(axis=WORLD, ddof=1) if values.shape[WORLD] > 1 else np.zeros(len(names))
        tail = resampled.cvar[:, order.index(measure)] if measure in order else np.full((3, len(names)), np.nan)
        for i, name in enumerate(names):
            rows.append({
                "strategy": name, "family": families[name], "measure": measure, "unit": MEASURES[measure].unit if measure in MEASURES else "-",
                "mean": mean[i], "low": low[i], "high": high[i], "sd": deviation[i], "q05": spread[0, i], "q50": spread[1, i], "q95": spread[2, i],
                "cvar": tail[0, i], "cvar_low": tail[1, i], "cvar_high": tail[2, i],
            })
    return pd.DataFrame(rows)


def _paired(measured: Mapping[str, Array], names: Sequence[str], families: Mapping[str, str], base: int, resampled: _Resampled,
            payoff: Payoff) -> pd.DataFrame:
    rows = []
    for r, measure in enumerate(returns_in(measured)):
        values = measured[measure]
        difference = values - values[base]
        mean, low, high = mean_interval(difference)
        spread = np.quantile(difference, (0.05, 0.95), axis=WORLD)
        apart = values.var(axis=WORLD) + values[base].var()
        together = difference.var(axis=WORLD)
        for i, name in enumerate(names):
            rows.append({
                "strategy": name, "family": families[name], "measure": measure, "difference": mean[i], "low": low[i], "high": high[i],
                "verdict": verdict(low[i], high[i], payoff.smallest(measure)),
                "q05": spread[0, i], "q95": spread[1, i], "better": (difference[i] > 0).mean(), "worse": (difference[i] < 0).mean(),
                "cvar_difference": resampled.cvar_difference[0, r, i], "cvar_difference_low": resampled.cvar_difference[1, r, i],
                "cvar_difference_high": resampled.cvar_difference[2, r, i],
                "variance_ratio": apart[i] / together[i] if together[i] > 0 else np.nan,
            })
    return pd.DataFrame(rows)


def _convergence(economic: Array, names: Sequence[str], base: int) -> pd.DataFrame:
    """Half-width of the 95 % interval of each difference to the reference in the first n worlds, paired and not."""
    n_worlds = economic.shape[WORLD]
    sizes = [n for n in 2 ** np.arange(3, 24) if n < n_worlds] + ([n_worlds] if n_worlds > 1 else [])
    rows = []
    for n in sizes:
        first = economic[:, :n]
        paired = mean_interval(first - first[base])
        separate = np.sqrt((first.var(axis=WORLD, ddof=1) + first[base].var(ddof=1)) / n) * special.stdtrit(n - 1, (1 + LEVEL) / 2)
        for i, name in enumerate(names):
            if i != base:
                rows.append({"strategy": name, "worlds": n, "difference": paired[0][i], "paired": (paired[2] - paired[0])[i], "unpaired": separate[i]})
    return pd.DataFrame(rows, columns=["strategy", "worlds", "difference", "paired", "unpaired"])

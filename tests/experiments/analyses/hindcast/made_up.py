"""A made-up hindcast: series of noise and trend, and draws around them."""

from collections.abc import Sequence

import numpy as np

from experiments.analyses.hindcast.figures import draws, series, skill
from experiments.analyses.hindcast.result import DECIDES, FREE, Target
from experiments.analyses.hindcast.scored import Past, target_of
from experiments.configuration.observed import Observed
from sim.yearly import YearlySeries

YEARS = np.arange(1994, 2012)
MEASURES = ("output", "trade", "tilt", "aid", "debt", "inflow", "trade_share")


def target(measure: str, rng: np.random.Generator, until: int = 2004, gaps: bool = False) -> Target:
    """One of a series that grows if amounts of its measure do."""
    one = YearlySeries(measure, "", "A")
    path = np.exp(0.12 * np.arange(18)) if measure in ("output", "trade", "debt") else 0.2 + 0.02 * np.arange(18)
    simulated = path[None, :, None] * np.exp(rng.normal(0, 0.2, (2, 18, 200)).cumsum(axis=1) / 4)
    seen = path * np.exp(rng.normal(0, 0.1, 18))
    kept = np.stack([np.zeros(50, dtype=int), np.arange(50)], axis=1)
    years = [year for year in YEARS.tolist() if not gaps or year % 3]
    observed = Observed(one, {year: float(seen[year - 1994]) for year in years}, {year: 0.05 * float(seen[year - 1994]) for year in years}, "made up")
    return target_of(Past(observed, YEARS, until, 1), simulated, kept)


def panels(labels: Sequence[str], n: int = 7, until: int = 2004, gaps: bool = False) -> series.Panels:
    """Of so many series."""
    rng = np.random.default_rng(3)
    targets = [target(MEASURES[i % len(MEASURES)], rng, until, gaps) for i in range(n)]
    return series.Panels(targets, [labels[i % len(labels)] for i in range(n)], [("USD bn of 1993", "")[i % 2] for i in range(n)], until)


def skills(labels: Sequence[str], n: int = 7, until: int = 2004) -> skill.Skills:
    """Of the same."""
    made = panels(labels, n, until)
    return skill.Skills(made.labels, *([split[FREE].skill[DECIDES] for split in splits]
                                       for splits in ([each.training for each in made.targets], [each.test for each in made.targets])))


def distances(n: int = 4000, agreement: float = 0.6) -> draws.Distances:
    """Of draws whose two errors go together."""
    rng = np.random.default_rng(4)
    training = np.exp(rng.normal(0, 0.4, n))
    test = training ** agreement * np.exp(rng.normal(0, 0.3, n))
    return draws.Distances(training, test, np.argsort(training)[:50], agreement, (0.4, 0.6), (2.0, 2.5))

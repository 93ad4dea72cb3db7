"""Options and result of a hindcast."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.configuration.case import Case
from experiments.configuration.design import Points
from experiments.configuration.job import Job
from experiments.configuration.observed import Observed
from experiments.methods.intervals import Estimate
from experiments.methods.rejection import Identified
from sim.axes import Array
from sim.yearly import MEASURES_BY_YEAR, Measure, YearlySeries

#: Bands of a forecast: half, and nine tenths, of what is forecast.
BANDS = (0.5, 0.9)
#: Years from a rolling origin to what is forecast.
STEPS = (1, 3, 5)
#: The free run: nothing after the base year is known but the history.
FREE = 0
#: The forecast of the model, among those of the baselines.
MODEL = "model"
#: The baseline that decides a verdict.
DECIDES = "constant"
#: So many times what a world begins with is far off.
FAR_OFF = 20
#: Verdicts by rule.
SKILL, UNSURE, NONE, UNTESTED = "skill", "unsure", "no skill", "not tested"

#: Verdicts on the width of bands.
NARROW, RIGHT, WIDE, FEW = "too narrow", "about right", "wide", "too few observations"


@dataclass(frozen=True)
class Options:
    """Options of the command.

    Attributes:
        name: Name of the case.
        case: The case.
        job: What is simulated: a world for each draw.
        points: The draws, one row for each world: as many for each strategy, one strategy after the other.
        drawn: The same as shares of the range of each number.
        observed: The series.
        turning: The series of each turning point of the case.
        until: The last year of training.
        targets: The file of the series, as it was named.
        command: The command that makes this result again.
        before: Values of years before the world begins, which do not count.
    """

    name: str
    case: Case
    job: Job
    points: Points
    drawn: Array
    observed: Sequence[Observed]
    turning: Sequence[YearlySeries]
    until: int
    targets: str
    command: str
    before: int = 0

    @property
    def n_draws(self) -> int:
        """Draws for each strategy."""
        return len(self.points) // len(self.job.settings.strategies)

    @property
    def first_year(self) -> int:
        """The first year that is simulated."""
        return int(self.job.settings.world.start[:4])

    @property
    def focal(self) -> str:
        """Key of the focal state."""
        return self.job.settings.focal


@dataclass(frozen=True)
class Scores:
    """How near a forecast comes to the observed values of some years.

    Attributes:
        n: Years.
        rmse: Root mean square error, in the unit of the measure.
        bias: Mean of forecast less observed, in the same unit.
        log_error: Mean absolute logarithm of forecast over observed; nan where one of them is not above 0.
        error: Root mean square error on the scale on which changes are compared: logarithms of amounts that grow, else as `rmse`.
    """

    n: int
    rmse: float
    bias: float
    log_error: float
    error: float


@dataclass(frozen=True)
class Split:
    """Training or test years of one target, at one horizon.

    Attributes:
        scores: Of the model and of each baseline, by name.
        skill: Against each baseline, by name.
        coverage: Share of observations in each of `BANDS`; of free runs.
    """

    scores: Mapping[str, Scores]
    skill: Mapping[str, Estimate]
    coverage: tuple[float, ...] = ()

    @property
    def n(self) -> int:
        """Years scored."""
        return self.scores[MODEL].n

    def beats(self, name: str) -> bool:
        """Whether the model has a smaller error than a baseline."""
        return self.scores[MODEL].error < self.scores[name].error

    @property
    def best_baseline(self) -> str:
        """The baseline with the smallest error."""
        return min((name for name in self.scores if name != MODEL), key=lambda name: round(self.scores[name].error, 12))


@dataclass(frozen=True)
class Target:
    """An observed series with what the model makes of it. Arrays over years have the years of the run.

    Attributes:
        observed: The series.
        years: Years of the run.
        values: Observed values, nan where there are none, shape (years,).
        forecast: Median of the kept draws, shape (years,).
        bands: Low and high end of each of `BANDS`, measurement error included, shape (bands, 2, years).
        before: Median of all draws, before anything was fitted, shape (years,).
        baselines: Free forecasts of each baseline by name, shape (years,).
        training, test: Scores by years ahead; `FREE` is the free run.
        verdict: One of `SKILL`, `UNSURE`, `NONE`, `UNTESTED`.
        alone: Share of the kept draws that beat the constant one by one, in the test or, where there is none, in training.
    """

    observed: Observed
    years: NDArray[np.integer]
    values: Array
    forecast: Array
    bands: Array
    before: Array
    baselines: Mapping[str, Array]
    training: Mapping[int, Split]
    test: Mapping[int, Split]
    verdict: str
    alone: Estimate

    @property
    def series(self) -> YearlySeries:
        """What it is."""
        return self.observed.series

    @property
    def measure(self) -> Measure:
        """Its measure."""
        return MEASURES_BY_YEAR[self.series.measure]

    @property
    def unlike_the_world(self) -> bool:
        """Whether an amount begins so far from what was simulated that a unit may be wrong."""
        first = int(np.flatnonzero(~np.isnan(self.values))[0])
        return self.measure.ratios and not 1 / FAR_OFF < self.values[first] / self.before[first] < FAR_OFF


@dataclass(frozen=True)
class Held:
    """How many observations the bands hold, over the fitted series together.

    Attributes:
        which: In which years: test or, where there are none, training.
        n: Observations.
        shares: Share in each of `BANDS`, with the interval of independent observations.
        width: Verdict on the wide band: one of `NARROW`, `RIGHT`, `WIDE`, `FEW`.
    """

    which: str
    n: int
    shares: tuple[Estimate, ...]
    width: str


@dataclass(frozen=True)
class Turn:
    """A turning point.

    Attributes:
        label: What happened.
        series: Of which series.
        start, end: From which year to which.
        observed: The observed change: a logarithm of the ratio for amounts that grow, else a difference.
        simulated: The same of the kept draws: median, 5 % and 95 %.
        same_sign: Share of the kept draws with the observed sign.
        training: Whether it lies in the training years.
    """

    label: str
    series: YearlySeries
    start: int
    end: int
    observed: float
    simulated: Estimate
    same_sign: float
    training: bool


@dataclass(frozen=True)
class Ranks:
    """How far the order of the states is that observed, by their change since their first year.

    Attributes:
        measure, actor: Of which series.
        n_states: States compared.
        training, test: Mean over years of Spearman's correlation; nan where there is none.
    """

    measure: str
    actor: str
    n_states: int
    training: float
    test: float


@dataclass(frozen=True)
class Result:
    """What a hindcast found.

    Attributes:
        targets: The series of the focal state, which the draws are fitted to.
        others: Those of other states, and those with fewer than two training years, which are scored and not fitted.
        turns: Turning points.
        ranks: Order of the states.
        kept: The kept draws: row of the strategy and number of the draw, shape (kept, 2).
        rows: Rows of the kept draws among all points, shape (kept,).
        distance: Training distance of each draw, shape (strategies, draws); see `experiments.methods.rejection.distance`.
        test_distance: The same over the test years; nan where there are none.
        agreement: Spearman's correlation between the two, over draws that are nearer than most in training.
        typical: Median of each distance, training and test, over the kept draws.
        far: Distance of each beyond which a tenth of all draws lies.
        strategies: Strategies, and the share of each among the kept draws.
        identified: What the data say about each number.
        held: How many observations the bands hold; None where none is scored.
    """

    targets: Sequence[Target]
    others: Sequence[Target]
    turns: Sequence[Turn]
    ranks: Sequence[Ranks]
    kept: NDArray[np.intp]
    rows: NDArray[np.intp]
    distance: Array
    test_distance: Array
    agreement: float
    typical: tuple[float, ...]
    far: tuple[float, ...]
    strategies: Mapping[str, float]
    identified: Identified
    held: Held | None

    def with_verdict(self, verdict: str) -> list[Target]:
        """Fitted targets of that verdict."""
        return [target for target in self.targets if target.verdict == verdict]

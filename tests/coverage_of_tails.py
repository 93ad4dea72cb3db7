"""How often intervals of CVaR hold the truth: `python -m tests.coverage_of_tails`, about a minute."""

import numpy as np
from scipy import stats

from experiments.methods.intervals import Estimate, in_tail, mean_and_error, percentiles, picked, tail_contributions, tail_interval

REPEATS, RESAMPLES = 300, 400


def truth(degrees: float) -> float:
    """CVaR of Student's t, of the normal with infinite degrees of freedom."""
    quantile = stats.t.ppf(0.1, degrees)
    return float(-stats.t.pdf(quantile, degrees) / 0.1 * (1 if np.isinf(degrees) else (degrees + quantile**2) / (degrees - 1)))


def covers(interval: Estimate, value: float) -> bool:
    """Whether it holds the value."""
    return bool(interval.low <= value <= interval.high)


def main() -> None:
    """Print coverage of the percentile interval and of the one that is reported."""
    draw = np.random.default_rng(0)
    for degrees in (np.inf, 5.0):
        for n in (16, 40, 41, 64, 200, 1000):
            held = np.zeros(2)
            for _ in range(REPEATS):
                rows = draw.standard_t(degrees, n)[picked(n, draw, RESAMPLES)] if np.isfinite(degrees) else draw.normal(size=n)[picked(n, draw, RESAMPLES)]
                result = np.moveaxis(mean_and_error(tail_contributions(rows)), 0, 1)
                held += [covers(percentiles(result[:, 0], in_tail(n)), truth(degrees)), covers(tail_interval(result, n), truth(degrees))]
            print(f"t with {degrees:g} degrees, {n} things: percentile {held[0] / REPEATS:.3f}, reported {held[1] / REPEATS:.3f}")


if __name__ == "__main__":
    main()

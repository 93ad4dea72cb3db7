"""What figures of trajectories over time share: fewer points, fans, calendar years."""

import numpy as np
from matplotlib.axes import Axes

from experiments.cells.archive import TRAJECTORY_ROWS
from sim.axes import Array

#: Points looked at, at most, and the error allowed when the others are dropped, as a share of the range shown.
MOST, ERROR = 200, 1 / 200
Q05, Q25, Q50, Q75, Q95, MEAN = (TRAJECTORY_ROWS.index(row) for row in ("q05", "q25", "q50", "q75", "q95", "mean"))


def thinned(years: Array, trajectory: Array, error: float) -> tuple[Array, Array]:
    """The same trajectory without the points that straight lines between the others give within an error.

    Args:
        years: Shape (T,).
        trajectory: Shape (T,) or (T, rows); a point stays if any row needs it.
        error: Largest distance allowed, in units of the trajectory.
    """
    step = -(-len(years) // MOST)
    kept = np.arange(len(years) - 1, -1, -step)[::-1]
    years, trajectory = years[kept], trajectory[kept]
    keep = np.zeros(len(years), dtype=bool)
    keep[[0, -1]] = True
    rows = trajectory.reshape(len(trajectory), -1)
    spans = [(0, len(years) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        along = ((years[first : last + 1] - years[first]) / (years[last] - years[first]))[:, None]
        off = np.abs(rows[first : last + 1] - rows[first] - along * (rows[last] - rows[first])).max(axis=1)
        worst = int(off.argmax())
        if off[worst] > error:
            keep[first + worst] = True
            spans += [(first, first + worst), (first + worst, last)]
    return years[keep], trajectory[keep]


def fan(ax: Axes, years: Array, trajectory: Array, colour: str, line: str, error: float) -> None:
    """Median with bands of 50 and 90 % of the worlds; trajectory has shape (T, rows of `TRAJECTORY_ROWS`)."""
    for low, high, alpha in ((Q05, Q95, 0.18), (Q25, Q75, 0.32)):
        when, band = thinned(years, trajectory[:, (low, high)], error)
        ax.fill_between(when, *band.T, color=colour, alpha=alpha, linewidth=0)
    ax.plot(*thinned(years, trajectory[:, Q50], error), color=colour, linestyle=line, marker="." if len(years) == 1 else "")


def calendar(ax: Axes, years: Array, most: int, *, labelled: bool) -> None:
    """At most so many calendar years along a panel, none near its right end, where the next panel begins."""
    first, last = years[0] - 0.25, years[-1]
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if (last - first) / step <= most)
    ticks = np.arange(np.ceil(first), last - 0.1 * (last - first))
    ticks = ticks[ticks % step == 0]
    shown = ticks if len(ticks) else np.array([first])
    ax.set_xlim(first, last)
    ax.set_xticks(shown, [f"{tick:.0f}" if labelled else "" for tick in shown])

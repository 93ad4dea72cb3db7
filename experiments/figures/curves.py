"""What figures of courses over time share: a grid of small panels against calendar years."""

import numpy as np
from matplotlib.axes import Axes

from experiments.comparison import Comparison
from experiments.figures.style import Context
from experiments.runner import COURSE_ROWS
from sim.axes import Array
from sim.draws import BLOCK

#: More points than this are thinned.
MOST = 80
Q05, Q25, Q50, Q75, Q95, MEAN = (COURSE_ROWS.index(row) for row in ("q05", "q25", "q50", "q75", "q95", "mean"))


def thinned(years: Array, course: Array) -> tuple[Array, Array]:
    """The same course in at most `MOST` points, the last one among them; both (T, ...)."""
    step = -(-len(years) // MOST)
    kept = np.arange(len(years) - 1, -1, -step)[::-1]
    return years[kept], course[kept]


def fan(ax: Axes, years: Array, course: Array, colour: str, line: str) -> None:
    """Median with bands of 50 and 90 % of the worlds; course has shape (T, rows of `COURSE_ROWS`)."""
    years, course = thinned(years, course)
    ax.fill_between(years, course[:, Q05], course[:, Q95], color=colour, alpha=0.18, linewidth=0)
    ax.fill_between(years, course[:, Q25], course[:, Q75], color=colour, alpha=0.32, linewidth=0)
    ax.plot(years, course[:, Q50], color=colour, linestyle=line, marker="." if len(years) == 1 else "")


def calendar(ax: Axes, years: Array, *, labelled: bool) -> None:
    """Calendar years along a panel, few and whole where there is room."""
    first, last = years[0] - 0.25, years[-1]
    span = int(last) - int(np.ceil(first))
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if span / step <= 3)
    ticks = np.arange(np.ceil(first / step) * step, last + 1e-9, step)
    if not len(ticks):
        ticks = np.array([first])
    ax.set_xlim(first, last)
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks] if labelled else [])


def worlds_shown(comparison: Comparison) -> str:
    """Whose courses were kept: those of the first block of worlds."""
    n = min(comparison.n_worlds, BLOCK)
    return f"{n:,} world{'s' * (n > 1)}" if n == comparison.n_worlds else f"the first {n:,} worlds"


def years_of(comparison: Comparison, context: Context) -> Array:
    """Calendar years of the courses, shape (T,)."""
    return context.years(len(comparison.courses[comparison.reference]["output"]))

"""Which numbers of a strategy are pinned down by what is searched for, and which hardly matter."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.optimize.out_of_sample import WIDE
from experiments.analyses.optimize.result import FAMILY, Options, Result
from experiments.figures import layout, rows, style
from experiments.figures.figure import FigureSpec
from experiments.names import plain
from sim.axes import Array

ROW, COLOUR, FOUND = 0.27, style.THINGS[0], style.colour_of(FAMILY)


@dataclass(frozen=True)
class Ranges:
    """Numbers of good strategies.

    Attributes:
        labels: Names of the numbers.
        ends: Ends of the range of each, as written.
        quantiles: 5, 25, 75 and 95 % quantile of the best random candidates in the unit cube, shape (4, numbers).
        n_good: How many these are.
        best: The best strategy found, shape (numbers,).
        n_candidates: Random candidates.
    """

    labels: Sequence[str]
    ends: Sequence[tuple[str, str]]
    quantiles: Array
    n_good: int
    best: Array
    n_candidates: int


def ranges_of(options: Options, result: Result) -> Ranges:
    """Those of the random candidates: those of a search that has settled are alike whether or not a number matters."""
    ends = [(words.exact(known.plausible[0]), words.exact(known.plausible[1])) for known in options.space.known.values()]
    labels = [plain(name).replace(".", ", ") for name in options.space.known]
    return Ranges(labels, ends, result.quantiles, len(result.good), result.candidates.units[0], len(result.candidates.random.points))


def draw(figure: Figure, ranges: Ranges) -> list[Axes]:
    """A row for each number over its range."""
    keys = [[layout.patch(COLOUR, "middle half of the best candidates", 0.55), layout.patch(COLOUR, "nine tenths of them", 0.22),
             Line2D([], [], color=FOUND, linestyle="none", marker="D", markersize=5, label="the strategy found"),
             Line2D([], [], color=style.PALE, linewidth=1, label="range searched")]]
    (ax,) = rows.panels(figure, ranges.labels, 1, ROW, keys, top=0.05)
    q05, q25, q75, q95 = ranges.quantiles
    wide = 0.75 / rows.width_inches(ax)
    ax.set_xlim(-1.3 * wide, 1 + 1.3 * wide)
    for row, (low, high) in enumerate(ranges.ends):
        ax.plot((0, 1), (row, row), color=style.PALE, linewidth=1, zorder=1)
        ax.barh(row, q95[row] - q05[row], left=q05[row], height=0.5, color=COLOUR, alpha=0.22, linewidth=0)
        ax.barh(row, q75[row] - q25[row], left=q25[row], height=0.5, color=COLOUR, alpha=0.4, linewidth=0)
        ax.plot(ranges.best[row], row, color=FOUND, linestyle="none", marker="D", markersize=4.5, zorder=4)
        ax.text(-0.02, row, low, ha="right", va="center_baseline", fontsize=style.SMALL - 1, color=style.QUIET)
        ax.text(1.02, row, high, ha="left", va="center_baseline", fontsize=style.SMALL - 1, color=style.QUIET)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    ax.set_xlabel("from the low to the high end of each range")
    return [ax]


def alt(ranges: Ranges) -> str:
    """Each number as a share of its range."""
    _, q25, q75, _ = ranges.quantiles
    parts = (f"{label} {words.number(float(ranges.best[i]))}, middle half {words.number(float(q25[i]))} to {words.number(float(q75[i]))}"
             for i, label in enumerate(ranges.labels))
    return "The strategy found and the best candidates, in shares of each range: " + words.sentence(parts)


def title(ranges: Ranges) -> str:
    """How many numbers the objective hardly determines."""
    if ranges.n_good == ranges.n_candidates:
        return f"{ranges.n_candidates:,} random candidates are too few to show which numbers matter"
    wide, n = int((ranges.quantiles[2] - ranges.quantiles[1] > WIDE).sum()), len(ranges.labels)
    return (f"The objective narrows down {'the only number' if n == 1 else f'all {n} numbers'} of the strategy" if not wide else
            f"The objective hardly determines {wide} of {words.plural(n, 'number')} of the strategy")


def caption(ranges: Ranges) -> str:
    """How to read it."""
    if ranges.n_good == ranges.n_candidates:
        return (f"All {ranges.n_candidates:,} random candidates, too few to choose the best of, over the range of each number, and the strategy found: more "
                "candidates show which numbers matter.")
    return (f"The best {ranges.n_good} of {ranges.n_candidates:,} random candidates over the range of each number, and the strategy found. A bar that "
            "fills the range: the number hardly matters, or its effect depends on others; bars are spread across candidates, not intervals.")


FIGURE: FigureSpec[Ranges] = FigureSpec(
    name="ranges",
    title=title,
    question="Which numbers does the objective pin down?",
    caption=caption,
    draw=draw,
    alt=alt,
)

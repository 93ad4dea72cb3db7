"""The figures of a comparison, in the order a reader asks. Each draws what it is given; none runs or shows anything.

A new figure is one file with `draw(figure, comparison, context)`, which returns its axes, and `alt(comparison)`,
and one entry here; the inherited contract test covers it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.comparison import Comparison
from experiments.figures import actions, convergence, dependence, dominance, fans, forest, layout, paired, tradeoff
from experiments.figures.style import Context, labels, styled

DPI = 150


@dataclass(frozen=True)
class FigureSpec:
    """A figure that can be drawn of any comparison.

    Attributes:
        plot: Draws into an empty figure, sets its height and returns its axes.
        alt: Says in a sentence with numbers what is to be seen.
        title: Headline, part of the picture.
        question: What a reader asks.
        caption: How to read it.
    """

    plot: Callable[[Figure, Comparison, Context], list[Axes]]
    alt: Callable[[Comparison], str]
    title: str
    question: str
    caption: str

    def draw(self, comparison: Comparison, context: Context) -> Figure:
        """The figure with its headline and, at the foot, baseline, worlds and seed."""
        with styled():
            figure = Figure()
            self.plot(figure, comparison, context)
            layout.frame(figure, self.title, context.line(labels(comparison.strategies)[comparison.reference]))
        return figure


FIGURES: dict[str, FigureSpec] = {
    "paired": FigureSpec(
        paired.draw, paired.alt, "What each strategy changes",
        "Compared with the reference on the same worlds, what does each strategy gain and lose?",
        "Differences to the reference strategy, world by world. Thick line: 95 % interval of the mean difference, often narrower than its marker; it shrinks "
        "with more worlds. Thin pale line: 5 to 95 % of the worlds; it does not. Sorted by economic return; right of zero is better in every panel."),
    "dominance": FigureSpec(
        dominance.draw, dominance.alt, "Which strategy is best, for which weights",
        "For which weights of the returns is each strategy, and each family, the best?",
        "Share of all weightings of the economic, autonomy, legitimacy, diplomatic and security returns (drawn evenly, Dirichlet(1)) for which a strategy has "
        "the highest weighted sum of means. Families are compared at equal size: each weighting draws as many members of every family as the smallest has. "
        "Lines: 95 % bootstrap intervals over worlds."),
    "tradeoff": FigureSpec(
        tradeoff.draw, tradeoff.alt, "What is paid for what",
        "What does a strategy give up in consumption for autonomy, trust or security?",
        "Mean differences to the reference, which lies at 0, 0. On the dashed steps (Pareto front) lie the strategies that gain one return only by giving up "
        "another. A few bear their names, the others the numbers of the key. Crosses: 95 % intervals of the means, often smaller than the marker."),
    "dependence": FigureSpec(
        dependence.draw, dependence.alt, "Does diversification lower dependence?",
        "Does keeping both partners lower the income that a rupture would cost?",
        "Income at stake is what a rupture with both powers would cost, substitution allowed (Hirschman's influence effect). The hedging index is the smaller "
        "engagement over the larger, as the state chose it: 0 is one partner only, 1 is both alike (Kuik). China's share is what the powers then gave, half is "
        "balance. The third panel shows on which power a strategy depends; dotted lines join equal income at stake. Debt is "
        "what their loans leave. Leverage by power comes from the first block of worlds."),
    "fans": FigureSpec(
        fans.draw, fans.alt, "Courses over the years",
        "How do output, tilt, trust, pressure and leverage develop, and how much do worlds differ?",
        "Median, 50 % and 90 % of the worlds in each quarter. Output is shown against the median of the reference in the same quarter. With more than six "
        "strategies: the reference, the best and the worst in economic return, then the strategies best for most weights of families not yet shown, those "
        "families first that are best for most weights."),
    "actions": FigureSpec(
        actions.draw, actions.alt, "What the powers did",
        "What did each power offer and threaten, given the strategy it met?",
        "Mean over worlds, with the middle half of the worlds as a pale band; visits are a yearly rate, mean of four quarters. Strategies as in the courses "
        "over the years. Where the powers' values differ by more than three times, each has its own scale."),
    "forest": FigureSpec(
        forest.draw, forest.alt, "Where each strategy ends up, and how bad its bad worlds are",
        "What is the level of each return, and what in the worst tenth of worlds?",
        "Levels, not differences. Marker and thick line: mean over worlds and its 95 % interval. Broad pale bar: 5 to 95 % of the worlds. Tick: mean of the "
        "worst tenth of worlds (CVaR). Dotted: mean of the reference. The economic level is the steady consumption worth as much as the course."),
    "convergence": FigureSpec(
        convergence.draw, convergence.alt, "How many worlds are enough",
        "How precise are the differences, and what does comparing on the same worlds save?",
        "Half-width of the 95 % interval of the economic difference to the reference in the first n worlds; median and each strategy. Those "
        "that act like the reference have the narrowest."),
}


def alt_text(name: str, comparison: Comparison) -> str:
    """What a figure shows, in words and numbers, for those who cannot see it."""
    return FIGURES[name].alt(comparison)


def save(figure: Figure, folder: Path, name: str) -> tuple[Path, Path]:
    """Write a figure as SVG and PNG; the same figure gives the same bytes.

    Returns:
        The two files.
    """
    svg, png, drawn = folder / f"{name}.svg", folder / f"{name}.png", BytesIO()
    with styled():
        figure.savefig(drawn, format="svg", metadata={"Date": None})
        figure.savefig(png, dpi=DPI)
    # A hundredth of a point is finer than any screen or printer: more digits, like indentation, only make the file larger.
    svg.write_bytes(re.sub(rb"(\d*[1-9]\d*\.\d\d)\d+|\n +", lambda found: found[1] or b"\n", drawn.getvalue()))
    return svg, png

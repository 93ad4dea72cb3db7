"""The figures of a sweep, in the order a reader asks; as `experiments.figures`, for many points instead of one.

A new figure is a `draw(figure, sweep, context)` which returns its axes, an `alt(sweep)`, and one entry here; the
inherited contract test covers it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import layout
from experiments.figures.style import Context, labels, shortened, styled
from experiments.figures.sweeps import along, phase, plane, regret, scatter
from experiments.sweep import Sweep, champions


@dataclass(frozen=True)
class SweepFigureSpec:
    """A figure that can be drawn of a sweep.

    Attributes:
        plot: Draws into an empty figure, sets its height and returns its axes.
        alt: Says in a sentence with numbers what is to be seen.
        applies: Whether a sweep has what the figure shows.
        title: Headline, part of the picture.
        question: What a reader asks.
        caption: How to read it.
    """

    plot: Callable[[Figure, Sweep, Context], list[Axes]]
    alt: Callable[[Sweep], str]
    applies: Callable[[Sweep], bool]
    title: str
    question: str
    caption: str

    def draw(self, sweep: Sweep, context: Context) -> Figure:
        """The figure with its headline and, at the foot, reference, points, worlds and seed."""
        with styled():
            figure = Figure()
            self.plot(figure, sweep, context)
            layout.frame(figure, self.title, foot(sweep, context))
        return figure


def foot(sweep: Sweep, context: Context) -> str:
    """The line under a figure of a sweep; what is swept is counted instead of named."""
    n = {axis.name: len(axis.levels) for axis in sweep.varied}
    world = f"{n['world']} worlds of agents" if "world" in n else shortened(context.world.replace("_", " "))
    focal = f"{n['focal']} states" if "focal" in n else shortened(context.focal)
    scenario = f"{n['scenario']} scenarios" if "scenario" in n else shortened(context.scenario.replace("_", " "))
    quarters = f"{n['horizon']} horizons" if "horizon" in n else f"{context.horizon:,} quarter{'s' * (context.horizon > 1)}"
    points, worlds = (f"{count:,} {what}{'s' * (count > 1)}" for count, what in ((sweep.n_points, "point"), (sweep.n_worlds, "world")))
    return " · ".join((f"{world[:1].upper()}{world[1:]} ({focal})", scenario, f"reference {labels(sweep.strategies)[sweep.reference]}",
                       f"{points} × {worlds} × {quarters}", f"seed {context.seed}"))


BANDS = (
    "World by world, each world averaged over the other axes. Dark band: 95 % interval of the mean; it shrinks with more worlds. Pale band: 5 to 95 % of the "
    "worlds; it does not. Diamond: where both bring the same, with its 95 % bootstrap interval; open where fewer than 95 % of the resamples cross 0 there. "
    "Where more than four things vary, those that change the economic differences most are shown. Numbers without a grid come in bins of equal count.")


def _comparable(sweep: Sweep) -> bool:
    return bool(sweep.varied) and len(sweep.strategies) > 1


SWEEP_FIGURES: dict[str, SweepFigureSpec] = {
    "phase": SweepFigureSpec(
        phase.draw, phase.alt, lambda sweep: bool(phase.spanning(sweep)), "Who wins where",
        "Which family of strategies wins where, by how much, and where can nobody tell?",
        "Colour: the family whose best member has the highest mean of the return at that point. Strength of the colour: its margin, on the same worlds, over "
        "the best strategy of any other family. Hatched and pale: the 95 % interval of that margin, over worlds, contains 0. Dotted: the family wins with "
        "all its members, but not, or not surely, with only as many of them as each smaller family has, on average over all ways to draw them: having more "
        "strategies to pick from may be what it wins by. Line: where the best hedging and the best aligned strategy over all points bring the same, dashed "
        "where the interval of their difference begins and ends to contain 0; without both families the two best ones. Where more than two things vary, the "
        "two numbers with most levels span the diagrams and each world is averaged over the rest. The winner was picked on the worlds it is judged by, which "
        "flatters it a little. How much worlds differ is not shown."),
    "phase_by_level": SweepFigureSpec(
        phase.draw_by_third, phase.alt_by_third, lambda sweep: phase.third(sweep) is not None, "Who wins where, level by level",
        "Does who wins in consumption depend on the third thing that varies?",
        "As the diagrams of all returns, for the economic return alone and with a panel for each level of a third axis. Margins have their own range in each "
        "panel."),
    "plane": SweepFigureSpec(
        plane.draw, plane.alt, lambda sweep: plane.varied_strategy(sweep) is not None, "Which numbers of the strategy are best",
        "Which numbers would the strategy do best with?",
        "Mean difference to the reference on the same worlds for each pair of numbers of one strategy. Blue: better, red: worse; each panel has its own range, "
        "the same on both sides. Line: no difference, dashed where the 95 % interval begins and ends to contain 0. Star: the highest mean. Dotted area: what "
        "cannot be told apart from the star at 95 %. The star was picked on the worlds it is judged by, which flatters it a little."),
    "rivals": SweepFigureSpec(
        along.draw_rivals, along.alt_rivals, lambda sweep: _comparable(sweep) and champions(sweep, "economic") is not None,
        "Hedging against alignment, along each axis", "Where does the best hedging strategy begin, or cease, to beat the best aligned one?",
        f"The best hedging strategy over all points less the best aligned one. Above 0 hedging wins. {BANDS}"),
    "best_two": SweepFigureSpec(
        along.draw_rivals, along.alt_rivals, lambda sweep: _comparable(sweep) and champions(sweep, "economic") is None,
        "Best against second best, along each axis", "Where do the best strategies of the two best families change places?",
        f"The best strategy over all points less the best of any other family, or the second best where all are of one. Above 0 the first named wins. {BANDS}"),
    "along": SweepFigureSpec(
        along.draw, along.alt, _comparable, "What each strategy changes, along each axis",
        "How does what a strategy gains and loses depend on what varies?",
        "Mean differences to the reference, world by world, each world averaged over the other axes. Dark band: 95 % interval of the mean, often narrower than "
        "the line. Pale band: 5 to 95 % of the worlds. Diamonds: where a strategy plainly goes from better to worse than the reference or "
        "back, with 95 % bootstrap interval. Of more than six strategies those are shown that are best and worst in consumption, then the best hedging and "
        "aligned ones, then the best of the other families. Numbers without a grid come in bins of equal count."),
    "regret": SweepFigureSpec(
        regret.draw, regret.alt, _comparable, "What one misses by choosing wrong",
        "Which strategy is never far from the best, whatever comes?",
        "Regret: how much less a strategy's mean return is than that of the best strategy at the same point; 0 for the best. At the left the regret in "
        "consumption, averaged over the other axes; strategies from the smallest largest regret to the largest. At the right the largest regret over all "
        "points, each return with its own range of colour. Colours rise with the square root, so that small regrets are told apart."),
    "scatter": SweepFigureSpec(
        scatter.draw, scatter.alt, lambda sweep: len(scatter.spanning(sweep)) == 2, "Who wins where, draw by draw",
        "Which family of strategies wins in which part of the space that was sampled?",
        "A dot for each point of the design, over the two numbers that change the economic differences most; the rest varies from dot to dot. "
        "Colour and its strength: winning family and margin, as in a phase diagram. Hollow: the 95 % interval contains 0. Ring: the family wins with all "
        "its members, but not with only as many of them as each smaller family has, on average over all ways to draw them. "
        "Points that differ in names alone are averaged, world by world."),
}

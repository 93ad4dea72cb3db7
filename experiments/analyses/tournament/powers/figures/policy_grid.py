"""The grid of policies: what the small state answers to each pair, and where each power would go from there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from experiments.analyses.tournament.powers.figures.stationary_mix import price_in_words
from experiments.analyses.tournament.powers.result import Equilibrium, Rung
from experiments.analyses.tournament.powers.solve import SURVIVES, Solution
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from experiments.names import powers
from experiments.words import within
from sim.axes import Array

#: Inches of a row, of the heads of columns, at most for the name of a row, below the grid.
HIGH, TOP, NAME, BELOW = 0.52, 0.72, 1.5, 0.12
#: Inches of a cell kept for the arrows, at its left and at its foot; their length; least size of the words in a cell and at the heads of columns in points.
EDGE, ARROW, WORDS, HEADS = 0.1, 0.2, 6.2, 6.6
#: How much of a family's colour is left in its cells.
PALE = 0.3
FIRST, SECOND = style.POWER_COLOURS
DASHES = (0, (3, 2))


@dataclass(frozen=True)
class Answers:
    """What answers each pair of policies best, and what is best for the powers then.

    Attributes:
        policies: Of either power.
        strategies: Of the small state.
        families: Family of each.
        answers: The best strategy at each pair, shape (C, U).
        tied: Whether some other strategy is tied with it, shape (C, U).
        best: Where each power's policy is its best, shape (2, C, U).
        equilibria: Of the powers; those of few resamples are not drawn.
        name: Name of the price.
        price: The price in words.
    """

    policies: Sequence[str]
    strategies: Sequence[str]
    families: Mapping[str, str]
    answers: NDArray[np.intp]
    tied: NDArray[np.bool_]
    best: NDArray[np.bool_]
    equilibria: Sequence[Equilibrium]
    name: str
    price: str


def answers_of(solution: Solution, rung: Rung) -> Answers:
    """Those at one price."""
    game = solution.game
    return Answers(game.policies, game.strategies, game.families, rung.answers, solution.answer.undecided, rung.best, rung.led, rung.name,
                   price_in_words(rung))


def draw(figure: Figure, grid: Answers) -> list[Axes]:
    """Policies of the first power from above, of the second from the left; each cell in the colour of the family of the strategy that answers best."""
    policies, strategies, families, answers, tied = grid.policies, grid.strategies, grid.families, grid.answers, grid.tied
    n = len(policies)
    shown, names = list(style.policy_labels(policies).values()), list(style.labels(strategies).values())
    rows = [layout.fitted(label, NAME) for label in style.apart(shown)]
    left = layout.MARGIN + max(layout.width_of(row) for row in rows) + 0.28
    width = (layout.WIDTH - layout.MARGIN - left) / n
    keys = _keys(families[strategies[i]] for i in np.unique(answers).tolist())
    layout.resize(figure, TOP + HIGH * n + BELOW + layout.key_height(*keys))
    layout.draw_keys(figure, TOP + HIGH * n + BELOW, *keys)
    ax = layout.axes_at(figure, left, TOP, width * n, HIGH * n)
    ax.set(xlim=(0, width * n), ylim=(HIGH * n, 0))
    ax.set_axis_off()
    ax.add_collection(PatchCollection(
        [Rectangle((width * u, HIGH * c), width, HIGH) for c, u in np.ndindex(n, n)], edgecolors="white", linewidths=1.2,
        facecolors=[_paler(style.colour_of(families[strategies[i]])) for i in answers.ravel().tolist()]))
    if tied.any():
        ax.add_collection(PatchCollection([Rectangle((width * u, HIGH * c), width, HIGH) for c, u in np.argwhere(tied)], facecolors="none",
                                          edgecolors="white", linewidths=0, hatch="////"))
    size = layout.largest([names[i] for i in np.unique(answers)], width - EDGE - 0.01, WORDS)
    for c, u in np.ndindex(n, n):
        lines = layout.in_lines(names[answers[c, u]], width - EDGE - 0.01, 2, size)
        ax.text(width * u + EDGE, HIGH * c + 0.05, "\n".join(lines), fontsize=size, va="top", linespacing=1.1)
    _arrows(ax, grid.best, width)
    _frames(ax, grid.equilibria, width)
    size = layout.largest(shown, width - 0.02, HEADS)
    for i, row in enumerate(rows):
        layout.text_at(figure, left - 0.08, TOP + HIGH * (i + 0.5), row, ha="right", va="center")
        head = layout.in_lines(shown[i], width - 0.02, 3, size)
        layout.text_at(figure, left + width * (i + 0.5), TOP - 0.06, "\n".join(head), ha="center", va="bottom", fontsize=size, linespacing=1.1)
    down, across = (layout.fitted(f"Policy of {power}", room, weight="bold") for power, room in zip(powers(), (HIGH * n + 2 * BELOW, width * n), strict=True))
    layout.text_at(figure, left, TOP - 0.62, across, color=SECOND, fontweight="bold")
    layout.text_at(figure, layout.MARGIN, TOP + HIGH * n / 2, down, color=FIRST, fontweight="bold", rotation=90, va="center")
    return [ax]


def _keys(families: Iterable[str]) -> list[list[Line2D]]:
    ways_of = [*zip(powers(), (FIRST, SECOND), "^>", strict=True)]
    dots = [Line2D([], [], linestyle="none", marker="o", markersize=4, color=colour, label=f"{power} stays") for power, colour, _ in ways_of]
    ways = [Line2D([], [], linestyle="none", marker=marker, markersize=5, color=colour, label=f"{power} would go there") for power, colour, marker in ways_of]
    frames = [Line2D([], [], color=style.INK, linewidth=1.8, label="both stay: equilibrium, with its share of the resamples of worlds"),
              Line2D([], [], color=style.INK, linewidth=1.8, linestyle=DASHES, label="in some resamples only")]
    return [[*layout.family_handles(sorted(set(families))), layout.patch(style.PALE, "striped: another strategy is tied")], [*dots, *ways], frames]


def _paler(colour: str) -> Array:
    result: Array = 1 - PALE * (1 - np.array(to_rgb(colour)))
    return result


def _arrows(ax: Axes, best: NDArray[np.bool_], width: float) -> None:
    """Towards the nearest best policy of each power: up or down for the first, left or right for the second; a dot where it stays."""
    for power, colour in enumerate((FIRST, SECOND)):
        along = best[0].T if power == 0 else best[1]  # by policy of the rival, then by own policy
        where = []
        for rival, own in np.ndindex(*along.shape):
            goals = np.flatnonzero(along[rival])
            step = 0 if along[rival, own] else int(np.sign(goals[np.abs(goals - own).argmin()] - own))
            c, u = (own, rival) if power == 0 else (rival, own)
            shift_x, shift_y = (EDGE / 2, HIGH / 2 - 0.03) if power == 0 else (EDGE + 0.16, HIGH - EDGE + 0.03)
            where.append((width * u + shift_x, HIGH * c + shift_y, step))
        x, y, steps = np.array(where).T
        moves = steps != 0
        ax.scatter(x[~moves], y[~moves], s=13, color=colour, linewidths=0, zorder=4)
        shift = ARROW * steps[moves]
        across, down = (np.zeros_like(shift), shift) if power == 0 else (shift, np.zeros_like(shift))
        ax.quiver(x[moves] - across / 2, y[moves] - down / 2, across, down, angles="xy", scale_units="xy", scale=1, color=colour, units="inches",
                  width=0.014, headwidth=4.5, headlength=4.5, headaxislength=4, zorder=4)


def _frames(ax: Axes, equilibria: Sequence[Equilibrium], width: float) -> None:
    for each in equilibria:
        if each.in_mean_payoffs or float(each.share.value) >= SURVIVES:
            _, c, u = each.profile
            ax.add_patch(Rectangle((width * u + 0.015, HIGH * c + 0.015), width - 0.03, HIGH - 0.03, fill=False, edgecolor=style.INK, linewidth=1.8,
                                   linestyle="-" if each.in_mean_payoffs else DASHES, zorder=5))
            ax.text(width * (u + 1) - 0.05, HIGH * (c + 1) - 0.045, f"{100 * float(each.share.value):.0f} %", fontsize=WORDS, fontweight="bold", ha="right",
                    va="bottom")


def alt(grid: Answers) -> str:
    """How often each strategy answers best, and the equilibria."""
    shown, names = list(style.policy_labels(grid.policies).values()), list(style.labels(grid.strategies).values())
    counts = np.bincount(grid.answers.ravel(), minlength=len(names))
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i]]
    result = [f"{powers()[0]} {shown[c]} and {powers()[1]} {shown[u]} in {100 * float(each.share.value):.0f} % of the resamples"
             for each in grid.equilibria for _, c, u in [each.profile] if each.in_mean_payoffs or float(each.share.value) >= SURVIVES]
    best = ", ".join(f"{names[i]} at {counts[i]}" for i in order)
    return (f"Of {grid.answers.size} pairs of policies the best answer is {best}; at {int(grid.tied.sum())} another one is tied."
            f" Equilibria of the powers: {'; '.join(result) or 'none in pure policies'}.")


def file_name(grid: Answers) -> str:
    """A file for each price."""
    return f"policy_grid_{grid.name}"


def title(grid: Answers) -> str:
    """At which price."""
    return f"Who goes where: {within(grid.price)}"


def question(grid: Answers) -> str:
    """At which price."""
    return f"Where would each power go from each pair of policies? {grid.price}"


FIGURE: FigureSpec[Answers] = FigureSpec(
    name=file_name,
    title=title,
    question=question,
    caption=("Each cell is a pair of policies and the strategy that is then best for the small state, in the colour of its family, striped where another one "
             "is tied. Arrows point to the power's best policy when the small state answers, up and down for {first}, left and right for {second}; a "
             "dot: it stays; frames: equilibria of the powers."),
    draw=draw,
    alt=alt,
)

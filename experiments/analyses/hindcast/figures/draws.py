"""Training and test distance of the draws: does what fits the past also fit what came later?"""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from experiments import words
from experiments.analyses.hindcast.result import Result
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from sim.axes import Array

#: Most draws drawn.
MOST = 3000


@dataclass(frozen=True)
class Distances:
    """Of all draws, see `experiments.methods.rejection.distance`.

    Attributes:
        training, test: Shape (draws,).
        kept: Numbers of the kept draws.
        agreement: Rank correlation among draws near in training.
        typical: Median of each over the kept draws.
        far: Where each axis ends.
    """

    training: Array
    test: Array
    kept: NDArray[np.intp]
    agreement: float
    typical: tuple[float, ...]
    far: tuple[float, ...]


def distances_of(result: Result) -> Distances:
    """Those of a hindcast."""
    kept = np.ravel_multi_index((result.kept[:, 0], result.kept[:, 1]), result.distance.shape)
    return Distances(result.distance.ravel(), result.test_distance.ravel(), kept, result.agreement, result.typical, result.far)


def draw(figure: Figure, distances: Distances) -> list[Axes]:
    """A dot for each draw, the kept ones dark."""
    keys = [[Line2D([], [], color=style.QUIET, marker="o", markersize=3, alpha=0.5, linestyle="none", label="a draw"),
             Line2D([], [], color=style.THINGS[0], marker="o", markersize=3, linestyle="none", label="kept: nearest in training"),
             Line2D([], [], color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), label="a middling draw")]]
    layout.resize(figure, 3.6 + layout.key_height(*keys))
    layout.draw_keys(figure, 3.6, *keys)
    ax = layout.axes_at(figure, 0.85, 0.1, 5.2, 2.95)
    some = np.arange(0, len(distances.training), max(1, len(distances.training) // MOST))
    ax.scatter(distances.training[some], distances.test[some], s=4, color=style.QUIET, alpha=0.35, linewidths=0, rasterized=True)
    ax.scatter(distances.training[distances.kept], distances.test[distances.kept], s=6, color=style.THINGS[0], linewidths=0)
    for line in (ax.axvline, ax.axhline):
        line(1, color=style.QUIET, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
    ax.set_xlim(0.95 * float(distances.training.min()), max(1.1, distances.far[0]))
    ax.set_ylim(0.95 * float(distances.test.min()), max(1.1, distances.far[1]))
    ax.set_xlabel("Error in training (a middling draw: 1)")
    ax.set_ylabel("Error in the test")
    layout.few_ticks(ax, x=6, y=6)
    return [ax]


def alt(distances: Distances) -> str:
    """How the two go together."""
    training, test = (words.number(value) for value in distances.typical)
    return (f"{len(distances.training):,} draws; those kept have a median error of {training} in training and of {test} in the test; rank correlation "
            f"{words.number(distances.agreement)}.")


def applies(distances: Distances) -> bool:
    """Whether there is a test."""
    return bool(np.isfinite(distances.test).all())


def title(distances: Distances) -> str:
    """Whether nearer in training is nearer in the test."""
    if distances.agreement > 0.3:
        return "Draws that fit the training years better also fit the test better"
    if distances.agreement < -0.3:
        return "Draws that fit the training years better fit the test worse"
    return "How well a draw fits the training years says little about the test"


FIGURE: FigureSpec[Distances] = FigureSpec(
    name="draws",
    title=title,
    question="Does what fits the past also fit what came later?",
    caption=("Each dot is a draw of strategy, numbers and chance; both axes count the mean error over the series, each in errors of a middling "
             "draw. Draws far out are not shown."),
    draw=draw,
    alt=alt,
    applies=applies,
)

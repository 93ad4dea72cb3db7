"""Coverage against density of each box on the way of PRIM's peels."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments import words
from experiments.analyses.robustness.phrases import landmarks
from experiments.analyses.robustness.result import Result
from experiments.figures import layout, style
from experiments.figures.figure import FigureSpec
from experiments.figures.labels import label
from experiments.methods.discovery import Box

#: Inches: height of the panel, room at its left, room below for ticks and label.
HIGH, LEFT, BELOW = 3.4, 0.6, 0.45


@dataclass(frozen=True)
class Peels:
    """The peeling trajectory.

    Attributes:
        boxes: Box n is what is left after n peels.
        reported: The box that the findings name first; None where there is none.
    """

    boxes: Sequence[Box]
    reported: Box | None


def peels_of(result: Result) -> Peels | None:
    """Those of a robustness analysis, where there are any."""
    failures = result.failures
    return Peels(failures.trajectory, next(iter(failures.boxes), None)) if len(failures.trajectory) > 1 else None


def draw(figure: Figure, peels: Peels) -> list[Axes]:
    """A dot for each box, joined in the order of the peels, some with their number of inputs and their own."""
    where = np.array([_at(box) for box in peels.boxes])
    named = landmarks(peels.boxes)
    dot: dict[str, Any] = {"color": style.WORSE, "linestyle": "none", "markeredgewidth": 0.0}
    keys = [Line2D([], [], marker="o", markersize=3.5, label="box after each peel", **dot),
            Line2D([], [], marker="o", markersize=6.5, label="with number of inputs and number of peels", **dot)]
    if peels.reported is not None:
        keys.append(Line2D([], [], linestyle="none", marker="D", markersize=8, markerfacecolor="none", color=style.INK, label="box in the findings"))
    top = layout.key_height(keys) + 0.1
    layout.resize(figure, top + HIGH + BELOW)
    layout.draw_keys(figure, 0, keys)
    ax = layout.axes_at(figure, layout.MARGIN + LEFT, top, layout.WIDTH - 2 * layout.MARGIN - LEFT, HIGH)
    ax.set(xlim=(-3, 103), ylim=(-4, 104), xlabel="coverage: % of all failures that lie in the box", ylabel="density: % of the futures in it that fail")
    ax.plot(*where.T, color=style.PALE, linewidth=1.0, zorder=1)
    ax.plot(*where.T, marker="o", markersize=3.5, zorder=2, **dot)
    ax.plot(*where[named].T, marker="o", markersize=6.5, zorder=3, **dot)
    if peels.reported is not None:
        ax.plot(*_at(peels.reported), linestyle="none", marker="D", markersize=8, markerfacecolor="none", color=style.INK, zorder=4)
    label(ax, where[named], [(f"{_inputs(peels.boxes[n])}, box {n}", f"{len(peels.boxes[n].names)}") for n in named], list(pairwise(where)))
    return [ax]


def _at(box: Box) -> tuple[float, float]:
    return 100 * float(box.coverage.value), 100 * float(box.density.value)


def _inputs(box: Box) -> str:
    n = len(box.names)
    return f"{n} input{'s' * (n != 1)}"


def alt(peels: Peels) -> str:
    """Coverage and density of the boxes with a label."""
    parts = (f"{_inputs(peels.boxes[n])}, box {n}: coverage {words.share(peels.boxes[n].coverage.value)}, density {words.share(peels.boxes[n].density.value)}"
             for n in landmarks(peels.boxes))
    return f"Coverage and density of {len(peels.boxes) - 1} boxes, each after one peel more. " + words.sentence(parts)


def title(peels: Peels) -> str:
    """What the peels gain and what they give up."""
    first, densest = peels.boxes[0], max(peels.boxes, key=lambda box: float(box.density.value))
    if densest is first:
        return f"No peel raises the density above {words.share(first.density.value)}, that of all futures"
    return (f"Peels raise the density from {words.share(first.density.value)} to {words.share(densest.density.value)}, "
            f"with {words.share(densest.coverage.value)} of the failures inside")


FIGURE: FigureSpec[Peels] = FigureSpec(
    name="peels",
    title=title,
    question="How many failures must a denser box give up?",
    caption="Coverage and density of each box on the peeling trajectory of PRIM, on the half of the futures that tests. Boxes at the upper right are the best, "
            "boxes with fewer inputs are easier to use; `--box=N` reports box N, and its numbers are then a little too high, since they led to the choice.",
    draw=draw,
    alt=alt,
)

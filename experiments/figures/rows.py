"""What the figures with a row per input share."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import layout, style

#: Most inches for the name of an input; room for a title above panels and for ticks and label below them; least height of rows whose names take two lines.
NAME, TOP, BELOW, TWO = 2.2, 0.3, 0.5, 0.3


def names_of(labels: Sequence[str], most: float = NAME) -> tuple[list[str], float]:
    """Labels that fit, in one line or two, and where panels begin so many inches from the left edge."""
    shown = [layout.in_lines(label, most) for label in labels]
    return ["\n".join(lines) for lines in shown], layout.MARGIN + max(layout.width_of(line) for lines in shown for line in lines) + 0.12


def panels(figure: Figure, labels: Sequence[str], n: int, row: float, keys: Sequence[layout.Handles], top: float = TOP) -> list[Axes]:
    """Panels side by side with a row of so many inches per label, named at the left."""
    shown, left = names_of(labels)
    height = max(row, TWO if any("\n" in label for label in shown) else 0.0) * len(labels)
    layout.resize(figure, top + height + BELOW + layout.key_height(*keys))
    layout.draw_keys(figure, top + height + BELOW, *keys)
    width = (layout.WIDTH - layout.MARGIN - left - layout.GAP * (n - 1)) / n
    axes = [layout.axes_at(figure, left + (width + layout.GAP) * i, top, width, height) for i in range(n)]
    for ax in axes:
        ax.set_ylim(len(labels) - 0.5, -0.5)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        # A line between rows, as one object.
        between = np.arange(len(labels) - 1) + 0.5
        ax.plot([0, 1, np.nan] * len(between), np.repeat(between, 3), transform=ax.get_yaxis_transform(), color=style.PALE, linewidth=0.4, zorder=0)
    axes[0].set_yticks(range(len(labels)), shown, linespacing=1.1)
    axes[0].tick_params(axis="y", length=0)
    return axes


def width_inches(ax: Axes) -> float:
    """Width of a panel."""
    return float(ax.get_position().width) * layout.WIDTH


def with_unit(label: str, unit: str) -> str:
    """A name with its unit, where it has one."""
    return label if unit in ("-", "") else f"{label} ({unit})"

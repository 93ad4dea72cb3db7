"""What figures of strategies as points share: numbered points, labels that do not overlap, the key beside them."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.comparison import Comparison
from experiments.figures.style import INK, LINE, QUIET, SMALL, looks, shortened, text_at, width_of, labels
from sim.axes import Array

#: Points of 1/72 inch: half a marker, height of a label, room around it.
HALF, HIGH, ROOM = 3.5, 8.5, 1.0
RADII = (7.0, 11.0, 16.0, 22.0, 29.0, 37.0, 46.0, 56.0, 67.0, 80.0)
ANGLES = np.deg2rad(np.array((0, 180, 45, 135, -45, -135, 90, -90, 22, 158, -22, -158, 67, 113, -67, -113)))


def points(ax: Axes, comparison: Comparison, x: Mapping[str, Array], y: Mapping[str, Array], named: Sequence[str] = ()) -> None:
    """A point per strategy with the 95 % intervals of both means.

    Args:
        ax: Where to draw.
        comparison: Gives looks and numbers.
        x: Low, mean and high of each strategy, shape (3,); an interval that is not finite is left out.
        y: The same along the other axis.
        named: Strategies labelled by name, where there is room; the others by the number of the key.
    """
    look, shown = looks(comparison.families), labels(comparison.strategies)
    for name in comparison.strategies:
        for low_x, high_x, low_y, high_y in ((x[name][0], x[name][2], y[name][1], y[name][1]), (x[name][1], x[name][1], y[name][0], y[name][2])):
            if np.isfinite((low_x, high_x, low_y, high_y)).all():
                ax.plot((low_x, high_x), (low_y, high_y), color=look[name].colour, linewidth=1.2, zorder=2)
        ax.plot(x[name][1], y[name][1], linestyle="none", markersize=6, zorder=3, **look[name].marker)
    ax.margins(0.09, 0.1)
    numbers = numbered(comparison)
    order = [*named, *(name for name in comparison.strategies if name not in named)]
    where = np.array([(x[name][1], y[name][1]) for name in order])
    texts = [(str(numbers[name]), f"{numbers[name]} {shortened(shown[name], 18)}") if name in named else (str(numbers[name]),) for name in order]
    label(ax, where, texts)


def label(ax: Axes, where: Array, texts: Sequence[tuple[str, ...]]) -> None:
    """Put a label near each point so that none covers a point or another label, with a line to those far away.

    Args:
        ax: Axes whose limits are final.
        where: Points in data, shape (n, 2).
        texts: For each point the texts to choose from; the last is tried first, the first one is the shortest.
    """
    ax.autoscale_view()
    scale = 72 / ax.figure.dpi
    at = ax.transData.transform(where) * scale
    inside = ax.get_window_extent()
    low, high = np.array((inside.x0, inside.y0)) * scale, np.array((inside.x1, inside.y1)) * scale
    boxes = np.concatenate([at - HALF, at + HALF], axis=1)
    for i, choices in enumerate(texts):
        placed = None
        for text in reversed(choices):
            size = np.array((width_of(text, SMALL) * 72 + 2 * ROOM, HIGH + 2 * ROOM))
            centre = _free(at[i], size, np.delete(boxes, i, axis=0), low, high)
            if centre is not None:
                placed = text, centre, size
                break
        if placed is None:
            text = choices[0]
            size = np.array((width_of(text, SMALL) * 72, HIGH))
            placed = text, np.clip(at[i] + (9, 0), low + size / 2, high - size / 2), size
        text, centre, size = placed
        boxes = np.vstack([boxes, np.concatenate([centre - size / 2, centre + size / 2])])
        offset = centre - at[i]
        gap = np.maximum(np.abs(offset) - size / 2, 0)
        far = float(np.hypot(*gap)) > 6
        ax.annotate(
            text, where[i], xytext=(float(offset[0]), float(offset[1])), textcoords="offset points", ha="center", va="center_baseline", fontsize=SMALL, zorder=4,
            annotation_clip=False, color=INK, arrowprops={"arrowstyle": "-", "color": QUIET, "linewidth": 0.5, "shrinkA": 1, "shrinkB": 3} if far else None)


def _free(at: Array, size: Array, boxes: Array, low: Array, high: Array) -> Array | None:
    """Centre of the nearest place for a label of some size where nothing is yet, or None."""
    for radius in RADII:
        direction = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
        centres = at + direction * (radius + np.abs(direction) * (size / 2 - 3))
        lower, upper = centres - size / 2, centres + size / 2
        ok = (lower >= low).all(axis=1) & (upper <= high).all(axis=1)
        clash = (lower[:, None, 0] < boxes[:, 2]) & (upper[:, None, 0] > boxes[:, 0]) & (lower[:, None, 1] < boxes[:, 3]) & (upper[:, None, 1] > boxes[:, 1])
        ok &= ~clash.any(axis=1)
        if ok.any():
            found: Array = centres[int(ok.argmax())]
            return found
    return None


def numbered(comparison: Comparison) -> dict[str, int]:
    """The number of each strategy, grouped by family."""
    families = list(dict.fromkeys(comparison.families[name] for name in comparison.strategies))
    order = [name for family in families for name in comparison.strategies if comparison.families[name] == family]
    return {name: i + 1 for i, name in enumerate(order)}


def legend_lines(comparison: Comparison) -> int:
    """Lines that `legend` takes in one column."""
    return len(comparison.strategies)


def legend(figure: Figure, comparison: Comparison, left: float, top: float, height: float, width: float) -> None:
    """Number, marker and name of each strategy in columns, as many as the height needs."""
    look, shown, numbers = looks(comparison.families), labels(comparison.strategies), numbered(comparison)
    rows = max(1, int(height / (0.85 * LINE)))
    columns = -(-len(numbers) // rows)
    full = figure.get_figheight()
    for i, (name, n) in enumerate(numbers.items()):
        column, row = divmod(i, rows)
        x, y = left + column * width / columns, top + row * 0.85 * LINE
        text_at(figure, x + 0.2, y, str(n), ha="right")
        text_at(figure, x + 0.45, y, shortened(shown[name], int((width / columns - 0.5) / 0.075)), fontweight="bold" if name == comparison.reference else "normal")
        where = figure.transFigure
        marker = Line2D([(x + 0.32) / figure.get_figwidth()], [(full - 0.62 - y - 0.06) / full], linestyle="none", markersize=6, transform=where, **look[name].marker)
        figure.add_artist(marker)

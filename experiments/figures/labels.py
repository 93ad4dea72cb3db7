"""Labels beside points that do not overlap."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from numpy.typing import ArrayLike

from experiments.figures import layout, style
from sim.axes import Array

#: Points of 1/72 inch: half a marker, height of a label, room on its sides.
HALF, TALL, ROOM = 4.2, 8.5, 1.2
#: Where a label may lie: so far from its point (a name only near), in so many directions; beyond `NEAR` a line leads to it.
RADII = (7.5, 11.0, 15.0, 20.0, 26.0, 33.0, 41.0, 50.0, 60.0, 75.0, 95.0)
NAME_RADII = RADII[:7]
DIRECTIONS = np.stack([(np.cos(a), np.sin(a)) for a in np.deg2rad((0, 180, 45, 135, -45, -135, 90, -90, *range(15, 360, 15)))])
NEAR = 6.0


def label(ax: Axes, where: Array, texts: Sequence[tuple[str, ...]], lines: Sequence[tuple[Array, Array]]) -> None:
    """Put a label near each point so that none covers a point, a line or another label; a thin line leads to those far off.

    Args:
        ax: Axes whose limits are final.
        where: Points in data, shape (n, 2).
        texts: For each point the texts to try in this order.
        lines: Ends of lines to avoid, each of shape (2,).
    """
    scale = 72 / ax.figure.dpi
    at, inside = ax.transData.transform(where) * scale, ax.get_window_extent()
    panel = np.array((inside.x0, inside.y0, inside.x1, inside.y1)) * scale

    def within(points: ArrayLike) -> Array:
        """Points of 1/72 inch as shares of the panel."""
        shares: Array = (np.asarray(points) - panel[:2]) / (panel[2:] - panel[:2])
        return shares

    taken = np.concatenate([np.concatenate([at - HALF, at + HALF], axis=1), *(_dots(*(ax.transData.transform(line) * scale)) for line in lines)])
    leaders, backs = [], []
    for i, choices in enumerate(texts):
        others = np.delete(taken, i, axis=0)
        for text in choices:
            last = text is choices[-1]
            size = np.array((layout.width_of(text) * 72 + 2 * ROOM, TALL + 2 * ROOM))
            centre = _free(at[i], size, others, panel, RADII if last else NAME_RADII)
            if centre is None and last:
                centre = _free(at[i], size, others, panel, RADII, crossing=True)
            if centre is not None:
                break
        else:
            centre = np.clip(at[i] + (HALF + size[0] / 2, 0), panel[:2] + size / 2, panel[2:] - size / 2)
        low, high = centre - size / 2, centre + size / 2
        taken = np.concatenate([taken, [(*low, *high)]])
        backs.append(((low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])))
        edge = np.clip(at[i], low, high)
        if np.hypot(*(edge - at[i])) > NEAR:
            taken = np.concatenate([taken, _dots(at[i] + 0.2 * (edge - at[i]), edge)])
            leaders += [at[i], edge, np.full(2, np.nan)]
        x, y = within(centre)
        ax.text(x, y, text, transform=ax.transAxes, ha="center", va="center_baseline", fontsize=style.SMALL)
    # One object for all lines and one for all backgrounds: many are slow and make the file large.
    ax.add_collection(PolyCollection([*within(backs)], facecolor="white", alpha=0.7, linewidth=0, zorder=1.4, transform=ax.transAxes))
    if leaders:
        ax.plot(*within(leaders).T, color=style.QUIET, linewidth=0.5, zorder=1.5, transform=ax.transAxes)


def _dots(start: Array, end: Array) -> Array:
    """A line as small boxes: left, bottom, right, top, shape (n, 4)."""
    dots = np.linspace(start, end, 2 + int(np.abs(end - start).max() / 4))
    return np.concatenate([dots - 0.5, dots + 0.5], axis=1)


def _free(at: Array, size: Array, taken: Array, panel: Array, radii: Sequence[float], *, crossing: bool = False) -> Array | None:
    """Centre of the nearest place for a label where nothing is yet and whose line crosses nothing, or None.

    Args:
        at: The point to label, shape (2,); all lengths are in points of 1/72 inch.
        size: Width and height of the label.
        taken: What is there: left, bottom, right, top, shape (n, 4).
        panel: The same of the panel, shape (4,).
        radii: Distances to try.
        crossing: The line may cross what it must.
    """
    # What touches the point itself cannot be avoided by the line.
    obstacles = taken[~((taken[:, :2] < at + HALF) & (taken[:, 2:] > at - HALF)).all(axis=1)]
    for radius in radii:
        centres = at + DIRECTIONS * (radius + np.abs(DIRECTIONS) * (size / 2 - 3))
        lower, upper = centres - size / 2, centres + size / 2
        clash = ((lower[:, None] < taken[:, 2:]) & (upper[:, None] > taken[:, :2])).all(axis=2).any(axis=1)
        centres = centres[(lower >= panel[:2]).all(axis=1) & (upper <= panel[2:]).all(axis=1) & ~clash]
        for centre in centres:
            line = at + np.linspace(0, 1, 12)[:, None, None] * (np.clip(at, centre - size / 2, centre + size / 2) - at)
            if crossing or not ((line > obstacles[:, :2]) & (line < obstacles[:, 2:])).all(axis=2).any():
                result: Array = centre
                return result
    return None

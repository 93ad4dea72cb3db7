"""What figures over the points of a sweep share: where levels lie, panels, cells of colour, hatching, lines of equal worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from experiments.analyses.sweep.sweep import Axis, Sweep, groups
from experiments.figures import layout, style
from experiments.names import plain
from sim.axes import Array

#: Inches between panels side by side, above a panel for its headline, most for the name of a level.
GAP, HEADLINE, NAME = 0.22, 0.45, 1.7
#: Inches of a panel over two axes.
HIGH = 1.75
#: How much of a family's colour is left where the margin is 0.
PALEST = 0.25
#: Share by which the gaps between levels may differ for the levels to count as evenly spaced.
UNEVEN = 0.02
#: Dots, and what they say over a winner.
DOTS = "...."
#: Signs that a cut name shows before it begins to differ from others.
BEFORE = 8
#: Slanted strokes, for keys.
STROKES = Path(np.array([(x + dx, y) for x in (-1.2, -0.4, 0.4, 1.2) for dx, y in ((-0.35, -0.35), (0.35, 0.35))]), [Path.MOVETO, Path.LINETO] * 4)


@dataclass(frozen=True)
class Place:
    """Where the levels of an axis lie along a panel.

    Attributes:
        axis: The axis.
        levels: Its levels, or the means of its bins.
        even: Whether they lie at their values; names, and numbers in uneven steps, lie at 0, 1, 2 ….
    """

    axis: Axis
    levels: tuple[Any, ...]
    even: bool

    @property
    def positions(self) -> Array:
        """Where each level lies, shape (levels,)."""
        return np.asarray(self.levels, dtype=float) if self.even else np.arange(len(self.levels), dtype=float)

    @property
    def ends(self) -> tuple[float, float]:
        """The outer edges of the first and the last cell."""
        at = self.positions
        half = (at[1] - at[0]) / 2 if len(at) > 1 else 0.5
        return float(at[0] - half), float(at[-1] + half)

    def at(self, value: float) -> float:
        """Where a number on the axis lies."""
        return float(np.interp(value, np.asarray(self.levels, dtype=float), self.positions)) if not self.even else value

    @property
    def labels(self) -> list[str]:
        """What the levels are called."""
        return [level_label(self.axis, level) for level in self.levels]

    def ticks(self, ax: Axes, *, across: bool, shown: bool) -> None:
        """Ticks at the levels or, where they lie at their values, at round numbers; as many as there is room for."""
        inches = ax.get_position().width * layout.WIDTH if across else ax.get_position().height * ax.figure.bbox.height / ax.figure.dpi
        line = ax.xaxis if across else ax.yaxis
        if self.even:
            layout.few_ticks(ax, x=5 if across else None, y=None if across else 5, gap=GAP)
            if not shown:
                line.set_tick_params(labelleft=False, labelbottom=False)
            return
        step = inches / len(self.levels)
        upright = across and self.upright(inches)
        size = layout.width_of(max(self.labels, key=layout.width_of)) + 0.06 if across and not upright else style.SMALL / 72 * 1.15
        every = max(1, int(np.ceil(size / step)))
        kept = range(0, len(self.levels), every)
        room = NAME if upright or not across else max(step * every, 0.3)
        line.set_ticks([*kept], [layout.fitted(self.labels[i], room) if shown else "" for i in kept], rotation=90 if upright else 0)
        line.set_tick_params(length=0 if every == 1 else 3)

    def upright(self, inches: float) -> bool:
        """Whether names must be written upwards below a panel that is so many inches wide."""
        widest = max(layout.width_of(label) for label in self.labels)
        return not self.even and not self.axis.numeric and len(self.levels) > 1 and widest + 0.06 > inches / len(self.levels)

    def below(self, inches: float) -> float:
        """Inches that ticks and label take below a panel that is so many inches wide."""
        names = min(NAME, max(layout.width_of(label) for label in self.labels)) if self.upright(inches) else 0.12
        return names + 0.2 + 0.15 * len(axis_label(self.axis, inches).split("\n"))

    @property
    def beside(self) -> float:
        """Inches that ticks and label take beside a panel."""
        lines = len(axis_label(self.axis, HIGH + 0.3).split("\n"))
        return (0.36 if self.even else min(NAME, max(layout.width_of(label) for label in self.labels)) + 0.1) + 0.1 + 0.14 * lines


def place_of(sweep: Sweep, axis: Axis) -> Place:
    """Where the levels of an axis lie: at their values where these are evenly spaced or come in bins."""
    levels = groups(sweep, axis)[0]
    if not axis.numeric or len(levels) < 2:
        return Place(axis, levels, even=False)
    gaps = np.diff(np.asarray(levels, dtype=float))
    return Place(axis, levels, even=len(levels) < len(axis.levels) or bool(np.ptp(gaps) <= UNEVEN * gaps.max()))


def level_label(axis: Axis, level: Any, longest: int = style.LONGEST) -> str:
    """What a level is called; names that would be alike once they are cut show where they begin to differ."""
    if not axis.numeric:
        name = plain(str(level))
        cut = style.shortened(name, longest)
        alike = [] if cut == name else [other for other in map(plain, map(str, axis.levels)) if style.shortened(other, longest) == cut]
        common = next((i for i, signs in enumerate(zip(*alike, strict=False)) if len(set(signs)) > 1), 0)
        return _from(name, max(0, common - BEFORE), longest) if len(alike) > 1 else cut
    return (f"{level:,.0f}" if abs(level) >= 1000 else f"{level:.4g}").replace("-", "−")


def _from(name: str, start: int, longest: int) -> str:
    """A name cut before and after some of its signs."""
    text = name[start : start + longest - 2]
    return f"{'…' if start else ''}{text}{'…' if start + len(text) < len(name) else ''}"


def axis_label(axis: Axis, inches: float, lines: int = 2) -> str:
    """Name and unit of an axis, in at most so many lines."""
    words = axis.label.split() if axis.unit in ("-", "") else [*axis.label.split(), f"({axis.unit})"]
    broken = layout.wrapped(words, inches)
    if len(broken) > lines:
        broken = [*broken[: lines - 1], " ".join(broken[lines - 1 :])]
    return "\n".join(layout.fitted(line, inches) for line in broken)


@dataclass(frozen=True)
class Grid:
    """Panels in rows, in inches.

    Attributes:
        n: Panels.
        columns: Panels in a row.
        left: For the ticks and label at the left of each row.
        below: For ticks and label below panels of some width.
        height: Of a panel.
        gap: Between panels side by side.
        head: Above each panel.
    """

    n: int
    columns: int
    left: float
    below: Callable[[float], float]
    height: float
    gap: float = GAP
    head: float = HEADLINE

    @property
    def width(self) -> float:
        """Of a panel."""
        return (layout.WIDTH - layout.MARGIN - self.left - self.gap * (self.columns - 1)) / self.columns

    @property
    def step(self) -> float:
        """From the top of a row to that of the next."""
        return self.head + self.height + 0.12


def panels(figure: Figure, grid: Grid, keys: Sequence[layout.Handles], note: str = "") -> tuple[list[Axes], list[bool]]:
    """Panels in rows, with keys and a note below them.

    Args:
        figure: Where to draw; gets its height.
        grid: Where the panels lie.
        keys: What is explained below.
        note: A sentence below the keys.

    Returns:
        The panels, and for each whether none lies below it.
    """
    tall = -(-grid.n // grid.columns) * grid.step + grid.below(grid.width)
    written = layout.wrapped(note.split(), layout.WIDTH - 2 * layout.MARGIN) if note else []
    explained = layout.key_height(*keys)
    layout.resize(figure, tall + explained + layout.LINE * len(written) + 0.08 * bool(written))
    layout.draw_keys(figure, tall, *keys)
    if written:
        layout.text_at(figure, layout.MARGIN, tall + explained + 0.08, "\n".join(written), color=style.QUIET, linespacing=1.4)
    axes = [layout.axes_at(figure, grid.left + (grid.width + grid.gap) * (i % grid.columns), grid.head + grid.step * (i // grid.columns), grid.width,
                           grid.height) for i in range(grid.n)]
    return axes, [i + grid.columns >= grid.n for i in range(grid.n)]


def columns_for(n: int) -> int:
    """Panels in a row so that the rows are about equally full."""
    return n if n <= 4 else 3 if n <= 6 else 4


def headline(ax: Axes, title: str, under: str | Sequence[str] = "", *, ramp: Callable[[float], Any] | None = None, start: str = "0") -> None:
    """The title of a panel and a quieter line under it, which may begin with a ramp of colours from 0 to 1 and what 0 stands for.

    Of several wordings of that line the first that fits is written.
    """
    wide = ax.get_position().width * layout.WIDTH
    ax.set_title(layout.fitted(title, wide, style.NORMAL, "bold"), fontsize=style.NORMAL, fontweight="bold", loc="left", pad=17 if under else 5)
    left, high = 0.0, ax.get_position().height * ax.figure.bbox.height / ax.figure.dpi
    y = 1 + 0.11 / high
    if ramp:
        ax.text(0, y, start, transform=ax.transAxes, fontsize=style.SMALL, color=style.QUIET, va="center_baseline")
        left = layout.width_of(start) + 0.05
        for i in range(5):
            ax.plot((left + 0.09 * i + np.array((0, 0.09))) / wide, (y, y), transform=ax.transAxes, color=ramp(i / 4), linewidth=layout.PATCH - 1,
                    solid_capstyle="butt", clip_on=False)
        left += 0.5
    if under:
        wordings = [under] if isinstance(under, str) else under
        words = next((text for text in wordings if layout.width_of(text) <= wide - left), layout.fitted(wordings[-1], wide - left))
        ax.text(left / wide, y, words, transform=ax.transAxes, fontsize=style.SMALL, color=style.QUIET, va="center_baseline")


def shade(colour: str, share: Array | float) -> Any:
    """A colour as strong as the share says, from pale at 0 to itself at 1; the shape of the share with red, green, blue at its end."""
    strength = (PALEST + (1 - PALEST) * np.clip(np.asarray(share, dtype=float), 0, 1))[..., None]
    return 1 - strength * (1 - np.array(to_rgb(colour)))


def draw_cells(ax: Axes, x: Place, y: Place, colours: Array) -> None:
    """Cells of colour, shape (levels of x, levels of y, 3), as one small image."""
    ax.imshow(colours.transpose(1, 0, 2), extent=(*x.ends, *y.ends), origin="lower", interpolation="none", aspect="auto")
    ax.set_xlim(x.ends)
    # Names read downwards from the first; numbers rise.
    ax.set_ylim(y.ends if y.axis.numeric else y.ends[::-1])
    for spine in ax.spines.values():
        spine.set_visible(True)


def hatch(ax: Axes, x: Place, y: Place, where: NDArray[np.bool_], pattern: str = "//////") -> None:
    """Hatch the cells of a mask, shape (levels of x, levels of y), as one path of few rectangles."""
    if not where.any():
        return
    across, up = (np.linspace(*place.ends, len(place.levels) + 1) for place in (x, y))
    vertices: list[tuple[float, float]] = []
    open_runs: dict[tuple[int, int], int] = {}
    for row in range(where.shape[1] + 1):
        runs = _runs(where[:, row]) if row < where.shape[1] else []
        for (first, last), since in list(open_runs.items()):
            if (first, last) not in runs:
                left, right, low, high = across[first], across[last], up[since], up[row]
                vertices += [(left, low), (right, low), (right, high), (left, high), (left, low)]
                del open_runs[first, last]
        for run in runs:
            open_runs.setdefault(run, row)
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * (len(vertices) // 5)
    ax.add_patch(PathPatch(Path(np.array(vertices), codes), facecolor="none", edgecolor=style.QUIET, hatch=pattern, linewidth=0, zorder=2))


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one past the last of each stretch of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def equal_worth(ax: Axes, x: Place, y: Place, compared: pd.DataFrame) -> None:
    """The line on which a mean difference is 0, and thin dashed ones between which its 95 % interval holds 0.

    Args:
        ax: Where to draw.
        x: Levels across.
        y: Levels upwards.
        compared: The difference and its interval at each point, as `paired` gives them, the levels of y fastest.
    """
    mean, low, high = (compared[name].to_numpy().reshape(len(x.levels), len(y.levels)) for name in ("difference", "low", "high"))
    for surface, width, line in ((low, 0.9, "dashed"), (high, 0.9, "dashed"), (mean, 1.6, "solid")):
        if np.isfinite(surface).all() and surface.min() < 0 < surface.max():
            for colour, wider in (("white", 1.4), (style.INK, 0.0)):
                ax.contour(x.positions, y.positions, surface.T, levels=[0.0], colors=[colour], linewidths=[width + wider],
                           linestyles=["solid" if wider else line], zorder=3)


def label_axes(ax: Axes, x: Place, y: Place, *, lowest: bool, first: bool) -> None:
    """Ticks and names of both axes, names and numbers only at the rim of the figure."""
    x.ticks(ax, across=True, shown=lowest)
    y.ticks(ax, across=False, shown=first)
    if lowest:
        ax.set_xlabel(axis_label(x.axis, ax.get_position().width * layout.WIDTH))
    if first:
        high = ax.get_position().height * ax.figure.bbox.height / ax.figure.dpi
        ax.set_ylabel(axis_label(y.axis, high + 0.3), linespacing=1.15)
        ax.yaxis.label.set_verticalalignment("top")
        ax.yaxis.set_label_coords(-(y.beside - 0.02) / (ax.get_position().width * layout.WIDTH), 0.5)


def hatch_handle(words: str) -> Line2D:
    """Stands for hatching."""
    return Line2D([], [], linestyle="none", marker=STROKES, markersize=13, markeredgecolor=style.QUIET, markerfacecolor="none", markeredgewidth=0.8,
                  label=words)


def dots_handle(words: str) -> Line2D:
    """Stands for dots."""
    return Line2D([], [], color=style.QUIET, linestyle=(0, (0.1, 1.8)), linewidth=2, dash_capstyle="round", label=words)


def line_handles(one: str) -> list[Line2D]:
    """Stand for the lines of `equal_worth`."""
    return [Line2D([], [], color=style.INK, linewidth=1.6, label=one),
            Line2D([], [], color=style.INK, linewidth=0.9, linestyle="dashed", label="between these its 95 % interval contains 0")]


def ink_on(colour: Array) -> str:
    """Black or white, whichever is read more easily on red, green, blue."""
    return "white" if float(np.asarray(colour) @ (0.2126, 0.7152, 0.0722)) < 0.5 else style.INK


def say_nothing(ax: Axes, words: str = "no difference\nin any world") -> None:
    """What an empty panel says."""
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", fontsize=style.SMALL, color=style.QUIET, zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 2})

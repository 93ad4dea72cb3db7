"""What all figures share: colours and markers, names, units, lengths in inches, the lines above and below."""

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.textpath import text_to_path
from matplotlib.ticker import MaxNLocator

from experiments.comparison import Comparison
from sim.axes import WORLD, Array
from sim.payoffs import MEASURES

#: Inches: width of every figure, its side margin, room for the headline and for the line at the foot.
WIDTH, MARGIN, HEAD, FOOT = 9.0, 0.15, 0.62, 0.42
#: Height of one row of text in a key or table, and of one strategy in a table of strategies.
LINE, ROW = 0.19, 0.2
SMALL, NORMAL, LARGE = 8.0, 9.0, 12.0
INK, QUIET, PALE = "#222222", "#666666", "#CCCCCC"
#: Opacity of the spread across worlds, wherever it is drawn.
SPREAD = 0.35
#: Names are cut to this many characters, in the middle.
LONGEST = 26

# Okabe & Ito (2008). Their yellow is too pale for a line on white; the grey that goes with the set takes its place.
BLACK, ORANGE, SKY, GREEN, BLUE, VERMILLION, PURPLE, GREY = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7", "#8C8C8C")
FAMILIES = {
    "status_quo": BLACK, "alignment": ORANGE, "hedging": GREEN, "balancing": PURPLE, "neutrality": SKY,
    "contingent": VERMILLION, "reciprocity": BLUE, "learning": GREY,
}
POWER_COLOURS, DOMAIN_COLOURS = (VERMILLION, BLUE), (PURPLE, GREEN)

Shape = str | tuple[int, int, int]
SHAPES: tuple[Shape, ...] = (
    "o", "s", "D", "^", "v", "<", ">", "p", "P", "X", "*", "h", "d", "8",
    (4, 1, 0), (6, 1, 0), (3, 1, 0), (3, 1, 180), (8, 1, 0), (4, 1, 45))
LINES = ("-", "--", "-.", ":")
#: The shape of each strategy that comes with the model.
SHIPPED: dict[str, Shape] = {
    "status_quo": "o",
    "bandwagon_china": "^", "bandwagon_us": "v", "bandwagon_stronger": "s", "opportunist": "D",
    "equidistance": "o", "omni_enmeshment": "s", "binding_engagement": "D", "economic_pragmatism": "^", "dominance_denial": "v",
    "indirect_balancing": "<", "limited_bandwagon_china": ">", "limited_bandwagon_us": "p", "ambiguity_hedge": "P", "domain_split": "X",
    "auction": "*",
    "soft_balancing": "o", "external_balancing": "s", "internal_balancing": "D",
    "neutrality": "o", "shrinking_room": "o", "tit_for_tat": "o", "adaptive": "o",
}
#: At most as many of a family are distinct as there are shapes, filled and open; those shipped share the filled ones.
MARKS: tuple[tuple[Shape, bool], ...] = tuple((shape, filled) for filled in (True, False) for shape in SHAPES)
OWN_MARKS = tuple(mark for mark in MARKS if mark not in {(shape, True) for shape in SHIPPED.values()})


@dataclass(frozen=True)
class Context:
    """What was run, for the line under each figure and the calendar.

    Attributes:
        world: Name of the world.
        scenario: Name of the scenario.
        focal: The state whose strategy is compared.
        seed: Entropy of the random streams.
        horizon: Quarters.
        n_worlds: Replicate worlds.
        start: First quarter, such as "2020Q1".
    """

    world: str
    scenario: str
    focal: str
    seed: int
    horizon: int
    n_worlds: int
    start: str = "2020Q1"

    def line(self, reference: str) -> str:
        """The line under a figure."""
        world = shortened(self.world.replace("_", " "))
        return " · ".join((
            f"{world[:1].upper()}{world[1:]} ({shortened(self.focal)})", shortened(self.scenario.replace("_", " ")), f"reference {reference}",
            f"{self.n_worlds:,} world{'s' * (self.n_worlds > 1)} × {self.horizon:,} quarter{'s' * (self.horizon > 1)}", f"seed {self.seed}"))

    def years(self, n_quarters: int) -> Array:
        """The end of each quarter in calendar years, shape (T,)."""
        return int(self.start[:4]) + (int(self.start[5]) + np.arange(n_quarters)) / 4


@dataclass(frozen=True)
class Look:
    """How a strategy looks in every figure: colour of its family, own marker and line style."""

    colour: str
    shape: Shape
    filled: bool
    line: str

    @property
    def marker(self) -> dict[str, Any]:
        """Keywords of a line's markers."""
        face = self.colour if self.filled else "white"
        return {"marker": self.shape, "markerfacecolor": face, "markeredgecolor": self.colour, "markeredgewidth": 0.8}


def colour_of(family: str) -> str:
    """Colour of a family; one not shipped takes a fixed one by its name."""
    return FAMILIES.get(family) or tuple(FAMILIES.values())[1 + zlib.crc32(family.encode()) % (len(FAMILIES) - 1)]


def looks(families: Mapping[str, str]) -> dict[str, Look]:
    """The look of each strategy, the same whatever others are present.

    A strategy of one's own takes its mark by its name; only where two of these would look alike does the
    second in the alphabet move to the next free mark.
    """
    taken: set[tuple[str, tuple[Shape, bool]]] = set()
    result = {}
    for name in sorted(families, key=lambda name: (name not in SHIPPED, name)):
        colour, first = colour_of(families[name]), zlib.crc32(name.encode()) % len(OWN_MARKS)
        own = (*OWN_MARKS[first:], *OWN_MARKS[:first], *MARKS)
        wanted = ((SHIPPED[name], True), *MARKS) if name in SHIPPED else own
        mark = next((mark for mark in wanted if (colour, mark) not in taken), wanted[0])
        taken.add((colour, mark))
        result[name] = Look(colour, *mark, LINES[MARKS.index(mark) % len(LINES)])
    return {name: result[name] for name in families}


def shortened(name: str, longest: int = LONGEST) -> str:
    """A name cut in the middle where it is too long."""
    half = (longest - 1) // 2
    return name if len(name) <= longest else f"{name[:half]}…{name[-half:]}"


def labels(names: Iterable[str]) -> dict[str, str]:
    """What each strategy is called in a figure: spaces in the names that come with the model, others as they are."""
    result: dict[str, str] = {}
    for name in names:
        label = shortened(name.replace("_", " ") if name in SHIPPED else name)
        alike = list(result.values()).count(label)
        result[name] = f"{label} ({alike + 1})" if alike else label
    return result


def family_label(family: str) -> str:
    """What a family is called in a figure."""
    return shortened(family.replace("_", " ") if family in FAMILIES else family)


@dataclass(frozen=True)
class Scale:
    """How a measure is shown, in units a reader knows.

    Attributes:
        label: Name for a person.
        level_unit: Unit of `level`.
        unit: Unit of `difference`.
        level: From the measure to what is shown.
        difference: From a difference of two to what is shown.
    """

    label: str
    level_unit: str
    unit: str
    level: Callable[[Any], Any]
    difference: Callable[[Any], Any]


def _percent(value: Any) -> Any:
    return 100 * value


def _same(value: Any) -> Any:
    return value


def scale_of(measure: str) -> Scale:
    """How a measure is shown; the economic return as the steady consumption it is worth, shares in percent."""
    if measure not in MEASURES:
        return Scale(measure.replace("_", " ").capitalize(), "weighted score", "weighted score", _same, _same)
    found = MEASURES[measure]
    if measure == "economic":
        return Scale(found.label, "consumption,\nUSD bn/yr", "% of consumption", np.exp, lambda value: 100 * np.expm1(value))
    if found.unit.startswith("share of "):
        unit = found.unit.replace("share", "%")
        return Scale(found.label, unit, unit, _percent, _percent)
    return Scale(found.label, f"scale {found.unit}", f"on a scale {found.unit}", _same, _same)


def number(value: float, digits: int = 2) -> str:
    """A number with that many significant digits (at least those before the point) and a true minus sign."""
    if not np.isfinite(value):
        return "unknown"
    decimals = max(0, digits - 1 - int(np.floor(np.log10(abs(value))))) if value else 0
    return f"{value:,.{min(decimals, 6)}f}".replace("-", "−")


def order_by(comparison: Comparison, measure: str = "economic") -> list[str]:
    """Strategies from the highest mean of a measure to the lowest; ties in the order of the settings."""
    mean = comparison.payoffs[measure].mean(axis=WORLD)
    return [comparison.strategies[i] for i in np.argsort(-mean, kind="stable")]


def several(comparison: Comparison) -> bool:
    """Whether there is anything to compare with the reference."""
    return len(comparison.strategies) > 1


def selection(comparison: Comparison, most: int = 6) -> list[str]:
    """A few strategies to follow over time: all, if there are few.

    Else the reference, the best and the worst in the economic return, then the families not yet shown, those
    best for most weights of the returns first, each by its strategy best for most weights; then other strategies
    best for most weights.
    """
    by_return = order_by(comparison)
    if len(by_return) <= most:
        return sorted(by_return, key=lambda name: name != comparison.reference)
    share = {(row.kind, row.name): row.share for row in comparison.dominance.itertuples(index=False)}
    by_share = sorted(by_return, key=lambda name: -share["strategy", name])
    chosen = [comparison.reference, by_return[0], by_return[-1]]
    shown = {comparison.families[name] for name in chosen}
    heads = {comparison.families[name]: name for name in reversed(by_share)}  # the last written is the first by share
    rest = sorted((family for family in heads if family not in shown), key=lambda family: -share["family", family])
    return list(dict.fromkeys([*chosen, *(heads[family] for family in rest), *by_share]))[:most]


@contextmanager
def styled() -> Iterator[None]:
    """Matplotlib's defaults with ours on top, whatever the user's own are; no text is read as mathematics."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({
            "font.size": NORMAL, "text.parse_math": False, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": QUIET,
            "axes.titlesize": NORMAL, "axes.labelsize": SMALL, "xtick.labelsize": SMALL, "ytick.labelsize": SMALL, "legend.fontsize": SMALL,
            "xtick.color": QUIET, "ytick.color": QUIET, "xtick.labelcolor": INK, "ytick.labelcolor": INK, "axes.spines.top": False,
            "axes.spines.right": False, "axes.linewidth": 0.6, "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.major.size": 3,
            "ytick.major.size": 3, "lines.linewidth": 1.2, "legend.frameon": False, "svg.hashsalt": "counterpoise", "savefig.facecolor": "white",
        })
        yield


@cache
def width_of(text: str, size: float = SMALL, weight: str = "normal") -> float:
    """Width of a line of text in inches."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, FontProperties(size=size, weight=weight), ismath=False)
    return float(width) / 72


def wrapped(words: Sequence[str], width: float, size: float = SMALL, between: str = " ") -> list[str]:
    """Words put into lines no wider than so many inches, where the words allow it."""
    lines = [words[0]] if words else []
    for word in words[1:]:
        longer = lines[-1] + between + word
        if width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines[-1] += between.rstrip()
            lines.append(word)
    return lines


def resize(figure: Figure, height: float) -> None:
    """Give a figure its height in inches, between headline and foot; the width is the same for all."""
    figure.set_size_inches(WIDTH, HEAD + height + FOOT)


def axes_at(figure: Figure, left: float, top: float, width: float, height: float, **more: Any) -> Axes:
    """Axes whose upper left corner lies so many inches from the left edge and below the headline."""
    full = figure.get_figheight()
    return figure.add_axes((left / WIDTH, (full - HEAD - top - height) / full, width / WIDTH, height / full), **more)


def text_at(figure: Figure, left: float, top: float, text: str, **more: Any) -> None:
    """Text whose upper left corner lies so many inches from the left edge and below the headline."""
    full = figure.get_figheight()
    figure.text(left / WIDTH, (full - HEAD - top) / full, text, **{"ha": "left", "va": "top", "fontsize": SMALL, **more})


def frame(figure: Figure, title: str, foot: str) -> None:
    """The headline above a figure and the line under it."""
    full = figure.get_figheight()
    figure.text(MARGIN / WIDTH, 1 - 0.14 / full, title, fontsize=LARGE, fontweight="bold", ha="left", va="top")
    lines = wrapped(foot.split(" · "), WIDTH - 2 * MARGIN, between=" · ")
    figure.text(MARGIN / WIDTH, 0.08 / full, "\n".join(lines), fontsize=SMALL, color=QUIET, ha="left", va="bottom")


def key_columns(handles: Sequence[Line2D | Patch]) -> int:
    """Columns of a key as wide as the figure."""
    widest = max(width_of(str(handle.get_label())) for handle in handles)
    return min(len(handles), max(1, int((WIDTH - 2 * MARGIN) / (widest + 0.55))))


def key_height(handles: Sequence[Line2D | Patch]) -> float:
    """Inches a key takes."""
    return LINE * -(-len(handles) // key_columns(handles))


def key(figure: Figure, top: float, handles: Sequence[Line2D | Patch]) -> Legend:
    """A key in lines across the figure, its top so many inches below the headline."""
    full = figure.get_figheight()
    # A legend fills column after column; a reader reads line after line.
    columns = key_columns(handles)
    in_columns = [handle for column in range(columns) for handle in handles[column::columns]]
    return figure.legend(
        handles=in_columns, loc="upper left", bbox_to_anchor=(MARGIN / WIDTH, (full - HEAD - top) / full), ncols=columns,
        borderpad=0, borderaxespad=0, labelspacing=0.55, columnspacing=1.6, handlelength=2.2, handletextpad=0.6)


def family_handles(families: Iterable[str]) -> list[Patch]:
    """One patch of colour for each family."""
    return [Patch(color=colour_of(family), label=family_label(family)) for family in dict.fromkeys(families)]


def mean_handle(label: str = "mean and its 95 % interval: how sure we are of it") -> Line2D:
    """Stands for a mean with its uncertainty."""
    return Line2D([], [], color=INK, linewidth=2.4, marker="o", markersize=5, label=label)


def spread_handle(label: str = "5–95 % of worlds: how much worlds differ") -> Line2D:
    """Stands for the spread across worlds."""
    return Line2D([], [], color=QUIET, linewidth=1, alpha=SPREAD + 0.2, label=label)


def few_ticks(ax: Axes, x: int | None = None, y: int | None = None) -> None:
    """At most so many round ticks along each axis."""
    for axis, n in ((ax.xaxis, x), (ax.yaxis, y)):
        if n is not None:
            axis.set_major_locator(MaxNLocator(n, steps=[1, 2, 2.5, 5, 10]))


def strategy_rows(ax: Axes, names: Sequence[str], reference: str, *, named: bool) -> None:
    """One row per strategy from the top, named at the left of the first panel, the reference in bold."""
    ax.set_ylim(len(names) - 0.4, -0.6)
    shown = labels(names)
    ax.set_yticks(range(len(names)), [shown[name] for name in names] if named else [], fontsize=SMALL, color=INK)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(axis="y", color=PALE, linewidth=0.4)
    ax.set_axisbelow(True)
    for label, name in zip(ax.get_yticklabels(), names, strict=False):
        label.set_fontweight("bold" if named and name == reference else "normal")


def row_label_width(names: Sequence[str]) -> float:
    """Inches that the names of the rows need."""
    return max(width_of(label, SMALL, "bold") for label in labels(names).values()) + 0.1


def sentence(parts: Iterable[str]) -> str:
    """Parts joined into one sentence."""
    return "; ".join(parts) + "."


def interval(low: float, mean: float, high: float, unit: str = "") -> str:
    """A mean and its interval in words."""
    return f"{number(mean)}{unit} [{number(low)} to {number(high)}]" if np.isfinite(low) and np.isfinite(high) else f"{number(mean)}{unit}"
